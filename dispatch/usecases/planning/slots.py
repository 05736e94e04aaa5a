"""Offer a customer windows and exact times out of the order book, and book what is chosen (R07, R08)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Unpack

from dispatch.domain.offers import InsertionOffer, SlotOffer, SlotWindow
from dispatch.domain.records.order_book import EntryKind
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Order, Window
from dispatch.errors import StaleOfferError
from dispatch.policy.planning_request import planning_order
from dispatch.policy.settings import effective_policy
from dispatch.policy.slot_windows import slot_windows, time_windows
from dispatch.usecases.offer_slots import book_slot, offer_slots, propose_times
from dispatch.usecases.planning.joined_store import JoinedStore
from dispatch.usecases.planning.order_books import NewEntry, OpenBook, OrderBooks, OvertakenError
from dispatch.usecases.work_orders.booking import book as book_order
from dispatch.usecases.work_orders.contact import agree
from dispatch.usecases.work_orders.turn import Means

ATTEMPTS: Final = 5
"""So often a booking is tried if other processes enter orders meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Booked:
    """An order that was booked, and who keeps it as the plan stands."""

    order: WorkOrder
    insertion: InsertionOffer


def offers_for(order_id: str, *, centre: str, books: OrderBooks) -> tuple[SlotOffer, ...]:
    """Return the half-days and finer windows that can be kept for an order, by their beginning (R07).

    Raises
    ------
    NotFoundError
        If there is no such order, or the centre has no record.
    TravelError
        If travel to it cannot be had.
    """
    book, order = _book_and_order(order_id, centre, books)
    return offer_slots(order, book.live, policy=books.office.policy)


def times_for(order_id: str, *, centre: str, books: OrderBooks) -> tuple[SlotOffer, ...]:
    """Return the exact times that may be told in the call, the cheapest first (R08). Raises as `offers_for`."""
    book, order = _book_and_order(order_id, centre, books)
    return propose_times(order, book.live, policy=books.office.policy)


def book_window(order_id: str, window: Window, *, centre: str, books: OrderBooks, **means: Unpack[Means]) -> Booked:
    """Book a window that was offered; the last place is given once, whichever processes are asked.

    Raises
    ------
    StaleOfferError
        If it can no longer be kept, or was never offered.
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, its visit has begun, or the actor may not book it.
    """

    def slot_of(book: OpenBook, _: Order) -> SlotWindow | None:
        rules = effective_policy(book.live.request, books.office.policy)
        return next((slot for slot in slot_windows(book.live.request, rules) if slot.window == window), None)

    def change(inner: Means) -> WorkOrder:
        return book_order(order_id, [window], **inner)

    return _booked(order_id, slot_of, change, "booking", centre=centre, books=books, means=means)


def book_time(order_id: str, start: datetime, *, centre: str, books: OrderBooks, **means: Unpack[Means]) -> Booked:
    """Agree an exact time that was proposed; raises as `book_window`."""

    def slot_of(book: OpenBook, order: Order) -> SlotWindow | None:
        rules = effective_policy(book.live.request, books.office.policy)
        return next((slot for slot in time_windows(order, book.live.request, rules) if slot.told == start), None)

    def change(inner: Means) -> WorkOrder:
        return agree(order_id, start, **inner)

    return _booked(order_id, slot_of, change, "agreement", centre=centre, books=books, means=means)


def _booked(
    order_id: str,
    slot_of: Callable[[OpenBook, Order], SlotWindow | None],
    change: Callable[[Means], WorkOrder],
    kind: EntryKind,
    *,
    centre: str,
    books: OrderBooks,
    means: Means,
) -> Booked:
    for _ in range(ATTEMPTS):
        book, order = _book_and_order(order_id, centre, books)
        with book.lock:
            slot = slot_of(book, order)
            if slot is None:
                raise StaleOfferError(f"order {order_id}: this is not offered any more\nMaybe ask for offers again.")
            insertion = book_slot(order, slot, book.live, policy=books.office.policy)
            entry = NewEntry(
                document=slot.booked(order), kind=kind, technician=insertion.technician, start=insertion.start
            )
            try:
                with means["store"].write() as transaction:
                    books.enter(book, [entry], transaction)
                    inner = means.copy()
                    inner["store"] = JoinedStore(transaction)
                    changed = change(inner)
            except OvertakenError:
                books.forget(book)
                continue
            except BaseException:
                books.forget(book)
                raise
            book.number += 1
        return Booked(order=changed, insertion=insertion)
    msg = f"order {order_id}: too many others are booking at this moment; nothing was booked\nMaybe try again."
    raise StaleOfferError(msg)


def _book_and_order(order_id: str, centre: str, books: OrderBooks) -> tuple[OpenBook, Order]:
    """Return a centre's book and an order; its sender's clock may be a little ahead, and so is the book's then."""
    book = books.of(centre)
    with books.office.store.of(centre).read() as transaction:
        order = planning_order(transaction.records(WorkOrder).get(order_id))
    book.live.go_on(order.accepted_at)
    return book, order
