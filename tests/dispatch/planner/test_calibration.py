"""Reliability by decile, with numbers to be checked by hand."""

from __future__ import annotations

import pytest

from dispatch.planner.calibration import carried_out, reliability


def test_predictions_are_counted_by_decile() -> None:
    found = reliability([(0.05, False), (0.95, True), (0.91, True), (0.9, False), (1.0, True)])
    assert [(decile.low, decile.high, decile.count) for decile in found] == [(0.0, 0.1, 1), (0.9, 1.0, 4)]
    assert found[1].predicted == pytest.approx(0.94)  # (0.95 + 0.91 + 0.9 + 1) / 4
    assert found[1].observed == 0.75
    assert found[1].error == pytest.approx(-0.19)


def test_the_interval_is_wilsons() -> None:
    # 5 of 10: middle 0.5, half width 1.96 / (1 + 0.384) x sqrt(0.025 + 0.0096) = 0.263.
    [decile] = reliability([(0.55, True)] * 5 + [(0.55, False)] * 5)
    assert (decile.observed_low, decile.observed_high) == (
        pytest.approx(0.237, abs=0.001),
        pytest.approx(0.763, abs=0.001),
    )


def test_an_interval_stays_between_0_and_1() -> None:
    [decile] = reliability([(0.99, True)] * 3)
    assert decile.observed_high == 1.0
    assert 0.4 < decile.observed_low < 0.5  # 3 of 3: 0.438


def test_nothing_predicted_has_no_deciles() -> None:
    assert reliability([]) == ()


def test_the_share_carried_out_is_what_came_true_of_what_was_said() -> None:
    # 80 of 100 sure visits, and 20 more as a guess: 100 / 120.
    assert carried_out([(1.0, True)] * 80 + [(1.0, False)] * 20) == pytest.approx(100 / 120)
    assert carried_out([]) == 1.0


def test_more_than_everything_cannot_be_carried_out() -> None:
    assert carried_out([(0.2, True)] * 50) == 1.0
