"""Messages by a gateway that takes them as JSON over HTTP: text messages, WeChat templates."""

from __future__ import annotations

import hmac
import json
from typing import Final

import httpx

from dispatch.channel_settings import GatewaySettings, filled
from dispatch.errors import BadInputError
from dispatch.outgoing import OutgoingRules, outgoing_client
from dispatch.ports import Clock
from dispatch.usecases.messages.delivery import DeliveryError, Envelope, RefusedDeliveryError

TRY_AGAIN: Final = frozenset({408, 425, 429})
"""Answers of the 4xx kind that a later attempt may not get."""


class HttpGateway:
    """Sends letters to a gateway; a `MessageChannel`.

    The gateway is expected to take an id once only: after a lost answer it is sent a second time.
    """

    def __init__(self, settings: GatewaySettings, rules: OutgoingRules, *, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._client = outgoing_client(rules, timeout_s=settings.timeout_s)

    def deliver(self, envelope: Envelope) -> str | None:
        """Post a letter; return the gateway's own name for it if it gives one."""
        body = self._body(envelope)
        try:
            answer = self._client.post(self._settings.url, content=body, headers=self._headers(body, envelope.id))
        except httpx.HTTPError as error:
            msg = f"the gateway did not answer: {type(error).__name__}"
            raise DeliveryError(msg) from error
        except BadInputError as error:  # its name leads to an address that may not be called: maybe not for long
            raise DeliveryError(f"the gateway may not be called: {error}") from error
        if answer.is_success:
            return self._receipt(answer)
        msg = f"the gateway answered {answer.status_code}"
        if answer.is_client_error and answer.status_code not in TRY_AGAIN:
            raise RefusedDeliveryError(msg)
        raise DeliveryError(msg)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _body(self, envelope: Envelope) -> bytes:
        settings, letter = self._settings, envelope.letter
        places = {
            "id": envelope.id,
            "to": envelope.to,
            "text": letter.text,
            "subject": letter.subject,
            "language": envelope.language,
            "template": envelope.template,
            "template_id": settings.template_ids.get(envelope.template, envelope.template),
        }
        return json.dumps(filled(settings.body, places=places, values=letter.values), ensure_ascii=False).encode()

    def _headers(self, body: bytes, message: str) -> dict[str, str]:
        settings = self._settings
        headers = {**settings.headers, "Content-Type": "application/json", "Idempotency-Key": message}
        if settings.bearer is not None:
            headers["Authorization"] = f"Bearer {settings.bearer.get_secret_value()}"
        if settings.secret is not None:
            moment = str(int(self._clock.now().timestamp()))
            signed = hmac.new(settings.secret.get_secret_value().encode(), moment.encode() + b"." + body, "sha256")
            headers |= {"X-Timestamp": moment, "X-Signature": f"sha256={signed.hexdigest()}"}
        return headers

    def _receipt(self, answer: httpx.Response) -> str | None:
        if not self._settings.receipt_field:
            return None
        try:
            document = answer.json()
        except ValueError:
            return None
        receipt = document.get(self._settings.receipt_field) if isinstance(document, dict) else None
        return str(receipt)[:200] if receipt not in {None, ""} else None
