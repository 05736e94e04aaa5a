"""Measures how long a dispatcher or a customer at the counter waits for an answer of a live plan.

`python -m benchmarks.latency` plans a city day and a city over three days for a moment, keeps 5 % of the orders back,
loads each plan and asks about the orders that were kept back, again and again: insertions over all technicians of the
day (stage A), slots and exact times over the three days. Now and then an order is taken in, so that the plan changes.
Prints percentiles of the wait, and of the processor's time, which does not count what other programs take.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.domain.request import Order
from dispatch.planner.live_plan import LivePlan
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.policy.settings import load_policy
from dispatch.usecases.offer_slots import offer_slots, propose_times

CALLS = 10_000
KEPT_BACK = 20
"""One order in so many is kept back."""
TAKEN_IN = 200
"""One call in so many is followed by an insertion."""
SEED = 7
BUSY = ("p50 busy ms", "p99 busy ms")


@dataclass(frozen=True, kw_only=True)
class Waits:
    """What one kind of question showed: seconds of each call by clock and processor, mean number of answers."""

    name: str
    seconds: Sequence[float]
    busy_s: Sequence[float]
    answers: float

    @property
    def row(self) -> tuple[str, ...]:
        """The line of the table, milliseconds."""
        milliseconds = [1e3 * float(np.percentile(self.seconds, q)) for q in (50, 90, 99, 99.9, 100)]
        busy = [1e3 * float(np.percentile(self.busy_s, q)) for q in (50, 99)]
        figures = (f"{ms:.1f}" for ms in (*milliseconds, *busy, self.answers))
        return (self.name, f"{len(self.seconds):,}", *figures)


def loaded_city(days: int, *, size: str, limit_s: float) -> tuple[LivePlan, list[Order], str]:
    """Return the live plan of a city, the orders kept back from it, and what it is."""
    full = generate_city(CitySpec(size=size, seed=SEED, days=days))  # type: ignore[arg-type]
    coming = full.orders[::KEPT_BACK]
    names = {order.id for order in coming}
    request = full.model_copy(update={"orders": tuple(order for order in full.orders if order.id not in names)})
    options = PlanOptions(limit_s=limit_s, seed=SEED, threads=1)
    plan = make_plan(request, policy=load_policy(), options=options, clock=time.perf_counter)
    began = time.perf_counter()
    live = LivePlan(request, plan, policy=load_policy())
    what = f"{size}, {days} day(s): {len(request.orders)} orders, {len(request.technicians)} technicians"
    return live, list(coming), f"{what}; loaded in {time.perf_counter() - began:.2f} s"


def ask(name: str, live: LivePlan, orders: Sequence[Order], calls: int, question: Callable[[Order], int]) -> Waits:
    """Ask about each of the orders in turn; every time it is another order for the plan."""
    seconds, busy_s, answers = [], [], 0
    for number in range(calls):
        order = orders[number % len(orders)].model_copy(update={"id": f"{name}-{number}"})
        began, busy_before = time.perf_counter(), time.thread_time()
        answers += question(order)
        seconds.append(time.perf_counter() - began)
        busy_s.append(time.thread_time() - busy_before)
        if number % TAKEN_IN == TAKEN_IN - 1:
            for offer in live.insertions(order, most=1):
                live.insert(order, offer)
    return Waits(name=name, seconds=seconds, busy_s=busy_s, answers=answers / calls)


def main(arguments: list[str]) -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=CALLS, help="of each kind")
    parser.add_argument("--size", choices=["village", "district", "city"], default="city")
    parser.add_argument("--limit", type=float, default=20.0, help="seconds of search for each plan")
    chosen = parser.parse_args(arguments)
    policy, console = load_policy(), Console(width=160, highlight=False)
    table = Table("question", "calls", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "longest ms", *BUSY, "answers")

    live, coming, what = loaded_city(1, size=chosen.size, limit_s=chosen.limit)
    console.print(what)
    table.add_row(*ask("insertions", live, coming, chosen.calls, lambda order: len(live.insertions(order))).row)

    live, coming, what = loaded_city(3, size=chosen.size, limit_s=chosen.limit)
    console.print(what)
    nothing_told = [order.model_copy(update={"windows": (), "agreed_start": None}) for order in coming]
    questions: dict[str, Callable[[Order], int]] = {
        "slots": lambda order: len(offer_slots(order, live, policy=policy)),
        "times": lambda order: len(propose_times(order, live, policy=policy)),
    }
    for name, question in questions.items():
        table.add_row(*ask(name, live, nothing_told, chosen.calls, question).row)
    console.print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
