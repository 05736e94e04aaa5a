"""Travel between orders and other places: the provider's, plus what the policy adds at an order's door.

Onto an order come `access_s` seconds (parking, gate, lift; none with a given matrix). Between two orders of one
community travel takes `same_community_s` in all, where the provider is the straight line. Onto any other place, and
always for the distance, the provider's figure stands. The checker takes places and provider from here, no more: what
comes on top it adds for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.request import Location, Order, Request, TravelSource
from dispatch.errors import TravelError
from dispatch.geocoding import geocoder_for, location_of, locations_of_orders
from dispatch.policy.settings import Policy
from dispatch.travel_sources import TravelSources, travel_errors
from geo.datum import to_wgs84
from geo.errors import PlaceError
from geo.geocode import Geocoder
from geo.point import Point
from geo.provider import UNREACHABLE, Place

I32 = NDArray[np.int32]

LONGEST_S: Final = 2**30
"""Travel of so many seconds is no travel any more."""

_LIMIT_OF_POLICY: Final = "max_snap_m is [travel.roads] snap_m of the policy"
"""Said where `geo` names the limit."""


@dataclass(frozen=True, kw_only=True, eq=False)
class NodeTravel:
    """Travel between nodes, which are orders and other places: row = from, column = to.

    Attributes
    ----------
    travel_s : (n, n) int32, read-only
        Whole seconds, everything spent on arriving included; `geo.provider.UNREACHABLE` (-1) = there is no way.
    distance_m : (n, n) int32, read-only
        Whole metres; unreachable exactly where `travel_s` is.
    """

    travel_s: I32
    distance_m: I32

    def __post_init__(self) -> None:
        self.travel_s.flags.writeable = False
        self.distance_m.flags.writeable = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Nodes:
    """Orders and other places, ready to be asked about often.

    Attributes
    ----------
    places
        What the provider knows them by.
    community : (n,) int32
        Number of an order's community; -1 = a place that is none of an order.
    """

    places: tuple[Place, ...]
    community: I32


@dataclass(frozen=True, kw_only=True, eq=False)
class NodeSpokes:
    """Travel between one order and each of some nodes, as in `NodeTravel`.

    Attributes
    ----------
    inward_s, inward_m : (n,) int32
        From the nodes to the order.
    outward_s, outward_m : (n,) int32
        Back.
    """

    inward_s: I32
    inward_m: I32
    outward_s: I32
    outward_m: I32


class OrderTravel:
    """Travel of one request under a policy.

    Parameters
    ----------
    request, policy
        The policy is the effective one.
    sources
        Where travel comes from; default: one that reads files relative to the working directory.
    used
        The provider to use instead of the one that the request names.
    geocoder
        Looks up addresses of orders without a location. Default: the policy's, if it turns geocoding on; else none,
        and such orders stand at their community's location.

    Raises
    ------
    TravelError
        If the request's source of travel cannot be used, or the geocoder does not answer.
    """

    def __init__(
        self,
        request: Request,
        policy: Policy,
        *,
        sources: TravelSources | None = None,
        used: TravelSource | None = None,
        geocoder: Geocoder | None = None,
    ) -> None:
        self._request = request
        used = used or request.travel.provider
        self._provider = (sources or TravelSources()).provider(request, policy, used=used)
        self._is_indexed = used == "matrix"
        self._is_on_roads = used in ("road_graph", "osm")
        self._access_s = 0 if self._is_indexed else policy.travel.access_s
        self._same_community_s = policy.travel.same_community_s if used == "straight_line" else None
        self._nodes_of_community: dict[str, list[int]] = {}
        for node, order in enumerate(request.orders):
            self._nodes_of_community.setdefault(order.community, []).append(node)
        self._geocoder = None if self._is_indexed else geocoder or geocoder_for(policy)
        locations = locations_of_orders(request, self._geocoder)
        self._order_places = places_of(locations, is_indexed=self._is_indexed)
        self._community_number = {community.id: number for number, community in enumerate(request.communities)}

    def table(self, extra_places: Sequence[Location], profile: str) -> NodeTravel:
        """Compute travel between all nodes: the orders in the request's order, then `extra_places` in theirs.

        Raises
        ------
        RoutingServerError
            If the provider is a server that does not answer.
        TravelError
            If the provider does not know the profile or cannot use a place.
        """
        places = [*self._order_places, *places_of(extra_places, is_indexed=self._is_indexed)]
        with travel_errors():
            try:
                raw = self._provider.table(places, profile)
            except PlaceError as error:
                whose = [f"places[{k}] is that of {self._whose(k, extra_places)}" for k in error.places]
                named = [_LIMIT_OF_POLICY] if self._is_on_roads and whose else []
                raise PlaceError("\n".join((str(error), *named, *whose))) from error
        travel_s = slowed(raw.duration_s, self._request.travel.permille)
        is_unreachable = travel_s == UNREACHABLE
        travel_s[:, : len(self._order_places)] += self._access_s
        travel_s[is_unreachable] = UNREACHABLE
        if self._same_community_s is not None:
            for nodes in self._nodes_of_community.values():
                travel_s[np.ix_(nodes, nodes)] = self._same_community_s
        return NodeTravel(travel_s=travel_s, distance_m=np.where(is_unreachable, UNREACHABLE, raw.distance_m))

    def nodes(self, extra_places: Sequence[Location]) -> Nodes:
        """Return the nodes of `table`."""
        own = [self._community_number[order.community] for order in self._request.orders]
        return Nodes(
            places=(*self._order_places, *places_of(extra_places, is_indexed=self._is_indexed)),
            community=np.array([*own, *[-1] * len(extra_places)], np.int32),
        )

    def node_of(self, order: Order) -> Nodes:
        """Return the one node of an order, which need not be one of the request.

        Raises
        ------
        TravelError
            If the provider cannot use its place, or the geocoder does not answer.
        """
        location = location_of(order, self._request, self._geocoder)
        return Nodes(
            places=tuple(places_of([location], is_indexed=self._is_indexed)),
            community=np.array([self._community_number[order.community]], np.int32),
        )

    def spokes(self, hub: Nodes, rim: Nodes, profile: str) -> NodeSpokes:
        """Compute travel between an order and other nodes, to the second as `table` would have it with the order in it.

        Parameters
        ----------
        hub
            From `node_of`.
        rim
            One that is asked about again and again should be the same object: its places are then read once.

        Raises
        ------
        TravelError
            As `table`.
        """
        with travel_errors():
            raw = self._provider.spokes(hub.places[0], rim.places, profile)
        permille = self._request.travel.permille
        inward_s, outward_s = slowed(raw.inward.duration_s, permille), slowed(raw.outward.duration_s, permille)
        is_cut_inward, is_cut_outward = inward_s == UNREACHABLE, outward_s == UNREACHABLE
        inward_s += self._access_s
        outward_s += np.where(rim.community >= 0, np.int32(self._access_s), np.int32(0))
        inward_s[is_cut_inward] = UNREACHABLE
        outward_s[is_cut_outward] = UNREACHABLE
        if self._same_community_s is not None:
            is_near = rim.community == hub.community[0]
            inward_s[is_near] = outward_s[is_near] = self._same_community_s
        return NodeSpokes(
            inward_s=inward_s,
            inward_m=np.where(is_cut_inward, UNREACHABLE, raw.inward.distance_m),
            outward_s=outward_s,
            outward_m=np.where(is_cut_outward, UNREACHABLE, raw.outward.distance_m),
        )

    def _whose(self, node: int, extra_places: Sequence[Location]) -> str:
        """Name what stands at a node of `table`."""
        orders = self._request.orders
        if node < len(orders):
            return f"order {orders[node].id}"
        place = extra_places[node - len(orders)]
        depots = (f"depot {depot.id}" for depot in self._request.depots if depot.location == place)
        technicians = (
            f"technician {technician.id}"
            for technician in self._request.technicians
            if place in {technician.home, *(at for shift in technician.shifts for at in (shift.start_at, shift.end_at))}
        )
        return ", ".join([*depots, *technicians]) or "another place"


def slowed(duration_s: I32, permille: int) -> I32:
    """Return a provider's seconds times a factor, rounded up; a way that would take `LONGEST_S` or more is none."""
    if permille == 1000:
        return duration_s.copy()
    longer = -(-duration_s.astype(np.int64) * permille // 1000)
    return np.where((duration_s == UNREACHABLE) | (longer >= LONGEST_S), UNREACHABLE, longer).astype(np.int32)


def places_of(locations: Sequence[Location], *, is_indexed: bool = False) -> list[Place]:
    """Return what a provider knows locations by.

    Parameters
    ----------
    locations
        Of any datum.
    is_indexed
        True for a given matrix: their index. False: their point, in WGS-84.

    Raises
    ------
    TravelError
        If a location lacks what is asked of it.
    """
    if is_indexed:
        return [_index_of(location) for location in locations]
    points = [_point_of(location) for location in locations]
    for datum in ("gcj02", "bd09"):
        chosen = [k for k, location in enumerate(locations) if location.datum == datum]
        if not chosen:
            continue
        converted = to_wgs84([points[k].lat for k in chosen], [points[k].lon for k in chosen], datum)
        for k, lat, lon in zip(chosen, converted.lat.tolist(), converted.lon.tolist(), strict=True):
            points[k] = Point(lat, lon)
    return [*points]


def _index_of(location: Location) -> int:
    if location.index is None:
        raise TravelError(
            f"the location lat {location.lat}, lon {location.lon} has no index\n"
            "Maybe it lacks its row of the given matrix, or travel.provider should not be 'matrix'."
        )
    return location.index


def _point_of(location: Location) -> Point:
    if location.lat is None or location.lon is None:
        raise TravelError(
            f"the location of index {location.index} has no lat and lon\n"
            "Maybe travel.provider should be 'matrix': every other one needs coordinates."
        )
    return Point(location.lat, location.lon)
