"""Who may ask: API keys and roles over HTTP."""

from __future__ import annotations

import httpx
import pytest

from dispatch.bootstrap import Service
from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.usecases.access.keys import list_keys, revoke_key
from tests.api.access import as_key, make_centre, make_key
from tests.api.conftest import ClientAs
from tests.api.journey import expect_problem, submit


def test_without_a_key_nobody_gets_anything(anonymous: httpx.Client) -> None:
    answer = anonymous.get("/v1/runs")
    expect_problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == 'Bearer realm="field-dispatch"'


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer fdk_first_guess", "Basic YTpi", "Bearer", "", "fdk_a_b"])
def test_a_key_that_is_none_gets_nothing(anonymous: httpx.Client, header: str) -> None:
    expect_problem(anonymous.get("/v1/runs", headers={"authorization": header}), 401, "unauthenticated")


def test_health_and_description_need_no_key(anonymous: httpx.Client) -> None:
    assert anonymous.get("/healthz").status_code == 200
    assert anonymous.get("/openapi.json").status_code == 200


def test_a_role_that_may_not_is_told_who_may(client_as: ClientAs) -> None:
    answer = client_as("technician").get("/v1/runs")
    problem = expect_problem(answer, 403, "forbidden")
    assert "dispatcher" in problem["detail"]
    assert "insufficient_scope" in answer.headers["www-authenticate"]


def test_a_revoked_key_is_refused(service: Service, client: httpx.Client) -> None:
    with as_key(client, make_key(service, "dispatcher")) as dispatcher:
        (key,) = [key for key in list_keys(store=service.store.of(MAIN_CENTRE)) if key.role == "dispatcher"]
        revoke_key(key.id, store=service.store.of(MAIN_CENTRE), clock=service.clock)
        expect_problem(dispatcher.get("/v1/runs"), 401, "unauthenticated")


def test_a_key_sees_its_own_centre_only(client: httpx.Client, client_as: ClientAs) -> None:
    request_id = submit(client)
    expect_problem(client_as("dispatcher", centre="east").get(f"/v1/requests/{request_id}"), 404, "not_found")
    assert client_as("dispatcher").get(f"/v1/requests/{request_id}").status_code == 200


def test_an_administrator_acts_for_a_centre_by_header(client: httpx.Client, client_as: ClientAs) -> None:
    request_id = submit(client_as("dispatcher", centre="east"))
    path = f"/v1/requests/{request_id}"
    expect_problem(client.get(path), 404, "not_found")
    assert client.get(path, headers={"dispatch-centre": "east"}).status_code == 200


def test_an_administrator_cannot_act_for_a_centre_that_does_not_exist(client: httpx.Client) -> None:
    expect_problem(client.get("/v1/runs", headers={"dispatch-centre": "esat"}), 403, "forbidden")


def test_nobody_else_acts_for_another_centre(service: Service, client_as: ClientAs) -> None:
    make_centre(service, "east")
    dispatcher = client_as("dispatcher")
    expect_problem(dispatcher.get("/v1/runs", headers={"dispatch-centre": "east"}), 403, "forbidden")
    assert dispatcher.get("/v1/runs", headers={"dispatch-centre": MAIN_CENTRE}).status_code == 200


def test_the_last_use_of_a_key_is_kept(service: Service, client: httpx.Client) -> None:
    client.get("/v1/runs")
    assert all(key.last_used_at is not None for key in list_keys(store=service.store.of(MAIN_CENTRE)))


def test_keys_appear_in_no_answer_and_no_log(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    secret = client.headers["authorization"].split("_", 2)[2]
    answer = client.get("/v1/runs/nothing")
    assert secret not in answer.text
    assert secret not in caplog.text
