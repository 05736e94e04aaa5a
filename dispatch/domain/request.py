"""The planning request: everything one planning run may look at."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Discriminator, FailFast, Field, Strict, Tag, model_validator

from dispatch.domain.plan import Plan
from dispatch.domain.problems import shown
from dispatch.domain.values import (
    Count,
    Day,
    Document,
    Duration,
    Identifier,
    Instant,
    Sha256,
    TravelFactor,
    has_three_decimals,
    refusal,
)

REQUEST_FORMAT: Final = "field-dispatch/request/1"

Tier = Literal["standard", "fast24", "premium"]
OrderKind = Literal["install", "move", "repair", "speed_remedy", "follow_up"]
Profile = Literal["ebike", "car", "walk"]
Datum = Literal["wgs84", "gcj02", "bd09"]
LastStop = Literal["last_stop"]
TravelSource = Literal["straight_line", "matrix", "road_graph", "osm", "osrm", "valhalla"]
Extra = Annotated[dict[str, Any] | None, Field(description="Free for the caller's own data; ignored by planning.")]


class Location(Document):
    """A place: coordinates, or a row of the given travel matrix, or both."""

    lat: Annotated[float, Strict(), Field(ge=-90, le=90)] | None = Field(default=None, description="Degrees north.")
    lon: Annotated[float, Strict(), Field(ge=-180, le=180)] | None = Field(default=None, description="Degrees east.")
    datum: Datum = Field(
        default="wgs84", description="What the coordinates refer to; gcj02 and bd09 are those of Chinese map services."
    )
    index: Count | None = Field(default=None, description="Row and column in the given matrix (provider matrix).")

    @model_validator(mode="after")
    def _is_a_place(self) -> Location:
        if (self.lat is None) != (self.lon is None):
            given, absent = ("lat", "lon") if self.lon is None else ("lon", "lat")
            raise refusal(f"has {given} but no {absent}", "give both")
        if self.lat is None and self.index is None:
            raise refusal("names no place", "give lat and lon, or an index into the matrix")
        if self.lat == 0 and self.lon == 0:
            raise refusal("lat 0, lon 0 lies in the Atlantic", "give the real coordinates, or leave the location out")
        return self


class Window(Document):
    """An interval in which service may start; both ends included."""

    start: Instant = Field(description="First moment.")
    end: Instant = Field(description="Last moment.")


class Break(Document):
    """Time off inside a shift."""

    earliest: Instant = Field(description="It starts at or after this moment.")
    latest: Instant = Field(description="It ends at or before this moment.")
    duration: Duration = Field(description="How long it lasts.")


def _end_kind(value: object) -> str:
    return "last_stop" if isinstance(value, str) else "location"


class Shift(Document):
    """An interval in which a technician works: at most one route."""

    id: Identifier = Field(description="Unique among the technician's shifts.")
    start: Instant = Field(description="No departure before it.")
    end: Instant = Field(description="Overtime begins after it.")
    overtime_until: Instant | None = Field(default=None, description="The route is over by then; default: `end`.")
    max_visits: Annotated[int, Strict(), Field(ge=0, le=10_000)] | None = Field(
        default=None, description="Most visits of the route; null = no limit."
    )
    start_at: Location | None = Field(default=None, description="Where the route starts; default: home.")
    end_at: (
        Annotated[
            Annotated[Location, Tag("location")] | Annotated[LastStop, Tag("last_stop")], Discriminator(_end_kind)
        ]
        | None
    ) = Field(default=None, description='Where the route ends; default: home; "last_stop" = where its last visit ends.')
    breaks: tuple[Break, ...] = Field(default=(), description="Breaks in the order they are taken.")
    extra: Extra = None

    @property
    def latest_end(self) -> datetime:
        """When the route must be over: the end of allowed overtime, else of the shift."""
        return self.end if self.overtime_until is None else self.overtime_until


class Available(Document):
    """Where and when a technician is free next, on the running day."""

    from_: Instant = Field(alias="from", description="Free from this moment on.")
    location: Location | None = Field(default=None, description="Where; default: where the shift starts.")


class Technician(Document):
    """The person who visits."""

    id: Identifier = Field(description="Unique among technicians.")
    name: str | None = Field(default=None, description="For people; not used in planning.")
    skills: dict[Identifier, Count] = Field(default_factory=dict, description="Level of each skill held.")
    profile: Profile = Field(default="ebike", description="How the technician travels.")
    service_factor: Annotated[float, Strict(), Field(ge=0.001, le=10), AfterValidator(has_three_decimals)] = Field(
        default=1.0, description="Multiplies durations: 1.1 takes ten per cent longer; at most 3 decimals."
    )
    home: Location = Field(description="Where shifts start and end unless they say otherwise.")
    territories: tuple[Identifier, ...] = Field(default=(), description="Territories covered; [] = everywhere.")
    stock: dict[Identifier, Count] = Field(default_factory=dict, description="Parts each shift starts with.")
    tools: tuple[Identifier, ...] = Field(default=(), description="Tools each shift starts with.")
    available: Available | None = Field(default=None, description="On the running day: where and when free next.")
    shifts: tuple[Shift, ...] = Field(default=(), description="The roster; shifts outside the horizon are ignored.")
    extra: Extra = None

    @property
    def service_permille(self) -> int:
        """`service_factor` as a whole number of thousandths."""
        return round(self.service_factor * 1000)

    def start_of(self, shift: Shift) -> Location:
        """Return where a shift's route starts; `available` is not looked at."""
        return shift.start_at or self.home

    def end_of(self, shift: Shift) -> Location | LastStop:
        """Return where a shift's route ends."""
        return shift.end_at or self.home

    @cached_property
    def shifts_by_id(self) -> dict[str, Shift]:
        """Shifts by id."""
        return {shift.id: shift for shift in self.shifts}


class Community(Document):
    """A residential area: what the operator makes its promises to."""

    id: Identifier = Field(description="Unique among communities.")
    name: str | None = Field(default=None, description="For people; not used in planning.")
    location: Location = Field(description="Where it is; stands for orders without a location.")
    territory: Identifier | None = Field(default=None, description="Territory it belongs to; null = anybody's.")
    urban: bool = Field(default=True, strict=True, description="Part of the city proper; no promise otherwise.")
    served: bool = Field(default=True, strict=True, description="The network is there; no promise otherwise.")
    tier: Tier = Field(default="standard", description="Promise class.")
    tier_from: Day | None = Field(default=None, description="First local day of acceptance with `tier`; null = always.")
    tier_until: Day | None = Field(default=None, description="Last such day; null = for ever. Outside: standard.")
    extra: Extra = None

    def tier_on(self, day: date) -> Tier:
        """Return the tier of orders accepted on a local day."""
        begun = self.tier_from is None or self.tier_from <= day
        over = self.tier_until is not None and self.tier_until < day
        return self.tier if begun and not over else "standard"


class Depot(Document):
    """A place with every part and tool."""

    id: Identifier = Field(description="Unique among depots.")
    location: Location = Field(description="Where it is.")
    extra: Extra = None


class Order(Document):
    """What a customer asked for; done by one visit."""

    id: Identifier = Field(description="Unique among orders.")
    kind: OrderKind = Field(description="Decides, with the tier, what is promised.")
    community: Identifier = Field(description="Id of the community.")
    location: Location | None = Field(default=None, description="Where to go; default: the community's location.")
    address: str | None = Field(default=None, description="Geocoded if there is no location and the policy allows it.")
    tier: Tier | None = Field(default=None, description="Promise class at acceptance; default: the community's.")
    accepted_at: Instant = Field(description="When the operator accepted it; the promise's clock starts here.")
    earliest_start: Instant | None = Field(default=None, description="No start before it; null = any time.")
    resource_ready: bool = Field(default=True, strict=True, description="false: cannot be planned yet (reason hold).")
    hold_until: Instant | None = Field(default=None, description="Held by the customer until then; null = no hold.")
    windows: tuple[Window, ...] = Field(
        default=(), description="Bookings (day, half-day): service starts inside one of them; [] = any time."
    )
    agreed_start: Instant | None = Field(
        default=None, description="Exact time told to the customer; replaces `windows`."
    )
    duration: Duration = Field(description="Time at the customer for a technician of service factor 1.")
    skills: dict[Identifier, Count] = Field(default_factory=dict, description="Level needed of each skill.")
    parts: dict[Identifier, Count] = Field(default_factory=dict, description="Parts used up.")
    tools: tuple[Identifier, ...] = Field(default=(), description="Tools needed.")
    priority: Annotated[int, Strict(), Field(ge=0, le=3)] = Field(default=0, description="0 normal to 3 urgent.")
    required_technician: Identifier | None = Field(default=None, description="Nobody else may go.")
    preferred_technicians: tuple[Identifier, ...] = Field(default=(), description="Others may go at a price.")
    excluded_technicians: tuple[Identifier, ...] = Field(default=(), description="They may not go.")
    due: Instant | None = Field(default=None, description="Overrides the due time of the promises.")
    extra: Extra = None


class Horizon(Document):
    """The planned period."""

    start: Instant = Field(description="First moment.")
    end: Instant = Field(description="Last moment; nothing starts after it.")


MatrixRow = Annotated[tuple[Annotated[int, Strict(), Field(ge=0, lt=2**30)] | None, ...], FailFast()]


class TravelMatrix(Document):
    """Given travel of one profile: row = from, column = to; may be asymmetric; null = unreachable."""

    durations_s: Annotated[tuple[MatrixRow, ...], FailFast()] = Field(description="Whole seconds.")
    distances_m: Annotated[tuple[MatrixRow, ...], FailFast()] = Field(description="Whole metres.")


class Travel(Document):
    """Where travel times and distances come from."""

    provider: TravelSource = Field(default="straight_line", description="Kind of source.")
    profiles: dict[Profile, TravelMatrix] | None = Field(default=None, description="Provider matrix: one per profile.")
    path: str | None = Field(default=None, description="Provider road_graph, osm: the file.")
    sha256: Sha256 | None = Field(default=None, description="Expected SHA-256 of the file, hexadecimal.")
    url: str | None = Field(default=None, description="Provider osrm, valhalla: the server.")
    factor: TravelFactor | None = Field(
        default=None, description="Multiplies the provider's seconds (weather, traffic), at most 3 decimals; null = 1."
    )

    @property
    def permille(self) -> int:
        """`factor` as a whole number of thousandths."""
        return 1000 if self.factor is None else round(self.factor * 1000)


def is_zone(name: str) -> str:
    """Return a name if it is that of a time zone; for validators."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise refusal(f"{shown(name)} is no time zone", 'give an IANA name, like "Asia/Shanghai"') from None
    return name


class Request(Document):
    """Everything one planning run may look at."""

    format: Literal["field-dispatch/request/1"] = Field(default=REQUEST_FORMAT, description="Name of this format.")
    now: Instant = Field(description="Nothing may start before it.")
    horizon: Horizon = Field(description="The planned period.")
    time_zone: Annotated[Identifier, AfterValidator(is_zone)] = Field(
        default="Asia/Shanghai", description="IANA name of the zone in which promises are computed."
    )
    policy: dict[str, Any] = Field(
        default_factory=dict,
        description="Overrides of the operator's policy, in the policy file's shape; not geocoding, not routing.",
    )
    travel: Travel = Field(default_factory=Travel, description="Where travel times come from.")
    depots: tuple[Depot, ...] = Field(default=(), description="Where parts and tools may be had.")
    communities: tuple[Community, ...] = Field(default=(), description="Areas the orders lie in.")
    technicians: tuple[Technician, ...] = Field(default=(), description="Who may visit, with rosters.")
    orders: tuple[Order, ...] = Field(default=(), description="Open orders.")
    current_plan: Plan | None = Field(default=None, description="Plan in force: start of the search, locks.")
    extra: Extra = None

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which promises are computed."""
        return ZoneInfo(self.time_zone)

    @cached_property
    def depots_by_id(self) -> dict[str, Depot]:
        """Depots by id."""
        return {depot.id: depot for depot in self.depots}

    @cached_property
    def communities_by_id(self) -> dict[str, Community]:
        """Communities by id."""
        return {community.id: community for community in self.communities}

    @cached_property
    def technicians_by_id(self) -> dict[str, Technician]:
        """Technicians by id."""
        return {technician.id: technician for technician in self.technicians}

    @cached_property
    def orders_by_id(self) -> dict[str, Order]:
        """Orders by id."""
        return {order.id: order for order in self.orders}

    def community_of(self, order: Order) -> Community:
        """Return the community an order lies in."""
        return self.communities_by_id[order.community]

    def location_of(self, order: Order) -> Location:
        """Return where an order is served: its own location, else its community's."""
        return order.location or self.community_of(order).location

    def tier_of(self, order: Order) -> Tier:
        """Return an order's tier at acceptance: its own, else that of its community on the day of acceptance (R16)."""
        if order.tier is not None:
            return order.tier
        return self.community_of(order).tier_on(order.accepted_at.astimezone(self.zone).date())
