"""The open orders of a city: what was asked for, where, since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from benchmarks.cities.acceptance import draw_acceptance
from benchmarks.cities.bookings import draw_booking
from benchmarks.cities.geography import Geography
from benchmarks.cities.spec import CitySpec
from benchmarks.cities.streams import Streams
from benchmarks.cities.works import CONVENIENCE_ITEM_S, Work, draw_work, planned_s
from dispatch.domain.request import Community, Location, Order
from dispatch.policy.promise import promises
from dispatch.policy.settings import Policy

BLOCK_SPREAD_M: Final = 60.0
"""Standard deviation of the houses of a community around its middle."""
UNLOCATED_SHARE: Final = 0.08
"""Orders known by their community only."""
NOT_READY_SHARE: Final = 0.02
"""Installs that wait for a port or a duct (R04); they cannot be planned yet."""
LATE_KEY_SHARE: Final = 0.04
"""Orders without booking that cannot start before some hour of the first day: the key comes then."""
PRIORITY_SHARES: Final = (0.90, 0.07, 0.02, 0.01)
"""Of the repairs, by priority 0 to 3: complaints, shops, medical alarms."""


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One order as drawn, before the city's effort factor makes it an order of the request.

    Attributes
    ----------
    index
        Position among all orders this seed could give, from 0; load only decides how many of them are taken.
    raw_s
        Duration of the work before the effort factor, seconds.
    convenience_s
        Extra time of a premium visit (R21), seconds; not scaled.
    location
        Where the house is; None if only the community is known.
    """

    index: int
    community: Community
    work: Work
    accepted_at: datetime
    raw_s: float
    convenience_s: int
    location: Location | None
    is_ready: bool

    @property
    def place(self) -> Location:
        """Where to go."""
        return self.location or self.community.location

    def duration_s(self, effort: float) -> int:
        """Return the planned duration of the visit."""
        return planned_s(effort * self.raw_s) + self.convenience_s


def draw_ask(index: int, spec: CitySpec, geography: Geography, streams: Streams) -> Ask:
    """Draw the order `index` of the city; every aspect from its own stream."""
    where = int(streams.of("orders.communities", index).choice(len(geography.spots), p=geography.weights))
    community = geography.communities[where]
    work = draw_work(index, streams)
    place = streams.of("orders.places", index)
    is_located = place.random() >= UNLOCATED_SHARE
    house = geography.spots[where].scattered(BLOCK_SPREAD_M, place) if is_located else None
    is_premium = community.tier == "premium" and work.kind in {"install", "repair"}
    items = int(streams.of("orders.convenience", index).integers(1, 3)) if is_premium else 0
    return Ask(
        index=index,
        community=community,
        work=work,
        accepted_at=draw_acceptance(work.kind, community.tier, spec.now, streams.of("orders.acceptance", index)),
        raw_s=work.draw_s(streams.of("orders.durations", index)),
        convenience_s=items * CONVENIENCE_ITEM_S,
        location=None if house is None else geography.origin.location_of(house),
        is_ready=not (work.kind == "install" and streams.of("orders.ready", index).random() < NOT_READY_SHARE),
    )


def make_order(ask: Ask, *, effort: float, spec: CitySpec, policy: Policy, streams: Streams) -> Order:
    """Make the order of the request, with what was arranged with the customer."""
    work = ask.work
    has_ladder = streams.of("orders.ladders", ask.index).random() < work.ladder_share
    order = Order(
        id=f"{spec.prefix}o-{ask.index + 1:04d}",
        kind=work.kind,
        community=ask.community.id,
        location=ask.location,
        accepted_at=ask.accepted_at,
        resource_ready=ask.is_ready,
        duration=timedelta(seconds=ask.duration_s(effort)),
        skills=dict(work.skills),
        parts=dict(work.parts),
        tools=(*work.tools, *(("ladder",) if has_ladder else ())),
        priority=_priority(ask, streams),
    )
    due = min((p.due for p in promises(order, ask.community, ask.community.tier, policy, spec.zone)), default=None)
    booking = draw_booking(
        work.kind, due, spec.midnights, policy.appointment.half_days, streams.of("orders.bookings", ask.index)
    )
    update: dict[str, object] = {"windows": booking.windows, "agreed_start": booking.agreed_start}
    key = streams.of("orders.keys", ask.index)
    if not booking.windows and booking.agreed_start is None and key.random() < LATE_KEY_SHARE:
        update["earliest_start"] = spec.midnights[0] + timedelta(hours=int(key.integers(9, 15)))
    return order.model_copy(update=update)


def _priority(ask: Ask, streams: Streams) -> int:
    if ask.work.kind == "speed_remedy":
        return 1
    if ask.work.kind != "repair":
        return 0
    drawn = streams.of("orders.priority", ask.index).choice(len(PRIORITY_SHARES), p=PRIORITY_SHARES)
    return int(drawn)
