"""A technician falls ill on the way or on site: what becomes of the visit and its time, what the customer is told."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.events import TechnicianOff
from dispatch.domain.records.message import Message
from dispatch.domain.records.work_order import WorkOrder
from dispatch.policy.intake import Origin
from dispatch.usecases.quality.at_visit import visit_of
from dispatch.usecases.work_orders.contact import agree
from dispatch.usecases.work_orders.field_news import report_event
from dispatch.usecases.work_orders.receive import receive
from dispatch.usecases.work_orders.visit import arrive, set_out
from tests.dispatch.usecases.work_orders.life import Life, local

ANN, BEN = "technician:t-1", "technician:t-2"


@pytest.fixture
def under_way(life: Life) -> Life:
    """The technician of an order that was agreed for 10:00 is on the way to it at 09:50."""
    receive(life.document(), origin=Origin(customer="k-1"), **life.means("integration:crm"))
    life.at("10 08:30")
    life.accepted()
    agree("o-1", local("10 10:00"), **life.means(ANN))
    life.at("10 09:50")
    set_out("o-1", **life.means(ANN))
    return life


def falls_ill(life: Life, actor: str = "dispatcher:li") -> WorkOrder:
    event = TechnicianOff(id="ill-1", at=life.clock.now(), technician="t-1")
    report_event(event, zone=ZoneInfo("Asia/Shanghai"), **life.means(actor))
    return life.order()


@pytest.mark.parametrize("actor", [ANN, "dispatcher:li", "integration:hr"])
def test_r32_a_visit_of_somebody_who_falls_ill_goes_to_somebody_else_at_its_agreed_time(
    under_way: Life, actor: str
) -> None:
    order = falls_ill(under_way, actor)
    left: dict[str, Any] = {"technician": None, "en_route_at": None, "planned_start": None, "operator_changes": ()}
    assert order.state == "booked"
    assert {name: getattr(order, name) for name in left} == left
    assert order.order.agreed_start == local("10 10:00")
    assert under_way.news()[-2:] == ["en_route", "technician_off"]
    assert set(under_way.timers()) == {"promise"}
    under_way.accepted(technician="t-2", start="10 10:20")  # its time is agreed already
    assert arrive("o-1", **under_way.means(BEN)).state == "on_site"


def test_r32_a_time_that_nobody_can_keep_any_more_is_given_up_at_the_operators_account(under_way: Life) -> None:
    arrive("o-1", **under_way.means(ANN))
    under_way.at("10 11:00")  # agreed for 10:00, at most an hour later
    order = falls_ill(under_way)
    assert (order.state, order.order.agreed_start, order.agreed_at, order.stages) == ("qualified", None, None, {})
    assert [change.cause for change in order.operator_changes] == ["no_technician"]
    assert under_way.news()[-2:] == ["technician_off", "order_changed"]
    assert visit_of(order) == 2  # with a checklist of its own


def test_r32_the_customer_is_told_that_somebody_else_comes(under_way: Life) -> None:
    falls_ill(under_way)
    falls_ill(under_way)  # the same news again
    with under_way.store.read() as transaction:
        told = transaction.records(Message).all(where={"order": "o-1", "template": "broken_off"})
    assert [one.person for one in told] == ["k-1"]


def test_an_order_that_nobody_is_under_way_to_stays_until_the_plan_gives_it_to_somebody_else(life: Life) -> None:
    life.receive()
    life.accepted()
    assert falls_ill(life).state == "accepted"
