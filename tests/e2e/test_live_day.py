"""A village's day, event by event: after each the rest of it is planned anew, and every plan keeps the rules."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.check import check
from dispatch.clock import SystemClock
from dispatch.domain.events import (
    Arrived,
    ContactFailed,
    ContactSucceeded,
    Done,
    EnRoute,
    Event,
    NoAccess,
    OrderAccepted,
    OrderWithdrawn,
    Overrun,
    TechnicianOff,
    TechnicianRejected,
    TravelSlower,
)
from dispatch.domain.live_day import LiveDay, begin_day
from dispatch.domain.plan import PlanRoute, VisitStop
from dispatch.domain.run import RunParameters
from dispatch.planning_adapters import NightPlanner
from dispatch.policy.settings import load_policy
from dispatch.usecases.replan_urgent import Replanned, after_events, replan

PLANNER = NightPlanner(clock=SystemClock())
QUICK = RunParameters(limit_s=None, iterations=40, seed=1, threads=1)
DAY_ENDS_H = 19


def village(seed: int) -> LiveDay:
    request = generate_city(CitySpec(size="village", seed=seed, load=1.0))
    night = RunParameters(limit_s=None, iterations=300, seed=seed, threads=1)
    plan = PLANNER.plan(request, load_policy(), night, on_progress=lambda _: None, is_cancelled=lambda: False)
    return begin_day(request, plan)


@dataclass
class Fate:
    """Draws what happens next; whatever it draws can happen."""

    rng: random.Random
    number: int = 0
    drawn: set[str] = field(default_factory=set)

    def next_event(self, day: LiveDay, at: datetime) -> Event | None:
        self.number += 1
        fields: dict[str, Any] = {"id": f"e-{self.number}", "at": at}
        kind = self.rng.choice(sorted(_KINDS))
        event = _KINDS[kind](self.rng, day, fields)
        if event is not None:
            self.drawn.add(kind)
        return event


def _next_visits(day: LiveDay) -> list[tuple[PlanRoute, VisitStop]]:
    """The visit that each idle technician is to begin next."""
    found = []
    for route in day.plan.routes:
        left = [visit for visit in route.visits if visit.order in day.orders and day.visit_of(visit.order) is None]
        if left and route.technician not in day.under_way and not day.is_off(route.technician):
            found.append((route, left[0]))
    return found


def _begin(rng: random.Random, day: LiveDay, fields: dict[str, Any]) -> Event | None:
    visits = _next_visits(day)
    if not visits:
        return None
    route, visit = rng.choice(visits)
    kind = rng.choice([EnRoute, Arrived])
    return kind(technician=route.technician, order=visit.order, **fields)


def _end(rng: random.Random, day: LiveDay, fields: dict[str, Any]) -> Event | None:
    if not day.under_way:
        return None
    order = rng.choice(sorted(visit.order for visit in day.under_way.values()))
    if rng.random() < 0.2:
        return NoAccess(order=order, retry_at=fields["at"] + timedelta(hours=2), **fields)
    return Done(order=order, **fields)


def _overrun(rng: random.Random, day: LiveDay, fields: dict[str, Any]) -> Event | None:
    if not day.under_way:
        return None
    order = rng.choice(sorted(visit.order for visit in day.under_way.values()))
    return Overrun(order=order, expected_end=fields["at"] + timedelta(minutes=rng.randint(5, 300)), **fields)


def _accept(rng: random.Random, day: LiveDay, fields: dict[str, Any]) -> Event:
    like = rng.choice(day.base.orders)
    order = like.model_copy(
        update={
            "id": f"new-{fields['id']}",
            "kind": "repair",
            "accepted_at": fields["at"],
            "priority": rng.randint(0, 3),
            "windows": (),
            "agreed_start": None,
            "earliest_start": None,
        }
    )
    return OrderAccepted(order=order, **fields)


def _withdraw(rng: random.Random, day: LiveDay, fields: dict[str, Any]) -> Event:
    return OrderWithdrawn(order=rng.choice(sorted(day.orders)), reason="customer changed mind", **fields)


def _agree(rng: random.Random, day: LiveDay, fields: dict[str, Any]) -> Event | None:
    visits = [visit for _, visit in _next_visits(day) if visit.start > fields["at"]]
    if not visits:
        return None
    visit = rng.choice(visits)
    return ContactSucceeded(order=visit.order, agreed_start=visit.start, **fields)


def _miss(rng: random.Random, day: LiveDay, fields: dict[str, Any]) -> Event:
    return ContactFailed(order=rng.choice(sorted(day.orders)), retry_at=fields["at"] + timedelta(hours=1), **fields)


def _fall_ill(rng: random.Random, day: LiveDay, fields: dict[str, Any]) -> Event:
    until = rng.choice([None, fields["at"] + timedelta(hours=2)])
    return TechnicianOff(technician=rng.choice(sorted(day.base.technicians_by_id)), until=until, **fields)


def _reject(rng: random.Random, day: LiveDay, fields: dict[str, Any]) -> Event | None:
    visits = _next_visits(day)
    if not visits:
        return None
    route, visit = rng.choice(visits)
    return TechnicianRejected(technician=route.technician, order=visit.order, **fields)


def _slow(rng: random.Random, _: LiveDay, fields: dict[str, Any]) -> Event:
    return TravelSlower(factor=rng.choice([1.0, 1.3, 1.8]), until=fields["at"] + timedelta(hours=2), **fields)


_KINDS = {
    "begin": _begin,
    "end": _end,
    "overrun": _overrun,
    "accept": _accept,
    "withdraw": _withdraw,
    "agree": _agree,
    "miss": _miss,
    "fall_ill": _fall_ill,
    "reject": _reject,
    "slow": _slow,
}


def _keeps_the_rules(before: LiveDay, found: Replanned) -> None:
    under_way = {visit.order for visit in before.under_way.values()}
    served = {visit.order for route in found.plan.routes for visit in route.visits}
    left_out = {entry.order for entry in found.plan.unassigned}
    assert served | left_out == set(before.orders) - under_way
    assert not served & left_out
    assert check(found.request, found.plan).violations == ()
    for route in found.plan.routes:
        assert not before.is_off(route.technician) or before.off[route.technician] is not None
        assert all(visit.start >= before.now for visit in route.visits)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))])
def test_whatever_happens_the_rest_of_the_day_is_planned_by_the_rules(seed: int) -> None:
    day, fate = village(seed), Fate(random.Random(seed))
    start = day.base.horizon.start
    times = sorted(start + timedelta(minutes=fate.rng.randint(8 * 60, DAY_ENDS_H * 60)) for _ in range(60))
    for number, at in enumerate(times):
        event = fate.next_event(day, at)
        if event is None:
            continue
        day = after_events(day, [event])
        if number % 3 == 0:
            found = replan(day, planner=PLANNER, policy=load_policy(), parameters=QUICK)
            _keeps_the_rules(day, found)
            day = found.day
    assert len(fate.drawn) >= 8


def test_an_overrun_never_throws_an_agreed_customer_out_of_the_plan() -> None:
    day = village(4)
    route = max(day.plan.routes, key=lambda route: len(route.visits))
    first, *rest = route.visits
    agreed = {visit.order: visit.start for visit in rest[:2]}
    calls = [
        ContactSucceeded(id=f"call-{order}", at=day.now, order=order, agreed_start=at) for order, at in agreed.items()
    ]
    arrived = Arrived(id="arrived", at=first.start, technician=route.technician, order=first.order)
    end = rest[1].start + timedelta(hours=1, minutes=30)
    overrun = Overrun(id="overrun", at=first.end, order=first.order, expected_end=end)
    off = [  # nobody can take the customers over
        TechnicianOff(id=f"off-{technician}", at=first.end, technician=technician)
        for technician in day.base.technicians_by_id
        if technician != route.technician
    ]
    gone = [  # and nobody else asks for the technician
        OrderWithdrawn(id=f"gone-{order}", at=first.end, order=order, reason="moved away")
        for order in day.orders
        if order not in agreed and order != first.order
    ]
    day = after_events(day, [*calls, arrived, overrun, *off, *gone])
    found = replan(day, planner=PLANNER, policy=load_policy(), parameters=QUICK)
    start_of = {visit.order: visit.start for one in found.plan.routes for visit in one.visits}
    assert set(agreed) <= set(start_of)
    assert all(start_of[order] > at + timedelta(hours=1) for order, at in agreed.items())
    assert set(agreed) <= {one.order for one in found.diff.agreements_broken}
    assert found.plan.cost.terms["agreed_broken"] >= 2 * load_policy().prices.agreed_broken
