"""Delivery receipts: the address that message gateways call when a message has arrived, or was lost."""

from __future__ import annotations

import hmac
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Header, Response
from fastapi import Request as HttpRequest
from fastapi.concurrency import run_in_threadpool

from api.body import SOURCE, read_body
from api.deps import ServiceDep
from api.openapi import BODY_ERRORS, errors
from dispatch.channel_settings import GatewaySettings
from dispatch.domain.json_text import read_json
from dispatch.domain.problems import shown
from dispatch.errors import BadInputError, Problem, UnauthenticatedError
from dispatch.settings import Settings
from dispatch.usecases.messages.receipts import Fate, take_receipt

router = APIRouter(prefix="/v1/messages", tags=["messages"])

Gateway = Literal["sms", "wechat"]
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "object", "additionalProperties": True},
                "example": {"id": "main.6b86b273ff34fce1", "state": "delivered"},
            }
        },
    }
}


@router.post(
    "/receipts/{channel}",
    summary="Tell what became of a message",
    status_code=204,
    responses=errors("not_found", "unauthenticated", *BODY_ERRORS),
    openapi_extra=_BODY,
)
async def receive_receipt(
    channel: Gateway,
    http: HttpRequest,
    service: ServiceDep,
    authorization: Annotated[str, Header(description="`Bearer` and the gateway's callback secret.")] = "",
) -> Response:
    """Called by a message gateway with the id that it was given, or with its own receipt, and a state.

    Which fields those are, and which words mean delivered and lost, stands in the gateway's settings.
    """
    settings = _gateway(service.settings, channel)
    secret = None if settings is None else settings.callback_secret
    if settings is None or secret is None or not _is_secret(authorization, secret.get_secret_value()):
        msg = f"receipts of {channel} need the gateway's callback secret\nMaybe send `Authorization: Bearer <secret>`"
        raise UnauthenticatedError(msg)
    document = read_json(await read_body(http), source=SOURCE)
    name, fate = _read(document, settings)
    if fate is not None:
        await run_in_threadpool(take_receipt, name, fate, channel=channel, store=service.store, clock=service.clock)
    return Response(status_code=204)


def _gateway(settings: Settings, channel: Gateway) -> GatewaySettings | None:
    return settings.sms_gateway if channel == "sms" else settings.wechat_gateway


def _is_secret(authorization: str, secret: str) -> bool:
    return hmac.compare_digest(authorization.encode(), f"Bearer {secret}".encode())


def _read(document: object, settings: GatewaySettings) -> tuple[str, Fate | None]:
    """Return which message a receipt is about, and what became of it; None = it is still on its way.

    Raises
    ------
    BadInputError
        If the receipt lacks one of its fields.
    """
    fields = document if isinstance(document, dict) else {}
    problems: list[Problem] = []
    found: list[str] = []
    for field in (settings.callback_id_field, settings.callback_state_field):
        value = fields.get(field)
        if isinstance(value, str | int) and not isinstance(value, bool) and 0 < len(str(value)) <= 300:
            found.append(str(value))
        else:
            message = f"{shown(value)} is no text"
            problems.append(
                Problem(path=field, message=message, remedy="send a text, or name other fields in the settings")
            )
    if problems:
        raise BadInputError(problems, source=SOURCE)
    name, state = found
    if state in settings.delivered_states:
        return name, "delivered"
    return name, "failed" if state in settings.undelivered_states else None
