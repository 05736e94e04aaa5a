"""Where people live along the roads of a graph, and a geography moved there."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from benchmarks.cities.geography import Geography
from benchmarks.cities.plane import Origin, Spot
from dispatch.policy.settings import load_policy
from geo.road_graph import ROAD_CLASSES, RoadGraph
from geo.road_network import network_of, speeds_m_per_h

F64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

ADDRESSES: Final = ("tertiary", "residential", "living_street", "service")
"""Classes of roads that people live at; nobody lives on a bridge or at a motorway."""
PROFILES: Final = ("ebike", "car")
"""Technicians ride and drive: both must get there and away."""
STEP_M: Final = 30.0
"""Distance between two places along a road."""
SETBACK_M: Final = 20.0
"""Houses stand at most so far from the road's middle."""


class Frontage:
    """Places along the roads where people live.

    Parameters
    ----------
    graph
        Only its part that is strongly connected for cars and e-bikes counts, and of that `ADDRESSES`.
    origin
        Of the plane in which spots are given.

    Raises
    ------
    ValueError
        If nobody can live anywhere in the graph.
    """

    def __init__(self, graph: RoadGraph, origin: Origin) -> None:
        codes = [ROAD_CLASSES.index(name) for name in ADDRESSES]
        is_address = is_reachable(graph) & np.isin(graph.road_class, codes)
        if not is_address.any():
            raise ValueError(f"graph has no road of {', '.join(ADDRESSES)} that cars and e-bikes can reach and leave")
        self._places = _places(graph, np.flatnonzero(is_address), origin)
        self._tree = KDTree(self._places)

    def beside(self, spot: Spot) -> Spot:
        """Return the spot by the nearest road: where it is, if that is within `SETBACK_M`."""
        far_m, nearest = self._tree.query((spot.east_m, spot.north_m))
        if far_m <= SETBACK_M:
            return spot
        place, share = self._places[nearest], SETBACK_M / float(far_m)
        return Spot(
            float(place[0] + share * (spot.east_m - place[0])),
            float(place[1] + share * (spot.north_m - place[1])),
        )


def along_roads(geography: Geography, graph: RoadGraph) -> Geography:
    """Return the geography with communities, offices and depots moved beside the nearest road where people live.

    Technicians' homes, which are drawn later, follow through `Geography.home_at`.
    """
    frontage = Frontage(graph, geography.origin)
    locate = geography.origin.location_of
    spots = tuple(frontage.beside(spot) for spot in geography.spots)
    offices = tuple(frontage.beside(spot) for spot in geography.offices)
    office_of = {locate(old): locate(new) for old, new in zip(geography.offices, offices, strict=True)}
    return replace(
        geography,
        spots=spots,
        offices=offices,
        communities=tuple(
            community.model_copy(update={"location": locate(spot)})
            for community, spot in zip(geography.communities, spots, strict=True)
        ),
        depots=tuple(depot.model_copy(update={"location": office_of[depot.location]}) for depot in geography.depots),
        home_at=frontage.beside,
    )


def is_reachable(graph: RoadGraph) -> Bool:
    """Tell which segments all `PROFILES` can get to and back from.

    Raises
    ------
    RoadGraphError
        If one of them can use no road.
    """
    roads = load_policy().travel.roads.speed_kmh
    reachable = np.ones(len(graph.segment_from), dtype=np.bool_)
    for profile in PROFILES:
        speed_kmh: dict[str, float] = dict(roads[profile].items())
        network = network_of(graph, profile, speeds_m_per_h(speed_kmh, f"travel.roads.speed_kmh.{profile}"))
        reachable &= np.isin(np.arange(len(reachable)), network.segments)
    return reachable


def _places(graph: RoadGraph, segments: NDArray[np.int64], origin: Origin) -> F64:
    """Return points of the plane every `STEP_M` or less along the segments."""
    nodes = origin.metres_of(np.column_stack((graph.node_lat, graph.node_lon)))
    shapes = origin.metres_of(np.column_stack((graph.shape_lat, graph.shape_lon)))
    first, last = graph.shape_start[:-1], graph.shape_start[1:]
    lines = [
        np.concatenate(
            (
                nodes[graph.segment_from[k] : graph.segment_from[k] + 1],
                shapes[first[k] : last[k]],
                nodes[graph.segment_to[k] : graph.segment_to[k] + 1],
            )
        )
        for k in segments.tolist()
    ]
    start, end = np.concatenate([line[:-1] for line in lines]), np.concatenate([line[1:] for line in lines])
    count = np.maximum(1, np.ceil(np.hypot(*(end - start).T) / STEP_M).astype(np.int64))
    leg = np.repeat(np.arange(len(start)), count)
    step = np.arange(len(leg)) - np.repeat(np.cumsum(count) - count, count)
    share = ((step + 0.5) / count[leg])[:, None]
    places: F64 = start[leg] + share * (end - start)[leg]
    return places
