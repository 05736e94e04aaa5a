"""A request's straight-line travel written out as a given matrix."""

from __future__ import annotations

from typing import Final

import numpy as np

from dispatch.domain.request import Location, Order, Profile, Request, Travel, TravelMatrix
from dispatch.policy.settings import Policy
from geo.point import Point
from geo.straight_line import StraightLine

PROFILES: Final[tuple[Profile, ...]] = ("ebike", "car")


def with_matrix(request: Request, policy: Policy) -> Request:
    """Return the request with provider "matrix" and an index at every location; coordinates stay beside it.

    A given matrix means travel from door to door, so the policy's access time, which is not added to a given matrix,
    is part of each way to an order's place. Only moves inside one community differ a little: the straight line plus
    access instead of a flat `same_community_s`, and nothing between orders known by their community only.
    """
    visited = [community.location for community in request.communities]
    visited += [order.location for order in request.orders if order.location is not None]
    others = [depot.location for depot in request.depots] + [technician.home for technician in request.technicians]
    first_other = len(dict.fromkeys(visited))
    index_of_visited = {place: k for k, place in enumerate(dict.fromkeys(visited))}
    index_of_other = {place: first_other + k for k, place in enumerate(dict.fromkeys(others))}
    points = [_point(place) for place in (*index_of_visited, *index_of_other)]

    speeds: dict[str, float] = dict(policy.travel.speed_kmh.items())
    detours: dict[str, float] = dict(policy.travel.detour.items())
    provider = StraightLine(speeds, detours)
    matrices: dict[Profile, TravelMatrix] = {}
    for profile in PROFILES:
        table = provider.table(points, profile)
        seconds = table.duration_s.copy()
        seconds[:, :first_other] += policy.travel.access_s
        np.fill_diagonal(seconds, 0)
        matrices[profile] = TravelMatrix(durations_s=seconds.tolist(), distances_m=table.distance_m.tolist())

    def visited_at(place: Location) -> Location:
        return place.model_copy(update={"index": index_of_visited[place]})

    def based_at(place: Location) -> Location:
        return place.model_copy(update={"index": index_of_other[place]})

    def order_at(order: Order) -> Order:
        return order if order.location is None else order.model_copy(update={"location": visited_at(order.location)})

    return request.model_copy(
        update={
            "travel": Travel(provider="matrix", profiles=matrices),
            "communities": tuple(
                c.model_copy(update={"location": visited_at(c.location)}) for c in request.communities
            ),
            "depots": tuple(d.model_copy(update={"location": based_at(d.location)}) for d in request.depots),
            "technicians": tuple(t.model_copy(update={"home": based_at(t.home)}) for t in request.technicians),
            "orders": tuple(order_at(order) for order in request.orders),
        }
    )


def _point(place: Location) -> Point:
    if place.lat is None or place.lon is None:
        raise ValueError(f"{place} has no coordinates, straight-line travel needs them")
    return Point(place.lat, place.lon)
