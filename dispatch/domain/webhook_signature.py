"""The signature of a webhook call: HMAC-SHA256 over its moment and its body."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final

SIGNATURE_HEADER: Final = "X-Dispatch-Signature"
EVENT_HEADER: Final = "X-Dispatch-Event"
DELIVERY_HEADER: Final = "X-Dispatch-Delivery"
"""The delivery's id: the same when a call is repeated, so that the receiver can count it once."""


def signature(body: str, *, at: datetime, secrets: Sequence[str]) -> str:
    """Return the value of the signature header, as in `t=1773100800,v1=5257a8...`; one `v1` for each secret."""
    moment = str(int(at.timestamp()))
    return ",".join([f"t={moment}", *(f"v1={_mac(body, moment, secret)}" for secret in secrets)])


def is_genuine(header: str, body: str, *, secret: str, now: datetime, tolerance_s: float) -> bool:
    """Tell whether a call was signed with a secret, not longer ago than `tolerance_s`; what a receiver does."""
    parts = [part.partition("=") for part in header.split(",")]
    moment = next((value for name, _, value in parts if name == "t"), "")
    if not (moment.isascii() and moment.isdecimal()) or abs(now.timestamp() - int(moment)) > tolerance_s:
        return False
    expected = _mac(body, moment, secret)
    return any(hmac.compare_digest(value, expected) for name, _, value in parts if name == "v1")


def _mac(body: str, moment: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"{moment}.{body}".encode(), hashlib.sha256).hexdigest()
