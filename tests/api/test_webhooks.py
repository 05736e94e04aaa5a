"""Webhooks over HTTP: made, tried, rotated, seen by their own dispatch centre only."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.api.conftest import ClientAs
from tests.api.journey import expect_problem
from tests.api.test_orders import an_order, community

PUBLIC = {"url": "https://93.184.216.34/hook", "events": ["run.finished"]}


def made(client: httpx.Client) -> dict[str, Any]:
    answer = client.post("/v1/webhooks", json=PUBLIC)
    assert answer.status_code == 201, answer.text
    webhook: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/v1/webhooks/{webhook['id']}"
    return webhook


def test_a_secret_is_shown_once_and_can_be_rotated(client: httpx.Client) -> None:
    webhook = made(client)
    path = f"/v1/webhooks/{webhook['id']}"
    for shown in (client.get(path).text, client.get("/v1/webhooks").text):
        assert webhook["secret"] not in shown
    rotated = client.post(f"{path}/secret").json()
    assert rotated["secret"] not in ("", webhook["secret"])
    assert rotated["older_secret_until"] is not None


@pytest.mark.parametrize("url", ["http://93.184.216.34/", "https://127.0.0.1/", "https://[::1]/", "ftp://a", "x"])
def test_an_address_that_may_not_be_called_is_refused_with_its_field(client: httpx.Client, url: str) -> None:
    problem = expect_problem(client.post("/v1/webhooks", json=PUBLIC | {"url": url}), 422, "bad_input")
    assert problem["problems"][0]["path"] == "url"


def test_a_change_names_the_version_it_was_made_against(client: httpx.Client) -> None:
    path = f"/v1/webhooks/{made(client)['id']}"
    expect_problem(client.patch(path, json={"is_enabled": False}), 428, "precondition_required")
    changed = client.patch(path, json={"is_enabled": False}, headers={"If-Match": '"1"'})
    assert (changed.json()["is_enabled"], changed.headers["etag"]) == (False, '"2"')
    expect_problem(client.patch(path, json={"is_enabled": True}, headers={"If-Match": '"1"'}), 412, "stale_record")
    expect_problem(client.post(f"{path}/test"), 409, "not_allowed")
    assert client.delete(path, headers={"If-Match": "*"}).status_code == 204
    expect_problem(client.get(path), 404, "not_found")


def test_a_webhook_can_be_tried_and_its_log_be_read(client: httpx.Client) -> None:
    path = f"/v1/webhooks/{made(client)['id']}"
    tried = client.post(f"{path}/test")
    assert tried.status_code == 202
    listed = client.get(f"{path}/deliveries").json()["items"]
    assert [delivery["id"] for delivery in listed] == [tried.json()["id"]]
    assert listed[0]["event"] == "webhook.test"


def test_another_dispatch_centre_sees_none_of_it(client: httpx.Client, client_as: ClientAs) -> None:
    webhook = made(client)
    delivery = client.post(f"/v1/webhooks/{webhook['id']}/test").json()
    other = client_as("supervisor", centre="other")
    assert other.get("/v1/webhooks").json()["items"] == []
    path = f"/v1/webhooks/{webhook['id']}"
    for answer in (
        other.get(path),
        other.get(f"{path}/deliveries"),
        other.post(f"{path}/test"),
        other.post(f"{path}/secret"),
        other.post(f"{path}/deliveries/{delivery['id']}/again"),
        other.delete(path, headers={"If-Match": "*"}),
    ):
        expect_problem(answer, 404, "not_found")


def test_orders_and_warnings_are_told_when_they_change(client: httpx.Client) -> None:
    wanted = {"url": PUBLIC["url"], "events": ["order.state_changed", "escalation.raised"]}
    webhook = client.post("/v1/webhooks", json=wanted).json()
    community(client)
    assert client.post("/v1/orders", json=an_order()).status_code == 201
    assert client.post("/v1/orders", json=an_order()).status_code == 201  # the same once more: nothing new
    deliveries = client.get(f"/v1/webhooks/{webhook['id']}/deliveries").json()["items"]
    told = [json.loads(delivery["body"])["data"] for delivery in deliveries]
    assert [(data["order"], data["to"]) for data in told if "to" in data] == [("o-1", "qualified")]


def test_dispatchers_do_not_keep_webhooks(client_as: ClientAs) -> None:
    expect_problem(client_as("dispatcher").get("/v1/webhooks"), 403, "forbidden")
