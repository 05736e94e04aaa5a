"""Wishes about messages over HTTP; and a message's whole way, from the order to the receipt, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from api.routes.orders import EXAMPLE
from dispatch.bootstrap import Service, build_sender
from dispatch.domain.records.message import Message
from dispatch.settings import DATABASE_FILE, Settings
from dispatch.store.database import open_engine
from dispatch.store.schema import upgrade
from dispatch.usecases.messages.send import send_due
from tests import sqlite
from tests.api.test_orders import community
from tests.dispatch.messaging.gateway import Gateway, listening
from tests.postgres import PostgresServer, postgres_or_skip

CUSTOMER = {"name": "张伟", "phone": "13800005678", "address": "中山北路12号"}
ORDERS = 12
SENDERS = 4


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    yield from postgres_or_skip()


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    with listening() as gateway:
        yield gateway


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path, gateway: Gateway) -> Settings:
    values: dict[str, object] = {}
    if request.param == "sqlite":
        sqlite.new_database(tmp_path / DATABASE_FILE)
    else:
        url = request.getfixturevalue("postgres").new_database()
        engine = open_engine(url)
        upgrade(engine)
        engine.dispose()
        values["database_url"] = url.render_as_string(hide_password=False)
    return Settings.model_validate(
        {
            "data_dir": tmp_path,
            "address_rate_per_s": 0,
            "key_rate_per_s": 0,
            "public_url": "https://service.example.test",
            "outgoing_allowed": ["127.0.0.0/8"],
            "outgoing_plain": True,
            "sms_gateway": {
                "url": gateway.url,
                "callback_secret": "hook",
                "body": {"ref": "{id}", "mobile": "{to}", "language": "{language}", "text": "{text}"},
            },
            **values,
        }
    )


@pytest.fixture
def service(service: Service) -> Service:
    """A service without quiet hours: these tests run by night as well."""
    awake = {"messages": {"quiet_from": "00:00", "quiet_until": "00:00"}}
    return replace(service, policy=service.policy.overridden(awake, at="policy", source="the test"))


def customer(client: httpx.Client) -> str:
    answer = client.post("/v1/customers", json=CUSTOMER)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_r34_an_operator_sets_language_and_channels(client: httpx.Client) -> None:
    path = f"/v1/message-wishes/{customer(client)}"
    assert "language" not in client.get(path).json()
    wished = {"language": "en", "channels": ["sms"]}
    for version in (1, 2):
        answer = client.put(path, json=wished)
        assert (answer.status_code, answer.headers["etag"]) == (200, f'"{version}"'), answer.text
    assert wished.items() <= client.get(path).json().items()
    assert client.put(path, json={"channels": ["pigeon"]}).json()["code"] == "bad_input"
    assert client.put("/v1/message-wishes/nobody", json=wished).json()["code"] == "not_found"


def test_r34_each_news_goes_once_from_the_order_to_the_gateway_and_its_receipt_comes_back(
    client: httpx.Client, service: Service, gateway: Gateway
) -> None:
    gateway.requests.clear()
    community(client)
    person = customer(client)
    client.put(f"/v1/message-wishes/{person}", json={"language": "en", "channels": ["sms"]})
    for number in range(ORDERS):
        order = {**EXAMPLE, "customer": person, "order": {**EXAMPLE["order"], "id": f"o-{number}"}}
        assert client.post("/v1/orders", json=order).status_code == 201

    with ThreadPoolExecutor(SENDERS) as threads:
        for sent in [threads.submit(send_due, build_sender(service)) for _ in range(2 * SENDERS)]:
            sent.result()

    bodies = gateway.bodies
    assert {(body["mobile"], body["language"]) for body in bodies} == {("13800005678", "en")}
    assert len({body["ref"] for body in bodies}) == len(bodies) == ORDERS
    link = re.search(r"https://service\.example\.test(/c/\S+)", bodies[0]["text"])
    assert link is not None
    assert client.get(link[1].rstrip(".")).status_code == 200

    for body in bodies:
        receipt = {"id": body["ref"], "state": "delivered"}
        answer = client.post("/v1/messages/receipts/sms", json=receipt, headers={"authorization": "Bearer hook"})
        assert answer.status_code == 204, answer.text
    with service.store.of("main").read() as transaction:
        assert {message.state for message in transaction.records(Message).all()} == {"delivered"}
