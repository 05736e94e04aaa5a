"""The dispatcher's page of a day's plans: made, published, made anew, and what the new one changes (R38)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from dispatch.bootstrap import Service, build_office
from dispatch.clock import SystemClock
from dispatch.domain.records.automatic_plan import AutomaticPlan
from dispatch.domain.records.roster import ShiftRecord
from dispatch.planning_adapters import IndependentChecker, NightPlanner
from dispatch.usecases.planning.conclude import conclude_plans
from tests.api.journey import finish
from tests.api.pages.people import fields_of, log_in, soup_of, text_of
from tests.api.pages.world import give_shifts, put, work_order

pytestmark = pytest.mark.slow


@pytest.fixture
def service(service: Service) -> Service:
    quick = {"planning": {"nightly_search_s": 0.05, "nightly_days": 1}}
    policy = service.policy.overridden(quick, at="policy", source="the test")
    return replace(service, policy=policy, planner=NightPlanner(clock=SystemClock()), checker=IndependentChecker())


def planned_anew(client: httpx.Client, service: Service, day: str) -> None:
    """Press the button and wait until its draft is there."""
    form = fields_of(soup_of(client.get(f"/board/plan?day={day}")), "/new")
    answer = client.post(f"/board/plan/{day}/new", data=form)
    assert answer.headers["location"] == f"/board/plan?day={day}&told=begun"
    with service.store.of("main").read() as transaction:
        youngest = transaction.records(AutomaticPlan).all(sort="-created_at", limit=1)[0]
    assert finish(client, youngest.id)["state"] == "done"
    conclude_plans(build_office(service), service.checker)


def published(client: httpx.Client, day: str) -> str:
    """Publish the draft of the page; return what the page says then."""
    form = fields_of(soup_of(client.get(f"/board/plan?day={day}")), "/publish")
    answer = client.post(f"/board/plan/{day}/publish", data=form)
    assert answer.headers["location"] == f"/board/plan?day={day}&told=published", answer.text
    return text_of(client.get(answer.headers["location"]))


def test_r38_a_plan_is_made_published_and_made_anew_and_says_what_it_changes(
    client: httpx.Client, service: Service
) -> None:
    log_in(client, service, "supervisor")
    client.headers["accept-language"] = "en"
    now = service.clock.now()
    day = str((now + timedelta(days=1)).astimezone(ZoneInfo("Asia/Shanghai")).date())
    put(service, work_order(now, state="qualified", customer=None))
    give_shifts(service)
    assert "No plan is in force." in text_of(client.get(f"/board/plan?day={day}"))

    planned_anew(client, service, day)
    page = text_of(client.get(f"/board/plan?day={day}"))
    assert "Publish version 1" in page
    assert "What the draft changes" not in page  # there is nothing to compare it with
    assert "Version 1 is in force" in published(client, day)

    with service.store.of("main").write() as transaction:  # everybody falls ill
        for shift in transaction.records(ShiftRecord).all():
            transaction.records(ShiftRecord).delete(shift.id)
    planned_anew(client, service, day)
    tiles = soup_of(client.get(f"/board/plan?day={day}")).select(".tiles li")
    figures = {tile.span.get_text(): tile.b.get_text() for tile in tiles if tile.span and tile.b}
    assert (figures["served now"], figures["left out now"], figures["customers disturbed"]) == ("0", "1", "1")
    assert "o-1" in text_of(client.get(f"/board/plan?day={day}"))
    form = fields_of(soup_of(client.get(f"/board/plan?day={day}")), "/publish")
    outdated = client.post(f"/board/plan/{day}/publish", data={**form, "replaces": ""})
    assert outdated.status_code == 409  # the page was made before version 1 was published
    assert "Version 2 is in force" in published(client, day)
