"""The budget of a replan holds whatever a change would save."""

from __future__ import annotations

from datetime import timedelta

import pytest

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.check import check
from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from tests.dispatch.planner.small import at, order, plan_in_force, planned, request, technician, visit


def replanned(published: Plan, night: Request, *, most: int | None, seed: int = 1) -> tuple[Request, Plan]:
    """Return a replan after a technician fell ill, every customer of the others told an exact time."""
    start_of = {visit.order: visit.start for route in published.routes for visit in route.visits}
    orders = tuple(
        one.model_copy(update={"agreed_start": start_of[one.id] + timedelta(minutes=5)}) if one.id in start_of else one
        for one in night.orders
    )
    ill = published.routes[0].technician
    budget = {} if most is None else {"most_agreed_moved": most}
    wanted = night.model_copy(
        update={
            "orders": orders,
            "technicians": tuple(one for one in night.technicians if one.id != ill),
            "current_plan": published.model_copy(
                update={"routes": tuple(route for route in published.routes if route.technician != ill)}
            ),
            "policy": {**night.policy, "disruption": {"enabled": True, "later_permille": 10, **budget}},
        }
    )
    return wanted, planned(wanted, iterations=400, seed=seed)


@pytest.fixture(scope="module")
def night() -> Request:
    return generate_city(CitySpec(size="village", seed=3))


@pytest.fixture(scope="module")
def published(night: Request) -> Plan:
    return planned(night, iterations=300)


def agreed_moved(plan: Plan) -> int:
    count: int = plan.kpis["disturbed"]["agreed"]
    return count


@pytest.mark.parametrize("most", [0, 1, 3])
@pytest.mark.parametrize("seed", [1, 2])
def test_no_more_agreed_customers_are_moved_than_the_budget_allows(
    night: Request, published: Plan, most: int, seed: int
) -> None:
    _, without = replanned(published, night, most=None, seed=seed)
    wanted, plan = replanned(published, night, most=most, seed=seed)
    assert agreed_moved(without) > 3  # so that the budget binds
    assert agreed_moved(plan) <= most
    assert check(wanted, plan).ok


def test_a_budget_that_does_not_bind_is_reproducible_and_no_dearer_than_the_plan_in_force(
    night: Request, published: Plan
) -> None:
    wanted, plan = replanned(published, night, most=10_000)
    assert replanned(published, night, most=10_000)[1].routes == plan.routes
    stays = planned(wanted, iterations=0)
    assert plan.cost.total <= stays.cost.total


def test_whoever_cannot_keep_the_time_is_moved_besides_the_budget() -> None:
    # ann is free at 12:00 only: o-1, told 08:30, cannot be kept; o-2, told 14:00, can, though bob lives beside it.
    free = {"available": {"from": at("12:00"), "location": {"index": 0}}}
    published = plan_in_force(visit(1, "08:30", "09:00", lock="free"), visit(2, "14:00", "14:30", lock="free"))
    wanted = request(
        order(1, agreed_start=at("08:30")),
        order(2, agreed_start=at("14:00")),
        now=at("08:00"),
        technicians=[technician(**free), technician("bob", home={"index": 2})],
        policy={
            "disruption": {"enabled": True, "most_agreed_moved": 0, "technician": {"exact": 1}},
            "appointment": {"agreed_window": "priced"},
        },
        current_plan=published,
    )
    plan = planned(wanted)
    who = {one.order: route.technician for route in plan.routes for one in route.visits}
    assert who == {"o-1": "bob", "o-2": "ann"}
    assert agreed_moved(plan) == 1
