"""What events do to the state of the running day."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from dispatch.domain import apply_event as module
from dispatch.domain.apply_event import apply_event
from dispatch.domain.event_log import events_text, parse_event, read_events
from dispatch.domain.events import EVENT_KINDS
from dispatch.domain.files import parse_plan
from dispatch.domain.live_day import LiveDay, begin_day
from dispatch.domain.live_day_file import day_text, parse_day
from dispatch.errors import BadInputError
from tests.dispatch.domain.documents import (
    at,
    order_document,
    plan_document,
    request_with,
    technician_document,
    visit_document,
)


def day(*, orders: list[dict[str, Any]] | None = None) -> LiveDay:
    orders = orders or [order_document(), order_document(id="o-2", parts={"ont": 2})]
    technicians = [technician_document(), technician_document(id="t-2", service_factor=1.5)]
    request = request_with(orders=orders, technicians=technicians)
    visits = [visit_document(order=order["id"]) for order in orders]
    return begin_day(request, parse_plan(json.dumps(plan_document(*visits))))


def happened(state: LiveDay, *events: dict[str, Any]) -> LiveDay:
    for number, event in enumerate(events):
        state = apply_event(state, parse_event(json.dumps({"id": f"e-{len(state.events)}-{number}", **event})))
    return state


def moment(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(at(day, clock))


ARRIVED = {"kind": "arrived", "at": at(10, "09:00"), "technician": "t-1", "order": "o-1"}


def test_every_kind_of_event_has_a_meaning() -> None:
    assert {meant.model_fields["kind"].default for meant in module._MEANING} == set(EVENT_KINDS)


def test_an_event_that_comes_twice_counts_once() -> None:
    event = parse_event(json.dumps({"id": "e", **ARRIVED}))
    once = apply_event(day(), event)
    assert apply_event(once, event) is once


def test_late_news_does_not_turn_the_clock_back() -> None:
    state = happened(day().at(moment(10, "12:00")), {**ARRIVED})
    assert state.now == moment(10, "12:00")


def test_a_visit_lasts_as_long_as_its_technician_needs() -> None:
    state = happened(day(), {**ARRIVED, "technician": "t-2"})
    assert state.under_way["t-2"].expected_end == moment(10, "10:52").replace(second=30)


def test_on_the_way_the_visit_begins_after_the_planned_travel() -> None:
    state = happened(day(), {**ARRIVED, "kind": "en_route"})
    assert state.under_way["t-1"].expected_end == moment(10, "10:25")
    assert not state.under_way["t-1"].is_on_site


def test_on_the_way_a_booking_is_waited_for() -> None:
    booked = order_document(windows=[{"start": at(10, "10:00"), "end": at(10, "12:00")}])
    state = happened(day(orders=[booked]), {**ARRIVED, "kind": "en_route"})
    assert state.under_way["t-1"].expected_end == moment(10, "11:15")


def test_travel_of_another_technician_has_to_be_told() -> None:
    with pytest.raises(BadInputError, match="expected_arrival: the plan does not send technician t-2"):
        happened(day(), {**ARRIVED, "kind": "en_route", "technician": "t-2"})


def test_a_visit_that_is_done_is_closed_and_its_technician_free_there() -> None:
    state = happened(day(), {**ARRIVED, "order": "o-2"}, {"kind": "done", "at": at(10, "10:00"), "order": "o-2"})
    assert set(state.orders) == {"o-1"}
    assert (state.finished["o-2"].outcome, state.finished["o-2"].technician) == ("done", "t-1")
    assert state.under_way == {}
    assert state.last_seen["t-1"].free_from == moment(10, "10:00")
    assert state.last_seen["t-1"].location == state.base.location_of(state.base.orders_by_id["o-2"])
    assert state.use_of("t-1", "d1").visits == 1
    assert state.use_of("t-1", "d1").parts == {"ont": 2}


def test_setting_out_and_arriving_is_one_visit() -> None:
    state = happened(day(), {**ARRIVED, "kind": "en_route"}, ARRIVED)
    assert state.use_of("t-1", "d1").visits == 1


def test_an_overrun_moves_the_expected_end() -> None:
    overrun = {"kind": "overrun", "at": at(10, "10:00"), "order": "o-1", "expected_end": at(10, "11:30")}
    assert happened(day(), ARRIVED, overrun).under_way["t-1"].expected_end == moment(10, "11:30")


def test_a_technician_who_falls_ill_leaves_the_visit_open() -> None:
    state = happened(day(), ARRIVED, {"kind": "technician_off", "at": at(10, "09:30"), "technician": "t-1"})
    assert "o-1" in state.orders
    assert state.under_way == {}
    assert state.is_off("t-1")
    assert not happened(state, {"kind": "technician_back", "at": at(10, "12:00"), "technician": "t-1"}).is_off("t-1")


@pytest.mark.parametrize("kind", ["technician_rejected", "technician_silent"])
def test_who_will_not_go_is_excluded(kind: str) -> None:
    state = happened(day(), {**ARRIVED, "kind": kind})
    assert state.orders["o-1"].excluded_technicians == ("t-1",)


def test_a_customer_who_is_not_reached_is_held() -> None:
    failed = {"kind": "contact_failed", "at": at(10, "09:00"), "order": "o-1"}
    assert happened(day(), {**failed, "retry_at": at(10, "11:30")}).orders["o-1"].hold_until == moment(10, "11:30")
    assert happened(day(), failed).orders["o-1"].hold_until == moment(13, "00:00")


def test_an_agreed_time_releases_the_hold() -> None:
    state = happened(
        day(),
        {"kind": "contact_failed", "at": at(10, "09:00"), "order": "o-1", "retry_at": at(10, "11:30")},
        {"kind": "contact_succeeded", "at": at(10, "11:31"), "order": "o-1", "agreed_start": at(10, "15:00")},
    )
    assert (state.orders["o-1"].hold_until, state.orders["o-1"].agreed_start) == (None, moment(10, "15:00"))


def test_nobody_at_home_leaves_the_order_open_and_the_technician_free() -> None:
    state = happened(day(), ARRIVED, {"kind": "no_access", "at": at(10, "09:20"), "order": "o-1"})
    assert "o-1" in state.orders
    assert state.last_seen["t-1"].free_from == moment(10, "09:20")


def test_a_failed_speed_test_closes_the_order_and_opens_its_remedy() -> None:
    remedy = order_document(id="o-9", kind="speed_remedy", accepted_at=at(10, "10:00"))
    failed = {"kind": "speed_test_failed", "at": at(10, "10:00"), "order": "o-1", "remedy": remedy}
    state = happened(day(), ARRIVED, failed)
    assert state.finished["o-1"].outcome == "remedy_pending"
    assert "o-9" in state.orders


def test_children_of_a_mass_outage_end_with_their_parent() -> None:
    parent = order_document(id="p", kind="repair", accepted_at=at(10, "08:00"))
    state = happened(
        day(),
        {"kind": "mass_outage", "at": at(10, "08:00"), "parent": parent, "children": ["o-1", "o-2"]},
        {**ARRIVED, "order": "p"},
        {"kind": "done", "at": at(10, "10:00"), "order": "p"},
    )
    assert state.orders == {}
    assert {name: one.outcome for name, one in state.finished.items()} == {
        "p": "done",
        "o-1": "restored_by_parent",
        "o-2": "restored_by_parent",
    }


def outage(parent: str, *children: str) -> dict[str, Any]:
    order = order_document(id=parent, kind="repair", accepted_at=at(10, "08:00"))
    return {"kind": "mass_outage", "at": at(10, "08:00"), "parent": order, "children": list(children)}


def test_who_is_on_the_way_to_a_ticket_that_ends_with_its_parent_is_free() -> None:
    state = happened(
        day(),
        {**ARRIVED, "kind": "en_route", "technician": "t-1"},
        outage("p", "o-1"),
        {**ARRIVED, "technician": "t-2", "order": "p"},
        {"kind": "done", "at": at(10, "10:00"), "order": "p"},
    )
    assert state.under_way == {}
    assert state.last_seen["t-1"].free_from == moment(10, "10:00")


def test_an_outage_behind_an_outage_ends_with_it() -> None:
    state = happened(
        day(),
        outage("p", "o-1"),
        outage("q", "p"),
        {**ARRIVED, "order": "q"},
        {"kind": "done", "at": at(10, "10:00"), "order": "q"},
    )
    assert set(state.orders) == {"o-2"}
    assert state.parent_of == {}


@pytest.mark.parametrize(
    ("end", "used"),
    [("done", {"ont": 2}), ("no_access", {}), ("order_withdrawn", {})],
)
def test_parts_are_used_up_only_where_the_work_was_done(end: str, used: dict[str, int]) -> None:
    event = {"kind": end, "at": at(10, "10:00"), "order": "o-2"}
    if end == "order_withdrawn":
        event["reason"] = "moved"
    state = happened(day(), {**ARRIVED, "order": "o-2"}, event)
    assert state.use_of("t-1", "d1").parts == used
    assert state.use_of("t-1", "d1").visits == 1


def test_a_customer_may_ask_for_another_time() -> None:
    windows = [{"start": at(12, "09:00"), "end": at(12, "12:00")}]
    asked = {"kind": "rescheduled", "at": at(10, "09:00"), "order": "o-1", "windows": windows, "due": at(12, "18:00")}
    order = happened(day(), asked).orders["o-1"]
    assert (order.windows[0].start, order.due) == (moment(12, "09:00"), moment(12, "18:00"))


def test_a_break_counts_and_ends_later() -> None:
    state = happened(
        day(),
        {"kind": "break_started", "at": at(10, "12:00"), "technician": "t-1", "expected_end": at(10, "13:00")},
    )
    assert state.use_of("t-1", "d1").breaks == 1
    assert state.last_seen["t-1"].free_from == moment(10, "13:00")


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"kind": "done", "order": "o-1"}, "order: nobody is on the way to order 'o-1' or there"),
        ({"kind": "order_withdrawn", "order": "o-7", "reason": "moved"}, "order: no order 'o-7'"),
        ({**ARRIVED, "technician": "t-9"}, "technician: no technician 't-9'"),
        ({"kind": "order_accepted", "order": order_document()}, "order.id: order 'o-1' is known already"),
        (
            {"kind": "order_accepted", "order": order_document(id="n", accepted_at=at(11, "09:00"))},
            "order.accepted_at: .* lies after the event",
        ),
        ({"kind": "order_accepted", "order": order_document(id="n", community="x")}, "order.community: no community"),
        ({"kind": "contact_failed", "order": "o-7"}, "order: no order 'o-7'"),
        (
            {"kind": "order_changed", "order": order_document(location={"lat": 1.0, "lon": 1.0})},
            "order.location: is .* km from community",
        ),
        (
            {"kind": "order_changed", "order": order_document(location={"index": 3})},
            "order.location: has no coordinates, which provider straight_line needs",
        ),
        ({**ARRIVED, "at": "2999-12-31T23:00:00Z"}, "at: 2999-12-31T23:00:00.00:00 lies more than 31 days outside"),
        ({**ARRIVED, "at": "1970-01-01T00:00:00Z"}, "at: 1970-01-01T00:00:00.00:00 lies more than 31 days outside"),
        (
            {"kind": "contact_succeeded", "order": "o-1", "agreed_start": "2062-03-10T09:00:00Z"},
            "agreed_start: 2062-03-10T09:00:00.00:00 lies more than 31 days outside what is planned; correct it",
        ),
    ],
    ids=[
        "done-unvisited",
        "unknown-order",
        "unknown-technician",
        "known",
        "early",
        "community",
        "contact",
        "far",
        "nowhere",
        "future",
        "past",
        "agreed-far",
    ],
)
def test_what_cannot_have_happened_is_refused(event: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        happened(day(), {"at": at(10, "09:00"), **event})


def test_one_technician_is_at_one_visit_only() -> None:
    with pytest.raises(BadInputError, match="technician t-1 is under way to order 'o-1'"):
        happened(day(), ARRIVED, {**ARRIVED, "order": "o-2"})


def test_events_survive_their_file(tmp_path: Any) -> None:
    path = tmp_path / "events.jsonl"
    event = parse_event(json.dumps({"id": "e", **ARRIVED}))
    path.write_text(events_text([event, event]) + "\n")
    assert read_events(path) == (event, event)


def test_a_line_that_is_no_event_is_named(tmp_path: Any) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"id": "e", "at": "2026-03-10T09:00:00+08:00", "kind": "done", "order": 7}\n')
    with pytest.raises(BadInputError, match=r"events.jsonl:1: order: 7"):
        read_events(path)


def test_a_day_survives_its_file() -> None:
    off = {"kind": "technician_off", "at": at(10, "09:30"), "technician": "t-2"}
    done = {"kind": "done", "at": at(10, "10:00"), "order": "o-2"}
    state = happened(day(), {**ARRIVED, "order": "o-2"}, done, {**ARRIVED, "at": at(10, "10:10")}, off)
    assert parse_day(day_text(state)) == state


def test_a_file_that_is_no_day_is_refused() -> None:
    with pytest.raises(BadInputError, match="base: missing"):
        parse_day("{}")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"now": "2026-03-10T09:00:00"}, "now: 2026-03-10T09:00:00 has no offset from UTC"),
        ({"orders": {}}, "under_way.t-1.order: 'o-1' is not an open order"),
        ({"off": {"t-9": None}}, "'t-9' is not a technician"),
        ({"parent_of": {"o-7": "o-2"}}, "parent_of: 'o-7' is not an open order"),
        ({"orders": {"o-1": order_document(community="x")}}, "orders.0..community: no community 'x'"),
        ({"travel_factor": 99.5}, "travel_factor: 99.5: input should be less than or equal to 10"),
    ],
    ids=["naive", "under-way", "off", "outage", "order", "factor"],
)
def test_a_day_that_no_event_leads_to_is_refused(changes: dict[str, Any], message: str) -> None:
    document = json.loads(day_text(happened(day(), ARRIVED)))
    with pytest.raises(BadInputError, match=message):
        parse_day(json.dumps({**document, **changes}))


def test_two_events_may_not_share_an_id(tmp_path: Any) -> None:
    path = tmp_path / "events.jsonl"
    one = json.dumps({"id": "e", **ARRIVED})
    path.write_text(f"{one}\n{one}\n{one.replace('o-1', 'o-2')}\n")
    with pytest.raises(BadInputError, match=r"events.jsonl:3: id: 'e' is the id of another event in line 1"):
        read_events(path)
