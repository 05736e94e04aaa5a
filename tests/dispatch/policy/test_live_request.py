"""What is left to plan on the running day."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from dispatch.domain.apply_event import apply_event
from dispatch.domain.event_log import parse_event
from dispatch.domain.files import parse_plan, parse_request, to_json
from dispatch.domain.live_day import LiveDay, begin_day
from dispatch.domain.plan import LockKind
from dispatch.domain.request import Request
from dispatch.policy.live_request import live_request, without_freeze
from dispatch.policy.settings import effective_policy, load_policy
from tests.dispatch.domain.documents import (
    at,
    order_document,
    plan_document,
    request_with,
    shift_document,
    technician_document,
    visit_document,
)

LUNCH = {"earliest": at(10, "11:30"), "latest": at(10, "14:00"), "duration": "PT1H"}
TEA = {"earliest": at(10, "15:00"), "latest": at(10, "16:00"), "duration": "PT15M"}
ELSEWHERE = {"lat": 34.28, "lon": 117.21}


def day(**changes: Any) -> LiveDay:
    shift = shift_document(breaks=[LUNCH, TEA], max_visits=5, overtime_until=at(10, "20:00"))
    tomorrow = shift_document(id="d2", start=at(11, "08:00"), end=at(11, "18:00"))
    fields: dict[str, Any] = {
        "orders": [order_document(location=ELSEWHERE, parts={"ont": 1}), order_document(id="o-2")],
        "technicians": [
            technician_document(shifts=[shift, tomorrow], stock={"ont": 3}),
            technician_document(id="t-2"),
        ],
        **changes,
    }
    visits = [visit_document(order=order["id"], start=at(10, "15:00")) for order in fields["orders"]]
    return begin_day(request_with(**fields), parse_plan(json.dumps(plan_document(*visits))))


def left(state: LiveDay, *events: dict[str, Any]) -> Request:
    """Return what is left after events; like every request it can be read again and is sound."""
    for number, event in enumerate(events):
        state = apply_event(state, parse_event(json.dumps({"id": f"e-{number}", **event})))
    return parse_request(to_json(live_request(state, load_policy())))


def moment(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(at(day, clock))


def arrived(clock: str, order: str = "o-1") -> dict[str, Any]:
    return {"kind": "arrived", "at": at(10, clock), "technician": "t-1", "order": order}


def done(clock: str, order: str = "o-1") -> dict[str, Any]:
    return {"kind": "done", "at": at(10, clock), "order": order}


def orders_of(request: Request) -> set[str]:
    return {order.id for order in request.orders}


def planned(request: Request) -> dict[str, LockKind]:
    assert request.current_plan is not None
    return {visit.order: visit.lock for route in request.current_plan.routes for visit in route.visits}


def test_on_the_running_day_agreements_are_priced_and_so_are_changes() -> None:
    policy = effective_policy(left(day()))
    assert policy.appointment.agreed_window == "priced"
    assert policy.disruption.enabled


def test_settings_of_the_request_stay() -> None:
    request = left(day(policy={"appointment": {"early_s": 60}, "prices": {"travel": 3}}))
    assert request.policy["appointment"] == {"early_s": 60, "agreed_window": "priced"}
    assert request.policy["prices"] == {"travel": 3}


def test_a_visit_under_way_is_not_planned_and_its_technician_free_at_its_end() -> None:
    request = left(day(), arrived("09:00"))
    assert orders_of(request) == {"o-2"}
    assert set(planned(request)) == {"o-2"}
    available = request.technicians_by_id["t-1"].available
    assert available is not None
    assert available.from_ == moment(10, "10:15")
    assert available.location is not None
    assert available.location.lat == ELSEWHERE["lat"]


def test_a_technician_is_not_free_in_the_past() -> None:
    late = {"kind": "travel_slower", "at": at(10, "11:00"), "factor": 1.2}
    available = left(day(), arrived("09:00"), late).technicians_by_id["t-1"].available
    assert available is not None
    assert available.from_ == moment(10, "11:00")


def test_what_a_shift_has_used_up_is_gone_from_it() -> None:
    technician = left(day(), arrived("09:00"), done("10:00")).technicians_by_id["t-1"]
    assert technician.shifts_by_id["d1"].max_visits == 4
    assert technician.stock == {"ont": 2}


def test_tomorrow_begins_with_full_stock() -> None:
    state = day()
    request = left(
        state, arrived("09:00"), done("10:00"), {"kind": "technician_back", "at": at(11, "07:00"), "technician": "t-1"}
    )
    assert request.technicians_by_id["t-1"].stock == {"ont": 3}


def test_a_break_taken_is_gone_and_the_next_one_stays() -> None:
    lunch = {"kind": "break_started", "at": at(10, "12:00"), "technician": "t-1", "expected_end": at(10, "13:00")}
    technician = left(day(), lunch).technicians_by_id["t-1"]
    assert [pause.earliest for pause in technician.shifts_by_id["d1"].breaks] == [moment(10, "15:00")]
    assert technician.available is not None
    assert technician.available.from_ == moment(10, "13:00")


@pytest.mark.parametrize(
    ("until", "breaks"),
    [
        ("12:10", [("12:10", "14:00"), ("15:00", "16:00")]),
        ("13:30", [("13:30", "14:30"), ("15:00", "16:00")]),
        ("15:30", [("15:30", "16:30"), ("16:15", "16:30")]),
        ("19:30", []),
    ],
)
def test_a_break_not_taken_is_still_due(until: str, breaks: list[tuple[str, str]]) -> None:
    overrun = {"kind": "overrun", "at": at(10, "09:30"), "order": "o-1", "expected_end": at(10, until)}
    shift = left(day(), arrived("09:00"), overrun).technicians_by_id["t-1"].shifts_by_id["d1"]
    found = [(f"{pause.earliest:%H:%M}", f"{pause.latest:%H:%M}") for pause in shift.breaks]
    assert found == breaks


def test_who_is_off_for_good_has_no_shift_and_no_route() -> None:
    request = left(day(), {"kind": "technician_off", "at": at(10, "08:30"), "technician": "t-1"})
    assert request.technicians_by_id["t-1"].shifts == ()
    assert planned(request) == {}
    assert orders_of(request) == {"o-1", "o-2"}


def test_who_is_off_until_tomorrow_works_then() -> None:
    off = {"kind": "technician_off", "at": at(10, "08:30"), "technician": "t-1", "until": at(11, "09:00")}
    technician = left(day(), off).technicians_by_id["t-1"]
    assert [shift.id for shift in technician.shifts] == ["d2"]
    assert technician.available is not None
    assert technician.available.from_ == moment(11, "09:00")


def test_an_order_that_its_technician_will_not_do_leaves_the_route() -> None:
    rejected = {"kind": "technician_rejected", "at": at(10, "08:30"), "technician": "t-1", "order": "o-1"}
    assert set(planned(left(day(), rejected))) == {"o-2"}


def test_a_held_order_leaves_the_route_but_not_the_request() -> None:
    failed = {"kind": "contact_failed", "at": at(10, "09:00"), "order": "o-1", "retry_at": at(10, "18:00")}
    request = left(day(), failed)
    assert set(planned(request)) == {"o-2"}
    assert orders_of(request) == {"o-1", "o-2"}


def test_tickets_of_a_mass_outage_wait_for_their_parent() -> None:
    parent = order_document(id="p", kind="repair", accepted_at=at(10, "08:00"))
    outage = {"kind": "mass_outage", "at": at(10, "08:00"), "parent": parent, "children": ["o-1"]}
    request = left(day(), outage)
    assert request.orders_by_id["o-1"].hold_until == request.horizon.end
    assert set(planned(request)) == {"o-2"}


@pytest.mark.parametrize(("clock", "lock"), [("13:59", "free"), ("14:00", "technician")])
def test_a_visit_agreed_for_soon_stays_with_its_technician(clock: str, lock: LockKind) -> None:
    agreed = {"kind": "contact_succeeded", "at": at(10, clock), "order": "o-1", "agreed_start": at(10, "15:00")}
    assert planned(left(day(), agreed)) == {"o-1": lock, "o-2": "free"}


def agreed_for(day_of_month: int, clock: str, *, order: str = "o-1") -> dict[str, Any]:
    agreed = at(day_of_month, clock)
    return {"kind": "contact_succeeded", "at": at(10, "14:30"), "order": order, "agreed_start": agreed}


def test_a_visit_planned_for_another_day_than_agreed_is_not_held_there() -> None:
    assert planned(left(day(), agreed_for(9, "15:00"))) == {"o-1": "free", "o-2": "free"}


def test_who_may_no_longer_go_is_not_held_to_the_visit() -> None:
    harder = {
        "kind": "order_changed",
        "at": at(10, "14:30"),
        "order": order_document(agreed_start=at(10, "15:00"), skills={"fiber": 9}),
    }
    assert planned(left(day(), harder))["o-1"] == "free"


def test_a_shift_that_is_over_holds_nothing() -> None:
    late = {"kind": "technician_back", "at": at(10, "20:00"), "technician": "t-1"}
    assert planned(left(day(), agreed_for(10, "15:00"), late)) == {}


def test_a_shift_that_ends_before_its_technician_is_free_holds_nothing() -> None:
    overrun = {"kind": "overrun", "at": at(10, "14:40"), "order": "o-2", "expected_end": at(11, "03:00")}
    assert planned(left(day(), agreed_for(10, "15:00"), arrived("14:35", "o-2"), overrun)) == {}


def test_a_freeze_ends_with_its_plan_and_a_lock_by_hand_stays() -> None:
    state = day()
    before = state.plan
    by_hand = parse_plan(to_json(before).replace('"lock": "free"', '"lock": "technician"'))
    assert without_freeze(by_hand, before) == before
    assert without_freeze(by_hand, by_hand) == by_hand


def test_travel_is_slower_only_as_long_as_it_is() -> None:
    slower = {"kind": "travel_slower", "at": at(10, "09:00"), "factor": 1.5, "until": at(10, "12:00")}
    assert left(day(), slower).travel.permille == 1500
    assert left(day(), slower, {**arrived("12:00")}).travel.permille == 1000


def test_the_running_day_weighs_risk_as_its_own_setting_says() -> None:
    night = load_policy().overridden({"risk": {"in_search": "odds"}})
    assert effective_policy(live_request(day(), night), night).risk.in_search == "none"
    both = night.overridden({"live": {"risk_in_search": "buffer"}})
    assert effective_policy(live_request(day(), both), both).risk.in_search == "buffer"
