"""Exact times and cost of given routes."""

from __future__ import annotations

import pytest

from solver.cost import evaluate, time_route
from solver.errors import InfeasibleRouteError, InvalidRoutesError
from solver.problem import NOT_ELIGIBLE
from tests.problems import OrderSpec, ShiftSpec, build_problem


def test_terms_add_up_over_routes_and_orders_left_out() -> None:
    # Shift 0: 0 -> 10 -> 20 -> 0 = 10 + 10 + 20 = 40 s of travel. Shift 1 is not used. Order 2 is left out for 300.
    problem = build_problem([OrderSpec(), OrderSpec(), OrderSpec(unassigned_cost=300)], [ShiftSpec()] * 2)
    solution = evaluate(problem, ((0, 1), ()))
    assert (solution.terms.travel, solution.terms.unassigned, solution.cost) == (40, 300, 340)
    assert solution.unassigned == (2,)


def test_a_visit_outside_its_windows_makes_a_route_infeasible() -> None:
    # The first visit ends at 10 + 10 = 20, the second is reached at 30 and would have had to start by 29.
    problem = build_problem([OrderSpec(), OrderSpec(windows=((0, 29),))])
    assert time_route(problem, 0, (0, 1)) is None
    with pytest.raises(InfeasibleRouteError, match=r"routes\[0\] = \[0, 1\] breaks a rule"):
        evaluate(problem, ((0, 1),))


def test_more_visits_than_the_shift_may_make_are_infeasible() -> None:
    assert time_route(build_problem([OrderSpec()] * 2, [ShiftSpec(max_visits=1)]), 0, (0, 1)) is None


def test_a_shift_that_is_not_eligible_cannot_serve() -> None:
    assert time_route(build_problem([OrderSpec(eligibility={0: NOT_ELIGIBLE})]), 0, (0,)) is None


def test_a_locked_order_may_not_be_left_out() -> None:
    problem = build_problem([OrderSpec()], locked_routes=[(0,)])
    with pytest.raises(InfeasibleRouteError, match="order 0 is locked to a shift but in no route"):
        evaluate(problem, ((),))


def test_an_order_in_two_routes_is_refused() -> None:
    with pytest.raises(InvalidRoutesError, match="names order 0, which is in a route already"):
        evaluate(build_problem([OrderSpec()], [ShiftSpec()] * 2), ((0,), (0,)))


@pytest.mark.parametrize(
    ("shift", "order", "message"),
    [(-1, 0, "shift is -1, shifts are 0 to 0"), (0, -1, "orders names -1, orders are 0 to 0")],
)
def test_indices_that_do_not_exist_are_refused(shift: int, order: int, message: str) -> None:
    with pytest.raises(InvalidRoutesError, match=message):
        time_route(build_problem([OrderSpec()]), shift, (order,))
