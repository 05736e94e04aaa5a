"""The straight line stands in for a routing server that does not answer, and the plan says so."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from dispatch.check import check
from dispatch.domain.files import parse_request
from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.errors import RoutingServerError
from dispatch.planner.order_story import PlanReader
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.policy.settings import Policy, load_policy
from dispatch.travel_sources import TravelSources
from tests.dispatch.planner.small import at, order, technician

HOME, HERE, THERE = {"lat": 34.25, "lon": 117.2}, {"lat": 34.26, "lon": 117.2}, {"lat": 34.27, "lon": 117.21}
OPTIONS = PlanOptions(limit_s=None, iterations=50, threads=1)


@pytest.fixture(scope="module")
def nobody() -> str:
    """The URL of a port where nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def request(**travel: Any) -> Request:
    document = {
        "now": at("20:00", day=9),
        "horizon": {"start": at("00:00"), "end": at("00:00", day=13)},
        "time_zone": "UTC",
        "travel": travel,
        "communities": [{"id": "c-1", "location": HERE}],
        "technicians": [technician(home=HOME, profile="ebike")],
        "orders": [order(1, location=HERE), order(2, location=THERE)],
    }
    return parse_request(json.dumps(document))


def policy(**routing: Any) -> Policy:
    return load_policy().overridden({"routing": {"retries": 0, "timeout_s": 2.0} | routing})


def planned(wanted: Request, folder: Path, **routing: Any) -> Plan:
    sources = TravelSources(cache_folder=folder)
    return make_plan(wanted, policy=policy(**routing), options=OPTIONS, clock=lambda: 0.0, sources=sources)


@pytest.mark.parametrize("provider", ["osrm", "valhalla"])
def test_the_plan_says_that_the_straight_line_stands_in_and_why(nobody: str, provider: str, tmp_path: Path) -> None:
    plan = planned(request(provider=provider, url=nobody), tmp_path)
    assert plan.run.travel is not None
    assert (plan.run.travel.provider, plan.run.travel.asked) == ("straight_line", provider)
    assert nobody.removeprefix("http://") in plan.run.travel.reason


def test_it_is_the_plan_of_the_straight_line(nobody: str, tmp_path: Path) -> None:
    stood_in = planned(request(provider="osrm", url=nobody), tmp_path)
    asked = planned(request(provider="straight_line"), tmp_path)
    assert stood_in.routes == asked.routes
    assert stood_in.cost == asked.cost


def test_such_a_plan_is_checked_and_explained_by_the_straight_line(nobody: str, tmp_path: Path) -> None:
    wanted = request(provider="osrm", url=nobody)
    plan = planned(wanted, tmp_path)
    assert check(wanted, plan).violations == ()
    assert PlanReader(wanted, plan, policy=policy()).story("o-1").slack_s is not None


def test_a_plan_may_not_say_so_of_another_provider(nobody: str, tmp_path: Path) -> None:
    stood_in = planned(request(provider="osrm", url=nobody), tmp_path)
    wanted = request(provider="straight_line")
    plan = planned(wanted, tmp_path)
    run = plan.run.model_copy(update={"travel": stood_in.run.travel})
    found = check(wanted, plan.model_copy(update={"run": run})).violations
    assert [violation.rule for violation in found] == ["travel_source"]


def test_the_policy_can_refuse_the_straight_line(nobody: str, tmp_path: Path) -> None:
    with pytest.raises(RoutingServerError, match=nobody.removeprefix("http://")):
        planned(request(provider="valhalla", url=nobody), tmp_path, fallback="refuse")


def test_where_the_policy_refuses_it_no_plan_may_use_it(nobody: str, tmp_path: Path) -> None:
    wanted = request(provider="osrm", url=nobody)
    plan = planned(wanted, tmp_path)
    found = check(wanted, plan, policy=policy(fallback="refuse")).violations
    assert [(violation.rule, violation.found) for violation in found] == [("travel_source", "straight_line")]
