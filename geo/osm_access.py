"""Who may go along a way, in which direction, and past a barrier, by the tags of OpenStreetMap.

The tags and their hierarchy are those of the OpenStreetMap wiki, pages "Key:access", "Key:oneway", "Key:barrier" and
"OSM tags for routing/Access restrictions" (defaults of "all countries"); docs/osm.md has the rules as tables. A visit
is a destination: where destinations, customers or deliveries are let in, so is a technician.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from geo.road_graph import PROFILE_BITS

Tags: TypeAlias = Mapping[str, str]
Direction: TypeAlias = Literal["forward", "backward"]

WALK: Final = PROFILE_BITS["walk"]
EBIKE: Final = PROFILE_BITS["ebike"]
CAR: Final = PROFILE_BITS["car"]
EVERYBODY: Final = WALK | EBIKE | CAR

ACCESS_KEYS: Final = {
    "car": ("motorcar", "motor_vehicle", "vehicle", "access"),
    "ebike": ("bicycle", "vehicle", "access"),
    "walk": ("foot", "access"),
}
"""The first of these keys that says yes or no decides. An e-bike is a bicycle: in China it is a non-motor vehicle."""
YES: Final = frozenset(
    ("yes", "designated", "permissive", "official", "destination", "customers", "delivery", "public", "discouraged")
)
NO: Final = frozenset(
    (
        *("no", "private", "permit", "residents", "employees", "military", "emergency", "agricultural", "forestry"),
        *("use_sidepath", "dismount", "psv", "bus", "taxi", "hgv", "hov", "restricted"),
    )
)
"""Any other value decides nothing: the next key is asked, and in the end the default of the way's class."""

ONEWAY_KEYS: Final = {
    "car": ("oneway:motorcar", "oneway:motor_vehicle", "oneway"),
    "ebike": ("oneway:bicycle", "oneway"),
    "walk": ("oneway:foot",),
}
AGAINST_KEYS: Final = ("cycleway", "cycleway:left", "cycleway:right", "cycleway:both")
"""`opposite`, `opposite_lane` and the like, or `:oneway` = no or -1: bicycles may go against the one-way street."""
BOTH_WAYS: Final[tuple[Direction, ...]] = ("forward", "backward")
DIRECTIONS_OF_ONEWAY: Final[dict[str, tuple[Direction, ...]]] = {
    "yes": ("forward",),
    "true": ("forward",),
    "1": ("forward",),
    "-1": ("backward",),
    "reverse": ("backward",),
    "no": BOTH_WAYS,
    "false": BOTH_WAYS,
    "0": BOTH_WAYS,
    "alternating": BOTH_WAYS,
    "reversible": (),
}
"""A reversible way is open in one direction at a time, and nobody can say in which: closed to what rides."""

OPEN_BARRIERS: Final = frozenset(
    (
        *("lift_gate", "sliding_gate", "sally_port", "border_control", "toll_booth", "cattle_grid", "entrance"),
        *("kerb", "height_restrictor", "arch", "spikes", "no", "coupure"),
    )
)
"""Nobody is stopped: somebody opens, or it is none for us."""
CLOSED_BARRIERS: Final = frozenset(("wall", "fence", "city_wall", "hedge", "retaining_wall", "guard_rail", "debris"))
"""No way through, unless a tag says so."""
FOOT_BARRIERS: Final = frozenset(("stile", "kissing_gate", "turnstile", "full-height_turnstile", "step"))
"""On foot only. Every other barrier (bollard, gate, block, chain ...) stops cars and lets e-bikes and walkers by."""


def allowed(tags: Tags, profile: str, *, by_default: bool, direction: Direction | None = None) -> bool:
    """Say whether a profile may use what `tags` describe.

    `access` = yes on a way closes and opens nothing: a footway that is open to the public is not open to cars.

    Parameters
    ----------
    by_default
        The answer where no tag gives one.
    direction
        Of travel along the way; `<key>:forward` and `<key>:backward` come before the key. None = none, at a node.
    """
    for key in ACCESS_KEYS[profile]:
        for name in (key,) if direction is None else (f"{key}:{direction}", key):
            value = tags.get(name)
            if value in YES:
                return by_default or key != "access" or direction is None
            if value in NO:
                return False
    return by_default


def open_directions(tags: Tags, profile: str) -> tuple[Direction, ...]:
    """Return the directions in which a way is open to a profile, as far as one-way traffic goes.

    "forward" is the direction in which the way was drawn. Walkers are bound by `oneway:foot` only.
    """
    if profile == "ebike" and "oneway:bicycle" not in tags and _bicycles_go_against(tags):
        return BOTH_WAYS
    for key in ONEWAY_KEYS[profile]:
        directions = DIRECTIONS_OF_ONEWAY.get(tags.get(key, ""))
        if directions is not None:
            return directions
    is_circle = tags.get("junction") in ("roundabout", "circular")
    if profile != "walk" and (is_circle or tags.get("highway") == "motorway"):
        return ("forward",)
    return BOTH_WAYS


def barrier_bits(tags: Tags) -> int:
    """Return the bits of the profiles that get past the barrier on a node; all of them if it is none."""
    barrier = tags.get("barrier")
    if barrier is None:
        return EVERYBODY
    default = WALK | EBIKE
    if tags.get("locked") == "yes" or barrier in CLOSED_BARRIERS:
        default = 0
    elif barrier in OPEN_BARRIERS or (barrier == "bollard" and tags.get("bollard") == "rising"):
        default = EVERYBODY
    elif barrier in FOOT_BARRIERS:
        default = WALK
    return sum(bit for name, bit in PROFILE_BITS.items() if allowed(tags, name, by_default=bool(default & bit)))


def _bicycles_go_against(tags: Tags) -> bool:
    return any(
        tags.get(key, "").startswith("opposite") or tags.get(f"{key}:oneway") in ("no", "-1") for key in AGAINST_KEYS
    )
