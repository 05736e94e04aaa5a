"""The order book of each centre: the plan in force, kept ready, with every place that was taken since."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dispatch.domain.files import request_digest
from dispatch.domain.offers import InsertionOffer
from dispatch.domain.plan import COST_TERMS, Plan, PlanCost, RunInfo
from dispatch.domain.records.centre import Centre
from dispatch.domain.records.order_book import BOOK_ID, BookEntry, EntryKind, OrderBook
from dispatch.domain.records.record import From
from dispatch.domain.records.running_day import LiveDayText, RunningDay
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Order, Request
from dispatch.domain.values import with_fixed_offset
from dispatch.errors import AlreadyThereError, BadInputError, DispatchError, StaleOfferError, TravelError
from dispatch.policy.book_entries import entries_to_place
from dispatch.policy.day_orders import with_orders
from dispatch.policy.live_request import live_request
from dispatch.policy.nights import dispatch_day_at
from dispatch.policy.running_days import open_days
from dispatch.policy.settings import Policy
from dispatch.ports import LiveBook, Transaction
from dispatch.usecases.planning.new_communities import with_communities_of
from dispatch.usecases.planning.nightly import Office
from dispatch.usecases.planning.snapshot import centre_of, snapshot

LoadBook = Callable[[Request, Plan, Policy], LiveBook]
"""Makes a live book of a request and a plan of it, or its current plan; a second or two for a city."""


class OvertakenError(DispatchError):
    """Another process entered an order first; the book has to be looked at again."""


@dataclass(eq=False)
class OpenBook:
    """A book as far as this process has followed it.

    Attributes
    ----------
    plan
        Id of the plan in force that it begins with; None = there is none yet.
    number
        The last entry that is in it.
    lock
        Held by whoever enters an order.
    """

    centre: str
    plan: str | None
    live: LiveBook
    policy: Policy
    number: int
    loaded_at: datetime
    lock: threading.RLock = field(default_factory=threading.RLock)


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """An order that took a place in this process's book, to be entered in everybody's."""

    document: Order
    kind: EntryKind
    technician: str
    start: datetime


@dataclass
class OrderBooks:
    """The books of all centres, one object for each process.

    Entries are numbered in the database. Only who has followed a book to its last entry may add the next one: so every
    process counts the same capacity, and two customers cannot both get the last place.
    """

    office: Office
    load: LoadBook
    _open: dict[str, OpenBook] = field(default_factory=dict)
    _loading: threading.Lock = field(default_factory=threading.Lock)

    def of(self, centre: str, *, renew: bool = False) -> OpenBook:
        """Return a centre's book, brought up to the last entry and to now.

        Parameters
        ----------
        renew
            Load it anew if it is older than the policy allows, for the day goes on; otherwise only if another plan is
            in force.

        Raises
        ------
        NotFoundError
            If the centre has no record.
        """
        now = self.office.clock.now()
        with self.office.store.of(centre).read() as transaction:
            plan = _newest_day(transaction, now)
            head = transaction.records(OrderBook).find(BOOK_ID)
        book = self._open.get(centre)
        is_usable = book is not None and book.plan == (None if plan is None else plan.plan)
        if book is not None and is_usable and renew:
            is_usable = now - book.loaded_at < timedelta(seconds=book.policy.planning.book_age_s)
        if book is None or not is_usable:
            with self._loading:
                current = self._open.get(centre)
                if current is None or current is book:  # else somebody else has loaded it meanwhile
                    current = self._open[centre] = self._loaded(centre, now)
                book = current
        book.live.go_on(_instant(now, book.live.request))
        if head is not None and head.entries > book.number:
            self._follow(book)
        return book

    def forget(self, book: OpenBook) -> None:
        """Drop what this process knows of a book: it holds an order that was not entered after all."""
        if self._open.get(book.centre) is book:
            del self._open[book.centre]

    def enter(self, book: OpenBook, entries: Sequence[NewEntry], transaction: Transaction) -> None:
        """Enter orders that took their places in this process's book.

        Raises
        ------
        OvertakenError
            If another process has entered some since; nothing may be stored then.
        """
        now = self.office.clock.now()
        heads = transaction.records(OrderBook)
        head = heads.find(BOOK_ID)
        if (0 if head is None else head.entries) != book.number:
            raise OvertakenError(f"the order book has gone on since entry {book.number}")
        number = book.number + len(entries)
        if head is None:
            try:
                heads.add(OrderBook(id=BOOK_ID, created_at=now, changed_at=now, entries=number))
            except AlreadyThereError as error:
                raise OvertakenError("another process has begun the order book") from error
        else:
            heads.save(head.changed(now, entries=number))
        transaction.records(BookEntry).add_all(
            [
                BookEntry(
                    id=str(book.number + place),
                    created_at=now,
                    changed_at=now,
                    number=book.number + place,
                    order=entry.document.id,
                    document=entry.document,
                    kind=entry.kind,
                    technician=entry.technician,
                    start=entry.start,
                )
                for place, entry in enumerate(entries, start=1)
            ]
        )

    def _loaded(self, centre: str, now: datetime) -> OpenBook:
        with self.office.store.of(centre).read() as transaction:
            record = centre_of(transaction)
            policy = self.office.policies.of(record)
            head = transaction.records(OrderBook).find(BOOK_ID)
            day = _newest_day(transaction, now)
            request = self._request(record, day, policy, now, transaction)
            entries = transaction.records(BookEntry).all(sort="number")
        plan = request.current_plan or _empty_plan(request, self.office.code_version)
        live = self.load(request, plan, self.office.policy)
        book = OpenBook(
            centre=centre,
            plan=None if day is None else day.plan,
            live=live,
            policy=policy,
            number=0 if head is None else head.entries,
            loaded_at=now,
        )
        for order in entries_to_place(entries, request, plan):
            with suppress(StaleOfferError, BadInputError, TravelError):  # one that fits nowhere takes no place
                take_place(live, order)
        return book

    def _request(
        self, centre: Centre, day: RunningDay | None, policy: Policy, now: datetime, transaction: Transaction
    ) -> Request:
        """Return what is open: of the plan in force that reaches farthest, or of the whole centre without one."""
        if day is None:
            first = dispatch_day_at(now, ZoneInfo(centre.time_zone), policy.planning)
            return snapshot(first, now=now, policy=self.office.policy, transaction=transaction).request
        live = transaction.records(LiveDayText).get(day.id).live_day()
        moment = _instant(now, live.base)
        since = live.base.now - timedelta(days=1)
        orders = transaction.records(WorkOrder).all(where={"changed_at": From(since)})
        live = with_communities_of(live, (order.order for order in orders), transaction)
        return live_request(with_orders(live.at(moment), orders, until=live.base.horizon.end), self.office.policy)

    def _follow(self, book: OpenBook) -> None:
        """Take in what other processes have entered."""
        with book.lock:
            with self.office.store.of(book.centre).read() as transaction:
                entries = transaction.records(BookEntry).all(where={"number": From(book.number + 1)}, sort="number")
            for entry in entries:
                if entry.number == book.number + 1:
                    with suppress(StaleOfferError, BadInputError, TravelError):
                        take_place(book.live, entry.document)
                    book.number = entry.number


def _newest_day(transaction: Transaction, now: datetime) -> RunningDay | None:
    """Return the day whose plan reaches farthest; None if no plan is in force."""
    zone = ZoneInfo(centre_of(transaction).time_zone)
    today = now.astimezone(zone).date()
    found = open_days(transaction.records(RunningDay).all(where={"last_day": From(today)}), today)
    return found[-1] if found else None


def _instant(now: datetime, request: Request) -> datetime:
    return with_fixed_offset(now.astimezone(request.zone).replace(microsecond=0))


def take_place(live: LiveBook, order: Order) -> InsertionOffer:
    """Serve an order as cheaply as can be, if possible without breaking what others were told.

    Raises
    ------
    StaleOfferError
        If nobody can go there.
    BadInputError, TravelError
        If the order is impossible, or travel to it cannot be had.
    """
    live.go_on(order.accepted_at)
    try:
        return live.book(order, accept=lambda offer: not offer.broken)
    except StaleOfferError:
        return live.book(order, accept=lambda _: True)


def _empty_plan(request: Request, version: str) -> Plan:
    """Return a plan in which nobody goes anywhere."""
    return Plan(
        request_digest=request_digest(request),
        cost=PlanCost(total=0, terms=dict.fromkeys(COST_TERMS, 0)),
        run=RunInfo(seed=0, iterations=0, stopped_by="insertions", version=version, runtime_s=0.0),
    )
