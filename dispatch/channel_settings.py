"""Where messages go out: the mail server and the gateways, as the operator sets them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

PLACES: Final = frozenset({"id", "to", "text", "subject", "language", "template", "template_id"})
"""What a gateway's body may ask for between braces, beside `values`, which stands for all values of the text."""
_PLACE: Final = re.compile(r"\{(\w+)\}")


class _ChannelSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SmtpSettings(_ChannelSettings):
    """A mail server.

    Attributes
    ----------
    security
        `starttls` (asks for encryption after the greeting), `tls` (from the first byte), `none` (on this host only).
    sender
        The mails' From.
    """

    host: str
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    sender: str
    timeout_s: Annotated[float, Field(gt=0, le=120)] = 15.0

    @model_validator(mode="after")
    def _keeps_the_password_to_itself(self) -> Self:
        if self.user is not None and self.security == "none":
            msg = "user: a password would travel in the open; set security to starttls or tls"
            raise ValueError(msg)
        return self


class GatewaySettings(_ChannelSettings):
    """A gateway that takes messages by HTTP POST, for text messages or WeChat templates.

    Attributes
    ----------
    headers
        Sent as they are.
    body
        JSON whose texts may hold `{id}`, `{to}`, `{text}`, `{subject}`, `{language}`, `{template}`, `{template_id}`;
        a text that is `{values}` alone becomes the object of the text's values.
    template_ids
        The gateway's name of a template by ours, for `{template_id}`; ours where it is not listed.
    bearer
        Token of the header Authorization.
    secret
        Key of the signature: header `X-Signature: sha256=<hex HMAC of "<X-Timestamp>.<body>">`.
    receipt_field
        Field of the answer that names the message in later receipts; "" = the gateway uses our id.
    callback_secret
        Bearer token that the gateway sends with its delivery receipts; None = no receipts are taken.
    callback_id_field, callback_state_field
        Where a receipt says which message it is about, and what became of it.
    delivered_states, undelivered_states
        Words of that state which mean delivered, and lost for good; other words change nothing.
    """

    url: Annotated[str, Field(pattern=r"^https?://\S+$")]
    headers: Mapping[str, str] = {}
    body: Mapping[str, Any] = {"id": "{id}", "to": "{to}", "text": "{text}"}
    template_ids: Mapping[str, str] = {}
    bearer: SecretStr | None = None
    secret: SecretStr | None = None
    timeout_s: Annotated[float, Field(gt=0, le=120)] = 10.0
    receipt_field: str = ""
    callback_secret: SecretStr | None = None
    callback_id_field: str = "id"
    callback_state_field: str = "state"
    delivered_states: tuple[str, ...] = ("delivered", "DELIVRD")
    undelivered_states: tuple[str, ...] = ("failed", "undelivered", "UNDELIV", "EXPIRED", "REJECTD")

    @field_validator("body")
    @classmethod
    def _has_known_places(cls, body: Mapping[str, Any]) -> Mapping[str, Any]:
        unknown = {place for text in _texts_in(body) for place in _PLACE.findall(text)} - PLACES - {"values"}
        if unknown:
            msg = f"body asks for {{{min(unknown)}}}; known are {', '.join(sorted(PLACES | {'values'}))}"
            raise ValueError(msg)
        return body


def filled(template: object, *, places: Mapping[str, str], values: Mapping[str, str]) -> object:
    """Return a gateway's body with everything in braces filled in."""
    if isinstance(template, str):
        if template == "{values}":
            return dict(values)
        return _PLACE.sub(lambda found: places.get(found[1], found[0]), template)
    if isinstance(template, Mapping):
        return {name: filled(part, places=places, values=values) for name, part in template.items()}
    if isinstance(template, list | tuple):
        return [filled(part, places=places, values=values) for part in template]
    return template


def _texts_in(template: object) -> list[str]:
    if isinstance(template, str):
        return [template]
    parts = template.values() if isinstance(template, Mapping) else template if isinstance(template, list) else ()
    return [text for part in parts for text in _texts_in(part)]
