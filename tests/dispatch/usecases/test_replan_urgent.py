"""Planning the rest of the running day anew."""

from __future__ import annotations

import pytest

from dispatch.domain.events import OrderWithdrawn
from dispatch.domain.live_day import begin_day
from dispatch.domain.run import RunParameters
from dispatch.errors import BadInputError, CheckFailedError
from dispatch.policy.live_request import live_request
from dispatch.policy.settings import load_policy
from dispatch.usecases.replan_urgent import after_events, replan
from tests.fakes import FakePlanner, a_plan, a_request

DAY = begin_day(a_request(), a_plan(days=2))
WITHDRAWN = OrderWithdrawn(id="e-1", at=a_request().now, order="o-1", reason="moved away")


def test_the_rest_of_the_day_is_planned_from_the_plan_in_force() -> None:
    planner = FakePlanner()
    day = after_events(DAY, [WITHDRAWN])
    parameters = RunParameters(limit_s=2.0, seed=3)
    found = replan(day, planner=planner, policy=load_policy(), parameters=parameters)
    assert planner.requests == [live_request(day, load_policy())]
    assert planner.parameters == [parameters]
    assert found.day.plan == found.plan
    assert found.day.plan_request is found.request


def test_the_diff_is_against_the_plan_that_was_in_force() -> None:
    found = replan(DAY, planner=FakePlanner(plan=a_plan(days=1)), policy=load_policy(), parameters=RunParameters())
    assert [one.order for one in found.diff.disturbed] == []
    assert found.diff.gone == ("o-2",)


def test_a_search_that_fails_the_check_leaves_the_insertions() -> None:
    class OnlyInsertions(FakePlanner):
        def plan(self, request, policy, parameters, **options):  # type: ignore[no-untyped-def]
            found = super().plan(request, policy, parameters, **options)
            if parameters.iterations != 0:
                raise CheckFailedError([])
            return found

    planner = OnlyInsertions()
    found = replan(DAY, planner=planner, policy=load_policy(), parameters=RunParameters(limit_s=2.0, seed=3))
    assert found.plan == a_plan()
    assert planner.parameters[-1] == RunParameters(limit_s=None, iterations=0, seed=3)


def test_without_any_plan_the_failure_is_told() -> None:
    planner = FakePlanner(error=CheckFailedError([]))
    with pytest.raises(CheckFailedError):
        replan(DAY, planner=planner, policy=load_policy(), parameters=RunParameters())


def test_an_event_that_cannot_have_happened_is_named() -> None:
    with pytest.raises(BadInputError, match="event e-2: order: order 'o-1' is closed"):
        after_events(DAY, [WITHDRAWN, WITHDRAWN.model_copy(update={"id": "e-2"})])
