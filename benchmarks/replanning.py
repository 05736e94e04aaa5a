"""Measures a replan on a running city day: how long until the new plan stands, and how good it is for that time.

`python -m benchmarks.replanning` plans a city by night, lets the morning go as planned until half past ten, and then
lets urgent repairs come in, a technician fall ill and a visit overrun. Replans with a short limit are timed from the
event to the checked plan, and their cost is compared with that of a long search from no routes at all, under the same
prices of disruption.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec, Size
from dispatch.clock import SystemClock
from dispatch.domain.events import Arrived, BreakStarted, Done, Event, OrderAccepted, Overrun, TechnicianOff
from dispatch.domain.live_day import LiveDay, begin_day
from dispatch.domain.plan import BreakStop, Plan, PlanRoute, VisitStop
from dispatch.domain.run import RunParameters
from dispatch.planning_adapters import NightPlanner
from dispatch.policy.settings import load_policy
from dispatch.usecases.replan_urgent import Replanned, after_events, replan

MORNING_H = 10.5
"""Hours after midnight until which everything goes as planned."""


def as_planned(plan: Plan, until: datetime) -> Iterator[Event]:
    """Return the events of a day that goes as planned, up to a moment, in the order of time."""
    events = [event for route in plan.routes for event in _of_route(route) if event.at <= until]
    yield from sorted(events, key=lambda event: event.at)


def _of_route(route: PlanRoute) -> Iterator[Event]:
    technician = route.technician
    for number, stop in enumerate(route.stops):
        name = f"{technician}/{route.shift}/{number}"
        if isinstance(stop, VisitStop):
            yield Arrived(id=f"{name}-arrived", at=stop.start, technician=technician, order=stop.order)
            yield Done(id=f"{name}-done", at=stop.end, order=stop.order)
        elif isinstance(stop, BreakStop):
            yield BreakStarted(id=f"{name}-break", at=stop.start, technician=technician, expected_end=stop.end)


def troubles(day: LiveDay, seed: int, urgent: int) -> Iterator[Event]:
    """Return what goes wrong at a moment: urgent repairs, an illness and an overrun, drawn by the seed."""
    rng = np.random.default_rng([seed, 5])
    for number in range(urgent):
        like = day.base.orders[int(rng.integers(len(day.base.orders)))]
        changes = {
            "id": f"urgent-{seed}-{number}",
            "kind": "repair",
            "accepted_at": day.now,
            "duration": timedelta(minutes=45),
            "windows": (),
            "agreed_start": None,
            "earliest_start": None,
            "hold_until": None,
            "skills": {},
            "parts": {},
            "tools": (),
            "priority": 3,
        }
        yield OrderAccepted(id=f"accepted-{number}", at=day.now, order=like.model_copy(update=changes))
    names = sorted(day.under_way)
    ill, late = rng.choice(len(names), size=2, replace=False)
    yield TechnicianOff(id="ill", at=day.now, technician=names[int(ill)])
    visit = day.under_way[names[int(late)]]
    yield Overrun(id="late", at=day.now, order=visit.order, expected_end=visit.expected_end + timedelta(minutes=90))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replanning", description=__doc__.split("\n")[0])
    parser.add_argument("--size", choices=("village", "district", "city"), default="city")
    parser.add_argument("--load", type=float, default=0.9)
    parser.add_argument("--days", type=int, default=1)
    parser.add_argument("--city-seed", type=int, default=7)
    parser.add_argument("--night", type=float, default=30.0, help="seconds for the plan of the night")
    parser.add_argument("--limit", type=float, default=2.0, help="seconds of search of a replan")
    parser.add_argument("--long", type=float, default=60.0, help="seconds of the search from no routes; 0 = none")
    parser.add_argument("--seeds", type=int, default=5, help="troubles, each drawn by another seed")
    parser.add_argument("--threads", type=int, default=2)
    return parser


def main() -> None:
    """Run the benchmark and print its figures."""
    args = _parser().parse_args()
    size: Size = args.size
    request = generate_city(CitySpec(size=size, seed=args.city_seed, load=args.load, days=args.days))
    policy, planner = load_policy(), NightPlanner(clock=SystemClock())
    night = RunParameters(limit_s=args.night, threads=args.threads)
    plan = planner.plan(request, policy, night, on_progress=lambda _: None, is_cancelled=lambda: False)
    until = request.horizon.start + timedelta(hours=MORNING_H)
    morning = after_events(begin_day(request, plan), as_planned(plan, until)).at(until)
    print(f"{size}: {len(request.orders)} orders, {len(request.technicians)} technicians, {args.threads} threads")
    print("seed  seconds  cost        long search  dearer   disturbed  agreed moved  unassigned")
    seconds, dearer = [], []
    for seed in range(1, args.seeds + 1):
        day = after_events(morning, troubles(morning, seed, urgent=5))
        started = time.perf_counter()
        quick = _replanned(day, planner, RunParameters(limit_s=args.limit, threads=args.threads, seed=seed))
        seconds.append(time.perf_counter() - started)
        cost, text = quick.plan.cost.total, ""
        if args.long:
            empty = plan.model_copy(update={"routes": (), "unassigned": ()})
            parameters = RunParameters(limit_s=args.long, threads=args.threads, seed=seed)
            best = _replanned(day, planner, parameters, best_plan=empty).plan.cost.total
            dearer.append(100 * (cost / best - 1))
            text = f"{best:11,}  {dearer[-1]:+6.2f}%"
        diff = quick.diff
        counts = f"{len(diff.disturbed):9}  {diff.agreed_moved:12}  {len(quick.plan.unassigned):10}"
        print(f"{seed:4}  {seconds[-1]:7.2f}  {cost:10,}  {text:20} {counts}", flush=True)
    print(f"event to plan: median {np.median(seconds):.2f} s, worst {max(seconds):.2f} s")
    if dearer:
        print(f"dearer than the long search: median {np.median(dearer):+.2f}%, worst {max(dearer):+.2f}%")


def _replanned(
    day: LiveDay, planner: NightPlanner, parameters: RunParameters, best_plan: Plan | None = None
) -> Replanned:
    return replan(day, planner=planner, policy=load_policy(), parameters=parameters, best_plan=best_plan)


if __name__ == "__main__":
    main()
