"""From the visit to what follows it: closing state, remedy, survey, follow-up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain.records.follow_up import FollowUp
from dispatch.domain.records.survey import Survey
from dispatch.domain.records.work_order import STAGES, WorkOrder
from dispatch.errors import TransitionError
from dispatch.usecases.quality.closing import ClosingState, after_close, closing_state, remedy_after
from dispatch.usecases.work_orders.closing import close
from dispatch.usecases.work_orders.visit import tick as tick_stage
from tests.dispatch.usecases.quality.visits import (
    MONDAY,
    POLICY,
    TECHNICIAN,
    Visit,
    a_work_order,
    measured,
    offered,
    ticked,
)

ITEMS = tuple(item for stage in STAGES for item in POLICY.quality.checklist.items_of(stage))


def state_of(visit: Visit) -> ClosingState:
    with visit.store.read() as transaction:
        return closing_state(transaction, visit.order, policy=POLICY)


def test_r25_a_premium_install_may_be_closed_once_everything_is_written_down() -> None:
    visit = Visit(a_work_order(order={"tier": "premium"}))
    paths = [point.path for point in state_of(visit).open_points]
    assert paths == [f"checklist.{stage}" for stage in STAGES] + ["speed_test", "convenience"]
    ticked(visit, *ITEMS)
    measured(visit, 95_000, 95_000, 95_000)
    offered(visit, "gateway_setup", "declined")
    state = state_of(visit)
    assert state.open_points == ()
    assert dict(state.stages) == dict.fromkeys(STAGES, visit.clock.now())
    assert not state.needs_remedy


def test_r15_a_slow_line_is_completed_with_a_remedy_pending() -> None:
    visit = Visit()
    ticked(visit, *ITEMS)
    measured(visit, 80_000, 80_000, 80_000)
    state = state_of(visit)
    assert state.open_points == ()
    assert state.needs_remedy
    remedy = remedy_after(visit.order, failed_at=visit.clock.now(), policy=POLICY)
    assert (remedy.id, remedy.kind, remedy.priority) == ("o-1-remedy", "speed_remedy", 3)


def test_what_an_earlier_visit_wrote_down_does_not_close_a_reopened_order() -> None:
    visit = Visit()
    ticked(visit, *ITEMS)
    measured(visit, 95_000, 95_000, 95_000)
    visit.change(reopened=1)
    assert [point.path for point in state_of(visit).open_points] == [
        *(f"checklist.{stage}" for stage in STAGES),
        "speed_test",
    ]
    assert remedy_after(visit.order, failed_at=visit.clock.now(), policy=POLICY).id == "o-1-visit-2-remedy"


def test_r37_and_r23_closing_a_premium_repair_leads_to_a_survey_and_a_follow_up_once() -> None:
    visit = Visit(a_work_order(order={"tier": "premium", "kind": "repair"}))
    for _ in range(2):  # closed, reopened, closed again
        with visit.store.write() as transaction:
            after_close(transaction, visit.order, now=visit.clock.now(), policy=POLICY)
    with visit.store.read() as transaction:
        assert [survey.order for survey in transaction.records(Survey).all()] == ["o-1"]
        assert [one.customer for one in transaction.records(FollowUp).all()] == ["customer-1"]


def done(**order: Any) -> Visit:
    """Return a store with an order whose work is done."""
    return Visit(a_work_order(order=order, state="done", restored_at=MONDAY))


def test_r25_closing_is_refused_with_what_is_missing() -> None:
    visit = done()
    ticked(visit, *ITEMS[:-1])
    with pytest.raises(TransitionError, match=r"(?s)cannot be closed yet:.*checklist.leaving.*speed_test: no speed"):
        close("o-1", **visit.means(TECHNICIAN))
    with visit.store.read() as transaction:
        assert transaction.records(WorkOrder).get("o-1").state == "done"
        assert transaction.records(Survey).count() == 0


def test_r14_and_r37_a_fast_line_is_closed_as_done_and_surveyed_next() -> None:
    visit = done()
    ticked(visit, *ITEMS)
    measured(visit, 90_000, 90_000, 90_000)
    closed = close("o-1", **visit.means(TECHNICIAN))
    assert (closed.state, closed.outcome, set(closed.stages)) == ("closed", "done", set(STAGES))
    assert close("o-1", **visit.means(TECHNICIAN)) == closed  # a second tap
    with visit.store.read() as transaction:
        assert transaction.records(Survey).count() == 1
        assert transaction.records(WorkOrder).count() == 1


def test_r15_a_slow_line_is_closed_with_its_remedy_order_in_the_same_moment() -> None:
    visit = done()
    ticked(visit, *ITEMS)
    measured(visit, 89_000, 90_000, 90_000)
    closed = close("o-1", **visit.means(TECHNICIAN))
    assert (closed.state, closed.outcome) == ("closed", "remedy_pending")
    with visit.store.read() as transaction:
        remedy = transaction.records(WorkOrder).get("o-1-remedy")
    assert (remedy.remedy_of, remedy.kind, remedy.priority) == ("o-1", "speed_remedy", 3)
    assert (remedy.state, remedy.customer) == ("qualified", "customer-1")
    assert remedy.due == visit.clock.now() + timedelta(hours=24)
    assert remedy.rules == ("R15",)


def test_r25_ticking_a_stage_ticks_all_of_its_items() -> None:
    visit = Visit()
    for stage in STAGES:
        tick_stage("o-1", stage, **visit.means(TECHNICIAN))
    paths = [point.path for point in state_of(visit).open_points]
    assert paths == ["speed_test"]
