"""What a dispatch policy looks like to the replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from benchmarks.replay.crew import Person
from benchmarks.replay.foresight import Prediction
from dispatch.domain.events import Event
from dispatch.domain.request import Request
from dispatch.domain.told import Told


@dataclass(frozen=True, kw_only=True)
class Checks:
    """How many plans the checker judged, and how many of them it refused."""

    judged: int = 0
    refused: int = 0


class Dispatcher(Protocol):
    """Decides who goes where. It sees events and the request of the evening before, never the truth behind them."""

    def begin(self, request: Request) -> None:
        """Take over a day: its open orders and the technicians with their shifts."""
        ...

    def observe(self, event: Event) -> None:
        """Note what happened."""
        ...

    def settle(self, now: datetime, free: Sequence[Person]) -> bool:
        """Decide what there is to decide; tell whether anybody's next order may be another one than before."""
        ...

    def wakes_at(self, now: datetime) -> datetime | None:
        """Return when to settle again even if nothing happens; None = never."""
        ...

    def next_order(self, technician: str) -> str | None:
        """Return where a technician goes next; None = nowhere for now."""
        ...

    def technician_of(self, order: str) -> str | None:
        """Return who is to go to an order; None = nobody yet."""
        ...

    def rests_before(self, technician: str, order: str) -> bool:
        """Tell whether the plan has a break on the way to an order."""
        ...

    def proposal(self, order: str, now: datetime) -> datetime | None:
        """Return the exact time to agree on in a call; None = none can be named."""
        ...

    def disturbed(self) -> Mapping[str, Told]:
        """Return the orders whose customers changes of the plan have disturbed on this day, and what those knew."""
        ...

    def predictions(self) -> Sequence[Prediction]:
        """Return what was said about visits so far; () without a plan."""
        ...

    def checks(self) -> Checks:
        """Return how many plans the checker judged so far, and how many it refused."""
        ...
