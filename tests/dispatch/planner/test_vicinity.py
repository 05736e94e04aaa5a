"""Parts of a village's plan: what a part costs and saves, the whole plan does."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.domain.request import Request
from dispatch.planner.alternatives import Alternatives
from dispatch.planner.encode import Encoded, encode, routes_of_plan
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.planner.vicinity import Vicinity, nearest_shifts
from dispatch.policy.settings import Policy, effective_policy, load_policy
from solver.cost import RouteTimer
from solver.problem import NOT_ELIGIBLE
from solver.solution import Routes


@dataclass(frozen=True, eq=False)
class Village:
    """A plan of a village over two days, far from its best, and the problem that it solves."""

    request: Request
    policy: Policy
    encoded: Encoded
    routes: Routes
    timer: RouteTimer

    def vicinity(self, number: int) -> Vicinity:
        near = nearest_shifts(self.encoded, self.routes, number, range(len(self.encoded.shifts)))[:5]
        return Vicinity.of(self.encoded, self.request, self.policy, self.routes, number=number, shifts=near)

    def with_part(self, vicinity: Vicinity, part: Encoded, solved: Routes) -> Routes:
        """Return the routes of the village with those of a part put back."""
        number = {order: k for k, order in enumerate(self.encoded.order_ids)}
        own = {
            planned.key: tuple(number[part.order_ids[order]] for order in route)
            for planned, route in zip(part.shifts, solved, strict=True)
        }
        return tuple(
            own.get(planned.key, route) for planned, route in zip(self.encoded.shifts, self.routes, strict=True)
        )


@pytest.fixture(scope="module", params=[False, True], ids=["night", "live"])
def village(request: pytest.FixtureRequest) -> Village:
    """Return a village; on the running day another plan is in force, and changing it has a price."""
    wanted, policy = generate_city(CitySpec(size="village", seed=7, load=2.0, days=2)), load_policy()
    options = PlanOptions(limit_s=None, iterations=50, seed=1, threads=1)
    if request.param:
        in_force = make_plan(wanted, policy=policy, options=replace(options, seed=2), clock=lambda: 0.0)
        wanted = wanted.model_copy(update={"current_plan": in_force, "policy": {"disruption": {"enabled": True}}})
    plan = make_plan(wanted, policy=policy, options=options, clock=lambda: 0.0)
    policy = effective_policy(wanted, policy)
    encoded = encode(wanted, policy)
    routes = routes_of_plan(plan, wanted, encoded.shifts)
    assert (encoded.problem.disruption is not None) == request.param
    return Village(wanted, policy, encoded, routes, RouteTimer(encoded.problem))


NUMBERS = (0, 11, 25, 40, 70)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_solved_part_put_back_saves_the_whole_plan_what_it_saves_the_part(village: Village, number: int) -> None:
    vicinity = village.vicinity(number)
    solved = vicinity.solve()
    before = solved.timer.evaluate(vicinity.routes).cost
    put_back = village.with_part(vicinity, solved.encoded, solved.solution.routes)
    saved = village.timer.evaluate(village.routes).cost - village.timer.evaluate(put_back).cost
    assert before - solved.cost == saved >= 0


@pytest.mark.parametrize("number", NUMBERS)
def test_what_must_be_served_is_served_at_its_true_cost(village: Village, number: int) -> None:
    solved = village.vicinity(number).solve(must_serve=True)
    if solved.placed is not None:
        put_back = village.with_part(village.vicinity(number), solved.encoded, solved.solution.routes)
        assert any(number in route for route in put_back)
    assert solved.cost == solved.timer.evaluate(solved.solution.routes).cost


@pytest.mark.parametrize("number", NUMBERS)
def test_an_alternative_is_the_cheapest_of_all_places_with_its_technician(village: Village, number: int) -> None:
    encoded, timer = village.encoded, village.timer
    places = Alternatives(encoded, village.routes, timer, number, zone=village.request.zone).by_technician()
    cost = timer.evaluate(village.routes).cost
    cheapest: dict[str, int] = {}
    for shift, planned in enumerate(encoded.shifts):
        if encoded.problem.eligibility[number, shift] == NOT_ELIGIBLE:
            continue
        without = tuple(tuple(order for order in route if order != number) for route in village.routes)
        for at in range(len(without[shift]) + 1):
            longer = (*without[shift][:at], number, *without[shift][at:])
            routes = (*without[:shift], longer, *without[shift + 1 :])
            if routes == village.routes or timer.time_route(shift, longer) is None:
                continue
            extra = timer.evaluate(routes).cost - cost
            cheapest[planned.technician.id] = min(extra, cheapest.get(planned.technician.id, extra))
    assert {one.technician: one.extra_cost for one in places} == cheapest
    assert [sum(one.extra_by_term.values()) for one in places] == [one.extra_cost for one in places]
