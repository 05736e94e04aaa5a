"""From the visit to what follows it: closing state, remedy, survey, follow-up."""

from __future__ import annotations

from dispatch.domain.records.follow_up import FollowUp
from dispatch.domain.records.survey import Survey
from dispatch.domain.records.work_order import STAGES
from dispatch.usecases.quality.closing import ClosingState, after_close, closing_state, remedy_after
from tests.dispatch.usecases.quality.visits import POLICY, Visit, a_work_order, measured, offered, ticked

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
    assert remedy_after(visit.order, failed_at=visit.clock.now(), policy=POLICY).id == "o-1/2-remedy"


def test_r37_and_r23_closing_a_premium_repair_leads_to_a_survey_and_a_follow_up_once() -> None:
    visit = Visit(a_work_order(order={"tier": "premium", "kind": "repair"}))
    for _ in range(2):  # closed, reopened, closed again
        with visit.store.write() as transaction:
            after_close(transaction, visit.order, now=visit.clock.now(), policy=POLICY)
    with visit.store.read() as transaction:
        assert [survey.order for survey in transaction.records(Survey).all()] == ["o-1"]
        assert [one.customer for one in transaction.records(FollowUp).all()] == ["customer-1"]
