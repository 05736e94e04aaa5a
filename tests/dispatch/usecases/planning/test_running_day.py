"""The running day: what asks for a new plan, what is gathered, what waits, what several processes do."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dispatch.domain.events import Event, TechnicianOff
from dispatch.domain.plan import Plan
from dispatch.domain.records.centre import NightlyRules
from dispatch.domain.records.running_day import PlanChange
from dispatch.domain.request import Order
from dispatch.usecases.planning.conclude import conclude_plans
from dispatch.usecases.planning.explain import plan_difference
from dispatch.usecases.planning.forget import forget_old
from dispatch.usecases.planning.hand_out import hand_out_visits
from dispatch.usecases.planning.nightly import plan_nights
from dispatch.usecases.planning.running_day import DayFollower
from dispatch.usecases.work_orders.contact import agree
from dispatch.usecases.work_orders.field_log import store_field_events
from dispatch.usecases.work_orders.taking_on import accept, reject
from tests.fakes import FakePlanner, a_plan, a_request
from tests.town import Town


@pytest.fixture
def town() -> Town:
    """A town whose plan sends t-1 to o-1 on the 10th at 09:00; it is 08:00 of that day."""
    town = Town(a_request(), planner=FakePlanner(plan=a_plan()), nightly=NightlyRules(days=1))
    town.receive(*a_request().orders)
    plan_nights(town.office)
    town.go_to(town.local(9, 20, 30))
    town.night()
    town.go_to(town.local(10, 8))
    return town


def tell(town: Town, *events: Event) -> None:
    with town.own.write() as transaction:
        store_field_events(events, day=date(2026, 3, 10), transaction=transaction, now=town.clock.now())


def off(town: Town, number: int) -> TechnicianOff:
    return TechnicianOff(id=f"off-{number}", at=town.clock.now(), technician="t-1")


def an_order(town: Town, name: str, **changes: Any) -> Order:
    order = a_request().orders_by_id["o-2"]
    return order.model_copy(update={"id": name, "accepted_at": town.local(10, 7), **changes})


def plans(town: Town) -> list[tuple[str, str]]:
    return [(one.kind, one.state) for one in town.automatic_plans()]


def without_visits() -> Plan:
    return a_plan().model_copy(update={"routes": ()})


def test_visits_are_handed_out_half_an_hour_before_the_shift(town: Town) -> None:
    assert town.order("o-1").state == "planned"
    (day,) = town.days()
    assert day.dispatch_next_at == town.local(10, 7, 30)
    for _ in range(2):
        hand_out_visits(town.office)
        assert town.order("o-1").state == "dispatched"
    assert town.days()[0].dispatch_next_at is None


def test_an_order_that_can_wait_for_the_night_asks_for_no_new_plan(town: Town) -> None:
    town.receive(an_order(town, "o-3"))
    assert not town.look()
    assert plans(town) == [("nightly", "published")]


@pytest.mark.parametrize("changes", [{"priority": 2}, {"accepted_at": "2026-03-09T15:00:00+08:00"}])
def test_r33_an_urgent_order_gets_a_new_plan_at_the_next_look(town: Town, changes: dict[str, Any]) -> None:
    document = an_order(town, "o-3").model_dump(mode="json", by_alias=True, exclude_none=True)
    town.receive(Order.model_validate(document | changes))
    assert town.look()
    assert plans(town)[-1] == ("urgent", "published")
    assert town.automatic_plans()[-1].reasons == ("order accepted: o-3",)
    assert not town.look()


def test_news_of_one_moment_leads_to_one_plan_after_a_pause(town: Town) -> None:
    hand_out_visits(town.office)
    accept("o-1", **town.means("technician:t-1"))
    reject("o-1", **town.means("technician:t-1"))
    tell(town, off(town, 1))
    assert not town.follower.follow()  # the last news is younger than the pause
    town.clock.go_on(0.2)
    assert not town.follower.follow()
    town.clock.go_on(0.2)
    assert town.follower.follow()
    assert len(town.automatic_plans()[-1].reasons) == 2


def test_news_that_comes_while_a_plan_is_made_leads_to_the_next_one(town: Town) -> None:
    tell(town, off(town, 1))
    town.clock.go_on(1)
    assert town.follower.follow()
    tell(town, off(town, 2))
    town.clock.go_on(1)
    assert not town.follower.follow()
    assert town.days()[0].replan_since is not None
    town.execute_runs()
    conclude_plans(town.office, town.checker)
    assert town.follower.follow()
    assert [kind for kind, _ in plans(town)] == ["nightly", "urgent", "urgent"]


@pytest.mark.parametrize(("agreed", "is_planned_anew"), [((10, 9, 30), False), ((10, 15), True), ((20, 9), False)])
def test_r09_an_agreed_time_that_the_plan_does_not_keep_leads_to_a_new_plan(
    town: Town, agreed: tuple[int, ...], *, is_planned_anew: bool
) -> None:
    hand_out_visits(town.office)
    accept("o-1", **town.means("technician:t-1"))
    agree("o-1", town.local(*agreed), **town.means("technician:t-1"))
    town.clock.go_on(1)
    assert town.look() is is_planned_anew


def test_two_processes_follow_a_day_and_begin_one_plan(town: Town) -> None:
    followers = [DayFollower(town.office) for _ in range(2)]
    tell(town, off(town, 1))
    town.clock.go_on(1)
    assert [follower.follow() for follower in followers * 2] == [True, False, False, False]


def test_news_that_cannot_be_is_noted_and_keeps_nothing_back(town: Town) -> None:
    tell(town, TechnicianOff(id="wrong", at=town.clock.now(), technician="nobody"), off(town, 1))
    assert town.look()
    (day,) = town.days()
    assert day.refused_events == ("wrong",)
    assert day.read.sequence == 2


def test_an_order_that_the_new_plan_leaves_out_is_taken_back_and_the_difference_is_kept(town: Town) -> None:
    hand_out_visits(town.office)
    town.planner = FakePlanner(plan=without_visits())
    tell(town, off(town, 1))
    town.look()
    order = town.order("o-1")
    assert (order.state, order.technician, order.planned_start) == ("qualified", None, None)
    made = town.automatic_plans()[-1]
    assert made.plan is not None
    assert plan_difference(made.plan, store=town.own)["left_out_now"] == []  # the fake plan does not name it at all
    with town.own.read() as transaction:
        change = transaction.records(PlanChange).get(made.plan)
    assert change.reasons == ("technician off: t-1",)


def test_a_day_goes_on_after_another_process_was_faster(town: Town) -> None:
    tell(town, off(town, 1))
    town.clock.go_on(1)
    other = DayFollower(town.office)
    real = town.store.of

    def of(centre: str) -> Any:
        town.store.of = real  # type: ignore[method-assign]
        other.follow()
        return real(centre)

    town.store.of = of  # type: ignore[method-assign]
    assert not town.follower.follow()
    assert len(plans(town)) == 2


def test_days_that_are_long_over_are_forgotten(town: Town) -> None:
    town.go_to(town.local(24, 8))  # fourteen days later
    forget_old(town.office)
    assert len(town.days()) == 1
    town.go_to(town.local(25, 12))
    assert not forget_old(town.office)
    assert town.days() == ()
    assert town.routes(10)  # the plan itself stays
