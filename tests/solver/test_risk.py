"""Chances of routes, by numbers a reader can check: a leg takes 10 seconds and a service 10, unless named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solver.driven import DrivenBreak
from solver.errors import InvalidRoutesError
from solver.risk import FACTOR_ONE, Odds, factor_table, simulate
from tests.driven_routes import certain, drive, driven, random_tours, tour
from tests.naive_risk import NaiveSimulation
from tests.seeds import seeds


def arrivals(odds: Odds) -> list[int]:
    return odds.arrival_s[:, 1].tolist()


@pytest.mark.parametrize("seed", seeds(5, in_all=50))
def test_the_core_counts_what_the_naive_twin_counts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    distributions = certain(
        service_mean=rng.uniform(0.7, 1.4, 3).tolist(),
        service_sigma=rng.uniform(0, 0.5, 3).tolist(),
        technician_day_sigma=float(rng.uniform(0, 0.3)),
        day_sigma=float(rng.uniform(0, 0.3)),
        travel_mean_by_hour=rng.uniform(0.7, 1.5, 24).tolist(),
        travel_sigma=float(rng.uniform(0, 0.4)),
        midnight_s=int(rng.integers(-90_000, 90_000)),
    )
    routes = random_tours(rng, n_kinds=3)
    odds = simulate(routes, distributions, scenarios=37, seed=seed)
    naive = NaiveSimulation(routes, distributions, scenarios=37, seed=seed)
    assert (odds.p_on_time * 37).round().tolist() == naive.on_time
    assert (odds.p_promise_kept * 37).round().tolist() == naive.promise_kept
    assert (odds.p_overtime * 37).round().tolist() == naive.overtime
    # 37 scenarios: percentiles 10, 50, 90 are those of rank 3, 18, 33, counted from 0
    assert odds.arrival_s.tolist() == [[sorted(of_visit)[rank] for rank in (3, 18, 33)] for of_visit in naive.arrivals]


def test_where_nothing_is_uncertain_the_plan_comes_true() -> None:
    odds = simulate(driven(tour(drive(), drive())), certain(), scenarios=10)
    assert odds.arrival_s.tolist() == [[10, 10, 10], [30, 30, 30]]  # 10, and 10 + 10 + 10
    assert (odds.p_on_time.tolist(), odds.p_promise_kept.tolist(), odds.p_overtime.tolist()) == ([1, 1], [1, 1], [0])


@pytest.mark.parametrize(("close_s", "expected"), [(29, 0), (30, 1)])
def test_a_start_at_the_end_of_the_window_is_on_time(close_s: int, expected: int) -> None:
    odds = simulate(driven(tour(drive(), drive(close_s=close_s))), certain(), scenarios=5)
    assert odds.p_on_time.tolist() == [1, expected]


@pytest.mark.parametrize(("due_s", "expected"), [(39, 0), (40, 1)])
def test_an_end_at_the_due_time_keeps_the_promise(due_s: int, expected: int) -> None:
    odds = simulate(driven(tour(drive(), drive(due_s=due_s))), certain(), scenarios=5)
    assert odds.p_promise_kept.tolist() == [1, expected]


@pytest.mark.parametrize(("shift_end_s", "expected"), [(49, 1), (50, 0)])
def test_overtime_begins_after_the_end_of_the_shift(shift_end_s: int, expected: int) -> None:
    # 10 + 10 + 10 + 10, then 10 back
    odds = simulate(driven(tour(drive(), drive(), shift_end_s=shift_end_s)), certain(), scenarios=5)
    assert odds.p_overtime.tolist() == [expected]


def test_whoever_is_early_waits_until_the_visit_opens() -> None:
    odds = simulate(driven(tour(drive(open_s=100), drive())), certain(), scenarios=5)
    assert arrivals(odds) == [10, 120]  # 100 + 10 + 10


def test_a_break_begins_once_it_may_and_delays_what_follows() -> None:
    # Leaves at 20 for the second visit, 10 away; the break of 50 begins at 25 on the way: 20 + 10 + 50.
    route = tour(drive(), drive(), breaks=[DrivenBreak(before=1, earliest_s=25, duration_s=50)])
    assert arrivals(simulate(driven(route), certain(), scenarios=5)) == [10, 80]


def test_a_break_uses_up_waiting() -> None:
    # At the second visit at 30, where the break from 40 to 60 is taken while waiting for 100.
    route = tour(drive(), drive(open_s=100), breaks=[DrivenBreak(before=1, earliest_s=40, duration_s=20)])
    routes = driven(route)
    assert arrivals(simulate(routes, certain(), scenarios=5)) == [10, 60]
    assert simulate(replace(routes, close_s=np.array([10, 100])), certain(), scenarios=5).p_on_time.tolist() == [1, 1]


def test_travel_takes_the_factor_of_the_hour_in_which_it_begins() -> None:
    # Midnight is second 100. The first leg begins at 3,690 s, ten seconds before 1 o'clock; the second one after it.
    by_hour = (2.0, 3.0, *[1.0] * 22)
    route = tour(drive(), drive(), departure_s=3_690)
    odds = simulate(driven(route), certain(travel_mean_by_hour=by_hour, midnight_s=100), scenarios=5)
    assert arrivals(odds) == [3_710, 3_750]  # + 2 x 10; + 10 + 3 x 10


def test_service_takes_the_factor_of_its_kind() -> None:
    routes = driven(tour(drive(kind=1), drive()))
    assert arrivals(simulate(routes, certain(service_mean=(1.0, 2.5)), scenarios=5)) == [10, 45]  # 10 + 25 + 10


def test_a_lognormal_service_is_late_as_often_as_its_distribution_says() -> None:
    # 1,000 s of service with mean factor 1 and sigma 0.5: the logarithm has mean -0.125. It ends by 1,010 + 500 with
    # probability Phi((ln 1.5 + 0.125) / 0.5) = Phi(1.061) = 0.856.
    routes = driven(tour(drive(service_s=1_000, due_s=1_510)))
    odds = simulate(routes, certain(service_sigma=(0.5,)), scenarios=100_000)
    assert odds.p_promise_kept[0] == pytest.approx(0.856, abs=0.004)  # 3.6 standard errors


def test_visits_of_a_route_share_the_technicians_day() -> None:
    # Two services of 1,000 s. If they share one factor of sigma 0.3 the sum spreads by 0.3 x 2,000, not by 0.3 x 1,414.
    # The third visit is reached by 2,030 + 600 with probability Phi((ln 1.3 + 0.045) / 0.3) = Phi(1.0245) = 0.847.
    drives = [drive(service_s=1_000), drive(service_s=1_000), drive(close_s=2_630)]
    odds = simulate(driven(tour(*drives)), certain(technician_day_sigma=0.3), scenarios=100_000)
    assert odds.p_on_time[2] == pytest.approx(0.847, abs=0.005)


def test_what_a_route_draws_does_not_depend_on_the_routes_behind_it() -> None:
    distributions = certain(service_sigma=(0.4,), travel_sigma=0.3, day_sigma=0.2, technician_day_sigma=0.2)
    route = tour(*[drive(leg_s=500, service_s=3_000)] * 4)
    alone = simulate(driven(route), distributions, scenarios=50)
    together = simulate(driven(route, route), distributions, scenarios=50)
    assert together.arrival_s[:4].tolist() == alone.arrival_s.tolist()
    assert together.arrival_s[4:].tolist() != alone.arrival_s.tolist()


def test_threads_change_nothing_and_another_seed_does() -> None:
    distributions = certain(service_sigma=(0.4,), travel_sigma=0.3)
    routes = driven(*[tour(*[drive(leg_s=500, service_s=3_000)] * 3)] * 5)
    alone = simulate(routes, distributions, scenarios=50, seed=7)
    assert (
        simulate(routes, distributions, scenarios=50, seed=7, threads=3).arrival_s.tolist() == alone.arrival_s.tolist()
    )
    assert simulate(routes, distributions, scenarios=50, seed=8).arrival_s.tolist() != alone.arrival_s.tolist()


def test_no_routes_have_no_odds() -> None:
    odds = simulate(driven(), certain(), threads=2)
    assert (len(odds.p_on_time), odds.arrival_s.shape, len(odds.p_overtime)) == (0, (0, 3), 0)


def test_a_table_of_factors_has_the_mean_asked_for() -> None:
    table = factor_table(1.2, 0.8) / FACTOR_ONE
    assert table.mean() == pytest.approx(1.2, abs=1e-4)
    assert np.log(table).std() == pytest.approx(0.8, abs=0.01)


def test_a_shape_replaces_the_normal_distribution() -> None:
    # z is -1 or 1: factors exp(-ln 3) and exp(ln 3), 1/3 and 3, with mean 5/3; scaled to mean 1: 0.2 and 1.8.
    table = factor_table(1.0, float(np.log(3)), (-1.0, -1.0, 1.0, 1.0)) / FACTOR_ONE
    assert table[[0, 200, -200, -1]].tolist() == pytest.approx([0.2, 0.2, 1.8, 1.8], abs=1e-3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"leg_s": np.array([10, -1])}, r"leg_s\[1\] is -1, expected 0 to"),
        ({"leg_s": np.array([10, 10], np.int32)}, "leg_s has dtype int32"),
        ({"due_s": np.array([10])}, r"due_s has dtype int64 and shape \(1,\), expected .* shape \(2,\)"),
        ({"service_kind": np.array([0, 1], np.int32)}, r"service_kind\[1\] is 1, expected 0 to 0"),
        ({"route_first": np.array([0, 1], np.int32)}, "route_first must ascend from 0 to 2"),
        ({"break_before": np.array([3], np.int32)}, "break_before.* is 3, expected 0 to 2"),
    ],
    ids=["negative-leg", "dtype", "shape", "kind", "offsets", "gap"],
)
def test_arrays_that_cannot_be_driven_are_refused_by_name(change: dict[str, object], message: str) -> None:
    routes = driven(tour(drive(), drive(), breaks=[DrivenBreak(before=1, earliest_s=0, duration_s=1)]))
    with pytest.raises(InvalidRoutesError, match=message):
        simulate(replace(routes, **change), certain())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"service_mean": (0.0,)}, "service_mean holds 0.0"),
        ({"service_sigma": (0.1, 0.2)}, "service_mean has 1 kinds, service_sigma 2"),
        ({"travel_mean_by_hour": (1.0,)}, "travel_mean_by_hour has 1 hours, expected 24"),
        ({"day_sigma": -0.1}, "day_sigma is -0.1, expected 0 to 3"),
    ],
    ids=["mean", "kinds", "hours", "sigma"],
)
def test_distributions_that_are_none_are_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(certain(), **change)


@pytest.mark.parametrize(
    "change", [{"scenarios": 0}, {"seed": -1}, {"threads": 0}], ids=["scenarios", "seed", "threads"]
)
def test_options_out_of_range_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(change))} is"):
        simulate(driven(tour(drive())), certain(), **change)
