"""Nights: at the centre's own hour, once over any number of processes, caught up once."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

import pytest

from dispatch.domain.records.centre import Centre, NightlyRules
from dispatch.domain.records.skill import TechnicianSkill
from dispatch.errors import BadInputError, DispatchError
from dispatch.policy.settings import load_policy
from dispatch.usecases.planning.conclude import conclude_plans
from dispatch.usecases.planning.nightly import plan_day, plan_nights
from dispatch.usecases.planning.snapshot import snapshot
from dispatch.usecases.plans import publish_plan
from dispatch.usecases.work_orders.waiting import hold
from tests.fakes import A_VIOLATION, FakeChecker, FakePlanner, a_plan, a_request
from tests.town import CENTRE, Town


def a_town(**nightly: Any) -> Town:
    """Return a town of two orders that plans at 20:30; it is Monday the 9th, 20:00."""
    town = Town(a_request(), planner=FakePlanner(plan=a_plan()), nightly=NightlyRules(**nightly))
    town.receive(*a_request().orders)
    plan_nights(town.office)
    return town


def change_centre(town: Town, **fields: Any) -> None:
    with town.own.write() as transaction:
        centre = transaction.records(Centre).get(CENTRE)
        transaction.records(Centre).save(centre.changed(town.clock.now(), **fields))


def states(town: Town) -> list[tuple[str, date, str, int]]:
    return [(one.kind, one.dispatch_day, one.state, one.attempt) for one in town.automatic_plans()]


def test_a_centre_plans_the_next_day_at_its_hour_and_publishes() -> None:
    town = a_town()
    town.go_to(town.local(9, 20, 29))
    town.night()
    assert states(town) == []
    town.go_to(town.local(9, 20, 30))
    town.night()
    assert states(town) == [("nightly", date(2026, 3, 10), "published", 1)]
    assert [visit.order for route in town.routes(10) for visit in route.visits] == ["o-1"]
    assert (town.order("o-1").state, town.order("o-2").state) == ("planned", "qualified")
    town.night()
    assert len(states(town)) == 1


def test_nights_that_were_missed_are_caught_up_once_for_the_last_of_them() -> None:
    town = a_town(publishes=False)
    town.go_to(town.local(13, 9))  # off since Monday: the last night was Thursday's, for Friday
    for _ in range(3):
        town.night()
    assert [(kind, day) for kind, day, _, _ in states(town)] == [("nightly", date(2026, 3, 13))]


def test_two_processes_begin_a_night_once() -> None:
    town = a_town()
    town.go_to(town.local(9, 20, 30))
    real = town.store.of

    def of(centre: str) -> Any:  # another process is faster between the look and the booking
        town.store.of = real  # type: ignore[method-assign]
        plan_nights(town.office)
        return real(centre)

    town.store.of = of  # type: ignore[method-assign]
    assert not plan_nights(town.office)
    assert len(states(town)) == 1


def test_a_centre_that_does_not_publish_by_itself_gets_a_draft() -> None:
    town = a_town(publishes=False)
    town.go_to(town.local(9, 20, 30))
    town.night()
    assert [state for _, _, state, _ in states(town)] == ["draft"]
    assert town.order("o-1").state == "qualified"


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 4, 10), date(2998, 1, 1)])
def test_a_day_that_is_over_or_far_away_cannot_be_planned(day: date) -> None:
    town = a_town()  # it is the 9th
    with pytest.raises(BadInputError, match="from 2026-03-09 to 2026-04-09"):
        plan_day(day, centre=CENTRE, publishes=True, office=town.office)
    assert states(town) == []


def test_a_plan_that_another_one_overtook_is_made_anew_from_a_new_snapshot_once() -> None:
    town = a_town()
    town.go_to(town.local(9, 20, 30))
    plan_nights(town.office)
    other = plan_day(date(2026, 3, 10), centre=CENTRE, publishes=False, office=town.office)
    town.execute_runs()
    with town.own.read() as transaction:
        plan_id = transaction.runs.get(other.id).plan_id
    assert plan_id is not None
    publish_plan(plan_id, replaces=None, store=town.own, checker=town.checker, clock=town.clock, new_id=town.new_id)
    conclude_plans(town.office, town.checker)
    town.execute_runs()
    conclude_plans(town.office, town.checker)
    assert sorted((state, attempt) for _, _, state, attempt in states(town)) == [
        ("draft", 1),
        ("published", 2),
        ("repeated", 1),
    ]


def test_a_plan_that_can_neither_be_published_nor_made_anew_ends_and_keeps_no_other_one_back() -> None:
    town = a_town()
    town.go_to(town.local(9, 20, 30))
    plan_nights(town.office)
    other = plan_day(date(2026, 3, 10), centre=CENTRE, publishes=True, office=town.office)
    town.execute_runs()
    with town.own.read() as transaction:
        plan_id = str(transaction.runs.get(other.id).plan_id)
    publish_plan(plan_id, replaces=None, store=town.own, checker=town.checker, clock=town.clock, new_id=town.new_id)
    change_centre(town, policy={"slots": {"days": 99}})
    for _ in range(2):
        with suppress(DispatchError):
            conclude_plans(town.office, town.checker)
    assert sorted(state for _, _, state, _ in states(town)) == ["failed", "published"]


def test_a_plan_that_breaks_a_rule_is_not_published_and_says_why() -> None:
    town = a_town()
    town.checker = FakeChecker(A_VIOLATION)
    town.go_to(town.local(9, 20, 30))
    town.night()
    (failed,) = town.automatic_plans()
    assert failed.state == "failed"
    assert "fiber 2" in str(failed.failure)


def test_a_centre_whose_policy_cannot_be_used_says_so_and_has_another_night() -> None:
    town = a_town()
    change_centre(town, policy={"slots": {"days": 99}})
    town.go_to(town.local(9, 20, 30))
    assert not plan_nights(town.office)
    (failed,) = town.automatic_plans()
    assert (failed.state, "slots.days" in str(failed.failure)) == ("failed", True)
    with town.own.read() as transaction:
        assert transaction.records(Centre).get(CENTRE).next_nightly_at == town.local(10, 20, 30)


def take(town: Town, day: int = 10) -> Any:
    with town.own.read() as transaction:
        return snapshot(date(2026, 3, day), now=town.clock.now(), policy=load_policy(), transaction=transaction)


def test_a_snapshot_has_what_is_open_and_nothing_personal() -> None:
    town = a_town()
    hold("o-2", until=town.local(11, 12), **town.means())
    taken = take(town)
    assert taken.request.orders_by_id["o-2"].hold_until == town.local(11, 12)
    assert {one.name for one in taken.request.technicians} == {None}
    assert {one.address for one in taken.request.orders} == {None}
    assert (taken.left_out, taken.in_force) == ((), None)
    assert taken.read.sequence == 3  # two orders accepted, one held


def test_r27_skills_are_those_of_the_matrix_on_that_day() -> None:
    town = a_town()
    made = {"created_at": town.clock.now(), "changed_at": town.clock.now()}
    skill = TechnicianSkill(id="k", technician="t-1", skill="fiber", level=2, expires_on=date(2026, 3, 10), **made)
    with town.own.write() as transaction:
        transaction.records(TechnicianSkill).add(skill)
    assert take(town, 10).request.technicians_by_id["t-1"].skills == {"fiber": 2}
    assert take(town, 11).request.technicians_by_id["t-1"].skills == {}


def test_an_order_that_todays_plan_serves_is_not_planned_for_another_day_until_today_is_over() -> None:
    town = a_town()
    town.go_to(town.local(9, 20, 30))
    town.night()
    town.go_to(town.local(10, 8))  # o-1 is planned for 09:00 of the 10th
    assert "o-1" not in take(town, 11).request.orders_by_id
    town.go_to(town.local(11, 1))  # nobody came
    assert "o-1" in take(town, 11).request.orders_by_id
