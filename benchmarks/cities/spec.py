"""What a synthetic city is made from: size, seed, load, days, travel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from math import isfinite
from typing import Final, Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dispatch.errors import BadInputError, Problem

Size: TypeAlias = Literal["village", "district", "city"]
TravelKind: TypeAlias = Literal["straight_line", "matrix", "road_graph"]

EVENING: Final = datetime(2026, 3, 9, 20, 0)  # noqa: DTZ001 - local time of the city's zone
"""A city is planned on this Monday evening unless its spec names another; the horizon starts at midnight."""

REFERENCE_LOAD: Final = 0.9
"""The load at which a city has exactly the orders of its size."""
LOAD_LIMITS: Final = (0.1, 3.0)
DAYS_LIMITS: Final = (1, 7)


@dataclass(frozen=True, kw_only=True)
class Extent:
    """How large a size is.

    Attributes
    ----------
    orders
        Open orders at `REFERENCE_LOAD`.
    technicians, communities, offices, depots
        Counts. Each office serves one territory; `depots` of them have a store.
    radius_m
        Distance from the centre within which nearly everybody lives.
    """

    orders: int
    technicians: int
    communities: int
    offices: int
    depots: int
    radius_m: float


EXTENTS: Final[dict[Size, Extent]] = {
    "village": Extent(orders=60, technicians=10, communities=16, offices=2, depots=1, radius_m=4_000),
    "district": Extent(orders=300, technicians=45, communities=60, offices=5, depots=2, radius_m=7_000),
    "city": Extent(orders=2_000, technicians=300, communities=320, offices=16, depots=6, radius_m=17_000),
}


@dataclass(frozen=True, kw_only=True)
class CitySpec:
    """The parameters of one synthetic city; the same parameters give the same bytes.

    Attributes
    ----------
    size
        Counts and area, see `EXTENTS`.
    seed
        Any integer from 0 up.
    load
        Work of the open orders / technician time of one day, 0.1 to 3: 0.7 leaves slack, above 1 not everything fits
        into the first day. More load means more orders for the same technicians (see `benchmarks.cities.load`).
    days
        Days of the horizon and shifts of each technician, 1 to 7. Orders do not multiply with it: the open orders of
        one evening are about one day's work however far the plan looks ahead, since most of what the later days will
        bring has not been asked for yet. Bookings spread over the days.
    travel
        "straight_line"; "matrix": the same travel written out (villages and districts only, a city's would be
        hundreds of megabytes); "road_graph": along the streets of a road graph beside the request.
    time_zone
        IANA name of the city's zone.
    prefix
        Stands before every id, so that cities can lie side by side in one request.
    own_extent
        Counts and area if they are not those of the size.
    evening
        Local time, without zone, at which the city is planned; the horizon starts at the midnight four hours later.

    Raises
    ------
    BadInputError
        If a parameter is out of its limits.
    """

    size: Size
    seed: int = 7
    load: float = REFERENCE_LOAD
    days: int = 1
    travel: TravelKind = "straight_line"
    time_zone: str = "Asia/Shanghai"
    prefix: str = ""
    own_extent: Extent | None = None
    evening: datetime = EVENING

    def __post_init__(self) -> None:
        problems = []
        if self.size not in get_args(Size):
            problems.append(_problem("size", self.size, f"choose one of {', '.join(get_args(Size))}"))
        if self.travel not in get_args(TravelKind):
            problems.append(_problem("travel", self.travel, f"choose one of {', '.join(get_args(TravelKind))}"))
        if self.travel == "matrix" and self.size == "city":
            problems.append(_problem("travel", "matrix", "use straight_line for a city, or a smaller size"))
        if self.seed < 0:
            problems.append(_problem("seed", self.seed, "choose 0 or more"))
        if not (isfinite(self.load) and LOAD_LIMITS[0] <= self.load <= LOAD_LIMITS[1]):
            problems.append(_problem("load", self.load, "choose {:g} to {:g}".format(*LOAD_LIMITS)))
        if not DAYS_LIMITS[0] <= self.days <= DAYS_LIMITS[1]:
            problems.append(_problem("days", self.days, "choose {} to {}".format(*DAYS_LIMITS)))
        try:
            ZoneInfo(self.time_zone)
        except (ValueError, OSError, ZoneInfoNotFoundError):
            problems.append(_problem("time_zone", self.time_zone, "give an IANA name, like Europe/Helsinki"))
        if problems:
            raise BadInputError(problems)

    @property
    def extent(self) -> Extent:
        """Counts and area."""
        return self.own_extent or EXTENTS[self.size]

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def now(self) -> datetime:
        """The evening the city is planned on, with the offset that its zone has then."""
        offset = self.evening.replace(tzinfo=self.zone).utcoffset() or timedelta()
        return self.evening.replace(tzinfo=timezone(offset))

    @property
    def midnights(self) -> tuple[datetime, ...]:
        """Start of each planned day, and the end of the last."""
        return tuple(self.now + timedelta(hours=4, days=day) for day in range(self.days + 1))


def _problem(name: str, value: object, remedy: str) -> Problem:
    return Problem(path=name, message=f"{value!r} is not possible", remedy=remedy)
