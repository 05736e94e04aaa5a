"""Communities, technicians, shifts, skills: added, read, replaced, removed, listed."""

import httpx
import pytest

from api.routes.roster import RESOURCES
from tests.api.journey import expect_problem

EXAMPLES = {resource.many: resource.example for resource in RESOURCES}
PATHS = [
    ("communities", "c-1"),
    ("technicians", "t-1"),
    ("shifts", "s-1"),
    ("skills", "k-1"),
]


def add(client: httpx.Client, many: str) -> httpx.Response:
    if many in {"shifts", "skills"}:
        client.post("/v1/technicians", json=EXAMPLES["technicians"])
    answer = client.post(f"/v1/{many}", json=EXAMPLES[many])
    assert answer.status_code == 201, answer.text
    return answer


@pytest.mark.parametrize(("many", "name"), PATHS)
def test_a_record_lives_from_post_to_delete(client: httpx.Client, many: str, name: str) -> None:
    added = add(client, many)
    path = added.headers["location"]
    assert (path, added.headers["etag"]) == (f"/v1/{many}/{name}", '"1"')
    assert client.get(path).json() == added.json()
    replaced = client.put(path, json=EXAMPLES[many], headers={"If-Match": '"1"'})
    assert (replaced.status_code, replaced.headers["etag"]) == (200, '"2"')
    expect_problem(client.put(path, json=EXAMPLES[many], headers={"If-Match": '"1"'}), 412, "stale_record")
    expect_problem(client.put(path, json=EXAMPLES[many]), 428, "precondition_required")
    expect_problem(client.delete(path), 428, "precondition_required")
    expect_problem(client.delete(path, headers={"If-Match": '"1"'}), 412, "stale_record")
    assert client.delete(path, headers={"If-Match": "*"}).status_code == 204
    expect_problem(client.get(path), 404, "not_found")


@pytest.mark.parametrize(("many", "name"), PATHS)
def test_adding_twice_is_refused(client: httpx.Client, many: str, name: str) -> None:
    add(client, many)
    expect_problem(client.post(f"/v1/{many}", json=EXAMPLES[many]), 409, "already_there")


def test_lists_are_filtered_sorted_and_come_in_pages(client: httpx.Client) -> None:
    for number, tier in enumerate(["premium", "standard", "premium", "premium"], 1):
        community = {"id": f"c-{number}", "location": {"lat": 34.26, "lon": 117.18}, "tier": tier}
        client.post("/v1/communities", json={"community": community})
    query = {"tier": "premium", "sort": "-id", "limit": 2}
    first = client.get("/v1/communities", params=query).json()
    assert [item["id"] for item in first["items"]] == ["c-4", "c-3"]
    rest = client.get("/v1/communities", params={**query, "cursor": first["next_cursor"]}).json()
    assert [item["id"] for item in rest["items"]] == ["c-1"]
    assert "next_cursor" not in rest


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "sort=document", "cursor=%00", "colour=red", "tier=gold"])
def test_a_list_that_cannot_be_is_refused_with_the_name_of_the_parameter(client: httpx.Client, query: str) -> None:
    problem = expect_problem(client.get(f"/v1/communities?{query}"), 422, "bad_input")
    assert query.partition("=")[0] in problem["problems"][0]["path"]


def test_a_shift_of_nobody_is_refused(client: httpx.Client) -> None:
    problem = expect_problem(client.post("/v1/shifts", json=EXAMPLES["shifts"]), 422, "bad_input")
    assert problem["problems"][0]["path"] == "technician"


def test_a_body_of_another_id_is_refused(client: httpx.Client) -> None:
    add(client, "communities")
    answer = client.put("/v1/communities/c-2", json=EXAMPLES["communities"], headers={"If-Match": "*"})
    expect_problem(answer, 422, "bad_input")


def test_r27_skills_that_expire_soon_are_found(client: httpx.Client) -> None:
    add(client, "skills")
    assert len(client.get("/v1/skills?expires_before=2027-07-01").json()["items"]) == 1
    assert client.get("/v1/skills?expires_before=2027-06-30").json()["items"] == []
    assert client.get("/v1/expiring-skills").json() == {"items": []}
