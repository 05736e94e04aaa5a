from __future__ import annotations

from typing import Any

import pytest

from benchmarks.replay.crew import Person, Ways
from dispatch.domain.request import Order
from dispatch.policy.settings import load_policy
from tests.dispatch.domain.documents import HOME, PLACE, order_document, request_with, technician_document


def met(*, order: dict[str, Any] | None = None, **technician: Any) -> tuple[Person, Order, Ways]:
    request = request_with(
        orders=[order_document(**(order or {}))],
        technicians=[technician_document(**technician)],
        depots=[{"id": "p-1", "location": {"lat": 34.30, "lon": 117.20}}],
    )
    return Person.of(request.technicians[0]), request.orders[0], Ways(request, load_policy())


def test_a_way_takes_the_straight_line_with_its_detour_and_the_access_time() -> None:
    person, order, ways = met()
    # From 34.25, 117.20 to 34.26, 117.18: 1,112 m north and 1,839 m west, 2,149 m; x 1.3 at 18 km/h: 559 s; + 180 s.
    assert ways.to_order(person, order) == pytest.approx(559 + 180, abs=3)
    assert ways.home(person) == 0


def test_inside_a_community_a_way_takes_what_the_policy_says() -> None:
    person, order, ways = met()
    person.location, person.community = person.location.model_copy(update=PLACE), "c-1"
    assert ways.to_order(person, order) == 240


def test_what_lacks_is_fetched_from_the_depot_and_lacks_no_more() -> None:
    person, order, ways = met(order={"parts": {"ont": 2}}, stock={"ont": 1})
    direct_person, direct_order, _ = met()
    assert person.lacks_something(order)
    # 5,560 m north to the depot, 4,808 m back: by far longer than the direct way.
    assert ways.to_order(person, order) > 3 * ways.to_order(direct_person, direct_order)
    person.use_parts(order)
    assert person.is_restocked
    assert not person.lacks_something(order)


def test_parts_are_used_up() -> None:
    person, order, _ = met(order={"parts": {"ont": 1}}, stock={"ont": 2})
    person.use_parts(order)
    person.use_parts(order)
    assert not person.is_restocked
    assert person.lacks_something(order)


def test_a_tool_that_is_not_carried_lacks() -> None:
    assert met(order={"tools": ["splicer"]})[0].lacks_something(met(order={"tools": ["splicer"]})[1])
    person, order, _ = met(order={"tools": ["splicer"]}, tools=["splicer"])
    assert not person.lacks_something(order)


def test_a_shift_that_ends_at_the_last_stop_has_no_way_home() -> None:
    shift = {"id": "d1", "start": "2026-03-10T08:00:00+08:00", "end": "2026-03-10T18:00:00+08:00"}
    person, _, ways = met(shifts=[{**shift, "end_at": "last_stop"}])
    person.location = person.location.model_copy(update=PLACE)
    assert ways.home(person) == 0
    homebound, _, _ = met(shifts=[{**shift, "end_at": HOME}])
    homebound.location = person.location
    assert ways.home(homebound) == pytest.approx(559, abs=3)
