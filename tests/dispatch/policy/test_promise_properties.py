"""What holds for the due times of all orders, in every zone and reading."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.request import Community, Location, Order
from dispatch.policy.promise import promises
from dispatch.policy.settings import Policy, load_policy

PLACE = Location(lat=34.26, lon=117.18)
COMMUNITY = Community(id="c-1", location=PLACE)
KINDS = ("install", "move", "repair", "speed_remedy")
TIERS = ("standard", "fast24", "premium")
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Beirut", "UTC")
READINGS = ("PLUS_24H", "SAME_DAY_2400", "SAME_DAY_SHIFT_END")
# around both clock changes of 2026 in all zones above, and some ordinary days
MOMENTS = st.integers(0, 330 * 86_400).map(lambda second: datetime(2026, 1, 15, tzinfo=UTC) + timedelta(seconds=second))
GAPS = st.integers(0, 3 * 86_400).map(lambda seconds: timedelta(seconds=seconds))
POLICIES = {
    reading: load_policy().overridden({"promise": {"premium_install_before_cutoff": reading}}) for reading in READINGS
}


def due_of(accepted_at: datetime, kind: str, tier: str, policy: Policy, zone: str) -> datetime:
    order = Order.model_validate(
        {"id": "o-1", "kind": kind, "community": "c-1", "accepted_at": accepted_at, "duration": "PT1H", "tier": tier}
    )
    found = promises(order, COMMUNITY, order.tier or "standard", policy, ZoneInfo(zone))
    assert all(promise.due > accepted_at for promise in found)
    assert all(promise.soft_due is None or promise.soft_due > accepted_at for promise in found)
    return min(promise.due for promise in found)


@given(
    earlier=MOMENTS,
    gap=GAPS,
    kind=st.sampled_from(KINDS),
    tier=st.sampled_from(TIERS),
    reading=st.sampled_from(READINGS),
    zone=st.sampled_from(ZONES),
)
def test_later_order_is_never_due_earlier(
    *, earlier: datetime, gap: timedelta, kind: str, tier: str, reading: str, zone: str
) -> None:
    first = due_of(earlier, kind, tier, POLICIES[reading], zone)
    second = due_of(earlier + gap, kind, tier, POLICIES[reading], zone)
    assert first <= second


@given(accepted=MOMENTS, kind=st.sampled_from(KINDS), zone=st.sampled_from(ZONES), reading=st.sampled_from(READINGS))
def test_better_tier_is_never_due_later(accepted: datetime, kind: str, zone: str, reading: str) -> None:
    by_tier = [due_of(accepted, kind, tier, POLICIES[reading], zone) for tier in ("standard", "premium")]
    assert by_tier[1] <= by_tier[0]


@given(accepted=MOMENTS, kind=st.sampled_from(KINDS), tier=st.sampled_from(TIERS))
def test_offset_the_moment_is_written_in_does_not_matter(accepted: datetime, kind: str, tier: str) -> None:
    elsewhere = accepted.astimezone(ZoneInfo("America/New_York"))
    policy = load_policy()
    assert due_of(accepted, kind, tier, policy, "Asia/Shanghai") == due_of(
        elsewhere, kind, tier, policy, "Asia/Shanghai"
    )
