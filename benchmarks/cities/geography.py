"""The map of a city: communities clustered around centres, offices with territories, depots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.cities.names import TERRITORIES, community_names
from benchmarks.cities.plane import CENTRE, Origin, Spot
from benchmarks.cities.sampling import systematic
from benchmarks.cities.spec import CitySpec
from benchmarks.cities.streams import Streams
from dispatch.domain.request import Community, Depot, Tier

SPACING_M: Final = 220.0
"""Communities are walled blocks: their middles keep this distance."""

ZONE_SHARES: Final = {"centre": 0.30, "sub-centre": 0.45, "outskirts": 0.25}
"""Share of the communities that lie in each kind of zone."""
HOMES_OF_ZONE: Final = {"centre": 1.2, "sub-centre": 1.0, "outskirts": 0.5}
"""Typical number of homes of a community, relative."""
TIERS: Final[tuple[Tier, ...]] = ("standard", "fast24", "premium")
TIER_SHARES_OF_ZONE: Final = {
    "centre": (0.55, 0.27, 0.18),
    "sub-centre": (0.60, 0.27, 0.13),
    "outskirts": (0.90, 0.08, 0.02),
}
"""In the order of `TIERS`; new estates with the best promises are built in the centres."""
RURAL_SHARE: Final = 0.35
"""Of the outskirts: outside the urban area, so no public promise holds (R04)."""
UNSERVED_SHARE: Final = 0.10
"""Of the outskirts: network not finished, no promise either."""


@dataclass(frozen=True, kw_only=True)
class Geography:
    """The map of a city.

    Attributes
    ----------
    origin
        Where on the earth the plane of the spots lies.
    communities, spots
        Same order: what the request says, and where on the plane.
    weights
        Share of the orders that comes from each community; sums to 1.
    offices
        Spots of the offices; office k serves the territory `territories[k]`.
    depots
        Stores, each at an office.
    home_at
        Moves a drawn spot to where a home can be; None = anywhere.
    """

    origin: Origin
    communities: tuple[Community, ...]
    spots: tuple[Spot, ...]
    weights: NDArray[np.float64]
    offices: tuple[Spot, ...]
    territories: tuple[str, ...]
    depots: tuple[Depot, ...]
    home_at: Callable[[Spot], Spot] | None = None


def draw_geography(
    spec: CitySpec, streams: Streams, *, origin: Origin = CENTRE, radius_m: float | None = None
) -> Geography:
    """Draw the map: independent of load, days and travel.

    Parameters
    ----------
    origin
        Where on the earth the city lies.
    radius_m
        Distance from the centre within which nearly everybody lives; None = that of the spec's extent. In a smaller
        city communities may lie closer together, in proportion.
    """
    extent = spec.extent
    radius_m = extent.radius_m if radius_m is None else radius_m
    spacing_m = SPACING_M * min(1.0, radius_m / extent.radius_m)
    offices = (Spot(0.0, 0.0), *_sub_centres(extent.offices - 1, radius_m, streams.of("map.centres")))
    zones = _zones(extent.communities, streams.of("map.zones"))
    spots = _settle(zones, offices, radius_m=radius_m, spacing_m=spacing_m, rng=streams.of("map.communities"))
    tiers = _tiers(zones, streams.of("map.tiers"))
    names = community_names(extent.communities, streams.of("map.names"))
    territories = tuple(f"{spec.prefix}{name}" for name in TERRITORIES[: extent.offices])
    communities = []
    for k, (zone, spot) in enumerate(zip(zones, spots, strict=True)):
        is_far = zone == "outskirts" and tiers[k] == "standard"
        gate = streams.of("map.gates", k)
        community = Community(
            id=f"{spec.prefix}c-{k + 1:03d}",
            name=names[k],
            location=origin.location_of(spot),
            territory=territories[nearest(spot, offices)],
            urban=not (is_far and gate.random() < RURAL_SHARE),
            served=not (is_far and gate.random() < UNSERVED_SHARE),
            tier=tiers[k],
        )
        communities.append(community)
    # Estates differ in size: a few parks of towers with thousands of homes, many small old blocks.
    homes = np.exp(0.6 * streams.of("map.homes").standard_normal(extent.communities))
    homes *= np.array([HOMES_OF_ZONE[zone] for zone in zones])
    stores = [offices[k * extent.offices // extent.depots] for k in range(extent.depots)]
    depots = tuple(
        Depot(id=f"{spec.prefix}d-{k + 1}", location=origin.location_of(spot)) for k, spot in enumerate(stores)
    )
    return Geography(
        origin=origin,
        communities=tuple(communities),
        spots=spots,
        weights=homes / homes.sum(),
        offices=offices,
        territories=territories,
        depots=depots,
    )


def nearest(spot: Spot, others: Sequence[Spot]) -> int:
    """Return the index of the spot in `others` closest to `spot`."""
    return min(range(len(others)), key=lambda k: spot.distance_m(others[k]))


def _sub_centres(count: int, radius_m: float, rng: Generator) -> tuple[Spot, ...]:
    """Spread sub-centres around the centre: one for each equal sector, at 35 to 75 % of the radius."""
    turn = rng.uniform(0, 2 * pi)
    spots = []
    for k in range(count):
        angle = turn + 2 * pi * (k + rng.uniform(-0.25, 0.25)) / max(1, count)
        reach_m = radius_m * rng.uniform(0.35, 0.75)
        spots.append(Spot(reach_m * cos(angle), reach_m * sin(angle)))
    return tuple(spots)


def _zones(count: int, rng: Generator) -> tuple[str, ...]:
    names = tuple(ZONE_SHARES)
    return tuple(names[k] for k in systematic(ZONE_SHARES.values(), count, rng))


def _tiers(zones: Sequence[str], rng: Generator) -> tuple[Tier, ...]:
    """Draw the tier of each community by the shares of its zone."""
    drawn = {
        zone: [TIERS[k] for k in systematic(shares, max(1, zones.count(zone)), rng)]
        for zone, shares in TIER_SHARES_OF_ZONE.items()
    }
    return tuple(drawn[zone].pop() for zone in zones)


def _settle(
    zones: Sequence[str], offices: Sequence[Spot], *, radius_m: float, spacing_m: float, rng: Generator
) -> tuple[Spot, ...]:
    """Place communities one after the other in their zones, drawing again while too close to another."""
    spots: list[Spot] = []
    while len(spots) < len(zones):
        spot = _draw_spot(zones[len(spots)], offices, radius_m, rng)
        if all(spot.distance_m(other) >= spacing_m for other in spots):
            spots.append(spot)
    return tuple(spots)


def _draw_spot(zone: str, offices: Sequence[Spot], radius_m: float, rng: Generator) -> Spot:
    if zone == "centre":
        return offices[0].scattered(0.16 * radius_m, rng)
    if zone == "sub-centre":
        return offices[int(rng.integers(1, len(offices)))].scattered(0.09 * radius_m, rng)
    angle, reach_m = rng.uniform(0, 2 * pi), radius_m * sqrt(rng.uniform(0.2, 1.0))
    return Spot(reach_m * cos(angle), reach_m * sin(angle))
