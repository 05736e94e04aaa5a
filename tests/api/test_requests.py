import json

import httpx
import pytest

from dispatch.domain.files import parse_request, request_digest
from dispatch.errors import BadInputError
from tests.api.journey import JSON, expect_problem, submit
from tests.fakes import REQUEST_JSON, a_request


def test_a_submitted_request_is_answered_with_its_digest_and_place(client: httpx.Client) -> None:
    answer = client.post("/v1/requests", content=REQUEST_JSON, headers=JSON)
    assert answer.status_code == 201
    assert answer.json()["digest"] == request_digest(a_request())
    assert answer.headers["location"] == f"/v1/requests/{answer.json()['id']}"


def test_a_stored_request_can_be_read_and_submitted_again(client: httpx.Client) -> None:
    document = client.get(f"/v1/requests/{submit(client)}").json()["request"]
    assert parse_request(json.dumps(document)) == a_request()


def test_odd_values_are_accepted_with_a_warning(client: httpx.Client) -> None:
    document = json.loads(REQUEST_JSON)
    shift = document["technicians"][0]["shifts"][0]
    shift |= {"start": "2026-04-10T08:00:00+08:00", "end": "2026-04-10T18:00:00+08:00"}
    answer = client.post("/v1/requests", json=document)
    assert answer.status_code == 201
    assert "technicians" in answer.json()["warnings"][0]["path"]


def test_bad_input_is_refused_with_the_same_words_as_on_the_command_line(client: httpx.Client) -> None:
    document = json.loads(REQUEST_JSON)
    document["orders"][1] |= {"colour": "red", "duration": "PT0S"}
    text = json.dumps(document)
    with pytest.raises(BadInputError) as refused:
        parse_request(text)
    problem = expect_problem(client.post("/v1/requests", content=text, headers=JSON), 422, "bad_input")
    assert [(fault["path"], fault["message"], fault["remedy"]) for fault in problem["problems"]] == [
        (fault.path, fault.message, fault.remedy) for fault in refused.value.problems
    ]


def test_broken_json_is_refused_with_its_place(client: httpx.Client) -> None:
    problem = expect_problem(client.post("/v1/requests", content=b'{\n  "now": }', headers=JSON), 422, "bad_input")
    assert problem["problems"][0]["path"] == "line 2, column 10"


def test_text_that_is_not_utf_8_is_refused(client: httpx.Client) -> None:
    problem = expect_problem(client.post("/v1/requests", content=b'{"\xff": 1}', headers=JSON), 422, "bad_input")
    assert "UTF-8" in problem["detail"]


def test_policy_overrides_that_do_not_exist_are_refused(client: httpx.Client) -> None:
    document = json.loads(REQUEST_JSON) | {"policy": {"prices": {"no_such_price": 1}}}
    problem = expect_problem(client.post("/v1/requests", json=document), 422, "bad_policy")
    assert problem["problems"][0]["path"] == "policy.prices.no_such_price"


def test_a_request_cannot_make_the_service_call_a_geocoder(client: httpx.Client) -> None:
    document = json.loads(REQUEST_JSON) | {"policy": {"geocoding": {"enabled": True, "domain": "example.org"}}}
    problem = expect_problem(client.post("/v1/requests", json=document), 422, "bad_policy")
    assert problem["problems"][0]["path"] == "policy.geocoding"


def test_a_body_that_is_not_declared_as_json_is_refused(client: httpx.Client) -> None:
    answer = client.post("/v1/requests", content=REQUEST_JSON, headers={"content-type": "text/plain"})
    expect_problem(answer, 415, "unsupported_media_type")


def test_a_body_beyond_the_limit_is_refused(client: httpx.Client) -> None:
    expect_problem(client.post("/v1/requests", content=b" " * 10_001, headers=JSON), 413, "body_too_large")


def test_a_body_without_a_length_is_not_read_beyond_the_limit(client: httpx.Client) -> None:
    chunks = (b" " * 1000 for _ in range(11))
    expect_problem(client.post("/v1/requests", content=chunks, headers=JSON), 413, "body_too_large")


def test_an_unknown_request_is_not_found(client: httpx.Client) -> None:
    expect_problem(client.get("/v1/requests/nothing"), 404, "not_found")


@pytest.mark.parametrize(
    ("travel", "path"),
    [
        ({"provider": "osrm", "url": "http://169.254.169.254"}, "travel.url"),
        ({"provider": "osm", "path": "/etc/passwd"}, "travel.path"),
    ],
)
def test_a_request_cannot_make_the_service_call_hosts_or_read_files(
    client: httpx.Client, travel: dict[str, str], path: str
) -> None:
    document = json.loads(REQUEST_JSON) | {"travel": travel}
    problem = expect_problem(client.post("/v1/requests", json=document), 422, "bad_input")
    assert problem["problems"][0]["path"] == path
