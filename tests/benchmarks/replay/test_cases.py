from __future__ import annotations

from datetime import datetime
from typing import Any

from benchmarks.replay.cases import Case, Ledger, settle_evening
from dispatch.policy.settings import load_policy
from tests.dispatch.domain.documents import at, order_document, request_with

TOMORROW = datetime.fromisoformat(at(11, "00:00"))
MORNING = [{"start": at(10, "08:30"), "end": at(10, "12:00")}]


def case_of(**changes: Any) -> Case:
    request = request_with(orders=[order_document(**changes)])
    return Ledger(request, load_policy()).open_case(request.orders[0])


def test_a_half_day_that_has_passed_is_booked_again_and_counts_as_broken() -> None:
    case = case_of(windows=MORNING)
    settle_evening(case, midnight=TOMORROW)
    (window,) = case.order.windows
    assert (window.start.isoformat(), window.end.isoformat()) == (at(11, "08:30"), at(11, "12:00"))
    assert (case.broken_half_days, case.broken_exact) == (1, 0)


def test_a_half_day_of_a_later_day_stays() -> None:
    windows = [{"start": at(11, "08:30"), "end": at(11, "12:00")}]
    case = case_of(windows=windows)
    settle_evening(case, midnight=TOMORROW)
    assert case.order == case.asked
    assert case.broken_words == 0


def test_an_exact_time_that_has_passed_is_broken_and_the_booking_behind_it_renewed() -> None:
    case = case_of(windows=MORNING, agreed_start=at(10, "10:00"))
    settle_evening(case, midnight=TOMORROW)
    assert case.order.agreed_start is None
    assert case.order.windows[0].start.isoformat() == at(11, "08:30")
    assert (case.broken_half_days, case.broken_exact) == (0, 1)


def test_who_was_out_has_no_word_to_be_broken() -> None:
    case = case_of(windows=MORNING)
    case.order = case.order.model_copy(update={"hold_until": TOMORROW})
    settle_evening(case, midnight=TOMORROW)
    assert case.broken_words == 0
    assert case.order.windows[0].start.isoformat() == at(11, "08:30")


def test_a_technician_who_turned_an_order_down_may_be_asked_again_tomorrow() -> None:
    case = case_of()
    case.order = case.order.model_copy(update={"excluded_technicians": ("t-1",)})
    settle_evening(case, midnight=TOMORROW)
    assert case.order.excluded_technicians == ()


def test_booking_beyond_the_promise_is_the_customers_doing() -> None:
    # A standard install accepted on the 9th at 09:00 is due on the 12th at 09:00.
    later = [{"start": at(12, "13:30"), "end": at(12, "18:00")}]
    assert case_of(windows=later).is_customers_doing
    assert not case_of(windows=MORNING).is_customers_doing
