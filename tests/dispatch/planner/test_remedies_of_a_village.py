"""Remedies found in a part of a plan help the whole plan as much: the changed request is planned from the documents."""

from __future__ import annotations

import pytest

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.planner import remedies as remedies_module
from dispatch.planner.encode import encode, routes_of_plan
from dispatch.planner.order_story import PlanReader
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.planner.remedies import remedies_for
from dispatch.policy.settings import load_policy


def planned(request: Request, *, iterations: int, best_plan: Plan | None = None) -> Plan:
    options = PlanOptions(limit_s=None, iterations=iterations, seed=1, threads=1)
    return make_plan(request, policy=load_policy(), options=options, clock=lambda: 0.0, best_plan=best_plan)


@pytest.mark.slow
def test_planning_the_whole_request_with_a_remedy_serves_the_order_for_less() -> None:
    request = generate_city(CitySpec(size="village", seed=7, load=1.3, days=1))
    plan = planned(request, iterations=150_000)
    encoded = encode(request, load_policy())
    routes = routes_of_plan(plan, request, encoded.shifts)
    tried = 0
    for entry in PlanReader(request, plan, policy=load_policy()).plan_with_remedies().unassigned:
        number = encoded.order_ids.index(entry.order)
        if not entry.remedies:
            continue
        levers, _ = remedies_module._levers(encoded, request, routes, number)
        for remedy in remedies_for(encoded, request, load_policy(), routes, number).remedies:
            lever = next(one for one in levers if one.text(request, remedy.steps) == remedy.text)
            helped = planned(lever.applied(request, remedy.steps), iterations=10_000, best_plan=plan)
            assert entry.order not in {one.order for one in helped.unassigned}
            assert helped.cost.total < plan.cost.total
            tried += 1
    assert tried
