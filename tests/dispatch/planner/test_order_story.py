"""What a plan does with one order, and why."""

from __future__ import annotations

import pytest

from dispatch.errors import BadInputError, NotFoundError
from dispatch.planner.order_story import PlanReader
from dispatch.policy.settings import load_policy
from tests.dispatch.planner.small import at, order, planned, request, technician


def test_planned_order_tells_who_when_why_and_slack() -> None:
    # Due 12:00, 30 min: it may start up to 11:30 without being late, 3 h 20 min after 08:10.
    wanted = request(order(1))
    story = PlanReader(wanted, planned(wanted), policy=load_policy()).story("o-1")
    assert story.route is not None
    assert story.visit is not None
    assert (story.route.technician, f"{story.visit.start:%H:%M}") == ("ann", "08:10")
    assert [promise.rule for promise in story.due.promises] == ["R03"]
    assert (story.slack_s, story.unassigned) == (3 * 3_600 + 1_200, None)


def test_window_bounds_slack() -> None:
    wanted = request(order(1, windows=[{"start": at("09:00"), "end": at("09:15")}]))
    assert PlanReader(wanted, planned(wanted), policy=load_policy()).story("o-1").slack_s == 900


def test_slack_of_a_late_visit_is_none_left() -> None:
    wanted = request(order(1, due=at("07:00")))
    assert PlanReader(wanted, planned(wanted), policy=load_policy()).story("o-1").slack_s == 0


def test_order_in_no_route_tells_its_reasons() -> None:
    wanted = request(order(1, skills={"fiber": 1}))
    story = PlanReader(wanted, planned(wanted), policy=load_policy()).story("o-1")
    assert (story.route, story.visit, story.slack_s) == (None, None, None)
    assert story.unassigned is not None
    assert [reason.code for reason in story.unassigned.reasons] == ["skill"]


def test_reasons_are_proved_anew_and_not_read_from_the_plan() -> None:
    wanted = request(order(1, skills={"fiber": 1}), technicians=[technician()])
    plan = planned(wanted)
    forged = plan.model_copy(update={"unassigned": (plan.unassigned[0].model_copy(update={"reasons": ()}),)})
    assert PlanReader(wanted, forged, policy=load_policy()).unassigned() == plan.unassigned


def test_unknown_order_is_refused() -> None:
    wanted = request(order(1))
    with pytest.raises(NotFoundError, match="order 'o-9' is not in the request"):
        PlanReader(wanted, planned(wanted), policy=load_policy()).story("o-9")


def test_plan_of_another_request_is_refused() -> None:
    with pytest.raises(BadInputError, match=r"request_digest: sha256:.* is not the digest of this request"):
        PlanReader(request(order(1)), planned(request(order(2))), policy=load_policy())
