"""Days one after the other: what is open in the evening is in the next day's request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from benchmarks.replay.arrivals import Town, arrivals_of, found_town
from benchmarks.replay.cases import Ledger, settle_evening
from benchmarks.replay.crew import Person, Ways
from benchmarks.replay.day import DayRun
from benchmarks.replay.dispatcher import Checks, Dispatcher
from benchmarks.replay.foresight import Prediction, judged
from benchmarks.replay.mishaps import (
    TRAFFIC_FACTOR,
    TRAFFIC_REPORT_H,
    absences_of,
    changes_of,
    outage_of,
)
from benchmarks.replay.nature import Nature
from benchmarks.replay.nearest import Nearest
from benchmarks.replay.planned import AfterEvents, Periodic
from benchmarks.replay.searcher import Searcher, without_disruption
from benchmarks.replay.spec import PolicyName, ReplaySpec
from benchmarks.replay.stage import Script, Stage
from dispatch.domain.events import Event, TravelSlower
from dispatch.domain.request import Horizon, Request, Shift, Technician
from dispatch.policy.settings import load_policy

EVENING_H: Final = 22
"""When the next day is planned; the first day is planned at 20:00, as every synthetic city is."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """What came of a stretch of days under one policy.

    Attributes
    ----------
    people
        The technicians of each day.
    events
        Of all days, in the order they became known.
    predictions
        What was said about visits, and what came of it.
    checks
        Of the plans.
    """

    spec: ReplaySpec
    policy: PolicyName
    ledger: Ledger
    people: tuple[tuple[Person, ...], ...]
    events: tuple[Event, ...]
    predictions: tuple[Prediction, ...]
    checks: Checks
    end: datetime


def play(spec: ReplaySpec, policy: PolicyName) -> Played:
    """Replay days under a policy: the same arguments, the same events."""
    town, nature = found_town(spec.city, load_policy(spec.policy_path)), Nature(spec.seed)
    ways = Ways(town.request, town.policy)
    dispatcher = _dispatcher(policy, spec, town, ways)
    ledger = Ledger(town.request, town.policy)
    for order in town.request.orders:
        ledger.open_case(order)
    people: list[tuple[Person, ...]] = []
    events: list[Event] = []
    for day in range(spec.days):
        stage = _stage(day, town=town, nature=nature, ledger=ledger, dispatcher=dispatcher, ways=ways)
        dispatcher.begin(_request_of(town, ledger, day, start=stage.now))
        events += DayRun(stage).play()
        people.append(tuple(stage.people.values()))
        for name, told in dispatcher.disturbed().items():
            ledger[name].is_put_off = ledger[name].is_put_off or told == "nothing"
            ledger[name].is_disturbed = ledger[name].is_disturbed or told != "nothing"
        for case in ledger.still_open:
            settle_evening(case, midnight=town.midnight(day + 1))
    end = town.midnight(spec.days)
    return Played(
        spec=spec,
        policy=policy,
        ledger=ledger,
        people=tuple(people),
        events=tuple(events),
        predictions=judged(dispatcher.predictions(), ledger),
        checks=dispatcher.checks(),
        end=end,
    )


def _dispatcher(policy: PolicyName, spec: ReplaySpec, town: Town, ways: Ways) -> Dispatcher:
    if policy == "nearest":
        return Nearest(ways, town.policy)
    if policy == "periodic":
        free = without_disruption(town.policy)
        return Periodic(Searcher(spec=spec, policy=free, live_iterations=spec.live_iterations))
    iterations = 0 if policy == "insertion" else spec.live_iterations
    return AfterEvents(Searcher(spec=spec, policy=town.policy, live_iterations=iterations))


def _stage(day: int, *, town: Town, nature: Nature, ledger: Ledger, dispatcher: Dispatcher, ways: Ways) -> Stage:
    start, end = _evening(town, day), _evening(town, day + 1)
    technicians = _technicians_of(town, day)
    arrivals = tuple(
        order
        for number in (day - 1, day)
        if number >= 0
        for order in arrivals_of(town, nature, number)
        if start <= order.accepted_at < end
    )
    known = [case.order for case in ledger.still_open]
    reports = _reports(town, nature, day)
    script = Script(
        start=start,
        end=end,
        number=day,
        arrivals=arrivals,
        changes=tuple(changes_of([*known, *arrivals], nature, day, town.midnight(day))),
        absences=tuple(absences_of(technicians, nature, day)),
        outage=outage_of(town, nature, day),
        reports=reports,
    )
    people = {technician.id: Person.of(technician) for technician in technicians}
    return Stage(
        script=script,
        nature=nature,
        ledger=ledger,
        dispatcher=dispatcher,
        ways=ways,
        policy=town.policy,
        people=people,
    )


def _evening(town: Town, day: int) -> datetime:
    """Return when day number `day` is planned."""
    return town.request.now if day == 0 else town.midnight(day - 1) + timedelta(hours=EVENING_H)


def _request_of(town: Town, ledger: Ledger, day: int, *, start: datetime) -> Request:
    """Return what a night plans: the open orders and the technicians of the next day."""
    return town.request.model_copy(
        update={
            "now": start,
            "horizon": Horizon(start=town.midnight(day), end=town.midnight(day + 1)),
            "technicians": _technicians_of(town, day),
            "orders": tuple(case.order for case in ledger.still_open),
        }
    )


def _technicians_of(town: Town, day: int) -> tuple[Technician, ...]:
    later = timedelta(days=day)
    return tuple(
        technician.model_copy(update={"shifts": tuple(_shifted(shift, later) for shift in technician.shifts)})
        for technician in town.request.technicians
    )


def _shifted(shift: Shift, later: timedelta) -> Shift:
    breaks = tuple(
        pause.model_copy(update={"earliest": pause.earliest + later, "latest": pause.latest + later})
        for pause in shift.breaks
    )
    overtime = None if shift.overtime_until is None else shift.overtime_until + later
    changes = {"start": shift.start + later, "end": shift.end + later, "overtime_until": overtime, "breaks": breaks}
    return shift.model_copy(update=changes)


def _reports(town: Town, nature: Nature, day: int) -> tuple[Event, ...]:
    """Return what the traffic service says on a bad day."""
    if not nature.is_bad(day):
        return ()
    at = town.midnight(day) + timedelta(hours=TRAFFIC_REPORT_H)
    return (TravelSlower(id=f"e-{day + 1}-traffic", at=at, factor=TRAFFIC_FACTOR),)
