"""The posted limit of a way in km/h, by the tags of OpenStreetMap (wiki, page "Key:maxspeed")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

KMH_OF_UNIT: Final = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
NUMBER: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?) ?(?P<unit>km/h|kmh|kph|mph|knots|)")
ZONE: Final = re.compile(r"(?P<country>[A-Z]{2}):(?P<kind>[a-z_]+)?:?(?P<number>\d+)?")

MAX_KMH: Final = 255
"""What one byte holds; above every limit there is."""
WALKING_KMH: Final = 6
"""For `maxspeed=walk`."""

LIMIT_KEYS: Final = ("maxspeed", "maxspeed:type", "source:maxspeed", "zone:maxspeed")
"""The first of these keys that can be read decides."""
KMH_OF_ZONE: Final = {"urban": 50, "rural": 80, "motorway": 120, "living_street": 20}
"""Where the country is not in `KMH_OF_COUNTRY`."""
KMH_OF_COUNTRY: Final = {
    ("CN", "rural"): 70,
    ("DE", "rural"): 100,
    ("DE", "motorway"): 0,
    ("DE", "living_street"): 7,
    ("FR", "motorway"): 130,
    ("GB", "urban"): 48,
    ("GB", "rural"): 97,
    ("GB", "motorway"): 113,
    ("RU", "urban"): 60,
    ("RU", "rural"): 90,
    ("RU", "motorway"): 110,
}
"""The general limits of the countries' laws where they differ (wiki, page "Default speed limits"); 0 = none."""


def posted_limit_kmh(tags: Mapping[str, str]) -> int:
    """Return the posted limit, rounded to whole km/h, 1 to 255; 0 = none, or none that can be read.

    Of several values, separated by semicolons, the lowest counts. Limits of one direction, one lane or some hours are
    not looked at.
    """
    for key in LIMIT_KEYS:
        limits = [_limit_kmh(part.strip()) for part in tags.get(key, "").split(";")]
        known = [limit for limit in limits if limit is not None]
        if known:
            return min(known)
    return 0


def _limit_kmh(value: str) -> int | None:
    """Read one value; None = it says nothing that can be read, 0 = it says that there is no limit."""
    if value == "none":
        return 0
    if value == "walk":
        return WALKING_KMH
    if match := NUMBER.fullmatch(value):
        return _whole_kmh(float(match["number"]) * KMH_OF_UNIT[match["unit"]])
    if match := ZONE.fullmatch(value):
        if match["number"]:  # DE:zone:30, FI:30, BE:zone30
            return _whole_kmh(float(match["number"]))
        kind = match["kind"] or ""
        return KMH_OF_COUNTRY.get((match["country"], kind), KMH_OF_ZONE.get(kind))
    return None


def _whole_kmh(limit_kmh: float) -> int | None:
    whole = min(MAX_KMH, round(limit_kmh))
    return whole if whole > 0 else None
