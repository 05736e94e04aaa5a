"""How far each visit of the plan in force may still change."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from dispatch.domain.files import parse_plan
from dispatch.domain.request import Shift
from dispatch.policy.commitment import ChangePrices, Commitment, LockedVisit, changes_of, commitments, locked_visits
from dispatch.policy.settings import effective_policy
from tests.dispatch.domain.documents import (
    at,
    order_document,
    plan_document,
    request_of,
    shift_document,
    visit_document,
)


def locked(*visits: dict[str, Any]) -> tuple[LockedVisit, ...]:
    return locked_visits(parse_plan(json.dumps(plan_document(*visits))))


def test_free_visits_are_not_locked() -> None:
    assert locked(visit_document()) == ()


def test_lock_is_told_with_shift_and_position() -> None:
    visits = locked(visit_document(), visit_document(order="o-2", lock="technician"))
    assert [(v.order, v.technician, v.shift, v.position, v.holds_time) for v in visits] == [
        ("o-2", "t-1", "d1", 1, False)
    ]


def test_whatever_is_not_planned_is_locked_in_time_too() -> None:
    orders = [
        visit_document(order=f"o-{status}", status=status, lock="technician")
        for status in ("en_route", "on_site", "done")
    ]
    assert [visit.lock for visit in locked(*orders)] == ["technician_and_time"] * 3


def test_locked_visit_keeps_its_times() -> None:
    (visit,) = locked(visit_document(lock="technician_and_time"))
    assert (visit.start.hour, visit.end.minute, visit.holds_time) == (9, 15, True)


def test_no_plan_locks_nothing() -> None:
    assert locked_visits(None) == ()


def commitment(visit: dict[str, Any] | None = None, *, now: str = at(10, "08:00"), **order: Any) -> Commitment:
    """Return the commitment of one visit, published for Tuesday 09:00, with prices switched on."""
    request = request_of(
        order_document(**order),
        now=now,
        policy={"disruption": {"enabled": True}},
        current_plan=plan_document(visit or visit_document()),
    )
    (only,) = commitments(request, effective_policy(request))
    return only


def test_without_its_switch_the_plan_in_force_is_free() -> None:
    request = request_of(order_document(), current_plan=plan_document(visit_document()))
    (only,) = commitments(request, effective_policy(request))
    assert (only.hold, only.why, only.prices) == ("free", "changes to the plan in force have no price", ChangePrices())


def test_no_plan_commits_to_nothing() -> None:
    request = request_of(order_document())
    assert commitments(request, effective_policy(request)) == ()


@pytest.mark.parametrize(
    ("visit", "hold", "why"),
    [
        ({"status": "done"}, "done", "it is done"),
        ({"status": "en_route"}, "locked", "the technician is on the way"),
        ({"status": "on_site"}, "locked", "the technician is on site"),
        ({"lock": "technician"}, "locked", "the plan in force locks it"),
    ],
)
def test_what_is_done_or_locked_has_no_price(visit: dict[str, Any], hold: str, why: str) -> None:
    found = commitment(visit_document(**visit))
    assert (found.hold, found.why, found.prices) == (hold, why, ChangePrices())


HALF_DAY = [{"start": at(10, "08:30"), "end": at(10, "12:00")}]


@pytest.mark.parametrize(
    ("order", "prices"),
    [
        ({}, (5_000, 5_000, 0, 5_000)),
        ({"windows": HALF_DAY}, (20_000, 30_000, 0, 40_000)),
        ({"agreed_start": at(10, "09:15"), "windows": HALF_DAY}, (30_000, 30_000, 30_000, 50_000)),
    ],
    ids=["nothing", "half-day", "exact"],
)
def test_prices_follow_what_the_customer_was_told(order: dict[str, Any], prices: tuple[int, ...]) -> None:
    found = commitment(**order)  # now 08:00, published for 09:00: soon, so whole prices
    assert found.hold == "taxed"
    assert (found.prices.technician, found.prices.day, found.prices.later, found.prices.dropped) == prices


@pytest.mark.parametrize(
    ("now", "price"),
    [(at(10, "07:00"), 3_000), (at(10, "07:01"), 5_000), (at(10, "00:00"), 3_000), (at(9, "23:59"), 1_250)],
    ids=["in 2 hours", "in less", "the same day", "the day before"],
)
def test_prices_rise_as_the_visit_comes_near(now: str, price: int) -> None:
    assert commitment(now=now).prices.technician == price  # of 5,000: all, 600, or 250 of 1,000


@pytest.mark.parametrize(
    ("agreed", "later_from"),
    [("08:30", "09:15"), ("08:45", "09:15"), ("08:46", "09:16"), ("10:00", "10:30")],
)
def test_a_start_is_later_15_minutes_after_the_published_one_but_not_within_30_of_the_agreed_time(
    agreed: str, later_from: str
) -> None:
    # Published for 09:00.
    found = commitment(agreed_start=at(10, agreed))
    assert found.prices.later_from == datetime.fromisoformat(at(10, later_from))


@pytest.mark.parametrize(
    "order",
    [
        {"windows": [{"start": at(11, "08:30"), "end": at(11, "12:00")}]},
        {"agreed_start": at(11, "09:00")},
    ],
    ids=["half-day", "exact"],
)
def test_a_visit_that_the_customer_asked_to_have_at_another_time_is_free(order: dict[str, Any]) -> None:
    found = commitment(**order)
    assert (found.hold, found.why) == ("free", "the customer asked for another time since")


@pytest.mark.parametrize(
    ("technician", "shift", "start", "changes"),
    [
        ("t-1", shift_document(), at(10, "09:30"), ()),
        ("t-1", shift_document(id="evening"), at(10, "08:45"), ()),
        ("t-2", shift_document(), at(10, "09:31"), ("technician", "later")),
        ("t-1", shift_document(id="d2", start=at(11, "08:00"), end=at(11, "18:00")), at(11, "09:00"), ("day", "later")),
    ],
    ids=["within the tolerance", "another shift of the day", "another technician and later", "another day"],
)
def test_changes_are_named(technician: str, shift: dict[str, Any], start: str, changes: tuple[str, ...]) -> None:
    found = commitment(agreed_start=at(10, "09:00"))
    moment = datetime.fromisoformat(start)
    one = Shift.model_validate(shift)
    assert changes_of(found, technician=technician, shift=one, start=moment, zone=moment.tzinfo) == changes
