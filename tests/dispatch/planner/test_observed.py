"""What an event log tells about ways and visits; ann sets out at 8:00 for o-1, half an hour of repair."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from dispatch.domain.events import Event
from dispatch.planner.observed import ObservedVisit, observed_visits
from dispatch.policy.settings import load_policy
from tests.dispatch.planner.small import at, order, request, technician

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
SETS_OUT = ("en_route", "08:00", {"technician": "ann", "order": "o-1", "expected_arrival": at("08:10")})
ARRIVES = ("arrived", "08:14", {"technician": "ann", "order": "o-1"})
IS_DONE = ("done", "08:50", {"order": "o-1"})


def observed(*happened: tuple[str, str, dict[str, Any]], **changes: Any) -> list[ObservedVisit]:
    events = [
        EVENT.validate_python({"id": f"e-{number}", "kind": kind, "at": at(clock), **values})
        for number, (kind, clock, values) in enumerate(happened)
    ]
    wanted = request(order(1, **changes), technicians=[technician(service_factor=1.1)])
    return observed_visits(wanted, events, load_policy())


def test_a_visit_is_its_way_and_its_service() -> None:
    # Ten minutes of travel took 14; 30 minutes of service, 33 for ann, took 36.
    assert observed(SETS_OUT, ARRIVES, IS_DONE) == [
        ObservedVisit(
            kind="repair",
            technician="ann",
            day=date(2026, 3, 10),
            hour=8,
            planned_service_s=33 * 60,
            service_s=36 * 60,
            planned_travel_s=600,
            travel_s=840,
        )
    ]


@pytest.mark.parametrize(
    ("changes", "told", "minutes"),
    [
        ({"windows": [{"start": at("08:20"), "end": at("12:00")}]}, [], 30),
        ({"agreed_start": at("08:55")}, [], 25),  # may start from 8:25
        ({}, [("contact_succeeded", "07:50", {"order": "o-1", "agreed_start": at("09:00")})], 20),
        ({"agreed_start": at("09:00")}, [("order_changed", "07:50", {"order": order(1)})], 36),
    ],
    ids=["window", "agreed", "agreed-today", "changed-today"],
)
def test_service_counts_from_when_it_may_start(
    changes: dict[str, Any], told: list[tuple[str, str, dict[str, Any]]], minutes: int
) -> None:
    [visit] = observed(*told, SETS_OUT, ARRIVES, IS_DONE, **changes)
    assert visit.service_s == minutes * 60


def test_nobody_at_home_tells_of_the_way_only() -> None:
    [visit] = observed(SETS_OUT, ARRIVES, ("no_access", "08:20", {"order": "o-1"}))
    assert (visit.service_s, visit.travel_s) == (None, 840)


def test_a_failed_speed_test_ends_a_visit() -> None:
    [visit] = observed(SETS_OUT, ARRIVES, ("speed_test_failed", "08:44", {"order": "o-1", "remedy": order(2)}))
    assert visit.service_s == 1_800


@pytest.mark.parametrize(
    "between",
    [
        [("break_started", "08:05", {"technician": "ann", "expected_end": at("08:30")}), ARRIVES],
        [ARRIVES, ("technician_off", "08:20", {"technician": "ann"})],
        [],
    ],
    ids=["break", "off", "never-arrived"],
)
def test_what_was_interrupted_tells_nothing(between: list[tuple[str, str, dict[str, Any]]]) -> None:
    assert observed(SETS_OUT, *between, IS_DONE) == []


def test_a_way_without_expected_arrival_has_nothing_planned() -> None:
    [visit] = observed(("en_route", "08:00", {"technician": "ann", "order": "o-1"}), ARRIVES, IS_DONE)
    assert (visit.planned_travel_s, visit.travel_s) == (0, 840)
