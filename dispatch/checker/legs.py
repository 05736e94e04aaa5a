"""Travel of all routes, asked of the provider in one call per profile; access and short moves as docs/model.md says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

from dispatch.checker.findings import second_of
from dispatch.checker.reading import ReadRoute
from dispatch.domain.plan import DepotStop
from dispatch.domain.request import Location, Order, Request, TravelSource
from dispatch.geocoding import geocoder_for, locations_of_orders
from dispatch.policy.settings import Policy
from dispatch.travel import places_of
from dispatch.travel_sources import TravelSources, travel_errors
from geo.provider import UNREACHABLE, Place


@dataclass(frozen=True)
class Leg:
    """The way from one stop to the next; both None if there is no way."""

    travel_s: int | None
    distance_m: int | None


_LONGEST_S: Final = 2**30
"""A way that takes so long is none (docs/model.md, "Travel")."""

RouteLegs: TypeAlias = tuple[tuple[Leg, ...], ...]
"""For each gap of a route the ways through it: one, and one more for each depot stop in it."""


@dataclass(frozen=True)
class _Node:
    """A stop of a route as travel sees it; `order` is None at a start, an end or a depot."""

    place: Place
    order: Order | None


def legs_of_routes(
    routes: Sequence[ReadRoute], request: Request, policy: Policy, *, sources: TravelSources, used: TravelSource
) -> tuple[RouteLegs, ...]:
    """Return the travel of every route: O(stops), one call of the provider for each profile.

    Parameters
    ----------
    used
        The provider that the plan's travel comes from.

    Raises
    ------
    TravelError
        If the request's travel data cannot be used; a plan cannot cause it.
    """
    places = _Places(routes, request, policy, is_indexed=used == "matrix")
    ways = [list(places.way(route)) for route in routes]
    provider = sources.provider(request, policy, used=used)
    leg_of_pair: dict[str, dict[tuple[Place, Place], Leg]] = {}
    for profile in sorted({route.technician.profile for route in routes}):
        own = [way for route, way in zip(routes, ways, strict=True) if route.technician.profile == profile]
        pairs = list(dict.fromkeys((a.place, b.place) for way in own for gap in way for a, b in pairwise(gap)))
        with travel_errors():
            raw = provider.legs([a for a, _ in pairs], [b for _, b in pairs], profile)
        legs = zip(raw.duration_s.tolist(), raw.distance_m.tolist(), strict=True)
        leg_of_pair[profile] = {
            pair: _leg(seconds, metres, request.travel.permille)
            for pair, (seconds, metres) in zip(pairs, legs, strict=True)
        }
    return tuple(
        _legs_of_route(route, way, leg_of_pair[route.technician.profile], policy, used)
        for route, way in zip(routes, ways, strict=True)
    )


def _leg(seconds: int, metres: int, permille: int) -> Leg:
    """Return a way of the provider's at the request's factor of travel."""
    slowed_s = -(-seconds * permille // 1000)
    return Leg(None, None) if seconds == UNREACHABLE or slowed_s >= _LONGEST_S else Leg(slowed_s, metres)


def _legs_of_route(
    route: ReadRoute,
    way: Sequence[Sequence[_Node]],
    leg_of_pair: Mapping[tuple[Place, Place], Leg],
    policy: Policy,
    used: TravelSource,
) -> RouteLegs:
    legs = [
        tuple(_onto_stop(leg_of_pair[a.place, b.place], a, b, policy, used) for a, b in pairwise(gap)) for gap in way
    ]
    if route.technician.end_of(route.shift) == "last_stop":
        legs[-1] = (*legs[-1], Leg(0, 0))
    return tuple(legs)


def _onto_stop(leg: Leg, start: _Node, end: _Node, policy: Policy, used: TravelSource) -> Leg:
    """Add what is spent on arriving at an order: access, or the short way inside one community in all."""
    if leg.travel_s is None or end.order is None or used == "matrix":
        return leg
    is_in_one_community = start.order is not None and start.order.community == end.order.community
    if is_in_one_community and used == "straight_line":
        return Leg(policy.travel.same_community_s, leg.distance_m)
    return Leg(leg.travel_s + policy.travel.access_s, leg.distance_m)


class _Places:
    """What the provider knows the stops of routes by."""

    def __init__(self, routes: Sequence[ReadRoute], request: Request, policy: Policy, *, is_indexed: bool) -> None:
        of_orders = locations_of_orders(request, None if is_indexed else geocoder_for(policy))
        order_places = places_of(of_orders, is_indexed=is_indexed)
        self._node_of_order = {
            order.id: _Node(place, order) for order, place in zip(request.orders, order_places, strict=True)
        }
        stations = list(dict.fromkeys(station for route in routes for station in _stations(route, request)))
        places = places_of(stations, is_indexed=is_indexed)
        self._node_of_station = {station: _Node(place, None) for station, place in zip(stations, places, strict=True)}
        self._depots = request.depots_by_id

    def way(self, route: ReadRoute) -> Iterator[list[_Node]]:
        """Return for each gap of a route the stops from the one before the gap to the one behind it."""
        end = route.technician.end_of(route.shift)
        start = self._node_of_station[_start_of(route)]
        stops = [start, *(self._node_of_order[visit.order.id] for visit in route.visits)]
        targets = [[node] for node in stops[1:]] + [[] if isinstance(end, str) else [self._node_of_station[end]]]
        for here, gap, target in zip(stops, route.gaps, targets, strict=True):
            depots = [self._depots[stop.depot].location for stop in gap if isinstance(stop, DepotStop)]
            yield [here, *(self._node_of_station[depot] for depot in depots), *target]


def _stations(route: ReadRoute, request: Request) -> Iterator[Location]:
    """Return where a route is beside its visits: at its start, its end and at depots."""
    yield _start_of(route)
    end = route.technician.end_of(route.shift)
    if not isinstance(end, str):
        yield end
    for stop in route.route.stops:
        if isinstance(stop, DepotStop):
            yield request.depots_by_id[stop.depot].location


def _start_of(route: ReadRoute) -> Location:
    """Return where the route starts: where the technician is free next, if that is during this shift."""
    available, shift = route.technician.available, route.shift
    if available is not None and available.location is not None:
        is_during_shift = second_of(shift.start) <= second_of(available.from_) <= second_of(shift.latest_end)
        if is_during_shift:
            return available.location
    return route.technician.start_of(shift)
