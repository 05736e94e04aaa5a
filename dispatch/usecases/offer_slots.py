"""Offer a customer windows and exact times that can really be kept, and book what is chosen (R07, R08)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from dispatch.domain.offers import InsertionOffer, SlotOffer, SlotWindow
from dispatch.domain.request import Order
from dispatch.policy.settings import Policy, effective_policy
from dispatch.policy.slot_windows import slot_windows, time_windows
from dispatch.ports import LiveBook

MOST_TIMES: Final = 3


def offer_slots(order: Order, book: LiveBook, *, policy: Policy) -> tuple[SlotOffer, ...]:
    """Return the half-days and finer windows of the next days that can be kept for an order, by their beginning.

    A window is offered if some technician can keep it with the probability that the policy asks for, and if no other
    customer's window, agreed time or promise breaks and nobody is left out.

    Parameters
    ----------
    policy
        The operator's.

    Raises
    ------
    BadInputError
        If the order is impossible.
    TravelError
        If travel to it cannot be had.
    """
    rules = effective_policy(book.request, policy)
    slots = slot_windows(book.request, rules)
    found = book.first_within(order, slots, accept=_keeps_all(rules.slots.least_probability))
    return _offers(slots, found)


def propose_times(order: Order, book: LiveBook, *, policy: Policy, most: int = MOST_TIMES) -> tuple[SlotOffer, ...]:
    """Return exact times that may be told to an order's customer, at most `most`, the cheapest first.

    A time is proposed if the visit starts from `early_s` before it to `late_s` after it with the probability that the
    policy asks for; of times that cost the same the earlier one comes first. Raises as `offer_slots`.
    """
    rules = effective_policy(book.request, policy)
    slots = time_windows(order, book.request, rules)
    accept = _keeps_all(rules.slots.exact_probability)
    found = book.first_within(order, slots, accept=accept, enough=most)
    return tuple(sorted(_offers(slots, found), key=lambda offer: offer.insertion.cost)[:most])


def book_slot(order: Order, slot: SlotWindow, book: LiveBook, *, policy: Policy) -> InsertionOffer:
    """Book a window or time that was offered; return who keeps it and when.

    It need not be the technician of the offer: what counts is what the customer was told.

    Raises
    ------
    StaleOfferError
        If it can no longer be kept, as when somebody else has taken the last place.
    """
    chances = effective_policy(book.request, policy).slots
    least = chances.least_probability if slot.told is None else chances.exact_probability
    return book.book(slot.booked(order), accept=_keeps_all(least))


def _keeps_all(least_probability: float) -> Callable[[InsertionOffer], bool]:
    def accept(offer: InsertionOffer) -> bool:
        return not offer.broken and (offer.p_on_time is None or offer.p_on_time >= least_probability)

    return accept


def _offers(slots: Sequence[SlotWindow], found: Sequence[InsertionOffer | None]) -> tuple[SlotOffer, ...]:
    return tuple(
        SlotOffer(slot=slot, insertion=insertion, beyond_due=insertion.is_late)
        for slot, insertion in zip(slots, found, strict=True)
        if insertion is not None
    )
