from __future__ import annotations

from datetime import datetime
from typing import Any

from benchmarks.replay.crew import Person, Ways
from benchmarks.replay.nearest import Nearest
from dispatch.domain.events import EnRoute, OrderAccepted, TechnicianRejected
from dispatch.domain.request import Request
from dispatch.policy.settings import load_policy
from tests.dispatch.domain.documents import at, community_document, order_document, request_with, technician_document

NINE = datetime.fromisoformat(at(10, "09:00"))
NEAR, FAR = {"lat": 34.261, "lon": 117.18}, {"lat": 34.30, "lon": 117.18}  # the community lies at 34.26


def begun(*orders: dict[str, Any], skills: dict[str, int] | None = None) -> tuple[Nearest, dict[str, Person]]:
    technicians = [technician_document(id="far", home=FAR), technician_document(id="near", home=NEAR)]
    technicians[0]["skills"] = skills or {}
    request: Request = request_with(orders=list(orders), technicians=technicians, communities=[community_document()])
    policy = load_policy()
    nearest = Nearest(Ways(request, policy), policy)
    nearest.begin(request)
    return nearest, {technician.id: Person.of(technician) for technician in request.technicians}


def test_the_nearest_technician_goes() -> None:
    nearest, people = begun(order_document())
    assert nearest.settle(NINE, list(people.values()))
    assert (nearest.next_order("near"), nearest.next_order("far")) == ("o-1", None)
    assert nearest.technician_of("o-1") == "near"


def test_the_nearest_who_is_able_goes() -> None:
    nearest, people = begun(order_document(skills={"fiber": 1}), skills={"fiber": 1})
    nearest.settle(NINE, list(people.values()))
    assert nearest.technician_of("o-1") == "far"


def test_the_order_that_came_first_is_served_first() -> None:
    late, early = order_document(id="late", accepted_at=at(9, "12:00")), order_document(id="early")
    nearest, people = begun(late, early)
    nearest.settle(NINE, [people["near"]])
    assert nearest.next_order("near") == "early"


def test_an_order_with_a_booking_waits_for_it() -> None:
    booked = order_document(windows=[{"start": at(10, "13:30"), "end": at(10, "18:00")}])
    nearest, people = begun(booked)
    assert not nearest.settle(NINE, list(people.values()))
    assert nearest.wakes_at(NINE) == datetime.fromisoformat(at(10, "13:00"))
    nearest.settle(datetime.fromisoformat(at(10, "13:00")), list(people.values()))
    assert nearest.technician_of("o-1") == "near"


def test_a_booking_that_can_no_longer_be_kept_is_nobodys() -> None:
    nearest, people = begun(order_document(windows=[{"start": at(10, "08:30"), "end": at(10, "09:00")}]))
    assert not nearest.settle(NINE, list(people.values()))


def test_nobody_is_sent_who_would_not_be_done_before_the_end() -> None:
    nearest, people = begun(order_document(duration="PT10H"))
    assert not nearest.settle(NINE, list(people.values()))


def test_who_turned_an_order_down_does_not_get_it_again() -> None:
    nearest, people = begun(order_document())
    nearest.settle(NINE, list(people.values()))
    nearest.observe(TechnicianRejected(id="e-1", at=NINE, technician="near", order="o-1"))
    nearest.settle(NINE, list(people.values()))
    assert nearest.technician_of("o-1") == "far"


def test_an_order_under_way_is_given_to_nobody_else() -> None:
    nearest, people = begun(order_document())
    nearest.observe(EnRoute(id="e-1", at=NINE, technician="near", order="o-1", expected_arrival=NINE))
    assert not nearest.settle(NINE, [people["far"]])


def test_a_new_order_is_served_at_once() -> None:
    nearest, people = begun(order_document())
    nearest.settle(NINE, list(people.values()))
    new = request_with(orders=[order_document(id="new")]).orders[0]
    nearest.observe(OrderAccepted(id="e-1", at=NINE, order=new))
    assert nearest.settle(NINE, list(people.values()))
    assert nearest.technician_of("new") == "far"  # near is taken
