from __future__ import annotations

from benchmarks.solvers.routes_repair import repair
from solver.cost import RouteTimer
from solver.problem import NOT_ELIGIBLE, Problem
from solver.solution import Routes
from tests.problems import OrderSpec, ShiftSpec, build_problem


def repaired(problem: Problem, routes: Routes, *, drop_unpaid: bool = False) -> tuple[Routes, str]:
    result = repair(RouteTimer(problem), routes, drop_unpaid=drop_unpaid)
    return result.routes, result.note


def test_feasible_routes_stay_as_they_are() -> None:
    assert repaired(build_problem([OrderSpec(), OrderSpec()]), ((1, 0),)) == (((1, 0),), "")


def test_one_visit_that_breaks_the_route_is_taken_out() -> None:
    problem = build_problem([OrderSpec(), OrderSpec(windows=((0, 5),)), OrderSpec()])
    assert repaired(problem, ((0, 1, 2),)) == (((0, 2),), "1 visits taken out that broke a rule")


def test_of_two_visits_of_which_one_must_go_the_cheaper_goes() -> None:
    """600 and 600 of 1,000 seconds."""
    problem = build_problem([OrderSpec(service_s=600, unassigned_cost=cost) for cost in (2_000, 1_000)])
    assert repaired(problem, ((0, 1),))[0] == ((0,),)
    assert repaired(problem, ((1, 0),))[0] == ((0,),)


def test_two_visits_are_taken_out_where_one_is_not_enough() -> None:
    problem = build_problem([OrderSpec(eligibility={0: NOT_ELIGIBLE}), OrderSpec(), OrderSpec(windows=((0, 5),))])
    assert repaired(problem, ((0, 1, 2),)) == (((1,),), "2 visits taken out that broke a rule")


def test_a_hopeless_route_is_built_up_again_dearest_first_in_its_sequence() -> None:
    """Of five visits of 400 s only two fit into 1,000 s: the dearest, orders 1 and 3."""
    prices = (1_000, 5_000, 2_000, 4_000, 3_000)
    problem = build_problem([OrderSpec(location=1, service_s=400, unassigned_cost=price) for price in prices])
    assert repaired(problem, ((4, 3, 2, 1, 0),)) == (((3, 1),), "3 visits taken out that broke a rule")


def test_a_visit_that_costs_more_than_it_saves_stays_unless_asked() -> None:
    """On from place 1 to place 2 and back are 20; leaving order 1 out costs 15."""
    problem = build_problem([OrderSpec(), OrderSpec(unassigned_cost=15)])
    assert repaired(problem, ((0, 1),)) == (((0, 1),), "")
    taken_out = "1 visits taken out that cost more than they saved"
    assert repaired(problem, ((0, 1),), drop_unpaid=True) == (((0,),), taken_out)


def test_a_route_may_become_empty() -> None:
    problem = build_problem([OrderSpec(unassigned_cost=5)], [ShiftSpec(), ShiftSpec()])
    assert repaired(problem, ((), (0,)), drop_unpaid=True)[0] == ((), ())
