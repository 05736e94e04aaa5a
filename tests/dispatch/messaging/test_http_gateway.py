"""The HTTP gateway against a real server: body, signature, receipts, and which answers are final."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import nullcontext
from ipaddress import ip_network

import pytest
from pydantic import ValidationError

from dispatch.channel_settings import GatewaySettings
from dispatch.clock import SystemClock
from dispatch.errors import BadInputError
from dispatch.messaging.channels import require_callable_gateways
from dispatch.messaging.http_gateway import HttpGateway
from dispatch.outgoing import OutgoingRules
from dispatch.settings import Settings
from dispatch.usecases.messages.delivery import DeliveryError, Envelope, RefusedDeliveryError
from dispatch.usecases.messages.wording import Letter
from tests.dispatch.messaging.gateway import Gateway, listening

LETTER = Letter(subject="预约", text="师傅将到", values={"start": "3月10日 09:00", "link": "https://example.test/c/x"})
ENVELOPE = Envelope(id="m-1", to="13800000000", template="agreed", language="zh", letter=LETTER)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with listening() as gateway:
        yield gateway


def send(gateway: Gateway, **settings: object) -> str | None:
    rules = OutgoingRules(allowed=(ip_network("127.0.0.0/8"),), is_plain_allowed=True)
    channel = HttpGateway(GatewaySettings.model_validate({"url": gateway.url, **settings}), rules, clock=SystemClock())
    try:
        return channel.deliver(ENVELOPE)
    finally:
        channel.close()


def test_the_body_is_the_operators_json_with_its_places_filled(gateway: Gateway) -> None:
    send(
        gateway,
        body={
            "touser": "{to}",
            "template": "{template_id}",
            "lines": ["{subject}: {text}"],
            "data": "{values}",
            "n": 1,
        },
        template_ids={"agreed": "SMS_7"},
    )
    assert gateway.bodies == [
        {
            "touser": "13800000000",
            "template": "SMS_7",
            "lines": ["预约: 师傅将到"],
            "data": {"start": "3月10日 09:00", "link": "https://example.test/c/x"},
            "n": 1,
        }
    ]


def test_every_attempt_carries_the_same_id(gateway: Gateway) -> None:
    send(gateway)
    send(gateway)
    assert [headers["idempotency-key"] for headers, _ in gateway.requests] == ["m-1", "m-1"]


def test_the_signature_is_that_of_moment_and_body(gateway: Gateway) -> None:
    send(gateway, secret="s3cret", bearer="token")
    headers, body = gateway.requests[0]
    signed = hmac.new(b"s3cret", headers["x-timestamp"].encode() + b"." + body, "sha256").hexdigest()
    assert headers["x-signature"] == f"sha256={signed}"
    assert headers["authorization"] == "Bearer token"


def test_the_gateways_own_name_for_a_message_is_its_receipt(gateway: Gateway) -> None:
    gateway.answers = [(200, '{"msgid": 4711}')]
    assert send(gateway, receipt_field="msgid") == "4711"


@pytest.mark.parametrize("answer", ["not json", "[]", "{}"])
def test_an_answer_without_a_name_gives_no_receipt(gateway: Gateway, answer: str) -> None:
    gateway.answers = [(200, answer)]
    assert send(gateway, receipt_field="msgid") is None


@pytest.mark.parametrize(("status", "is_final"), [(400, True), (404, True), (429, False), (500, False), (302, False)])
def test_some_answers_are_final_and_others_are_not(gateway: Gateway, status: int, is_final: bool) -> None:
    gateway.answers = [(status, "")]
    with pytest.raises(DeliveryError, match=str(status)) as caught:
        send(gateway)
    assert isinstance(caught.value, RefusedDeliveryError) is is_final


def test_a_gateway_that_is_away_may_be_tried_again() -> None:
    with listening() as gateway:
        pass
    with pytest.raises(DeliveryError, match="did not answer") as caught:
        send(gateway)
    assert not isinstance(caught.value, RefusedDeliveryError)


def test_a_body_that_asks_for_an_unknown_place_is_refused_at_once() -> None:
    with pytest.raises(ValidationError, match=r"body asks for \{phone\}"):
        GatewaySettings(url="https://gateway.test", body={"a": ["{phone}"]})


def test_a_private_gateway_is_not_called_unless_the_operator_allows_it(gateway: Gateway) -> None:
    rules = OutgoingRules(is_plain_allowed=True)
    channel = HttpGateway(GatewaySettings(url=gateway.url), rules, clock=SystemClock())
    with pytest.raises(DeliveryError, match="is not a public address"):
        channel.deliver(ENVELOPE)
    assert gateway.requests == []


@pytest.mark.parametrize(
    ("url", "allowed", "message"),
    [
        ("https://10.20.0.1/send", [], "SMS_GATEWAY.url: 10.20.0.1 is not a public address"),
        ("https://10.20.0.1/send", ["10.20.0.0/16"], None),
        ("http://sms.example.org/send", [], "SMS_GATEWAY.url: is not encrypted"),
        ("https://sms.example.org/send", [], None),
    ],
)
def test_a_service_whose_gateway_cannot_be_called_does_not_start(
    url: str, allowed: list[str], message: str | None
) -> None:
    settings = Settings.model_validate({"sms_gateway": {"url": url}, "outgoing_allowed": allowed})
    with nullcontext() if message is None else pytest.raises(BadInputError, match=message):
        require_callable_gateways(settings)
