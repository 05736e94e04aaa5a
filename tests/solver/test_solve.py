"""The search: reproducible, never worse than its start, stopped at any time, true to locks."""

from __future__ import annotations

from itertools import count

import pytest

import solver.solve
from solver.cost import evaluate
from solver.errors import InfeasibleRouteError, InvalidParamsError, InvalidProblemError, InvalidRoutesError
from solver.params import SearchParams
from solver.problem import NO_LOCK, NOT_ELIGIBLE, Problem
from solver.result import Progress
from solver.solution import Routes
from solver.solve import solve
from solver.stop import Cancelled, FirstOf, IterationLimit, TimeLimit
from tests.problems import OrderSpec, ShiftSpec, build_problem, with_disruption
from tests.random_problems import random_problem


def line_of_orders(n: int) -> Problem:
    """Orders at 10, 20, ... on a line, two shifts that start and end at 0, all day; leaving one out costs 1,000."""
    return build_problem([OrderSpec()] * n, [ShiftSpec()] * 2)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_seed_and_iterations_give_the_same_routes(threads: int) -> None:
    problem = random_problem(7, n_orders=7)
    runs = [solve(problem, stop=IterationLimit(2_000), seed=3, threads=threads) for _ in range(2)]
    assert runs[0].solution == runs[1].solution
    assert [i.cost for i in runs[0].trajectory] == [i.cost for i in runs[1].trajectory]


@pytest.mark.parametrize("threads", [1, 2])
def test_slicing_does_not_alter_the_result(monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    problem = random_problem(11, n_orders=7)
    whole = solve(problem, stop=IterationLimit(1_000), seed=5, threads=threads)
    monkeypatch.setattr(solver.solve, "_FIXED_SLICE", 7)
    assert solve(problem, stop=IterationLimit(1_000), seed=5, threads=threads).solution == whole.solution


def test_iterations_are_those_of_all_threads() -> None:
    result = solve(line_of_orders(4), stop=IterationLimit(300), threads=2)
    assert (result.iterations, result.stopped_by) == (600, "iterations")


@pytest.mark.parametrize("seed", range(30))
def test_a_warm_start_is_never_made_worse(seed: int) -> None:
    problem = random_problem(seed)
    start = solve(problem, stop=IterationLimit(30), seed=seed).solution
    assert solve(problem, stop=IterationLimit(0), initial=start.routes).solution.cost <= start.cost
    assert solve(problem, stop=IterationLimit(50), seed=99, initial=start.routes).solution.cost <= start.cost


def test_without_iterations_a_complete_plan_is_there_already() -> None:
    assert solve(line_of_orders(5), stop=IterationLimit(0)).solution.unassigned == ()


def test_what_does_not_fit_in_a_warm_start_is_left_out_of_its_route() -> None:
    # The shift may make two visits; the route given has three.
    problem = build_problem([OrderSpec()] * 3, [ShiftSpec(max_visits=2)])
    solution = solve(problem, stop=IterationLimit(0), initial=((0, 1, 2),)).solution
    assert len(solution.routes[0]) == 2
    assert len(solution.unassigned) == 1


@pytest.mark.parametrize("seed", range(40))
def test_locked_orders_stay_in_their_shifts(seed: int) -> None:
    problem = random_problem(seed)
    routes = solve(problem, stop=IterationLimit(300), seed=seed).solution.routes
    for order, lock in enumerate(problem.order_lock_shift):
        assert lock == NO_LOCK or order in routes[lock]


def test_a_cancel_ends_the_run_with_the_best_so_far() -> None:
    problem = line_of_orders(6)
    asked = count()
    stop = FirstOf(Cancelled(lambda: next(asked) >= 3), IterationLimit(1_000_000))
    result = solve(problem, stop=stop)
    assert result.stopped_by == "cancelled"
    assert evaluate(problem, result.solution.routes) == result.solution


def test_a_time_limit_ends_the_run() -> None:
    ticks = count(step=0.25)
    result = solve(line_of_orders(3), stop=TimeLimit(5.0, lambda: next(ticks)))
    assert result.stopped_by == "limit"


def test_progress_tells_the_best_solution_so_far() -> None:
    problem = line_of_orders(6)
    ticks = count()
    told: list[Progress] = []
    result = solve(problem, stop=IterationLimit(3_000), clock=lambda: next(ticks), on_progress=told.append)
    assert told
    costs = [progress.solution.cost for progress in told]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == result.solution.cost
    assert all(evaluate(problem, progress.routes) == progress.solution for progress in told)


def test_an_exception_in_the_listener_ends_the_run() -> None:
    def refuse(progress: Progress) -> None:
        raise RuntimeError("enough")

    ticks = count()
    with pytest.raises(RuntimeError, match="enough"):
        solve(line_of_orders(3), stop=IterationLimit(3_000), clock=lambda: next(ticks), on_progress=refuse)


def test_the_trajectory_falls() -> None:
    costs = [i.cost for i in solve(random_problem(3, n_orders=7), stop=IterationLimit(5_000)).trajectory]
    assert costs == sorted(set(costs), reverse=True)


@pytest.mark.parametrize(
    ("routes", "message"),
    [
        (((0,),), "1 routes given, the problem has 2 shifts"),
        (((0,), (0,)), "names order 0, which is in a route already"),
        (((9,), ()), r"names order 9, orders are 0 to 2"),
    ],
)
def test_a_start_that_is_none_is_refused(routes: Routes, message: str) -> None:
    with pytest.raises(InvalidRoutesError, match=message):
        solve(line_of_orders(3), stop=IterationLimit(1), initial=routes)


def test_an_invalid_problem_is_refused_before_the_core_sees_it() -> None:
    problem = line_of_orders(3)
    object.__setattr__(problem, "order_due_s", problem.order_due_s[:1])
    with pytest.raises(InvalidProblemError, match="order_due_s"):
        solve(problem, stop=IterationLimit(1))


@pytest.mark.parametrize("n_orders", [0, 1])
def test_hardly_anything_to_plan_is_planned(n_orders: int) -> None:
    result = solve(line_of_orders(n_orders), stop=IterationLimit(100), threads=2)
    assert len(result.solution.unassigned) == 0


def test_a_time_limit_without_anything_to_plan_ends_at_once() -> None:
    result = solve(build_problem([]), stop=TimeLimit(1e9, lambda: 0.0), threads=2)
    assert (result.solution.cost, result.iterations) == (0, 0)


def test_a_shift_without_visits_stays_unused() -> None:
    # Shift 0 may make no visit, shift 1 one: the other order is left out.
    problem = build_problem([OrderSpec()] * 2, [ShiftSpec(max_visits=0), ShiftSpec(max_visits=1)])
    solution = solve(problem, stop=IterationLimit(200)).solution
    assert solution.routes[0] == ()
    assert len(solution.unassigned) == 1


def test_a_warm_start_keeps_its_sequence_without_what_may_not_be_there() -> None:
    # Order 1 may not be served by the shift; 0 and 2 stay in the sequence given though 2, 0 would be no dearer.
    problem = build_problem([OrderSpec(), OrderSpec(eligibility={0: NOT_ELIGIBLE}), OrderSpec()])
    assert solve(problem, stop=IterationLimit(0), initial=((2, 1, 0),)).solution.routes == ((2, 0),)


def test_a_warm_start_leaves_out_what_does_not_fit_after_those_before() -> None:
    # On a line at 10, 20, 30: 2 (30) ends at 40, 0 (10) is reached at 60 and would have had to start by 50.
    problem = build_problem([OrderSpec(windows=((0, 50),)), OrderSpec(), OrderSpec()], [ShiftSpec()])
    routes = solve(problem, stop=IterationLimit(0), initial=((2, 0, 1),)).solution.routes
    assert [order for order in routes[0] if order != 0] == [2, 1]


def test_locked_routes_that_are_not_feasible_are_refused() -> None:
    problem = build_problem([OrderSpec(windows=((0, 5),))], locked_routes=[(0,)])
    with pytest.raises(InfeasibleRouteError):
        solve(problem, stop=IterationLimit(10))


def test_a_time_limit_cools_the_search_beside_a_limit_of_iterations() -> None:
    # Two hundred slices of the clock, of a million iterations: the run must end as cold as by the clock alone.
    problem = random_problem(9, n_orders=7)
    ticks = count(step=0.005)
    stop = FirstOf(TimeLimit(1.0, lambda: next(ticks)), IterationLimit(1_000_000))
    result = solve(problem, stop=stop)
    assert result.stopped_by == "limit"
    assert result.solution.cost == solve(problem, stop=IterationLimit(20_000)).solution.cost


def test_a_parameter_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidParamsError, match=r"blink is 1\.5, expected a share from 0 to 1"):
        SearchParams(blink=1.5)
    with pytest.raises(InvalidParamsError, match="n_insertion is -1, expected at least 0"):
        SearchParams(n_insertion=-1)
    with pytest.raises(InvalidParamsError, match="end_temperature is 0, expected more than 0"):
        SearchParams(end_temperature=0)


def test_without_shifts_every_order_is_left_out() -> None:
    problem = build_problem([OrderSpec(unassigned_cost=70)], [])
    assert solve(problem, stop=IterationLimit(10)).solution.cost == 70


def test_a_start_of_one_s_own_is_not_cooled_in_short_runs() -> None:
    assert SearchParams().for_problem(is_plain=True).short_run == 1_000
    assert SearchParams(start_temperature=3).for_problem(is_plain=True).short_run == 0
    assert SearchParams().for_problem(is_plain=False).short_run == 0


def test_a_search_round_a_published_plan_begins_cool() -> None:
    night, day = (SearchParams().for_problem(is_plain=False, is_published=published) for published in (False, True))
    assert (night.start_temperature, night.end_temperature) == (100.0, 1.0)
    assert (day.start_temperature, day.end_temperature) == (3.0, 0.02)
    assert SearchParams(start_temperature=7.0).for_problem(is_plain=False, is_published=True).start_temperature == 7.0


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("threads", [1, 2])
def test_making_room_for_the_dearest_keeps_locks_and_states_its_cost(seed: int, threads: int) -> None:
    problem = random_problem(seed)
    params = SearchParams(focus=1.0, trouble=0.0)
    found = solve(problem, stop=IterationLimit(1_200), seed=seed, threads=threads, params=params).solution
    assert found == evaluate(problem, found.routes)
    for order, lock in enumerate(problem.order_lock_shift):
        assert lock == NO_LOCK or order in found.routes[lock]


def test_room_is_made_for_an_order_that_only_a_full_route_may_have() -> None:
    # One shift with two places, which orders 0 and 1 have; order 2, worth ten of them, finds one of them.
    orders = [OrderSpec(unassigned_cost=1_000), OrderSpec(unassigned_cost=1_000), OrderSpec(unassigned_cost=10_000)]
    problem = build_problem(orders, [ShiftSpec(max_visits=2)])
    params = SearchParams(focus=1.0, trouble=0.0, ejections=0, moves=0)
    found = solve(problem, stop=IterationLimit(1_000), initial=((0, 1),), params=params).solution
    assert 2 in found.routes[0]


def test_a_search_round_a_published_plan_looks_at_the_dearest_orders_first() -> None:
    night, day = (SearchParams().for_problem(is_plain=False, is_published=published) for published in (False, True))
    assert (night.focus, day.focus) == (0.0, 0.6)


@pytest.mark.parametrize(("price", "shift"), [(39, 1), (41, 0)])
def test_a_visit_changes_its_shift_where_that_saves_more_than_it_disturbs(price: int, shift: int) -> None:
    # At 40 s from shift 0 and 20 s from shift 1: 80 of travel or 40, which a change of shift must not outweigh.
    shifts = [ShiftSpec(), ShiftSpec(start=6, end=6)]
    problem = with_disruption(build_problem([OrderSpec(location=4)], shifts), assignment={(0, 1): price})
    solution = solve(problem, stop=IterationLimit(50), initial=((0,), ())).solution
    assert solution.routes[shift] == (0,)
    assert solution.cost == min(80, 40 + price)


def test_unused_shifts_that_differ_in_what_they_disturb_are_all_tried() -> None:
    # Five shifts alike but for their prices of disruption; only the last one is free of them.
    problem = with_disruption(
        build_problem([OrderSpec()], [ShiftSpec()] * 5), assignment={(0, shift): 100 - shift for shift in range(4)}
    )
    assert solve(problem, stop=IterationLimit(0)).solution.routes == ((), (), (), (), (0,))


def test_an_order_whose_loss_disturbs_is_served_before_one_that_is_worth_more() -> None:
    orders = [OrderSpec(unassigned_cost=1_000), OrderSpec(location=1, unassigned_cost=500)]
    problem = with_disruption(build_problem(orders, [ShiftSpec(max_visits=1)]), dropped={1: 600})
    solution = solve(problem, stop=IterationLimit(50)).solution
    assert solution.routes == ((1,),)
    assert solution.cost == 20 + 1_000
