from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from dispatch.exports.calendars import calendar_files, calendar_text
from dispatch.exports.exported_plan import ExportedPlan
from dispatch.exports.text_files import stems_of
from tests.dispatch.domain.documents import order_document, shift_document, technician_document, visit_document
from tests.dispatch.exports.plans import export_of, indexed, tiny, tiny_request


def calendar_of(exported: ExportedPlan) -> Any:
    return Calendar.from_ical(calendar_text(exported, exported.request.technicians[0]))


def events_of(exported: ExportedPlan) -> list[Any]:
    return list(calendar_of(exported).walk("VEVENT"))


def test_visits_and_breaks_are_events_in_the_requests_zone() -> None:
    first, pause, second = events_of(tiny())
    assert first["DTSTART"].to_ical() == b"20260310T090000"
    assert first["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert first.end == datetime(2026, 3, 10, 3, 59, tzinfo=UTC)
    assert str(first["SUMMARY"]) == "install: 桂花园 (o-1)"
    assert "Booked: 2026-03-10 09:00-10:00" in str(first["DESCRIPTION"])
    assert first["GEO"].to_ical() == "34.01;117.01"
    assert str(pause["SUMMARY"]) == "Break"
    assert second.start == datetime(2026, 3, 10, 5, 4, tzinfo=UTC)


def test_the_zones_rules_are_in_the_file_across_a_change_of_the_clock() -> None:
    """Berlin puts its clocks forward on 2026-03-29 at 01:00 UTC; the rules must tell both offsets."""
    calendar = calendar_of(export_of(tiny_request(time_zone="Europe/Berlin")))
    (rules,) = calendar.walk("VTIMEZONE")
    assert str(rules["TZID"]) == "Europe/Berlin"
    offsets = {part["TZOFFSETTO"].td for part in rules.subcomponents}
    assert offsets == {timedelta(hours=1), timedelta(hours=2)}
    zone = rules.to_tz()
    assert datetime(2026, 3, 29, 1, 59, tzinfo=zone).utcoffset() == timedelta(hours=1)
    assert datetime(2026, 3, 29, 3, 1, tzinfo=zone).utcoffset() == timedelta(hours=2)
    assert datetime(2026, 7, 1, 12, 0, tzinfo=zone).utcoffset() == timedelta(hours=2)


def test_an_event_keeps_its_uid_when_its_time_changes() -> None:
    later = visit_document(order="o-1", start="2026-03-10T09:30:00+08:00", end="2026-03-10T12:29:00+08:00")
    start = {"kind": "start", "departure": "2026-03-10T08:50:00+08:00"}
    end = {"kind": "end", "arrival": "2026-03-10T13:49:00+08:00", "travel_s": 900, "distance_m": 4500}
    changed = tiny(routes=[{"technician": "t-1", "shift": "d1", "stops": [start, later, end]}])
    assert events_of(changed)[0]["UID"] == events_of(tiny())[0]["UID"]
    assert len({str(event["UID"]) for event in events_of(tiny())}) == 3


def test_an_event_of_another_technician_is_another_event() -> None:
    twins = [technician_document(id=name, home=indexed(0), shifts=[shift_document()]) for name in ("t-1", "t-2")]
    request = tiny_request(technicians=twins)
    uids = set()
    for technician in request.technicians:
        start = {"kind": "start", "departure": "2026-03-10T08:50:00+08:00"}
        end = {"kind": "end", "arrival": "2026-03-10T13:49:00+08:00", "travel_s": 900, "distance_m": 4500}
        stops = [start, visit_document(order="o-1"), end]
        exported = export_of(request, routes=[{"technician": technician.id, "shift": "d1", "stops": stops}])
        (event,) = Calendar.from_ical(calendar_text(exported, technician)).walk("VEVENT")
        uids.add(str(event["UID"]))
    assert len(uids) == 2


def test_the_stamp_is_the_requests_now_so_that_files_repeat() -> None:
    assert events_of(tiny())[0]["DTSTAMP"].dt == datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
    assert calendar_files(tiny()) == calendar_files(tiny())


def test_a_technician_without_visits_gets_an_empty_calendar() -> None:
    (text,) = calendar_files(tiny(routes=[])).values()
    assert "BEGIN:VTIMEZONE" in text
    assert "BEGIN:VEVENT" not in text


def test_hostile_text_stays_inside_its_property() -> None:
    address = "A; B, C\\D\nEND:VCALENDAR\r\nBEGIN:VALARM " + "长" * 60
    orders = [order_document(id="o-1", address=address, location=indexed(1)), order_document(id="o-2", address="x")]
    request = tiny_request(orders=orders)
    event = events_of(export_of(request))[0]
    assert str(event["LOCATION"]).replace("\r", "") == address.replace("\r", "")
    text = calendar_text(export_of(request), request.technicians[0])
    assert "BEGIN:VALARM" not in text.splitlines()
    assert max(len(line) for line in text.encode().split(b"\r\n")) <= 75


def test_a_technicians_name_of_any_characters_is_one_property() -> None:
    technician = technician_document(name="A, B; C\\D\nEND:VCALENDAR", home=indexed(0), shifts=[shift_document()])
    exported = export_of(tiny_request(technicians=[technician]))
    text = calendar_text(exported, exported.request.technicians[0])
    assert "X-WR-CALNAME:A\\, B\\; C\\\\D\\nEND:VCALENDAR" in text.splitlines()


def test_file_names_are_good_on_every_system() -> None:
    names = stems_of(["t-1", "T-1", "北区 3", "../etc/passwd", "a" * 200, "..", "技术员"])
    assert names["技术员"] == "技术员"
    assert names["t-1"].startswith("t-1-")  # as T-1 differs from it in case only
    assert names["北区 3"].startswith("北区_3-")
    assert len({name.casefold() for name in names.values()}) == len(names)
    assert all("/" not in name and not name.startswith(".") and len(name.encode()) < 200 for name in names.values())
