from typing import Any

import httpx
import pytest

from dispatch.domain.plan import Violation
from dispatch.errors import RoutingServerError
from tests.api.journey import expect_problem, finish, start
from tests.api.planner import HeldPlanner
from tests.fakes import A_VIOLATION, FakeChecker, a_plan


@pytest.fixture
def draft(client: httpx.Client, planner: HeldPlanner) -> str:
    """The id of a draft, version 1 of its day."""
    return make_draft(client, planner)


def make_draft(client: httpx.Client, planner: HeldPlanner) -> str:
    planner.let_go.set()
    plan_id: str = finish(client, start(client))["plan_id"]
    return plan_id


def publish(client: httpx.Client, plan_id: str, replaces: Any) -> httpx.Response:
    return client.post(f"/v1/plans/{plan_id}/publish", json={"replaces": replaces})


def test_a_plan_is_shown_with_its_version_and_content(client: httpx.Client, draft: str) -> None:
    document = client.get(f"/v1/plans/{draft}").json()
    summary = document["summary"]
    assert (summary["version"], summary["state"], summary["dispatch_day"]) == (1, "draft", "2026-03-10")
    assert document["plan"]["request_digest"] == a_plan().request_digest
    assert "published_version" not in document


def test_the_first_plan_is_published_in_place_of_none(client: httpx.Client, draft: str) -> None:
    answer = publish(client, draft, None)
    assert (answer.status_code, answer.json()["state"]) == (200, "published")
    assert client.get(f"/v1/plans/{draft}").json()["published_version"] == 1


def test_headers_say_what_is_replaced_as_well(client: httpx.Client, planner: HeldPlanner, draft: str) -> None:
    first = client.post(f"/v1/plans/{draft}/publish", headers={"if-none-match": "*"})
    assert first.status_code == 200
    tag = client.get("/v1/schedule", params={"day": "2026-03-10"}).headers["etag"]
    assert tag == '"1"'
    second = client.post(f"/v1/plans/{make_draft(client, planner)}/publish", headers={"if-match": tag})
    assert (second.status_code, second.json()["version"]) == (200, 2)


def test_publishing_against_an_outdated_version_is_a_conflict(
    client: httpx.Client, planner: HeldPlanner, draft: str
) -> None:
    publish(client, draft, None)
    other = make_draft(client, planner)
    problem = expect_problem(publish(client, other, None), 409, "stale_plan")
    assert "version 1 is in force" in problem["detail"]
    expect_problem(client.post(f"/v1/plans/{other}/publish", headers={"if-match": '"7"'}), 409, "stale_plan")


def test_publishing_without_saying_what_is_replaced_is_refused(client: httpx.Client, draft: str) -> None:
    expect_problem(client.post(f"/v1/plans/{draft}/publish"), 428, "precondition_required")
    problem = expect_problem(client.post(f"/v1/plans/{draft}/publish", json={}), 422, "bad_input")
    assert problem["problems"][0]["path"] == "replaces"


@pytest.mark.parametrize("replaces", ["1", True, 1.0, 0, 10**12])
def test_what_is_no_version_number_is_refused(client: httpx.Client, draft: str, replaces: Any) -> None:
    expect_problem(publish(client, draft, replaces), 422, "bad_input")


@pytest.mark.parametrize(
    "headers", [{"if-match": "1"}, {"if-match": '"1"', "if-none-match": "*"}, {"if-none-match": "1"}]
)
def test_headers_that_name_no_version_are_refused(client: httpx.Client, draft: str, headers: dict[str, str]) -> None:
    expect_problem(client.post(f"/v1/plans/{draft}/publish", headers=headers), 422, "bad_input")


def test_a_plan_that_breaks_a_rule_is_not_published(client: httpx.Client, draft: str, checker: FakeChecker) -> None:
    checker.found = (A_VIOLATION,)
    problem = expect_problem(publish(client, draft, None), 409, "check_failed")
    assert problem["violations"][0]["rule"] == "skill"
    assert client.get(f"/v1/plans/{draft}").json()["summary"]["state"] == "draft"


def test_a_plan_is_not_published_while_its_travel_cannot_be_had(
    client: httpx.Client, draft: str, checker: FakeChecker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_answer(*_: object) -> tuple[Violation, ...]:
        raise RoutingServerError("http://roads.example gave no answer")

    with monkeypatch.context() as broken:
        broken.setattr(checker, "violations", no_answer)
        problem = expect_problem(publish(client, draft, None), 503, "travel_unavailable")
    assert "roads.example" in problem["detail"]
    assert publish(client, draft, None).status_code == 200


def test_the_schedule_of_a_day_is_told_per_technician(client: httpx.Client, draft: str) -> None:
    publish(client, draft, None)
    schedule = client.get("/v1/schedule", params={"day": "2026-03-10"}).json()
    assert (schedule["plan_id"], schedule["version"], schedule["time_zone"]) == (draft, 1, "Asia/Shanghai")
    ((technician),) = schedule["technicians"]
    assert technician["technician"] == "t-1"
    stops = technician["routes"][0]["stops"]
    assert [stop["kind"] for stop in stops] == ["start", "visit", "end"]
    assert stops[1]["start"] == "2026-03-10T09:00:00+08:00"


def test_a_day_that_is_only_looked_ahead_to_has_no_version_to_publish_against(client: httpx.Client, draft: str) -> None:
    publish(client, draft, None)
    answer = client.get("/v1/schedule", params={"day": "2026-03-11"})
    assert (answer.json()["dispatch_day"], "etag" in answer.headers) == ("2026-03-10", False)


def test_a_day_without_a_published_plan_has_no_schedule(client: httpx.Client, draft: str) -> None:
    expect_problem(client.get("/v1/schedule", params={"day": "2026-03-10"}), 404, "not_found")


@pytest.mark.parametrize("query", [{}, {"day": "tomorrow"}, {"day": "1773100800"}, {"day": "2026-03-10T00:00:00Z"}])
def test_a_day_that_is_no_date_is_refused(client: httpx.Client, query: dict[str, str]) -> None:
    problem = expect_problem(client.get("/v1/schedule", params=query), 422, "bad_input")
    (fault,) = problem["problems"]
    assert fault["path"] == "query.day"
    assert fault["remedy"]


def test_an_unknown_plan_is_not_found(client: httpx.Client) -> None:
    expect_problem(client.get("/v1/plans/nothing"), 404, "not_found")
    expect_problem(publish(client, "nothing", None), 404, "not_found")
