from __future__ import annotations

from benchmarks.instances.instance import Instance
from benchmarks.scoring import score
from solver.problem import NOT_ELIGIBLE, Problem
from tests.problems import OrderSpec, ShiftSpec, build_problem


def instance_of(problem: Problem, *, best_known: float | None = None, must_serve_all: bool = False) -> Instance:
    return Instance(
        suite="test",
        name="test",
        group="test",
        problem=problem,
        scale=10,
        best_known=best_known,
        may_tune=True,
        must_serve_all=must_serve_all,
    )


def test_cost_gap_and_routes_of_a_feasible_answer() -> None:
    # 10 to the first, 10 to the second, 20 home
    scored = score(instance_of(build_problem([OrderSpec(), OrderSpec()]), best_known=3.2), ((0, 1),))
    assert (scored.cost, scored.reported, scored.gap) == (40, 4.0, 0.25)
    assert (scored.unassigned, scored.missed, scored.routes, scored.violations) == (0, 0, 1, ())


def test_an_order_left_out_costs_its_price() -> None:
    scored = score(instance_of(build_problem([OrderSpec(), OrderSpec(unassigned_cost=7)])), ((0,),))
    assert (scored.cost, scored.unassigned, scored.violations) == (10 + 10 + 7, 1, ())


def test_what_every_answer_costs_is_told_apart() -> None:
    nobody = OrderSpec(eligibility={0: NOT_ELIGIBLE}, unassigned_cost=50)
    scored = score(instance_of(build_problem([OrderSpec(unassigned_cost=7), nobody])), ((),))
    assert (scored.cost, scored.constant_cost) == (57, 50)


def test_a_late_visit_misses_a_promise_only_where_one_is_priced() -> None:
    orders = [OrderSpec(due_s=5, missed_cost=100), OrderSpec(due_s=5), OrderSpec(due_s=500, missed_cost=100)]
    assert score(instance_of(build_problem(orders)), ((0, 1, 2),)).missed == 1


def test_orders_of_an_infeasible_route_count_as_unassigned() -> None:
    # Arrives at 10, after the window; the other route is worth 2 x 20.
    problem = build_problem([OrderSpec(windows=((0, 9),)), OrderSpec()], [ShiftSpec(), ShiftSpec()])
    scored = score(instance_of(problem, best_known=1.0), ((0,), (1,)))
    assert scored.violations == (
        "the route of shift 0 (1 visits) can be kept for its first 0 visits, not with order 0 and the way to the end",
    )
    assert (scored.cost, scored.gap, scored.unassigned, scored.routes) == (1_000 + 40, None, 1, 1)


def test_what_breaks_a_route_is_named() -> None:
    orders = [OrderSpec(eligibility={0: NOT_ELIGIBLE}), OrderSpec(parts={"ont": 2}), OrderSpec(parts={"ont": 2})]
    instance = instance_of(build_problem(orders, [ShiftSpec(parts={"ont": 3}), ShiftSpec(max_visits=1)]))
    assert score(instance, ((0,), ())).violations == (
        "the route of shift 0 (1 visits) visits order 0, for which the shift is not eligible",
    )
    assert score(instance, ((1, 2), ())).violations == (
        "the route of shift 0 (2 visits) uses 4 parts of kind 0, the shift has 3",
    )
    assert score(instance, ((), (1, 2))).violations == ("the route of shift 1 (2 visits) has more visits than 1",)


def test_a_locked_order_left_out_or_elsewhere_is_infeasible() -> None:
    instance = instance_of(
        build_problem([OrderSpec(), OrderSpec()], [ShiftSpec(), ShiftSpec()], locked_routes=[(0,), ()])
    )
    assert score(instance, ((), (1,))).violations == ("order 0 is locked to a shift and left out",)
    assert score(instance, ((), (1, 0))).violations[0] == (
        "the route of shift 1 (2 visits) visits order 0, which is locked to shift 0"
    )


def test_routes_that_name_an_order_twice_are_none() -> None:
    scored = score(instance_of(build_problem([OrderSpec(), OrderSpec()]), best_known=1.0), ((0, 0),))
    assert scored.violations == ("routes[0] names order 0, which is in a route already",)
    assert (scored.cost, scored.gap, scored.routes) == (2_000, None, 0)


def test_where_all_must_be_served_leaving_one_out_is_infeasible() -> None:
    instance = instance_of(build_problem([OrderSpec(), OrderSpec()]), best_known=1.0, must_serve_all=True)
    scored = score(instance, ((0,),))
    assert (scored.gap, scored.violations) == (None, ("1 orders are left out, all must be served",))
