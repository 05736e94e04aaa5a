"""Centres, communities, technicians and shifts as records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from dispatch.domain.records.centre import Centre, NightlyRules
from dispatch.domain.records.roster import CommunityRecord, ShiftRecord, TechnicianRecord

MADE: dict[str, Any] = dict.fromkeys(("created_at", "changed_at"), datetime(2026, 3, 9, tzinfo=UTC))
HOME = {"lat": 34.25, "lon": 117.2}


def test_r24_a_technician_has_a_badge_and_a_relay_number() -> None:
    record = TechnicianRecord(
        id="t-1", **MADE, technician={"id": "t-1", "home": HOME}, name="Wang", badge="0173", relay_phone="0516 8000 1"
    )
    assert (record.badge, record.profile, record.active) == ("0173", "ebike", True)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "t-2", "home": HOME},
        {"id": "t-1", "home": HOME, "available": {"from": "2026-03-10T09:00:00Z"}},
        {
            "id": "t-1",
            "home": HOME,
            "shifts": [{"id": "s", "start": "2026-03-10T00:00:00Z", "end": "2026-03-10T08:00:00Z"}],
        },
    ],
)
def test_a_technicians_document_has_the_same_id_and_no_shifts(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TechnicianRecord(id="t-1", **MADE, technician=change, name="Wang")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://host/a b", 'https://host/"x'])
def test_a_photo_is_a_plain_url(url: str) -> None:
    with pytest.raises(ValidationError):
        TechnicianRecord(id="t-1", **MADE, technician={"id": "t-1", "home": HOME}, name="Wang", photo=url)


def test_r06_a_community_says_what_coverage_is_counted_of() -> None:
    record = CommunityRecord(id="c-1", **MADE, community={"id": "c-1", "location": HOME, "tier": "premium"})
    assert (record.qualified, record.resource_ready, record.households, record.tier) == (True, True, None, "premium")
    with pytest.raises(ValidationError):
        CommunityRecord(id="c-2", **MADE, community={"id": "c-1", "location": HOME})


def test_a_shift_ends_with_its_overtime() -> None:
    shift = {
        "id": "s",
        "start": "2026-03-10T00:00:00Z",
        "end": "2026-03-10T08:00:00Z",
        "overtime_until": "2026-03-10T10:00:00Z",
    }
    record = ShiftRecord(id="t-1 s", **MADE, technician="t-1", shift=shift)
    assert (record.ends_at.hour, record.starts_at.hour) == (10, 0)


@pytest.mark.parametrize("cron", ["", "* * * *", "61 * * * *", "0 0 31 2 *", "0 20 * * * *", "nightly"])
def test_a_cron_expression_that_never_comes_true_is_refused(cron: str) -> None:
    with pytest.raises(ValidationError):
        NightlyRules(cron=cron)


def test_a_centre_leaves_to_the_policy_what_it_does_not_say() -> None:
    centre = Centre(id="c", **MADE, name="Xuzhou")
    assert centre.nightly == NightlyRules()
    assert (centre.next_nightly_at, centre.travel.provider, centre.policy) == (None, "straight_line", {})
