"""Changes to the plan in force have their price, and are made where they save more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.check import check
from dispatch.domain.files import parse_request
from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.planner.encode import encode
from dispatch.policy.settings import effective_policy
from solver.problem import NEVER_S
from tests.dispatch.planner.small import at, order, plan_in_force, planned, request, technician, visit

TWO = [technician(), technician("bob", home={"index": 2})]


def live(*orders: dict[str, Any], published: dict[str, Any], **disruption: Any) -> Request:
    """Return a request of Tuesday 08:00 with a plan in force of ann's and prices for changing it."""
    return request(
        *orders,
        now=at("08:00"),
        technicians=TWO,
        policy={"disruption": {"enabled": True, **disruption}},
        current_plan=published,
    )


def who(plan: Plan) -> dict[str, str]:
    return {visit.order: route.technician for route in plan.routes for visit in route.visits}


def test_prices_stand_where_the_published_visits_are() -> None:
    told = order(1, agreed_start=at("08:30"))
    wanted = live(told, order(2), published=plan_in_force(visit(1, "08:30", "09:00", lock="free")))
    encoded = encode(wanted, effective_policy(wanted))
    disruption = encoded.problem.disruption
    assert disruption is not None
    assert disruption.assignment_cost.tolist() == [[0, 30_000], [0, 0]]
    assert disruption.moved_from_s.tolist() == [encoded.epoch.second_of(wanted.now) + 60 * 60, NEVER_S]  # 09:00
    assert (disruption.moved_cost.tolist(), disruption.dropped_cost.tolist()) == ([30_000, 0], [50_000, 0])


def test_locked_visits_and_prices_of_0_leave_nothing_to_price() -> None:
    locked = live(order(1), published=plan_in_force(visit(1, "08:10", "08:40", lock="technician")))
    assert encode(locked, effective_policy(locked)).problem.disruption is None
    nothing = {name: {"nothing": 0} for name in ("technician", "day", "dropped")}
    free = live(order(1), published=plan_in_force(visit(1, "08:10", "08:40", lock="free")), **nothing)
    assert encode(free, effective_policy(free)).problem.disruption is None


@pytest.mark.parametrize(("price", "name"), [(1_199, "bob"), (1_201, "ann")])
def test_a_visit_changes_its_technician_where_that_saves_more_than_it_disturbs(price: int, name: str) -> None:
    # o-2 lies where bob lives: ann goes 600 s there and 600 s back, bob not at all.
    published = plan_in_force(visit(2, "08:10", "08:40", lock="free"))
    wanted = live(order(2), published=published, technician={"nothing": price})
    plan = planned(wanted)
    assert who(plan) == {"o-2": name}
    assert plan.cost.terms["disruption"] == (price if name == "bob" else 0)
    assert plan.kpis["disturbed"] == {"technician": name == "bob", "day": 0, "later": 0, "dropped": 0, "agreed": 0}


def test_a_night_plan_only_begins_at_the_plan_in_force() -> None:
    published = plan_in_force(visit(2, "08:10", "08:40", lock="free"))
    plan = planned(request(order(2), technicians=TWO, current_plan=published))
    assert who(plan) == {"o-2": "bob"}
    assert (plan.cost.terms["disruption"], plan.kpis["disturbed"]) == (0, None)


def test_an_agreed_customer_stays_in_the_plan_when_an_overrun_makes_the_time_break() -> None:
    # ann is free at 12:00 only and bob is not skilled: agreed for 08:30, started at 12:10, not left out.
    published = plan_in_force(visit(1, "08:30", "09:00", lock="free"))
    document = json.loads(
        live(order(1, agreed_start=at("08:30"), skills={"fiber": 1}), published=published).model_dump_json(
            by_alias=True
        )
    )
    document["technicians"][0] |= {"skills": {"fiber": 1}, "available": {"from": at("12:00"), "location": {"index": 0}}}
    document["policy"]["appointment"] = {"agreed_window": "priced"}
    plan = planned(parse_request(json.dumps(document)))
    assert who(plan) == {"o-1": "ann"}
    assert plan.cost.terms["agreed_broken"] == 12_500_000
    assert plan.cost.terms["disruption"] == 30_000
    assert plan.kpis["disturbed"]["later"] == plan.kpis["disturbed"]["agreed"] == 1


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 3))])
def test_replans_of_a_village_pass_the_checker_and_disturb_less_than_without_prices(seed: int) -> None:
    night = generate_city(CitySpec(size="village", seed=seed))
    published = planned(night, iterations=300)
    gone = published.routes[0].technician
    left = tuple(one for one in night.technicians if one.id != gone)
    kept = published.model_copy(update={"routes": published.routes[1:]})
    disturbed = []
    for prices in ({"enabled": True}, {"enabled": True, "later_permille": 1}):
        policy = {**night.policy, "disruption": prices, "appointment": {"agreed_window": "priced"}}
        wanted = night.model_copy(update={"technicians": left, "current_plan": kept, "policy": policy})
        plan = planned(wanted, iterations=1000, seed=seed)
        assert check(wanted, plan).ok
        counts = plan.kpis["disturbed"]
        disturbed.append(counts["technician"] + counts["day"] + counts["later"] + counts["dropped"])
    assert disturbed[0] < disturbed[1]
