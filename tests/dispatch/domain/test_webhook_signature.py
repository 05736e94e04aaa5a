"""Signatures of webhook calls, against a value computed by other means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dispatch.domain.webhook_signature import is_genuine, signature

AT = datetime(2026, 3, 10, tzinfo=UTC)  # 1773100800


def test_a_signature_is_the_hmac_of_moment_and_body() -> None:
    # printf '1773100800.{}' | openssl dgst -sha256 -hmac secret
    expected = "a6176d5011c4d208dd3b960b8d42a2554b2cf5e9a20ead7b46f386db8563d853"
    assert signature("{}", at=AT, secrets=["secret"]) == f"t=1773100800,v1={expected}"


@pytest.mark.parametrize(
    ("body", "secret", "later_s"), [("{ }", "secret", 0), ("{}", "other", 0), ("{}", "secret", 301)]
)
def test_another_body_another_secret_and_an_old_call_are_not_genuine(body: str, secret: str, later_s: int) -> None:
    header = signature("{}", at=AT, secrets=["secret"])
    assert is_genuine(header, "{}", secret="secret", now=AT, tolerance_s=300)
    assert not is_genuine(header, body, secret=secret, now=AT + timedelta(seconds=later_s), tolerance_s=300)


@pytest.mark.parametrize("header", ["", "t=", "t=x,v1=y", "v1=00", "t=1773100800", "t=１７７３１００８００,v1=0"])
def test_a_broken_header_is_not_genuine(header: str) -> None:
    assert not is_genuine(header, "{}", secret="secret", now=AT, tolerance_s=300)
