"""Convenience records: a risky item that was done cannot exist without consent (R22)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from dispatch.domain.records.convenience import RISKY_ITEMS, Convenience

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
CONSENT = {"given_by": "customer-1", "given_at": NOON, "text_version": "1", "text": "It may delete files."}


def a_record(**changes: Any) -> Convenience:
    fields = {"id": "x", "created_at": NOON, "changed_at": NOON, "order": "o-1", "recorded_by": "technician:t-1"}
    return Convenience.model_validate({**fields, "item": "antivirus", "result": "done", **changes})


@pytest.mark.parametrize("item", sorted(RISKY_ITEMS))
def test_r22_a_risky_item_without_consent_cannot_be_written_down(item: str) -> None:
    with pytest.raises(ValidationError, match=f"{item} was done without consent"):
        a_record(item=item)
    assert a_record(item=item, consent=CONSENT).consent is not None


@pytest.mark.parametrize("missing", ["given_by", "given_at", "text_version", "text"])
def test_r22_consent_says_who_when_and_to_which_text(missing: str) -> None:
    with pytest.raises(ValidationError, match=missing):
        a_record(consent={name: value for name, value in CONSENT.items() if name != missing})


def test_r22_consent_comes_before_the_record() -> None:
    with pytest.raises(ValidationError, match="lies after the record itself"):
        a_record(consent={**CONSENT, "given_at": NOON + timedelta(seconds=1)})


def test_declined_and_harmless_items_need_no_consent() -> None:
    assert a_record(result="declined").consent is None
    assert a_record(item="screen_cleaning").consent is None
