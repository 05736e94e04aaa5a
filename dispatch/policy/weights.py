"""Whether the prices of a policy still put first things first."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from dispatch.domain.told import TOLD_LEVELS
from dispatch.errors import InputWarning
from dispatch.policy.settings import Policy

TIER_FACTOR: Final = 5
"""A missed promise must cost at least so many of the next lower tier."""
TRIP_TRAVEL_S: Final = 4 * 3_600
TRIP_OVERTIME_S: Final = 4 * 3_600
TRIP_DISTANCE_M: Final = 100_000
"""The most that one visit is taken to cause: four hours of travel there and back, as much overtime, 100 km."""


def trip_price(policy: Policy) -> int:
    """Return the most that the travel and overtime of one visit are taken to cost."""
    prices = policy.prices
    return (
        prices.travel * TRIP_TRAVEL_S
        + prices.distance * TRIP_DISTANCE_M
        + prices.work_time * (TRIP_TRAVEL_S + TRIP_OVERTIME_S)
        + prices.overtime * TRIP_OVERTIME_S
        + prices.shift_used
    )


def weights_warnings(policy: Policy) -> tuple[InputWarning, ...]:
    """Return where the prices break the order of importance of docs/model.md.

    Each tier outweighs five of the next lower one, breaking an agreed time outweighs five of the highest; the lowest
    outweighs all travel and overtime of one visit, the highest any change of a visit in force; serving an order late
    is never dearer than leaving it out; and no room for orders still unknown is worth more than one that is due.
    """
    prices = policy.prices
    missed = prices.promise_missed
    found: list[InputWarning] = []
    ladder = [
        ("prices.promise_missed.standard", missed.standard),
        ("prices.promise_missed.fast24", missed.fast24),
        ("prices.promise_missed.premium", missed.premium),
    ]
    if policy.appointment.agreed_window == "priced":
        ladder.append(("prices.agreed_broken", prices.agreed_broken))
    for (low_path, low), (high_path, high) in pairwise(ladder):
        if high < TIER_FACTOR * low:
            text = f"{high} is less than {TIER_FACTOR} x {low_path} ({low}): several of those will be preferred to it"
            found.append(InputWarning(path=high_path, message=text))
    if missed.speed_remedy < missed.premium:
        text = f"{missed.speed_remedy} is less than prices.promise_missed.premium ({missed.premium})"
        found.append(InputWarning(path="prices.promise_missed.speed_remedy", message=text))
    trip = trip_price(policy)
    if missed.standard <= trip:
        text = f"{missed.standard} does not outweigh the travel and overtime of one visit (up to {trip})"
        found.append(InputWarning(path="prices.promise_missed.standard", message=text))
    late = trip + prices.tardiness * prices.tardiness_cap_s + prices.soft_due * prices.soft_due_cap_s
    late += prices.preference + prices.agreed_buffer * max(0, policy.appointment.late_s - policy.appointment.buffer_s)
    if prices.unassigned.base < late:
        text = f"{prices.unassigned.base} is less than serving an order late may cost ({late}): it may be left out"
        found.append(InputWarning(path="prices.unassigned.base", message=text))
    deferred = prices.unassigned.defer_base + prices.unassigned.defer_share
    if deferred >= missed.standard + prices.unassigned.base:
        text = f"with defer_share up to {deferred}: deferring costs as much as breaking a standard promise"
        found.append(InputWarning(path="prices.unassigned.defer_base", message=text))
    if policy.reserve.share and policy.reserve.worth >= missed.standard + prices.unassigned.base:
        text = f"{policy.reserve.worth} is as much as leaving out a standard order that is due: it may give way"
        found.append(InputWarning(path="reserve.worth", message=text))
    for told in TOLD_LEVELS:
        changes = policy.disruption
        moved = getattr(changes.technician, told) + getattr(changes.day, told)
        most = max(moved + (changes.later if told == "exact" else 0), getattr(changes.dropped, told))
        if most >= missed.premium:
            text = f"a change costs up to {most} where the customer was told {told}: as much as a premium promise"
            found.append(InputWarning(path="disruption", message=text))
    return tuple(found)
