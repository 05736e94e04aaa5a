"""Propose somebody for every new order within seconds of its intake (R33)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.records.centre import Centre
from dispatch.domain.records.record import From
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import BadInputError, NotFoundError, StaleOfferError, TransitionError, TravelError
from dispatch.policy.planning_request import planning_order
from dispatch.usecases.one_by_one import one_by_one
from dispatch.usecases.planning.joined_store import JoinedStore
from dispatch.usecases.planning.order_books import NewEntry, OpenBook, OrderBooks, OvertakenError, take_place
from dispatch.usecases.work_orders.booking import propose
from dispatch.usecases.work_orders.turn import Means

ACTOR: Final = "system:planning"
WAITING: Final = ("booked", "qualified")
LOOK_BACK: Final = timedelta(days=7)
"""At its start a process looks for orders without a proposal that changed so long ago."""
OVERLAP: Final = timedelta(seconds=30)
"""Looks overlap by so long: a transaction may take a while from its moment to its end."""


@dataclass
class Proposer:
    """Writes proposals on new orders; one for each process, any number of them at once."""

    books: OrderBooks
    _seen_until: dict[str, datetime] = field(default_factory=dict)
    _hopeless: dict[str, dict[str, int]] = field(default_factory=dict)
    """Of each centre the orders that nobody can go to, with the version that was looked at."""

    def propose(self) -> bool:
        """Propose somebody for the orders that came in last; return whether there may be more to do at once."""
        with self.books.office.store.read() as transaction:
            centres = transaction.records(Centre).across()
        return one_by_one([name for name, _ in centres], self._propose_in)

    def _propose_in(self, centre: str) -> bool:
        office, now = self.books.office, self.books.office.clock.now()
        book = self.books.of(centre, renew=True)
        since = self._seen_until.get(centre, now - LOOK_BACK)
        with office.store.of(centre).read() as transaction:
            changed = transaction.records(WorkOrder).all(
                where={"state": WAITING, "technician": None, "changed_at": From(since)}, sort="received_at"
            )
        known = self._hopeless.get(centre, {})
        hopeless = {order.id: order.version for order in changed if known.get(order.id) == order.version}
        self._hopeless[centre] = hopeless
        waiting = [order for order in changed if order.proposal is None and order.id not in hopeless]
        some = waiting[: book.policy.planning.proposals_at_a_time]
        if some and not self._enter(book, some):
            return True
        if len(some) == len(waiting):
            self._seen_until[centre] = now - OVERLAP
        return len(some) < len(waiting)

    def _enter(self, book: OpenBook, orders: list[WorkOrder]) -> bool:
        """Give orders their places and write down who would go; return False if another process was faster."""
        office = self.books.office
        with book.lock:
            try:
                entries = [entry for order in orders if (entry := self._entry(book, order)) is not None]
                if not entries:
                    return True
                with office.store.of(book.centre).write() as transaction:
                    self.books.enter(book, entries, transaction)
                    means: Means = {
                        "store": JoinedStore(transaction),
                        "clock": office.clock,
                        "new_id": office.new_id,
                        "actor": ACTOR,
                        "policy": book.policy,
                    }
                    for entry in entries:
                        propose(entry.document.id, technician=entry.technician, start=entry.start, **means)
            except (OvertakenError, TransitionError, NotFoundError):
                self.books.forget(book)  # one of them has gone on meanwhile, too: look again
                return False
            book.number += len(entries)
            return True

    def _entry(self, book: OpenBook, order: WorkOrder) -> NewEntry | None:
        """Return the place an order takes; None if nobody can go there: its next change is looked at again.

        Raises
        ------
        OvertakenError
            If the book is older than the order and does not know what it names, as a new community.
        """
        document = planning_order(order)
        try:
            found = take_place(book.live, document)
        except (StaleOfferError, BadInputError, TravelError) as error:
            if isinstance(error, BadInputError) and book.loaded_at < order.changed_at:
                raise OvertakenError(f"the order book is older than order {order.id}") from error
            self._hopeless.setdefault(book.centre, {})[order.id] = order.version
            return None
        return NewEntry(document=document, kind="proposal", technician=found.technician, start=found.start)
