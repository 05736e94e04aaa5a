"""The solver's locations and the travel between them: each order has its own, after them come the stations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from dispatch.domain.plan import TravelUsed
from dispatch.domain.request import Location, Request, TravelSource
from dispatch.errors import BadInputError, Problem, RoutingServerError
from dispatch.planner.roster import PlannedShift
from dispatch.policy.settings import Policy
from dispatch.travel import OrderTravel
from dispatch.travel_sources import TravelSources
from solver.problem import I32, LAST_STOP, UNREACHABLE_S

MAX_LOCATIONS: Final = 20_000
"""Tables of so many places take 3.2 GB for each profile, and as much again while they are made."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Travel:
    """Locations of every stop and what lies between them; arrays as in `solver.problem.Problem`.

    Attributes
    ----------
    profiles
        Names of the travel profiles in use; `travel_s[p]` and `distance_m[p]` are those of `profiles[p]`.
    stand_in
        What was used instead of the provider that the request names; None = nothing.
    """

    profiles: tuple[str, ...]
    travel_s: I32
    distance_m: I32
    order_location: I32
    shift_start_location: I32
    shift_end_location: I32
    depot_location: I32
    stand_in: TravelUsed | None = None


@dataclass(frozen=True, kw_only=True)
class Stations:
    """Where routes start and end and where depots are: solver locations after those of the orders.

    Attributes
    ----------
    locations
        Each once.
    starts, ends
        Solver locations by shift; `LAST_STOP` = the route ends where its last visit ends.
    depots
        Solver locations in request order.
    """

    locations: tuple[Location, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    depots: tuple[int, ...]


def stations_of(request: Request, shifts: Sequence[PlannedShift]) -> Stations:
    """Number the stations of a request, in the order in which shifts and depots name them."""
    numbers: dict[Location, int] = {}

    def number_of(location: Location) -> int:
        return numbers.setdefault(location, len(request.orders) + len(numbers))

    starts = tuple(number_of(shift.start) for shift in shifts)
    ends = tuple(LAST_STOP if shift.end is None else number_of(shift.end) for shift in shifts)
    depots = tuple(number_of(depot.location) for depot in request.depots)
    return Stations(locations=tuple(numbers), starts=starts, ends=ends, depots=depots)


def travel_between_stops(
    request: Request,
    policy: Policy,
    shifts: Sequence[PlannedShift],
    *,
    sources: TravelSources | None = None,
) -> Travel:
    """Ask for the travel between all stops that a plan may have: O(profiles x locations^2).

    If a routing server does not answer, the straight line stands in for it in all of the travel, and `stand_in` says
    so; unless the policy refuses that.

    Raises
    ------
    TravelError
        If the request's provider cannot tell.
    """
    sources = sources or TravelSources()
    try:
        return travel_by(request.travel.provider, request, policy, shifts, sources=sources)
    except RoutingServerError as error:
        asked = request.travel.provider
        if policy.routing.fallback == "refuse" or asked not in ("osrm", "valhalla"):
            raise
        travel = travel_by("straight_line", request, policy, shifts, sources=sources)
        return replace(travel, stand_in=TravelUsed(provider="straight_line", asked=asked, reason=str(error)))


def travel_by(
    used: TravelSource,
    request: Request,
    policy: Policy,
    shifts: Sequence[PlannedShift],
    *,
    sources: TravelSources,
) -> Travel:
    """Ask one provider for the travel between all stops.

    Raises
    ------
    RoutingServerError
        If it is a server that does not answer.
    TravelError
        If it cannot tell for another reason.
    BadInputError
        If there are more than `MAX_LOCATIONS` places: the tables would not fit into memory.
    """
    stations = stations_of(request, shifts)
    n_orders = len(request.orders)
    profiles = tuple(sorted({shift.technician.profile for shift in shifts}))

    n_locations = n_orders + len(stations.locations)
    if n_locations > MAX_LOCATIONS:
        message = f"with the places of technicians and depots there are {n_locations} places to travel between"
        remedy = f"plan at most {MAX_LOCATIONS} at once, for example one request for each city"
        raise BadInputError([Problem(path="orders", message=message, remedy=remedy)])
    travel_s = np.empty((len(profiles), n_locations, n_locations), np.int32)
    distance_m = np.empty_like(travel_s)
    order_travel = OrderTravel(request, policy, sources=sources, used=used)
    for number, profile in enumerate(profiles):
        table = order_travel.table(stations.locations, profile)
        is_unreachable = table.travel_s < 0
        travel_s[number] = np.where(is_unreachable, UNREACHABLE_S, table.travel_s)
        distance_m[number] = np.where(is_unreachable, 0, table.distance_m)
    return Travel(
        profiles=profiles,
        travel_s=travel_s,
        distance_m=distance_m,
        order_location=np.arange(n_orders, dtype=np.int32),
        shift_start_location=np.array(stations.starts, np.int32),
        shift_end_location=np.array(stations.ends, np.int32),
        depot_location=np.array(stations.depots, np.int32),
    )
