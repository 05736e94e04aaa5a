"""Follow-ups: every 180 days, by phone first, a visit only as filler with a window of 14 days (R23)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch.domain.records.follow_up import FollowUp
from dispatch.domain.records.roster import CommunityRecord
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import TransitionError
from dispatch.policy.settings import load_policy
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.quality.follow_ups import record_call, schedule_after, sweep_follow_ups
from tests.dispatch.usecases.quality.visits import Visit, a_work_order

POLICY = load_policy()
DAY_S = 86_400
PREMIUM = {"tier": "premium"}


def close(visit: Visit, order: WorkOrder | None = None) -> None:
    with visit.store.write() as transaction:
        schedule_after(transaction, order or visit.order, now=visit.clock.now(), policy=POLICY)


def cycles(visit: Visit) -> list[FollowUp]:
    with visit.store.read() as transaction:
        return list(transaction.records(FollowUp).all(sort="cycle"))


def sweep(visit: Visit) -> bool:
    return sweep_follow_ups(store=visit.every_centre, clock=visit.clock, policies=CentrePolicies(POLICY))


def call(visit: Visit, result: str) -> FollowUp:
    open_cycle = next(cycle for cycle in cycles(visit) if cycle.state != "done")
    return record_call(open_cycle.id, result=result, **visit.means())


def due_call() -> Visit:
    """Return a store in which a premium customer is to be called."""
    visit = Visit(a_work_order(order=PREMIUM))
    close(visit)
    visit.clock.go_on(180 * DAY_S + 1)
    sweep(visit)
    return visit


def test_r23_a_premium_customer_is_to_be_called_180_days_after_the_last_order_and_once() -> None:
    visit = Visit(a_work_order(order=PREMIUM))
    close(visit)
    visit.clock.go_on(180 * DAY_S)
    sweep(visit)
    assert [cycle.state for cycle in cycles(visit)] == ["scheduled"]
    visit.clock.go_on(1)
    for _ in range(3):
        sweep(visit)
    assert [(cycle.state, cycle.version) for cycle in cycles(visit)] == [("to_call", 2)]


def test_r23_other_tiers_and_unknown_customers_are_not_called() -> None:
    visit = Visit()
    close(visit)
    close(visit, a_work_order("o-2", order=PREMIUM, customer=None))
    assert cycles(visit) == []


def test_r23_an_order_in_between_moves_the_call() -> None:
    visit = Visit(a_work_order(order=PREMIUM))
    close(visit)
    visit.clock.go_on(100 * DAY_S)
    close(visit, a_work_order("o-2", order=PREMIUM))
    (cycle,) = cycles(visit)
    assert cycle.due == visit.clock.now() + timedelta(days=180)


def test_r23_a_satisfied_customer_is_called_again_180_days_later() -> None:
    visit = due_call()
    assert call(visit, "satisfied").state == "done"
    first, second = cycles(visit)
    assert (first.calls, first.called_by, first.done_at) == (1, "dispatcher:chen", visit.clock.now())
    assert (second.state, second.cycle, second.due) == ("scheduled", 2, visit.clock.now() + timedelta(days=180))


def test_r23_who_is_not_reached_is_called_three_times_at_most() -> None:
    visit = due_call()
    for number in (1, 2):
        cycle = call(visit, "not_reached")
        assert (cycle.state, cycle.calls, cycle.due) == ("scheduled", number, visit.clock.now() + timedelta(days=1))
        visit.clock.go_on(DAY_S + 1)
        sweep(visit)
    assert call(visit, "not_reached").state == "done"
    assert len(cycles(visit)) == 2


def test_a_call_is_recorded_only_when_one_is_due() -> None:
    visit = Visit(a_work_order(order=PREMIUM))
    close(visit)
    with pytest.raises(TransitionError, match="is scheduled; a call is recorded when it is to_call"):
        call(visit, "satisfied")


def test_r23_a_visit_that_is_wanted_is_filler_work_with_a_window_of_14_days() -> None:
    visit = due_call()
    cycle = call(visit, "visit_wanted")
    with visit.store.read() as transaction:
        order = transaction.records(WorkOrder).get(cycle.order)
    assert (cycle.state, order.kind, order.customer, order.due) == ("visit_ordered", "follow_up", "customer-1", None)
    assert (order.priority, order.order.duration) == (0, timedelta(minutes=30))
    (window,) = order.order.windows
    assert window.end - window.start == timedelta(days=14)


def test_r23_closing_the_visit_ends_the_cycle_and_begins_the_next() -> None:
    visit = due_call()
    cycle = call(visit, "visit_wanted")
    close(visit, a_work_order(cycle.order, order={"kind": "follow_up"}))
    assert [one.state for one in cycles(visit)] == ["done", "scheduled"]


def test_r23_a_visit_that_was_withdrawn_ends_the_cycle_when_its_window_is_over() -> None:
    visit = due_call()
    cycle = call(visit, "visit_wanted")
    visit.clock.go_on(14 * DAY_S + 1)
    sweep(visit)
    assert [one.state for one in cycles(visit)] == ["visit_ordered"]  # it is still to come
    with visit.store.write() as transaction:
        orders = transaction.records(WorkOrder)
        orders.save(orders.get(cycle.order).changed(visit.clock.now(), state="withdrawn"))
    visit.clock.go_on(DAY_S + 1)
    sweep(visit)
    assert [one.state for one in cycles(visit)] == ["done", "scheduled"]


def test_r23_who_lives_in_a_premium_community_no_more_is_not_called() -> None:
    visit = Visit(a_work_order(order=PREMIUM))
    close(visit)
    with visit.store.write() as transaction:
        communities = transaction.records(CommunityRecord)
        record = communities.get("c-1")
        last_day = (visit.clock.now() + timedelta(days=100)).date()
        community = record.community.model_copy(update={"tier_until": last_day})
        communities.save(record.changed(visit.clock.now(), community=community))
    visit.clock.go_on(180 * DAY_S + 1)
    sweep(visit)
    assert [cycle.state for cycle in cycles(visit)] == ["done"]
    close(visit, a_work_order("o-2", order=PREMIUM))  # accepted while it was premium
    assert [cycle.state for cycle in cycles(visit)] == ["done", "scheduled"]
