"""Odds of small plans: every way takes ten minutes, a repair half an hour, the shift begins at 8:00."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.check import check
from dispatch.domain.files import request_digest
from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.errors import BadInputError
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.planner.risk import odds_of_plan, with_odds
from dispatch.policy.settings import load_policy
from tests.dispatch.planner.small import at, order, plan_in_force, planned, request, shift, technician, visit

KINDS = ("install", "move", "repair", "speed_remedy", "follow_up")
POLICY = load_policy()


def risk(*, sigma: float = 0.0, mean: float = 1.0, **changes: Any) -> dict[str, Any]:
    """Return a policy section in which only what is named differs from the plan; travel comes out as planned."""
    return {
        "risk": {
            "technician_day_sigma": 0.0,
            "day_sigma": 0.0,
            "travel_sigma": 0.0,
            "travel_mean_by_hour": [1.0] * 24,
            "service": {kind: {"mean": mean, "sigma": sigma} for kind in KINDS},
            **changes,
        }
    }


def clocks(wanted: Request, plan: Plan) -> dict[str, str]:
    odds = odds_of_plan(wanted, plan, policy=POLICY).visits
    return {name: f"{chances.arrival_from:%H:%M} {chances.arrival_to:%H:%M}" for name, chances in odds.items()}


def test_a_plan_without_uncertainty_comes_true() -> None:
    wanted = request(order(1), order(2, due=at("08:30")), policy=risk())
    plan = planned(wanted)
    odds = odds_of_plan(wanted, plan, policy=POLICY)
    # Departure at 8:00, o-2 first, from 8:10 to 8:40, late anyway; o-1 from 8:50 on.
    assert {name: (chances.on_time, chances.promise_kept) for name, chances in odds.visits.items()} == {
        "o-1": (None, 1.0),
        "o-2": (None, 0.0),
    }
    assert odds.overtime == {("ann", "day"): 0.0}


def test_what_customers_are_told_is_whole_five_minutes() -> None:
    # The second visit is reached at 8:10 + 30:00 x 1.1 + 10 min = 8:53.
    wanted = request(order(1, windows=[{"start": at("08:00"), "end": at("08:15")}]), order(2), policy=risk(mean=1.1))
    assert clocks(wanted, planned(wanted)) == {"o-1": "08:10 08:10", "o-2": "08:50 08:55"}


def test_whoever_comes_before_the_window_opens_is_told_the_opening() -> None:
    wanted = request(order(1, windows=[{"start": at("09:30"), "end": at("12:00")}]), policy=risk(travel_sigma=0.5))
    early, late = clocks(wanted, planned(wanted))["o-1"].split()
    assert early == "09:30"
    assert late > "09:30"


@pytest.mark.parametrize(
    ("changes", "on_time"),
    [
        ({}, None),
        ({"windows": [{"start": at("08:00"), "end": at("08:52")}]}, 0.0),
        ({"agreed_start": at("07:53")}, 1.0),
    ],
    ids=["nothing-told", "window-missed", "within-the-hour"],
)
def test_on_time_is_what_the_customer_was_told(changes: dict[str, Any], on_time: float | None) -> None:
    # Planned at 8:50; services take a tenth longer: there at 8:53. Agreed: up to an hour late.
    first = order(1, windows=[{"start": at("08:00"), "end": at("08:10")}])
    wanted = request(first, order(2, **changes), policy=risk(mean=1.1))
    assert odds_of_plan(wanted, planned(wanted), policy=POLICY).visits["o-2"].on_time == on_time


def test_a_break_may_be_taken_as_soon_as_it_may_begin() -> None:
    # Planned: 8:10 to 8:40, break until 9:10, there at 9:20. Ten minutes less of service bring all forward.
    lunch = {"earliest": at("08:15"), "latest": at("09:30"), "duration": "PT30M"}
    first = order(1, windows=[{"start": at("08:00"), "end": at("08:10")}])
    wanted = request(first, order(2), technicians=[technician(shifts=[shift(breaks=[lunch])])], policy=risk(mean=2 / 3))
    plan = planned(wanted)
    assert [stop.kind for stop in plan.routes[0].stops] == ["start", "visit", "break", "visit", "end"]
    assert clocks(wanted, plan)["o-2"] == "09:10 09:10"


def test_a_technician_known_to_be_slow_takes_longer() -> None:
    first = order(1, windows=[{"start": at("08:00"), "end": at("08:10")}])
    wanted = request(first, order(2), policy=risk(technician_factor={"ann": 1.5}))
    assert clocks(wanted, planned(wanted))["o-2"] == "09:05 09:05"  # 8:10 + 45 + 10 min


def test_overtime_is_counted_from_the_end_of_the_shift() -> None:
    # 8:10 to 8:40 and back at 8:50; a third longer, at 9:00.
    for end, expected in (("08:59", 1.0), ("09:00", 0.0)):
        late = [shift(end=at(end), overtime_until=at("12:00"))]
        wanted = request(order(1), technicians=[technician(shifts=late)], policy=risk(mean=4 / 3))
        assert odds_of_plan(wanted, planned(wanted), policy=POLICY).overtime == {("ann", "day"): expected}


def test_a_visit_on_site_has_no_odds_and_the_route_goes_on_from_its_end() -> None:
    document = plan_in_force(visit(1, "08:10", "09:00", status="on_site"), visit(2, "09:20", "09:50", lock="free"))
    wanted = request(order(1), order(2), policy=risk())
    plan = Plan.model_validate(document | {"request_digest": request_digest(wanted)})
    odds = odds_of_plan(wanted, plan, policy=POLICY).visits
    assert list(odds) == ["o-2"]
    assert f"{odds['o-2'].arrival_from:%H:%M}" == "09:10"  # 9:00 and ten minutes of travel


def test_the_checker_passes_a_plan_with_odds() -> None:
    wanted = request(order(1), order(2))
    plan = planned(wanted)
    told = with_odds(plan, odds_of_plan(wanted, plan, policy=POLICY))
    assert all(stop.odds is not None for stop in told.routes[0].visits)
    assert told.routes[0].overtime_odds is not None
    assert check(wanted, told, policy=POLICY).ok


def test_odds_are_lower_where_not_every_visit_is_carried_out() -> None:
    wanted = request(order(1), policy={"risk": {**risk()["risk"], "carried_out": 0.96}})
    assert odds_of_plan(wanted, planned(wanted), policy=POLICY).visits["o-1"].promise_kept == 0.96


def test_a_policy_can_ask_for_the_odds_of_every_plan() -> None:
    wanted = request(order(1), policy={"risk": {"enabled": True}})
    options = PlanOptions(limit_s=None, iterations=50, threads=1)
    plan = make_plan(wanted, policy=POLICY, options=options, clock=lambda: 0.0)
    assert with_odds(plan, odds_of_plan(wanted, plan, policy=POLICY)) == plan
    assert plan.routes[0].visits[0].odds is not None


def test_a_plan_of_another_request_is_refused() -> None:
    with pytest.raises(BadInputError, match="is not the digest of this request"):
        odds_of_plan(request(order(2)), planned(request(order(1))), policy=POLICY)
