"""What a way of OpenStreetMap is as a road: its class, who may use it in which direction, its posted limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from geo.osm_access import CAR, EBIKE, EVERYBODY, WALK, Tags, allowed, open_directions
from geo.osm_speed import posted_limit_kmh
from geo.road_graph import PROFILE_BITS, ROAD_CLASSES


@dataclass(frozen=True)
class HighwayKind:
    """What a value of `highway` stands for: a road class, and the profiles that may use it unless tags differ."""

    road_class: str
    bits: int


HIGHWAYS: Final = {
    "motorway": HighwayKind("motorway", CAR),
    "motorway_link": HighwayKind("motorway", CAR),
    "trunk": HighwayKind("trunk", EVERYBODY),
    "trunk_link": HighwayKind("trunk", EVERYBODY),
    "primary": HighwayKind("primary", EVERYBODY),
    "primary_link": HighwayKind("primary", EVERYBODY),
    "secondary": HighwayKind("secondary", EVERYBODY),
    "secondary_link": HighwayKind("secondary", EVERYBODY),
    "tertiary": HighwayKind("tertiary", EVERYBODY),
    "tertiary_link": HighwayKind("tertiary", EVERYBODY),
    "unclassified": HighwayKind("residential", EVERYBODY),
    "residential": HighwayKind("residential", EVERYBODY),
    "road": HighwayKind("residential", EVERYBODY),
    "living_street": HighwayKind("living_street", EVERYBODY),
    "pedestrian": HighwayKind("living_street", WALK),
    "service": HighwayKind("service", EVERYBODY),
    "track": HighwayKind("track", EVERYBODY),
    "cycleway": HighwayKind("cycleway", EBIKE | WALK),
    "path": HighwayKind("footway", EBIKE | WALK),
    "footway": HighwayKind("footway", WALK),
    "corridor": HighwayKind("footway", WALK),
    "bridleway": HighwayKind("track", WALK),
    "steps": HighwayKind("steps", WALK),
}
"""Every other value is left out: under construction, proposed, platforms, lifts, busways, race tracks, rest areas."""
BICYCLE_IS_MEANT: Final = ("yes", "designated", "official")
"""A path or footway with such a `bicycle` tag is ridden like a cycleway."""


@dataclass(frozen=True, kw_only=True)
class WayRule:
    """A way as a road.

    Attributes
    ----------
    road_class
        Position in `geo.road_graph.ROAD_CLASSES`.
    forward, backward
        Bits of the profiles that may go in the direction of the way, and against it.
    max_kmh
        Posted limit; 0 = none.
    """

    road_class: int
    forward: int
    backward: int
    max_kmh: int


def way_rule(tags: Tags) -> WayRule | None:
    """Judge a way by its tags; None if it is no road, or a road that nobody may use."""
    highway = tags.get("highway", "")
    kind = HIGHWAYS.get(highway)
    if kind is None or tags.get("area") == "yes" or tags.get("route") == "ferry":
        return None
    is_cycled = highway in ("path", "footway") and tags.get("bicycle") in BICYCLE_IS_MEANT
    bits = kind.bits & CAR if tags.get("motorroad") == "yes" else kind.bits
    may_use = EVERYBODY if highway != "steps" else WALK
    directions = {"forward": 0, "backward": 0}
    for profile, bit in PROFILE_BITS.items():
        for direction in open_directions(tags, profile):
            if may_use & bit and allowed(tags, profile, by_default=bool(bits & bit), direction=direction):
                directions[direction] |= bit
    if not any(directions.values()):
        return None
    return WayRule(
        road_class=ROAD_CLASSES.index("cycleway" if is_cycled else kind.road_class),
        forward=directions["forward"],
        backward=directions["backward"],
        max_kmh=posted_limit_kmh(tags),
    )
