"""What every peer is said to be able to express, on problems whose best answer can be seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.solvers.adapter import Inexpressible
from solver.problem import LAST_STOP, NOT_ELIGIBLE, Prices, Problem
from tests.benchmarks.solvers.peers import PEERS, answer_of, instance_of, peer, routes_of, solved_by
from tests.problems import BreakSpec, OrderSpec, ShiftSpec, build_problem

pytestmark = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name == "vrp" else name for name in PEERS]
)  # vrp-cli searches for whole seconds
PRICED_PEERS = ("pyvrp", "ortools")


def test_all_orders_are_served_on_the_shortest_way(name: str) -> None:
    """Along a line out to place 4 and back: 2 x 40."""
    problem = build_problem([OrderSpec() for _ in range(4)])
    solution = solved_by(name, problem)
    assert solution.unassigned == ()
    assert solution.cost == 80


def test_windows_set_the_sequence(name: str) -> None:
    """Place 3 early, place 1 late, place 2 between them: only one sequence is in time."""
    problem = build_problem(
        [OrderSpec(windows=((200, 250),)), OrderSpec(windows=((100, 150),)), OrderSpec(windows=((30, 60),))]
    )
    assert routes_of(name, problem) == ((2, 1, 0),)


def test_one_of_several_windows_is_kept(name: str) -> None:
    """The first window of order 0 opens too early to be reached (10 seconds), the second is free."""
    problem = build_problem([OrderSpec(windows=((0, 5), (300, 400))), OrderSpec(windows=((100, 120),))])
    assert routes_of(name, problem) == ((1, 0),)


def test_only_who_may_serve_an_order_does(name: str) -> None:
    problem = build_problem(
        [OrderSpec(eligibility={0: NOT_ELIGIBLE}), OrderSpec(eligibility={1: NOT_ELIGIBLE})],
        [ShiftSpec(), ShiftSpec()],
    )
    assert routes_of(name, problem) == ((1,), (0,))


def test_an_order_that_nobody_may_serve_is_left_out(name: str) -> None:
    problem = build_problem([OrderSpec(eligibility={0: NOT_ELIGIBLE}), OrderSpec()])
    assert solved_by(name, problem).unassigned == (0,)


def test_an_order_without_a_window_is_left_out(name: str) -> None:
    assert solved_by(name, build_problem([OrderSpec(windows=()), OrderSpec()])).unassigned == (0,)


def test_dear_orders_go_first_where_not_all_fit(name: str) -> None:
    """Each takes 400 of 1,000 seconds: two fit."""
    problem = build_problem([OrderSpec(service_s=400, unassigned_cost=cost) for cost in (5_000, 100_000, 200_000)])
    assert solved_by(name, problem).unassigned == (0,)


def test_a_cheap_order_is_not_worth_a_long_way(name: str) -> None:
    """On from place 1 to 3 and back costs 40, leaving it out 30; peers that serve at any price have it taken out."""
    problem = build_problem([OrderSpec(location=3, unassigned_cost=30), OrderSpec(location=1)])
    answer = answer_of(name, problem)
    assert answer.routes == ((1,),)
    assert ("cost more than they saved" in answer.note) == (name not in PRICED_PEERS)


def test_stock_limits_a_route(name: str) -> None:
    problem = build_problem(
        [OrderSpec(parts={"ont": 2}), OrderSpec(parts={"ont": 2}), OrderSpec(parts={"ont": 1})],
        [ShiftSpec(parts={"ont": 3}), ShiftSpec(parts={"ont": 2})],
    )
    solution = solved_by(name, problem, must_serve_all=True)
    assert solution.unassigned == ()
    assert len(solution.routes[1]) == 1


def test_visits_of_a_shift_are_limited(name: str) -> None:
    problem = build_problem([OrderSpec(), OrderSpec(), OrderSpec()], [ShiftSpec(max_visits=2)])
    assert len(routes_of(name, problem)[0]) == 2


def test_tools_that_no_depot_hands_out_are_carried(name: str) -> None:
    problem = build_problem(
        [OrderSpec(tools=frozenset({"splicer"})), OrderSpec()],
        [ShiftSpec(), ShiftSpec(tools=frozenset({"splicer"}), start=2, end=2)],
    )
    solution = solved_by(name, problem)
    assert solution.unassigned == ()
    assert 0 in solution.routes[1]


def test_a_route_may_end_at_its_last_stop(name: str) -> None:
    """Out to place 2, and no way back."""
    problem = build_problem([OrderSpec(), OrderSpec()], [ShiftSpec(end=LAST_STOP)])
    assert solved_by(name, problem).cost == 20


def test_a_break_leaves_room_for_itself(name: str) -> None:
    """Four visits of 100 s and a break of 100 s fit into 520 s with 20 s of travel; a fifth would not."""
    problem = build_problem(
        [OrderSpec(location=1, service_s=100, windows=((0, 600),)) for _ in range(5)],
        [ShiftSpec(end_s=520, breaks=(BreakSpec(earliest_s=100, latest_s=500, duration_s=100),))],
    )
    assert len(solved_by(name, problem).unassigned) == 1


def test_a_technician_takes_longer_than_the_order_says(name: str) -> None:
    """At 1.5 times 300 s two visits fit into 1,000 s, at 300 s there would be three."""
    problem = build_problem([OrderSpec(service_s=300)] * 3, [ShiftSpec(service_permille=1_500)])
    assert len(solved_by(name, problem).unassigned) == 1


def test_a_promise_is_kept_where_it_can_be(name: str) -> None:
    """Place 3 is due at 60: first there (30 to 40), then back by the others."""
    problem = build_problem([OrderSpec(), OrderSpec(), OrderSpec(due_s=60, missed_cost=10_000, unassigned_cost=20_000)])
    solution = solved_by(name, problem)
    assert solution.unassigned == ()
    assert solution.terms.promise_missed == 0


def test_overtime_is_worked_where_it_pays(name: str) -> None:
    """Three visits of 300 s end at 960: 160 s of overtime at 2 are cheaper than 1,000 for an order."""
    problem = build_problem(
        [OrderSpec(service_s=300) for _ in range(3)], [ShiftSpec(end_s=800, latest_s=1_000)], prices=Prices(overtime=2)
    )
    solution = solved_by(name, problem)
    assert solution.unassigned == ()
    assert solution.terms.overtime == 320


def test_a_route_may_begin_late_but_not_last_too_long(name: str) -> None:
    """200 seconds from departure to return: visits at 100 and at 700 need two routes."""
    problem = build_problem(
        [OrderSpec(windows=((100, 110),)), OrderSpec(windows=((700, 710),))],
        [ShiftSpec(max_duration_s=200), ShiftSpec(max_duration_s=200)],
        departure_keeps_end=True,
    )
    if name == "vroom":
        with pytest.raises(Inexpressible, match="duration"):
            peer(name).solve(instance_of(problem), limit_s=0.1, seed=1, threads=1)
    elif name == "vrp":  # counts from the earliest departure: it does not find the late route, but breaks nothing
        assert "longest route" in peer(name).cannot(instance_of(problem))
        assert sorted(routes_of(name, problem, must_serve_all=True)) == [(), (0,)]
    else:
        assert sorted(routes_of(name, problem, must_serve_all=True)) == [(0,), (1,)]


def test_what_must_be_served_from_a_depot_is_refused(name: str) -> None:
    problem = build_problem([OrderSpec(parts={"ont": 1})], depots=[0])
    with pytest.raises(Inexpressible):
        peer(name).solve(instance_of(problem, must_serve_all=True), limit_s=0.1, seed=1, threads=1)


def test_two_days_of_different_profiles_are_told_apart(name: str) -> None:
    """The second profile is twice as slow; order 1 is free on the second day only."""
    slow = [[2 * abs(i - j) * 10 for j in range(3)] for i in range(3)]
    fast = [[abs(i - j) * 10 for j in range(3)] for i in range(3)]
    problem = build_problem(
        [OrderSpec(windows=((0, 500),)), OrderSpec(windows=((90_000, 90_500),))],
        [ShiftSpec(), ShiftSpec(departure_s=90_000, end_s=91_000, profile=1)],
        travel_s=[fast, slow],
    )
    solution = solved_by(name, problem)
    assert solution.routes == ((0,), (1,))
    assert solution.cost == 20 + 80


def test_nothing_is_left_to_say_about_plain_problems(name: str) -> None:
    problem = build_problem([OrderSpec(), OrderSpec()])
    assert peer(name).cannot(instance_of(problem, must_serve_all=True)) == ()


def test_what_cannot_be_told_is_named(name: str) -> None:
    problem = build_problem([OrderSpec(soft_due_s=100)])
    assert "soft due times" in peer(name).cannot(instance_of(problem))


def with_preference(problem: Problem) -> Problem:
    return replace(problem, eligibility=np.array([[2, 1]], np.uint8))


def test_a_preference_is_known_or_named(name: str) -> None:
    """Both technicians are as near; the second is preferred."""
    problem = with_preference(build_problem([OrderSpec()], [ShiftSpec(), ShiftSpec()], prices=Prices(preference=600)))
    adapter = peer(name)
    if "preferences" in adapter.cannot(instance_of(problem)):
        assert solved_by(name, problem).unassigned == ()
    else:
        assert routes_of(name, problem) == ((), (0,))
