"""The road graph of a synthetic city: great roads laid over a grid of streets, cut by a river with few bridges.

The grid (`lattice`) gives every corner; great roads (`arterials`) run over the corners nearest to their course and draw
them onto it, so that each crossing is a junction; the plan of streets (`streetplan`) says which others are built. What
would cross the river is taken away, but for a few bridges. A spanning tree keeps all of it in one piece while lanes
are left out at random; corners that are mere bends become shape (`network`).
"""

from __future__ import annotations

from dataclasses import replace
from math import pi
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from benchmarks.cities.arterials import draw_courses
from benchmarks.cities.geography import Geography
from benchmarks.cities.lattice import Lattice, draw_lattice
from benchmarks.cities.laying import lay
from benchmarks.cities.network import CODE, NO_POINTS, Pieces, graph_of, joined
from benchmarks.cities.river import River, draw_river
from benchmarks.cities.spec import CitySpec
from benchmarks.cities.streams import Streams
from benchmarks.cities.streetplan import choose_streets
from geo.road_graph import RoadGraph

F64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

NODES_PER_ORDER: Final = 26.5
NODES_LIMIT: Final = 50_000
"""A city of 2,000 orders has them; larger ones get wider streets instead of more."""
CLASS_OF_LEVEL: Final = np.array([CODE["residential"], CODE["tertiary"], CODE["secondary"], CODE["primary"]])
EXTRA_LANES: Final = 0.34
"""Of the lanes that the spanning tree does not need: those that are built all the same."""
PATHS: Final = {"footway": 0.06, "cycleway": 0.03, "steps": 0.002}
"""Of the lanes not built: what is there instead."""
LIVING_STREETS: Final = 0.16
SERVICE_ROADS: Final = 0.45
"""Of the lanes that end blind."""
BRIDGE_SPACING: Final = 0.13
"""Of the radius: bridges keep this distance along the river, motorways apart."""


def draw_roads(spec: CitySpec, geography: Geography, streams: Streams) -> RoadGraph:
    """Draw the roads of a city: about `NODES_PER_ORDER` nodes for each order of its size; 50,000 take a second.

    Independent of load and days. Nearly all of it is strongly connected for e-bikes and cars.
    """
    radius_m = spec.extent.radius_m
    nodes = int(min(NODES_LIMIT, NODES_PER_ORDER * spec.extent.orders))
    river = draw_river(radius_m, streams.of("roads.river"))
    lattice = draw_lattice(radius_m, nodes, river, streams.of("roads.lattice"))
    courses = draw_courses(
        geography.offices[1:], river, radius_m=radius_m, turn=lattice.turn, rng=streams.of("roads.courses")
    )
    is_inside = _is_inside(lattice, radius_m, streams.of("roads.border"))
    streets = choose_streets(
        lattice, geography, radius_m=radius_m, nodes=nodes, is_usable=is_inside, rng=streams.of("roads.streets")
    )
    points, great = lay(courses, lattice, river, is_inside)
    lanes = Pieces(
        start=streets.start,
        end=streets.end,
        road_class=CLASS_OF_LEVEL[streets.level],
        direction=streets.direction,
        bends=[NO_POINTS] * len(streets.start),
    )
    every = _bridged(_once(great, lanes), points, river, radius_m)
    kept = _passable(_thinned(every, len(points), streams.of("roads.lanes")), len(points))
    named = _named(joined(kept, points), len(points), streams.of("roads.names"))
    return graph_of(named, points, geography.origin)


def _is_inside(lattice: Lattice, radius_m: float, rng: Generator) -> Bool:
    """Tell which corners lie inside the city, whose border winds around its radius."""
    angle = np.arctan2(lattice.points[:, 1], lattice.points[:, 0])
    border_m = radius_m * (1.02 + sum(0.04 * np.sin(k * angle + rng.uniform(0, 2 * pi)) for k in (2, 3, 7)))
    is_inside: Bool = np.hypot(lattice.points[:, 0], lattice.points[:, 1]) < border_m
    return is_inside


def _once(great: Pieces, lanes: Pieces) -> Pieces:
    """Put great roads and streets together; where both join two corners, the greater one stands."""
    pieces = Pieces(
        start=np.concatenate((great.start, lanes.start)),
        end=np.concatenate((great.end, lanes.end)),
        road_class=np.concatenate((great.road_class, lanes.road_class)),
        direction=np.concatenate((great.direction, lanes.direction)),
        bends=[*great.bends, *lanes.bends],
    )
    low, high = np.minimum(pieces.start, pieces.end), np.maximum(pieces.start, pieces.end)
    order = np.lexsort((pieces.road_class, high, low))
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
    return pieces.only(np.sort(order[is_first]))


def _bridged(pieces: Pieces, points: F64, river: River, radius_m: float) -> Pieces:
    """Take away what crosses the river, but for motorways and the greatest roads, which keep their distance."""
    is_left = river.offsets_m(points) > 0
    crossing = np.flatnonzero(is_left[pieces.start] != is_left[pieces.end])
    along_m = river.along_m((points[pieces.start[crossing]] + points[pieces.end[crossing]]) / 2)
    built_m: list[float] = []
    lost = []
    for k in np.lexsort((along_m, pieces.road_class[crossing])).tolist():
        piece, place_m = crossing[k], float(along_m[k])
        if pieces.road_class[piece] == CODE["motorway"]:
            continue
        is_near = any(abs(place_m - other_m) < BRIDGE_SPACING * radius_m for other_m in built_m)
        if is_near or pieces.road_class[piece] > CODE["secondary"]:
            lost.append(piece)
        else:
            built_m.append(place_m)
    return pieces.only(np.setdiff1d(np.arange(len(pieces.start)), lost))


def _thinned(pieces: Pieces, count: int, rng: Generator) -> Pieces:
    """Leave away lanes that are not needed to hold the city together, and what does not hang together anyway."""
    is_lane = (pieces.road_class == CODE["residential"]) & (pieces.direction == 0)
    is_motorway = pieces.road_class == CODE["motorway"]
    draw = rng.random(len(pieces.start))
    weight = np.where(is_lane, 1 + draw, 0.1 + draw / 10)
    city = np.flatnonzero(~is_motorway)
    graph = coo_array((weight[city], (pieces.start[city], pieces.end[city])), shape=(count, count)).tocsr()
    _, part_of = connected_components(graph, directed=False)
    largest = np.bincount(part_of[pieces.start[city]]).argmax()
    is_whole = (part_of[pieces.start] == largest) & (part_of[pieces.end] == largest)
    tree = minimum_spanning_tree(graph).tocoo()
    in_tree = np.isin(pieces.start * count + pieces.end, tree.row.astype(np.int64) * count + tree.col)
    is_spare = is_lane & ~in_tree
    bounds = np.cumsum([EXTRA_LANES, *((1 - EXTRA_LANES) * share for share in PATHS.values())])
    kind = np.searchsorted(bounds, rng.random(len(pieces.start)), side="right")
    classes = np.array([CODE["residential"], *(CODE[name] for name in PATHS), CODE["residential"]])
    road_class = np.where(is_spare, classes[kind], pieces.road_class)
    kept = np.flatnonzero(is_whole & (~is_spare | (kind <= len(PATHS))))
    return replace(pieces, road_class=road_class).only(kept)


def _passable(pieces: Pieces, count: int) -> Pieces:
    """Open one-way streets to both sides where cars could not get away from, or not to, one of their ends."""
    ways = [pieces.start[pieces.direction >= 0], pieces.end[pieces.direction <= 0]]
    ends = [pieces.end[pieces.direction >= 0], pieces.start[pieces.direction <= 0]]
    start, end = np.concatenate(ways), np.concatenate(ends)
    graph = coo_array((np.ones(len(start)), (start, end)), shape=(count, count))
    _, part_of = connected_components(graph, directed=True, connection="strong")
    is_stuck = part_of[pieces.start] != part_of[pieces.end]
    return replace(pieces, direction=np.where(is_stuck, 0, pieces.direction))


def _named(pieces: Pieces, count: int, rng: Generator) -> Pieces:
    """Make service roads of many blind lanes, and living streets of some others."""
    degree = np.bincount(np.concatenate((pieces.start, pieces.end)), minlength=count)
    is_lane = (pieces.road_class == CODE["residential"]) & (pieces.direction == 0)
    is_blind = (degree[pieces.start] == 1) | (degree[pieces.end] == 1)
    draw = rng.random(len(pieces.start))
    road_class = np.where(is_lane & is_blind & (draw < SERVICE_ROADS), CODE["service"], pieces.road_class)
    road_class = np.where(is_lane & ~is_blind & (draw < LIVING_STREETS), CODE["living_street"], road_class)
    return replace(pieces, road_class=road_class)
