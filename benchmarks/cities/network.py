"""Pieces of road between corners of the plane, and how they become a road graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.cities.plane import Origin
from geo.geodesic import distance_m, unit_vectors
from geo.road_graph import PROFILE_BITS, ROAD_CLASSES, RoadGraph

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]

EBIKE, CAR, WALK = PROFILE_BITS["ebike"], PROFILE_BITS["car"], PROFILE_BITS["walk"]
CODE: Final = {name: code for code, name in enumerate(ROAD_CLASSES)}
USERS: Final = {
    "motorway": CAR,
    "trunk": CAR | EBIKE,
    "cycleway": EBIKE | WALK,
    "footway": EBIKE | WALK,
    "steps": WALK,
}
"""Who may use a class of road; everybody if it is not here."""
LIMITS_KMH: Final = {
    "motorway": 100, "trunk": 80, "primary": 60, "secondary": 50, "tertiary": 40, "residential": 30,
    "living_street": 20, "service": 20,
}  # fmt: skip
"""Posted limits; none for the others."""
NO_POINTS: Final = np.empty((0, 2))
DECIMALS: Final = 6
"""Of coordinates in degrees: 0.1 m."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Pieces:
    """Pieces of road, each between two corners.

    Attributes
    ----------
    start, end : (n,) int64
        Corners.
    road_class : (n,) int64
        Position in `geo.road_graph.ROAD_CLASSES`.
    direction : (n,) int64
        0 = both ways, 1 = cars and e-bikes from start to end only, -1 = the other way only.
    bends : sequence of (k, 2) float64
        Points of the plane between the corners of each piece.
    """

    start: I64
    end: I64
    road_class: I64
    direction: I64
    bends: Sequence[F64]

    def only(self, kept: I64) -> Pieces:
        """Return the pieces of these numbers."""
        return Pieces(
            start=self.start[kept],
            end=self.end[kept],
            road_class=self.road_class[kept],
            direction=self.direction[kept],
            bends=[self.bends[k] for k in kept.tolist()],
        )


def joined(pieces: Pieces, points: F64) -> Pieces:
    """Return the pieces with those that meet at a mere bend made one: the corners left are junctions and ends.

    Only pieces of one class that may be used both ways are joined.
    """
    count = len(points)
    ends = np.concatenate((pieces.start, pieces.end))
    order = np.argsort(ends, kind="stable")
    first = np.searchsorted(ends[order], np.arange(count + 1))
    piece_at = order % len(pieces.start)
    one, other = (piece_at[np.minimum(first[:-1] + k, len(piece_at) - 1)] for k in (0, 1))
    is_bend = (np.diff(first) == 2) & (pieces.road_class[one] == pieces.road_class[other])
    is_bend &= (pieces.direction[one] == 0) & (pieces.direction[other] == 0)
    bends_at_ends = is_bend[pieces.start].astype(int) + is_bend[pieces.end]
    whole = np.flatnonzero(bends_at_ends == 0)
    chains = _chains(
        pieces, points, is_bend=is_bend, neighbours=(one, other), firsts=np.flatnonzero(bends_at_ends == 1)
    )
    return Pieces(
        start=np.concatenate((pieces.start[whole], chains.start)),
        end=np.concatenate((pieces.end[whole], chains.end)),
        road_class=np.concatenate((pieces.road_class[whole], chains.road_class)),
        direction=np.concatenate((pieces.direction[whole], chains.direction)),
        bends=[*(pieces.bends[k] for k in whole.tolist()), *chains.bends],
    )


def _chains(
    pieces: Pieces, points: F64, *, is_bend: NDArray[np.bool_], neighbours: tuple[I64, I64], firsts: I64
) -> Pieces:
    """Walk from each of `firsts`, which have a bend at one end, to the other end of their road."""
    start, end, bent = pieces.start.tolist(), pieces.end.tolist(), is_bend.tolist()
    one, other = neighbours[0].tolist(), neighbours[1].tolist()
    walked: set[int] = set()
    rows, bends = [], []
    for first in firsts.tolist():
        if first in walked:
            continue
        piece, here = first, end[first] if bent[start[first]] else start[first]
        begin, course = here, []
        while True:
            is_forward = start[piece] == here
            course.append(pieces.bends[piece] if is_forward else pieces.bends[piece][::-1])
            here = end[piece] if is_forward else start[piece]
            if not bent[here]:
                break
            course.append(points[here : here + 1])
            piece = other[here] if one[here] == piece else one[here]
        walked.add(piece)
        rows.append((begin, here, pieces.road_class[first], 0))
        bends.append(np.concatenate(course))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return Pieces(start=columns[0], end=columns[1], road_class=columns[2], direction=columns[3], bends=bends)


def graph_of(pieces: Pieces, points: F64, origin: Origin) -> RoadGraph:
    """Make the road graph of pieces between corners that lie at `points` of the origin's plane."""
    corners, ends = np.unique(np.concatenate((pieces.start, pieces.end)), return_inverse=True)
    start, end = ends[: len(pieces.start)], ends[len(pieces.start) :]
    nodes = np.round(origin.degrees_of(points[corners]), DECIMALS)
    shapes = np.round(origin.degrees_of(np.concatenate([NO_POINTS, *pieces.bends])), DECIMALS)
    shape_start = np.concatenate(([0], np.cumsum([len(bend) for bend in pieces.bends])))
    users = np.array([USERS.get(name, EBIKE | CAR | WALK) for name in ROAD_CLASSES])[pieces.road_class]
    walkers = users & WALK
    limits = np.array([LIMITS_KMH.get(name, 0) for name in ROAD_CLASSES])
    return RoadGraph(
        node_lat=nodes[:, 0].copy(),
        node_lon=nodes[:, 1].copy(),
        segment_from=start.astype(np.int32),
        segment_to=end.astype(np.int32),
        length_dm=_lengths_dm(nodes, shapes, start, end, shape_start),
        road_class=pieces.road_class.astype(np.uint8),
        forward=np.where(pieces.direction < 0, walkers, users).astype(np.uint8),
        backward=np.where(pieces.direction > 0, walkers, users).astype(np.uint8),
        max_kmh=limits[pieces.road_class].astype(np.uint8),
        shape_start=shape_start.astype(np.int32),
        shape_lat=shapes[:, 0].copy(),
        shape_lon=shapes[:, 1].copy(),
    )


def _lengths_dm(nodes: F64, shapes: F64, start: I64, end: I64, shape_start: I64) -> NDArray[np.int32]:
    """Measure each piece over its bends, in decimetres, at least one."""
    count = np.diff(shape_start)
    # All pieces one behind the other: start, bends, end.
    place = shape_start[:-1] + 2 * np.arange(len(start))
    line = np.empty((len(shapes) + 2 * len(start), 2))
    is_bend = np.ones(len(line), dtype=bool)
    is_bend[place] = is_bend[place + count + 1] = False
    line[place], line[place + count + 1], line[is_bend] = nodes[start], nodes[end], shapes
    vectors = unit_vectors(line[:, 0], line[:, 1])
    step_m = np.append(distance_m(vectors[:, :-1], vectors[:, 1:]), 0.0)
    step_m[place + count + 1] = 0.0
    length: NDArray[np.int32] = np.maximum(1, np.round(10 * np.add.reduceat(step_m, place))).astype(np.int32)
    return length
