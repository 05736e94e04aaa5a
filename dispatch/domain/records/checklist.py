"""The checklist of a visit: five stages, each with its items (R24, R25)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pydantic import Field

from dispatch.domain.records.record import Moment, Record
from dispatch.domain.records.work_order import Stage
from dispatch.domain.values import Document, Identifier


class Tick(Document):
    """An item that was done."""

    stage: Stage = Field(description="Stage it belongs to.")
    item: Identifier = Field(description="Name of the item, as in the policy.")
    at: Moment = Field(description="When it was ticked.")
    by: Identifier = Field(description="Who ticked it: `technician:t-1`.")


class Checklist(Record):
    """What was ticked at a visit; `visit_id` makes its id."""

    order: Identifier = Field(description="The order it belongs to.")

    ticks: tuple[Tick, ...] = Field(default=(), description="In the sequence in which they came; each item once.")

    @property
    def items(self) -> frozenset[str]:
        """The items that are ticked."""
        return frozenset(tick.item for tick in self.ticks)

    def with_ticks(self, ticks: Iterable[Tick], *, now: datetime) -> Checklist:
        """Return the list with further ticks; an item that is ticked already keeps its first moment."""
        known = {tick.item: tick for tick in self.ticks}
        for tick in ticks:
            known.setdefault(tick.item, tick)
        return self.changed(now, ticks=tuple(known.values()))

    def stage_at(self, stage: Stage, items: Iterable[str]) -> datetime | None:
        """Return when the last of a stage's items was ticked; None = one is missing."""
        at_of_item = {tick.item: tick.at for tick in self.ticks if tick.stage == stage}
        wanted = tuple(items)
        return max(at_of_item[item] for item in wanted) if all(item in at_of_item for item in wanted) else None


def visit_id(order: str, visit: int) -> str:
    """Return the id of what a visit of an order has one of; visits count from 1, one more with each reopening."""
    return order if visit == 1 else f"{order}-visit-{visit}"
