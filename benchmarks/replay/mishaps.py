"""What goes wrong on a day whatever anybody plans: illness, customers who change their minds, outages, weather."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from benchmarks.cities.works import WORKS
from benchmarks.replay.arrivals import Town
from benchmarks.replay.nature import Nature
from dispatch.domain.request import Community, Order, Technician

ILL_SHARE: Final = 0.02
"""Technicians who call in sick before their shift."""
LEAVES_SHARE: Final = 0.01
"""Technicians who leave during the shift; half of them come back after two hours."""
WITHDRAWN_SHARE: Final = 0.008
MOVED_SHARE: Final = 0.015
"""Of the open orders of a day: the customer gives up, or asks for another day."""
OUTAGE_SHARE: Final = 0.25
"""Days on which one fault takes a whole community off the net."""
FEWEST_TICKETS, MOST_TICKETS = 3, 15
TICKETS_SHARE: Final = 0.05
"""One fault is behind at most so much of a day's orders."""
DECLARED_AFTER: Final = timedelta(minutes=25)
TRAFFIC_REPORT_H: Final = 9
TRAFFIC_FACTOR: Final = 1.2
"""What dispatchers are told on a bad day; the truth is worse."""


@dataclass(frozen=True, kw_only=True)
class Absence:
    """A technician who is away from `start` on; `end` None = for the rest of the day."""

    technician: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, kw_only=True)
class Outage:
    """One fault behind many tickets: the tickets come in, then the fault is known (R03)."""

    tickets: tuple[Order, ...]
    parent: Order


@dataclass(frozen=True, kw_only=True)
class Change:
    """A customer calls: gives up, or, if `days_later` is set, asks for the same time of a later day."""

    order: str
    at: datetime
    days_later: int | None


def absences_of(technicians: Sequence[Technician], nature: Nature, day: int) -> Iterator[Absence]:
    """Draw who is ill or leaves on a day."""
    for technician in technicians:
        rng = nature.draw("absence", technician.id, day)
        drawn, part, returns = rng.random(), rng.uniform(0.2, 0.8), rng.random() < 0.5
        for shift in technician.shifts:
            if drawn < ILL_SHARE:
                yield Absence(technician=technician.id, start=shift.start - timedelta(minutes=30), end=None)
            elif drawn < ILL_SHARE + LEAVES_SHARE:
                start = shift.start + timedelta(seconds=int(part * (shift.end - shift.start).total_seconds()))
                end = start + timedelta(hours=2) if returns else None
                yield Absence(technician=technician.id, start=start, end=end)


def changes_of(orders: Sequence[Order], nature: Nature, day: int, midnight: datetime) -> Iterator[Change]:
    """Draw which of the orders known on a day are given up or put off by their customers."""
    for order in orders:
        rng = nature.draw("change", order.id, day)
        drawn, seconds, later = rng.random(), int(rng.integers(8 * 3_600, 18 * 3_600)), int(rng.integers(1, 3))
        at = midnight + timedelta(seconds=seconds)
        if at <= order.accepted_at:
            continue
        if drawn < WITHDRAWN_SHARE:
            yield Change(order=order.id, at=at, days_later=None)
        elif drawn < WITHDRAWN_SHARE + MOVED_SHARE and order.kind != "follow_up":
            yield Change(order=order.id, at=at, days_later=later)


def outage_of(town: Town, nature: Nature, day: int) -> Outage | None:
    """Draw the mass outage of a day, if there is one: repairs of one community, then the fault that they share."""
    rng = nature.draw("outage", day)
    if rng.random() >= OUTAGE_SHARE:
        return None
    served = [community for community in town.request.communities if community.served]
    community = served[int(rng.integers(len(served)))]
    start = town.midnight(day) + timedelta(seconds=int(rng.integers(8 * 3_600, 16 * 3_600)))
    most = max(FEWEST_TICKETS, min(MOST_TICKETS, int(TICKETS_SHARE * town.per_day)))
    count = int(rng.integers(FEWEST_TICKETS, most + 1))
    seconds = sorted(int(second) for second in rng.integers(0, int(DECLARED_AFTER.total_seconds()), size=count))
    tickets = tuple(
        _fault(f"x-{day}-{k + 1}", community, start + timedelta(seconds=second), work="line inside the flat")
        for k, second in enumerate(seconds)
    )
    parent = _fault(f"x-{day}", community, start + DECLARED_AFTER, work="splitter or cabinet", priority=3)
    return Outage(tickets=tickets, parent=parent)


def _fault(name: str, community: Community, accepted_at: datetime, *, work: str, priority: Literal[0, 3] = 0) -> Order:
    """Make a repair of the catalogue at a community's own place."""
    found = next(line for line in WORKS if line.name == work)
    return Order(
        id=name,
        kind="repair",
        community=community.id,
        accepted_at=accepted_at,
        duration=timedelta(seconds=found.median_s),
        skills=dict(found.skills),
        parts=dict(found.parts),
        tools=found.tools,
        priority=priority,
    )
