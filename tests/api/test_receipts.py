"""Delivery receipts over HTTP: with the gateway's secret only, in the gateway's own words."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from dispatch.bootstrap import Service
from dispatch.domain.records.message import Message
from dispatch.settings import Settings

PATH = "/v1/messages/receipts/sms"
GATEWAY = {
    "url": "https://sms.example.test/send",
    "callback_secret": "hook",
    "callback_id_field": "msgid",
    "callback_state_field": "stat",
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return Settings.model_validate({**settings.model_dump(), "sms_gateway": GATEWAY})


@pytest.fixture(autouse=True)
def sent(service: Service) -> None:
    now = datetime(2026, 3, 10, 4, tzinfo=UTC)
    message = Message(
        id="m-1",
        created_at=now,
        changed_at=now,
        dedupe_key="o-1:customer:agreed:",
        audience="customer",
        person="k-1",
        template="agreed",
        state="sent",
        channel="sms",
        receipt="4711",
        next_at=None,
    )
    with service.store.of("main").write() as transaction:
        transaction.records(Message).add(message)


def state(service: Service) -> str:
    with service.store.of("main").read() as transaction:
        return transaction.records(Message).get("m-1").state


def post(client: httpx.Client, body: object, word: str = "hook") -> httpx.Response:
    return client.post(PATH, json=body, headers={"authorization": f"Bearer {word}"})


@pytest.mark.parametrize("name", ["4711", "main.m-1"])
def test_r34_a_gateway_says_that_a_message_has_arrived(anonymous: httpx.Client, service: Service, name: str) -> None:
    assert post(anonymous, {"msgid": name, "stat": "DELIVRD"}).status_code == 204
    assert state(service) == "delivered"


def test_a_state_that_says_nothing_changes_nothing(anonymous: httpx.Client, service: Service) -> None:
    assert post(anonymous, {"msgid": "4711", "stat": "ENROUTE"}).status_code == 204
    assert state(service) == "sent"


@pytest.mark.parametrize("secret", ["x", "hoo", "hook2"])
def test_nobody_else_may_send_receipts(anonymous: httpx.Client, service: Service, secret: str) -> None:
    assert post(anonymous, {"msgid": "4711", "stat": "DELIVRD"}, secret).json()["code"] == "unauthenticated"
    assert state(service) == "sent"


def test_a_channel_without_a_secret_takes_none(anonymous: httpx.Client) -> None:
    assert anonymous.post("/v1/messages/receipts/wechat", json={}).status_code == 401


@pytest.mark.parametrize("body", [[], {}, {"msgid": None, "stat": "x"}, {"msgid": "4711", "stat": True}])
def test_a_receipt_without_its_fields_is_refused(anonymous: httpx.Client, body: object) -> None:
    assert post(anonymous, body).json()["code"] == "bad_input"


def test_a_receipt_of_an_unknown_message_is_refused(anonymous: httpx.Client) -> None:
    assert post(anonymous, {"msgid": "4712", "stat": "DELIVRD"}).json()["code"] == "not_found"
