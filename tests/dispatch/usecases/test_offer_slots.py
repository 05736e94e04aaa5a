"""Slots that are offered can be kept, and are booked once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from typing import Any

import numpy as np
import pytest

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.check import check
from dispatch.domain.offers import SlotOffer
from dispatch.domain.request import Order, Request
from dispatch.errors import StaleOfferError
from dispatch.planner.live_plan import LivePlan
from dispatch.policy.settings import load_policy
from dispatch.usecases.offer_slots import book_slot, offer_slots, propose_times
from tests.dispatch.planner.small import at, order, planned, request, shift, technician

POLICY = load_policy()
ALL_DAY = shift(start=at("08:00"), end=at("20:30"))


def live_plan(wanted: Request) -> LivePlan:
    return LivePlan(wanted, planned(wanted), policy=POLICY)


def an_order(number: int, **changes: Any) -> Order:
    return Order.model_validate(order(number, **changes))


def labels(offers: tuple[SlotOffer, ...]) -> list[str]:
    return [offer.slot.label for offer in offers]


def test_half_days_and_finer_windows_are_offered_as_far_as_somebody_works() -> None:
    # ann works on the 10th only, until 20:30; the 09th is over, and on the 11th nobody is there.
    live = live_plan(request(technicians=[technician(shifts=[ALL_DAY])]))
    offers = offer_slots(an_order(1), live, policy=POLICY)
    assert labels(offers) == [
        "2026-03-10 morning",
        "2026-03-10 08:30-10:30",
        "2026-03-10 10:30-12:00",
        "2026-03-10 afternoon",
        "2026-03-10 13:30-15:30",
        "2026-03-10 15:30-18:00",
        "2026-03-10 evening",
    ]
    assert [offer.beyond_due for offer in offers] == [False, False, False, True, True, True, True]  # due at noon


def test_a_window_in_which_another_window_would_break_is_not_offered() -> None:
    # Three visits of 70 minutes fill the morning; a fourth would have to begin after noon.
    long = [order(k, duration="PT70M", windows=[{"start": at("08:30"), "end": at("12:00")}]) for k in (1, 2, 3)]
    live = live_plan(request(*long, technicians=[technician(shifts=[ALL_DAY])]))
    asked = an_order(4, duration="PT70M")
    assert "2026-03-10 morning" not in labels(offer_slots(asked, live, policy=POLICY))
    assert "2026-03-10 afternoon" in labels(offer_slots(asked, live, policy=POLICY))


def test_exact_times_are_proposed_that_are_very_likely_kept() -> None:
    live = live_plan(request(order(1), technicians=[technician(shifts=[ALL_DAY])]))
    offers = propose_times(an_order(2), live, policy=POLICY)
    assert len(offers) == 3
    assert offers[0].insertion.cost == 600
    for offer in offers:
        told = offer.slot.told
        assert told is not None
        assert told.minute % 15 == 0
        assert abs((offer.insertion.start - told).total_seconds()) <= 1_800
        assert (offer.insertion.p_on_time or 0) >= 0.95
    booked = book_slot(an_order(2), offers[0].slot, live, policy=POLICY)
    assert live.request.orders_by_id["o-2"].agreed_start == offers[0].slot.told
    assert booked.start == offers[0].insertion.start


def test_exact_times_of_a_booked_order_lie_in_its_booking() -> None:
    booked = order(1, windows=[{"start": at("13:30"), "end": at("18:00")}])
    live = live_plan(request(booked, technicians=[technician(shifts=[ALL_DAY])]))
    offers = propose_times(an_order(1, windows=booked["windows"]), live, policy=POLICY, most=40)
    assert [f"{o.slot.told:%H:%M}" for o in offers if o.slot.told][:2] == ["13:30", "13:45"]
    assert len(offers) == 19  # every quarter of an hour to 18:00


def test_two_clients_cannot_both_get_the_last_place() -> None:
    # A visit of 3 hours fits into the morning once.
    live = live_plan(request(technicians=[technician(shifts=[shift(end=at("13:00"))])]))
    first, second = (an_order(k, duration="PT3H") for k in (1, 2))
    offers = [offer_slots(one, live, policy=POLICY)[0] for one in (first, second)]
    book_slot(first, offers[0].slot, live, policy=POLICY)
    with pytest.raises(StaleOfferError, match="o-2: what it was offered can no longer be kept"):
        book_slot(second, offers[1].slot, live, policy=POLICY)


def customers(full: Request, known: int) -> Iterator[Order]:
    """Yield orders without end: those of a city again and again, with ids of their own and nothing told."""
    for number in count():
        like = full.orders[(known + number) % len(full.orders)]
        yield like.model_copy(update={"id": f"new-{number}", "windows": (), "agreed_start": None})


def book_one(live: LivePlan, one: Order, rng: np.random.Generator) -> tuple[str, SlotOffer] | None:
    """Book one of the slots or times that are offered; None if there are none or it is gone."""
    offers = offer_slots(one, live, policy=POLICY) if rng.random() < 0.7 else propose_times(one, live, policy=POLICY)
    if not offers:
        return None
    chosen = offers[int(rng.integers(len(offers)))]
    try:
        book_slot(one, chosen.slot, live, policy=POLICY)
    except StaleOfferError:
        return None
    return one.id, chosen


def assert_all_kept(live: LivePlan, booked: dict[str, SlotOffer]) -> None:
    """The plan passes the checker, and every visit that was booked starts when its customer was told."""
    plan = live.plan()
    assert check(live.request, plan, policy=POLICY).ok
    start_of = {visit.order: visit.start for route in plan.routes for visit in route.visits}
    assert booked.keys() <= start_of.keys()
    for name, offer in booked.items():
        if offer.slot.told is None:
            assert offer.slot.window.start <= start_of[name] <= offer.slot.window.end
        else:
            assert abs((start_of[name] - offer.slot.told).total_seconds()) <= 3_600


def small_city() -> tuple[Request, LivePlan]:
    full = generate_city(CitySpec(size="village", seed=5, days=3))
    return full, live_plan(full.model_copy(update={"orders": full.orders[:30]}))


def test_hundreds_of_offered_slots_are_booked_one_after_another_and_kept() -> None:
    full, live = small_city()
    rng = np.random.default_rng(1)
    served = {visit.order for route in live.plan().routes for visit in route.visits}
    late = {v.order for route in live.plan().routes for v in route.visits if v.tardiness_s}
    found = [book_one(live, one, rng) for one in islice(customers(full, 30), 260)]
    booked = dict(one for one in found if one is not None)
    assert len(booked) >= 100
    assert None in found  # until the days are full
    assert_all_kept(live, booked)
    after = {v.order: v for route in live.plan().routes for v in route.visits}
    assert served <= after.keys()  # nobody was left out for them
    assert {name for name in served if after[name].tardiness_s} <= late  # nor made late


def test_several_clients_book_at_once_and_everything_is_kept() -> None:
    full, live = small_city()
    coming = list(islice(customers(full, 30), 200))

    def client(number: int) -> list[tuple[str, SlotOffer] | None]:
        rng = np.random.default_rng(number)
        return [book_one(live, one, rng) for one in coming[number::4]]

    with ThreadPoolExecutor(4) as pool:
        found = [one for answers in pool.map(client, range(4)) for one in answers]
    booked = dict(one for one in found if one is not None)
    assert len(booked) >= 80
    assert_all_kept(live, booked)
