"""Figures of a handful of orders, counted by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from benchmarks.replay.cases import Case, Ledger
from benchmarks.replay.crew import Person
from benchmarks.replay.days import Played
from benchmarks.replay.dispatcher import Checks
from benchmarks.replay.kpis import kpis_of
from benchmarks.replay.spec import ReplaySpec
from dispatch.domain.live_day import Outcome
from dispatch.policy.settings import load_policy
from tests.dispatch.domain.documents import at, order_document, request_with

END = datetime.fromisoformat(at(12, "00:00"))


def moment(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(at(day, clock))


class Days:
    """Two days of orders; a repair accepted on the 9th at 09:00 is due on the 10th at 09:00."""

    def __init__(self) -> None:
        self.request = request_with()
        self.ledger = Ledger(self.request, load_policy())
        self.person = Person.of(self.request.technicians[0])

    def order(self, **changes: Any) -> Case:
        document = order_document(id=f"o-{len(self.ledger.cases)}", kind="repair", **changes)
        return self.ledger.open_case(request_with(orders=[document]).orders[0])

    def done(self, ended_at: datetime, *, outcome: Outcome = "done", **changes: Any) -> Case:
        case = self.order(**changes)
        case.arrived_at, case.visits = ended_at - timedelta(hours=1), 1
        case.close(outcome, ended_at, "t-1")
        return case

    def figures(self) -> dict[str, float | None]:
        played = Played(
            spec=ReplaySpec(size="village"),
            policy="ours",
            ledger=self.ledger,
            people=((self.person,),),
            events=(),
            predictions=(),
            checks=Checks(),
            end=END,
        )
        return kpis_of(played)


def test_promises_count_gross_and_net_by_tier() -> None:
    days = Days()
    days.done(moment(10, "09:00"))  # on the dot
    days.done(moment(10, "09:01"))  # late
    days.done(moment(10, "12:00"), tier="premium")  # late, ...
    days.done(moment(10, "12:00"), tier="premium").is_customers_doing = True  # ... and late by the customer's doing
    days.order()  # never done
    days.done(moment(10, "12:00"), outcome="cannot_install")  # owed nothing any more
    days.order(due=at(12, "09:00"))  # due after the end
    figures = days.figures()
    assert figures["kept_gross"] == pytest.approx(20)  # 1 of 5
    assert figures["kept_net"] == pytest.approx(40)
    assert figures["kept_gross_standard"] == pytest.approx(100 / 3)
    assert (figures["kept_gross_premium"], figures["kept_net_premium"]) == (0, 50)
    assert figures["kept_net_fast24"] is None


def test_an_agreed_time_is_kept_within_an_hour_both_ways() -> None:
    days = Days()
    for arrival in ("10:59", "11:00", "13:00", "13:01"):  # agreed for 12:00
        case = days.done(moment(10, "15:00"), agreed_start=at(10, "12:00"))
        case.arrived_at = moment(10, arrival)
    days.order(agreed_start=at(10, "12:00")).broken_exact = 1
    figures = days.figures()
    assert figures["agreed_kept"] == pytest.approx(40)  # 2 of 5
    assert figures["disturbed"] == pytest.approx(100 * 3 / 4)  # of four served


def test_a_half_day_is_kept_by_coming_inside_it() -> None:
    days = Days()
    morning = [{"start": at(10, "08:30"), "end": at(10, "12:00")}]
    for arrival in ("07:29", "07:30", "12:00", "12:01"):  # up to an hour early the technician waits
        days.done(moment(10, "15:00"), windows=morning).arrived_at = moment(10, arrival)
    assert days.figures()["half_days_kept"] == pytest.approx(50)


def test_the_first_call_is_due_two_hours_after_somebody_took_the_order_on() -> None:
    days = Days()
    for called in ("11:00", "11:01", None):
        case = days.order()
        case.taken_at = moment(10, "09:00")
        case.first_call_at = None if called is None else moment(10, called)
    days.order()  # taken by nobody
    assert days.figures()["contact_2h"] == pytest.approx(100 / 3)


def test_work_is_counted_by_technician_day() -> None:
    days = Days()
    days.person.visits, days.person.travel_s, days.person.service_s = 4, 3_600, 4 * 2_700
    days.person.home_at = days.person.shift.end + timedelta(minutes=30)
    figures = days.figures()
    assert (figures["jobs"], figures["travel_share"], figures["travel_min"]) == (4, 25, 15)
    assert figures["overtime_min"] == 30


def test_a_second_visit_and_a_remedy_count_as_reopened() -> None:
    days = Days()
    days.done(moment(10, "09:00"))
    days.done(moment(10, "09:00"), outcome="remedy_pending")
    days.done(moment(10, "09:00")).visits = 2
    days.order()
    figures = days.figures()
    assert figures["reopened"] == pytest.approx(200 / 3)
    assert figures["left_open"] == pytest.approx(25)
