"""A village from intake to a plan made anew on the running day, on real databases with the real planner and checker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import URL

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.clock import SystemClock
from dispatch.domain.events import TechnicianBack, TechnicianOff
from dispatch.domain.records.centre import NightlyRules
from dispatch.domain.records.running_day import PlanChange
from dispatch.planning_adapters import IndependentChecker, NightPlanner
from dispatch.policy.settings import load_policy
from dispatch.store.database import Database, open_engine
from dispatch.store.schema import upgrade
from dispatch.usecases.work_orders.field_news import report_event
from dispatch.usecases.work_orders.taking_on import accept, reject
from dispatch.usecases.work_orders.visit import arrive, set_out
from tests import sqlite
from tests.postgres import PostgresServer, postgres_or_skip
from tests.town import Town


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    yield from postgres_or_skip()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """A database with all tables."""
    if request.param == "sqlite":
        return sqlite.new_database(tmp_path / "town.sqlite3")
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.new_database()
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture
def town(url: URL) -> Iterator[Town]:
    policy = load_policy().overridden({"planning": {"urgent_search_s": 0.2, "nightly_search_s": 0.5}})
    with Database(open_engine(url)) as database:
        yield Town(
            generate_city(CitySpec(size="village", seed=7, days=1)),
            store=database,
            planner=NightPlanner(clock=SystemClock()),
            checker=IndependentChecker(),
            policy=policy,
            nightly=NightlyRules(cron="30 20 * * *", days=1),
        )


def test_r32_from_intake_to_an_urgent_replan_nobody_has_to_do_anything(town: Town) -> None:
    *known, urgent = town.request.orders
    town.receive(*known)
    town.night()  # reckons when the first night is
    assert town.automatic_plans() == ()
    town.go_to(town.local(9, 20, 30))
    town.night()
    (plan,) = town.automatic_plans()
    assert (plan.state, plan.failure, plan.attempt) == ("published", None, 1)
    routes = town.routes(10)
    planned = {visit.order: route.technician for route in routes for visit in route.visits}
    assert {order.id for order in town.orders(state="planned")} == set(planned)
    assert all(town.order(order).technician == technician for order, technician in planned.items())

    # The shifts begin: visits are handed out, and the first technician sets out.
    town.go_to(town.local(10, 8, 0))
    assert not town.look()
    handed_out = {order.id for order in town.orders(state="dispatched")}
    assert handed_out < set(planned)  # the late shifts have theirs later
    early = [route for route in routes if route.visits[0].order in handed_out]
    route = max(early, key=lambda one: len(one.visits))
    first, second = route.visits[0].order, route.visits[1].order
    as_technician = town.means(f"technician:{route.technician}")
    accept(first, **as_technician)
    set_out(first, expected_arrival=town.clock.now().replace(microsecond=0) + timedelta(minutes=10), **as_technician)
    arrive(first, **as_technician)
    assert not town.look()

    # One order is rejected, and an urgent one comes in: one new plan answers both.
    reject(second, **as_technician)
    town.receive(urgent.model_copy(update={"priority": 3, "windows": (), "accepted_at": town.local(10, 7)}))
    assert town.look()
    made = town.automatic_plans()[-1]
    assert (made.kind, made.state, len(made.reasons)) == ("urgent", "published", 2)
    assert len(town.automatic_plans()) == 2
    with town.own.read() as transaction:
        assert made.plan is not None
        change = transaction.records(PlanChange).get(made.plan)
    assert change.before == plan.plan
    assert urgent.id in change.document["added"]
    assert town.order(second).technician != route.technician
    assert town.order(urgent.id).state == "dispatched"
    (day,) = town.days()
    assert (day.plan, day.replan_since, day.refused_events) == (made.plan, None, ())
    assert not town.look()


def test_r32_the_orders_of_a_sick_technician_are_with_others_after_the_next_look(town: Town) -> None:
    town.receive(*town.request.orders)
    town.night()
    town.go_to(town.local(9, 20, 30))
    town.night()
    town.go_to(town.local(10, 8, 0))
    assert not town.look()
    route = max(town.routes(10), key=lambda one: len(one.visits))
    theirs = {visit.order for visit in route.visits}
    first, as_technician = route.visits[0].order, town.means(f"technician:{route.technician}")
    accept(first, **as_technician)
    set_out(first, expected_arrival=town.clock.now().replace(microsecond=0) + timedelta(minutes=10), **as_technician)
    ill = TechnicianOff(id="ill-1", at=town.clock.now(), technician=route.technician)
    report_event(ill, zone=ZoneInfo(town.request.time_zone), **as_technician)
    assert town.look()
    made = town.automatic_plans()[-1]
    assert (made.kind, made.state, made.failure) == ("urgent", "published", None)
    assert made.reasons == (f"technician off: {route.technician}",)
    assert route.technician not in {one.technician for one in town.routes(10)}
    now_with = {order: town.order(order).technician for order in theirs}
    assert route.technician not in now_with.values()
    assert (now_with[first], town.order(first).state) != (None, "en_route")
    assert sum(technician is not None for technician in now_with.values()) >= len(theirs) / 2

    report_event(
        TechnicianBack(id="back-1", at=town.clock.now(), technician=route.technician),
        zone=ZoneInfo(town.request.time_zone),
        **town.means(),
    )
    assert town.look()
    assert town.automatic_plans()[-1].reasons == (f"technician back: {route.technician}",)
