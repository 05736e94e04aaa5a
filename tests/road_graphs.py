"""Small road graphs written by hand, random ones, and the plain Python twin of the search in `geo.road_search`."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from geo.geodesic import distance_m, unit_vectors
from geo.road_graph import PROFILE_BITS, ROAD_CLASSES, RoadGraph
from geo.road_network import RoadNetwork

ALL = sum(PROFILE_BITS.values())
METRES_PER_DEGREE = 111_319.490793
"""Of the equator: 2 pi x 6378137 m / 360."""

LatLon = tuple[float, float]


def east(metres: float) -> LatLon:
    """A place on the equator."""
    return 0.0, metres / METRES_PER_DEGREE


@dataclass(frozen=True, kw_only=True)
class Road:
    """A segment; its length is the line's unless given."""

    start: int
    end: int
    kind: str = "residential"
    length_m: float | None = None
    forward: int = ALL
    backward: int = ALL
    max_kmh: int = 0
    shape: tuple[LatLon, ...] = ()


def road_graph(nodes: Sequence[LatLon], roads: Sequence[Road]) -> RoadGraph:
    def length_dm(road: Road) -> int:
        line = np.array([nodes[road.start], *road.shape, nodes[road.end]])
        vectors = unit_vectors(line[:, 0], line[:, 1])
        along_m = distance_m(vectors[:, :-1], vectors[:, 1:]).sum()
        return max(1, round(10 * (along_m if road.length_m is None else road.length_m)))

    shape = np.array([point for road in roads for point in road.shape], dtype=np.float64).reshape(-1, 2)
    return RoadGraph(
        node_lat=np.array([lat for lat, _ in nodes], dtype=np.float64),
        node_lon=np.array([lon for _, lon in nodes], dtype=np.float64),
        segment_from=np.array([road.start for road in roads], dtype=np.int32),
        segment_to=np.array([road.end for road in roads], dtype=np.int32),
        length_dm=np.array([length_dm(road) for road in roads], dtype=np.int32),
        road_class=np.array([ROAD_CLASSES.index(road.kind) for road in roads], dtype=np.uint8),
        forward=np.array([road.forward for road in roads], dtype=np.uint8),
        backward=np.array([road.backward for road in roads], dtype=np.uint8),
        max_kmh=np.array([road.max_kmh for road in roads], dtype=np.uint8),
        shape_start=np.cumsum([0, *(len(road.shape) for road in roads)]).astype(np.int32),
        shape_lat=shape[:, 0].copy(),
        shape_lon=shape[:, 1].copy(),
    )


def street_grid(side: int, *, seed: int, spacing_m: float = 100.0) -> RoadGraph:
    """Crooked streets, every seventh one way only, every tenth missing, around Xuzhou."""
    chance = np.random.default_rng(seed)
    row, column = np.divmod(np.arange(side * side), side)
    spacing_deg = spacing_m / METRES_PER_DEGREE
    lat = 34.2 + (row + chance.uniform(-0.3, 0.3, side * side)) * spacing_deg
    lon = 117.2 + (column + chance.uniform(-0.3, 0.3, side * side)) * spacing_deg * 1.2
    nodes = list(zip(lat.tolist(), lon.tolist(), strict=True))
    roads = []
    for k in range(side * side):
        for other in ([k + 1] if (k + 1) % side else []) + ([k + side] if k + side < side * side else []):
            lean = chance.uniform(-0.2, 0.2) * spacing_deg
            bend = ((lat[k] + lat[other]) / 2 + lean, (lon[k] + lon[other]) / 2 + lean)
            drawn = chance.random()
            if drawn < 0.9:
                one_way = PROFILE_BITS["walk"] if drawn < 0.14 else ALL
                kind = str(chance.choice(["primary", "residential", "service"]))
                roads.append(Road(start=k, end=other, kind=kind, backward=one_way, shape=(bend,)))
    return road_graph(nodes, roads)


@st.composite
def random_road_graphs(draw: st.DrawFn) -> RoadGraph:
    """Few nodes and many kinds of trouble: loops, several roads between two nodes, dead ends, one-way streets."""
    n = draw(st.integers(1, 7))
    node, bits = st.integers(0, n - 1), st.sampled_from([0, ALL, ALL, ALL, 1, 6])
    place = st.tuples(st.floats(34, 34.05), st.floats(117, 117.05))
    road = st.builds(
        Road,
        start=node,
        end=node,
        kind=st.sampled_from(["primary", "residential", "footway"]),
        length_m=st.integers(1, 20_000).map(lambda dm: dm / 10),
        forward=bits,
        backward=bits,
        max_kmh=st.sampled_from([0, 0, 7]),
        shape=st.lists(place, max_size=2).map(tuple),
    )
    return road_graph(draw(st.lists(place, min_size=n, max_size=n)), draw(st.lists(road, min_size=1, max_size=12)))


def naive_ways(
    network: RoadNetwork, graph: RoadGraph, places: Sequence[tuple[int, int]]
) -> list[list[tuple[int, int] | None]]:
    """Find the least (milliseconds, decimetres) between places, each a segment and a position on it.

    Every segment is cut into stretches at all its places; then Dijkstra's algorithm on tuples, over the whole graph.
    """
    arcs: dict[tuple[int, int], list[tuple[tuple[int, int], int, int]]] = {}

    def stop(segment: int, position: int) -> tuple[int, int]:
        if position == 0:
            return -1, int(graph.segment_from[segment])
        if position == graph.length_dm[segment]:
            return -1, int(graph.segment_to[segment])
        return segment, position

    for segment in range(len(graph.segment_from)):
        length = int(graph.length_dm[segment])
        cuts = sorted({0, length, *(position for other, position in places if other == segment)})
        for near, far in pairwise(cuts):
            for whole, a, b in ((network.forward_ms, near, far), (network.backward_ms, far, near)):
                total = int(whole[segment])
                ms = abs(total * far // length - total * near // length)
                if total:
                    arcs.setdefault(stop(segment, a), []).append((stop(segment, b), ms, far - near))
    stops = [stop(*place) for place in places]
    rows: list[list[tuple[int, int] | None]] = []
    for start in stops:
        best = {start: (0, 0)}
        queue = [((0, 0), start)]
        while queue:
            (ms, dm), at = heapq.heappop(queue)
            for there, more_ms, more_dm in arcs.get(at, []) if best[at] == (ms, dm) else []:
                way = (ms + more_ms, dm + more_dm)
                if there not in best or way < best[there]:
                    best[there] = way
                    heapq.heappush(queue, (way, there))
        rows.append([best.get(end) for end in stops])
    return rows
