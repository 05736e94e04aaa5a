"""What going on with a plan costs where another request applies; every way takes ten minutes."""

from __future__ import annotations

from dispatch.domain.plan import Plan
from dispatch.planner.unchanged import unchanged_cost
from dispatch.policy.settings import load_policy
from tests.dispatch.planner.small import at, order, plan_in_force, planned, request, shift, technician, visit


def test_on_its_own_request_it_is_the_cost_of_the_plan() -> None:
    wanted = request(order(1), order(2), order(3, skills={"fiber": 1}))
    plan = planned(wanted)
    assert unchanged_cost(wanted, plan, policy=load_policy()) == plan.cost


def test_a_visit_that_has_become_late_costs_what_that_costs() -> None:
    # Free from 11:35, there at 11:45, done at 12:15, due at noon: 900 s late, a promise missed, 1,200 s of travel.
    plan = planned(request(order(1)))
    is_now = request(order(1), technicians=[technician(available={"from": at("11:35")})], now=at("11:00"))
    cost = unchanged_cost(is_now, plan, policy=load_policy())
    assert {name: price for name, price in cost.terms.items() if price} == {
        "travel": 1_200,
        "tardiness": 900,
        "promise_missed": 100_000,
    }


def test_a_visit_that_does_not_fit_any_more_and_a_new_order_are_left_out() -> None:
    # From 8:00 to 9:20 the way there, one visit of half an hour, the way to the second, the second, and the way back
    # take 90 minutes: only the first fits. Leaving out costs 250,000 each.
    plan = planned(request(order(1), order(2)))
    is_now = request(order(1), order(2), order(3), technicians=[technician(shifts=[shift(end=at("09:20"))])])
    cost = unchanged_cost(is_now, plan, policy=load_policy())
    assert (cost.terms["travel"], cost.terms["unassigned"]) == (1_200, 500_000)


def test_locked_visits_stay_and_the_others_find_room_around_them() -> None:
    locked = visit(2, "09:00", "09:30", lock="technician")
    is_now = request(order(1), order(2), current_plan=plan_in_force(visit(1, "08:10", "08:40", lock="free"), locked))
    assert is_now.current_plan is not None
    cost = unchanged_cost(is_now, is_now.current_plan, policy=load_policy())
    assert (cost.terms["travel"], cost.terms["unassigned"]) == (1_800, 0)
    nothing_else = Plan.model_validate(plan_in_force(locked))
    cost = unchanged_cost(is_now, nothing_else, policy=load_policy())
    assert (cost.terms["travel"], cost.terms["unassigned"]) == (1_200, 250_000)
