"""Calendar feeds: secret, revocable, of one technician only."""

from __future__ import annotations

import pytest

from dispatch.domain.files import request_digest
from dispatch.domain.plan_version import VisitBegun
from dispatch.domain.records.calendar_feed import CalendarFeed
from dispatch.errors import NotFoundError
from dispatch.exports.schedules import calendar_export, schedule_export
from dispatch.travel_sources import TravelSources
from dispatch.usecases.planning.feeds import list_feeds, make_feed, read_feed, revoke_feed
from dispatch.usecases.planning.nightly import plan_day
from dispatch.usecases.plans import schedule
from dispatch.usecases.work_orders.planned import dispatch
from dispatch.usecases.work_orders.taking_on import accept
from dispatch.usecases.work_orders.visit import arrive, finish
from tests.fakes import FakePlanner, a_plan, a_request
from tests.town import CENTRE, POLICY, Town


@pytest.fixture
def town() -> Town:
    return Town(a_request(), planner=FakePlanner(plan=a_plan()))


def feed(town: Town) -> str:
    made = make_feed("t-1", store=town.own, clock=town.clock, new_id=town.new_id, actor="admin:li")
    return made.token


def test_the_secret_is_shown_once_and_only_its_digest_is_kept(town: Town) -> None:
    token = feed(town)
    (kept,) = list_feeds(store=town.own, technician="t-1")
    assert token not in kept.model_dump_json()
    assert (kept.technician, kept.made_by, kept.is_valid()) == ("t-1", "admin:li", True)


def test_a_feed_shows_the_plan_in_force_of_its_technician(town: Town) -> None:
    token = feed(town)
    assert read_feed(token, store=town.store, clock=town.clock).plan is None
    town.receive(*a_request().orders)
    plan_day(town.local(10, 0).date(), centre=CENTRE, publishes=True, office=town.office)
    town.execute_runs()
    town.look()
    found = read_feed(token, store=town.store, clock=town.clock)
    assert (found.centre, found.technician) == (CENTRE, "t-1")
    assert found.plan is not None
    assert [visit.order for route in found.plan.routes for visit in route.visits] == ["o-1"]


def test_a_visit_that_is_over_stays_in_feed_and_schedule_when_the_day_is_planned_anew(town: Town) -> None:
    token, day = feed(town), town.local(10, 0).date()
    town.receive(*a_request().orders)
    plan_day(day, centre=CENTRE, publishes=True, office=town.office)
    town.execute_runs()
    town.look()
    as_technician = town.means("technician:t-1")
    town.go_to(town.local(10, 9))
    dispatch("o-1", **town.means("system:planning"))
    accept("o-1", **as_technician)
    arrive("o-1", **as_technician)
    town.go_to(town.local(10, 9, 40))
    finish("o-1", **as_technician)
    (begun,) = read_feed(token, store=town.store, clock=town.clock).begun
    assert (begun.order, begun.state, begun.start, begun.end) == (
        "o-1",
        "done",
        town.local(10, 9),
        town.local(10, 9, 40),
    )
    assert schedule(day, store=town.own).begun == (begun,)
    rest = a_request().model_copy(update={"orders": a_request().orders[1:]})  # what is left of the day
    plan = a_plan().model_copy(update={"request_digest": request_digest(rest), "routes": ()})
    export = calendar_export(rest, plan, "t-1", begun=(begun,), policy=POLICY, sources=TravelSources())
    assert (export.text.count("BEGIN:VEVENT"), "T090000" in export.text, "T094000" in export.text) == (1, True, True)


def test_a_visit_that_the_plan_still_has_is_not_shown_twice() -> None:
    request, sources = a_request(), TravelSources()
    start = request.horizon.start
    begun = VisitBegun(
        technician="t-1",
        order="o-1",
        kind="install",
        community="c-1",
        place="c-1",
        state="en_route",
        start=start,
        end=start,
    )
    export = calendar_export(request, a_plan(), "t-1", begun=(begun,), policy=POLICY, sources=sources)
    assert export.text.count("BEGIN:VEVENT") == 1


@pytest.mark.parametrize("token", ["", "x" * 43, "../../etc/passwd", "é" * 43])
def test_a_secret_that_was_never_given_shows_nothing(town: Town, token: str) -> None:
    with pytest.raises(NotFoundError, match="no such calendar"):
        read_feed(token, store=town.store, clock=town.clock)


def test_a_revoked_feed_shows_nothing_and_others_go_on(town: Town) -> None:
    first, second = feed(town), feed(town)
    kept = list_feeds(store=town.own)[0]
    with town.own.read() as transaction:
        kept = transaction.records(CalendarFeed).all(sort="id")[0]
    revoke_feed(kept.id, store=town.own, clock=town.clock)
    assert revoke_feed(kept.id, store=town.own, clock=town.clock).revoked_at == town.clock.now()
    shown = []
    for token in (first, second):
        try:
            read_feed(token, store=town.store, clock=town.clock)
        except NotFoundError:
            continue
        shown.append(token)
    assert len(shown) == 1


def test_a_feed_needs_a_technician(town: Town) -> None:
    with pytest.raises(NotFoundError):
        make_feed("nobody", store=town.own, clock=town.clock, new_id=town.new_id, actor="admin:li")


def test_a_plan_is_exported_in_every_format() -> None:
    request, plan, sources = a_request(), a_plan(), TravelSources()
    texts = {
        to: schedule_export(request, plan, to, policy=POLICY, sources=sources)
        for to in ("json", "csv", "routes.csv", "unassigned.csv", "geojson")
    }
    assert texts["csv"].text.startswith("\ufeffday,technician")
    assert '"FeatureCollection"' in texts["geojson"].text
    assert texts["json"].media_type == "application/json"
    calendar = calendar_export(request, plan, "t-1", policy=POLICY, sources=sources)
    assert calendar.text.count("BEGIN:VEVENT") == 1
    assert calendar_export(request, plan, "t-9", policy=POLICY, sources=sources).text.count("BEGIN:VEVENT") == 0
