"""Cuts the ways of a map into the road segments of a graph.

A way ends where the map does, and is cut at each node that another way, or the same one, passes as well. Barriers are
put into the graph as segments of a decimetre: a way that carries somebody whom the barrier stops ends beside it, and
only those who get past go on to the barrier's own node.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.geodesic import distance_m, unit_vectors
from geo.road_graph import RoadGraph

BARRIER_DM: Final = 1
"""Length of the way past a barrier."""


@dataclass(frozen=True, kw_only=True, eq=False)
class MappedWays:
    """The ways of a map that are roads, point by point, and the barriers on them.

    Attributes
    ----------
    way : (p,) int32
        Which way each point belongs to, growing; the points of a way stand in its order.
    ref : (p,) int64
        The map's number of the point.
    lat, lon : (p,) float64
        Degrees, WGS-84; NaN = the map does not hold the point.
    road_class, forward, backward, max_kmh : (w,) uint8
        Of each way, as in `RoadGraph`.
    barrier_bits : dict
        The profiles that get past the barrier on a point, by `ref`.
    """

    way: NDArray[np.int32]
    ref: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    road_class: NDArray[np.uint8]
    forward: NDArray[np.uint8]
    backward: NDArray[np.uint8]
    max_kmh: NDArray[np.uint8]
    barrier_bits: dict[int, int]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Passage:
    """The ends of segments that barriers stop, and the way past for those who may.

    Attributes
    ----------
    segment_from, segment_to
        Of all segments, with nodes beside the barriers where they are stopped.
    barrier, beside : (k,) int32
        The barrier's own node, and the new one beside it.
    segment : (k,) int64
        The segment that ends there.
    forward, backward : (k,) uint8
        Who may go from `beside` to `barrier`, and back.
    """

    segment_from: NDArray[np.int32]
    segment_to: NDArray[np.int32]
    barrier: NDArray[np.int32]
    beside: NDArray[np.int32]
    segment: NDArray[np.int64]
    forward: NDArray[np.uint8]
    backward: NDArray[np.uint8]


def cut_into_segments(ways: MappedWays) -> RoadGraph:
    """Make the road graph of a map: O(p log p) in its points.

    Nodes stand in the order of the map's numbers, segments in that of the ways; nodes and segments at barriers follow.

    Raises
    ------
    RoadGraphError
        If no segment remains.
    """
    kept, run = _runs(ways)
    way, lat, lon = ways.way[kept], ways.lat[kept], ways.lon[kept]
    refs, first, node = np.unique(ways.ref[kept], return_index=True, return_inverse=True)
    is_start = np.diff(run, prepend=-1) > 0
    bears_barrier = np.isin(refs, list(ways.barrier_bits))
    is_shared = np.bincount(node, minlength=len(refs)) > 1
    is_cut = is_start | np.roll(is_start, -1) | (is_shared | bears_barrier)[node]

    cut = np.flatnonzero(is_cut)
    together = run[cut[1:]] == run[cut[:-1]]
    begin, end = cut[:-1][together], cut[1:][together]
    of_way = way[begin]
    along_m = _metres_along(lat, lon, is_start)
    length_dm = np.maximum(1, np.rint(10 * (along_m[end] - along_m[begin]))).astype(np.int32)

    number = np.cumsum(np.bincount(node[cut], minlength=len(refs)) > 0, dtype=np.int32) - 1
    at = first[np.unique(node[cut])]
    forward, backward = ways.forward[of_way], ways.backward[of_way]
    barriers = {int(number[k]): ways.barrier_bits[int(refs[k])] for k in np.flatnonzero(bears_barrier)}
    passage = _stop(
        segment_from=number[node[begin]],
        segment_to=number[node[end]],
        forward=forward,
        backward=backward,
        barriers=barriers,
        node_count=len(at),
    )
    past = len(passage.barrier)
    by_barrier = of_way[passage.segment]
    return RoadGraph(
        node_lat=np.concatenate((lat[at], lat[at][passage.barrier])),
        node_lon=np.concatenate((lon[at], lon[at][passage.barrier])),
        segment_from=np.concatenate((passage.segment_from, passage.beside)),
        segment_to=np.concatenate((passage.segment_to, passage.barrier)),
        length_dm=np.concatenate((length_dm, np.full(past, BARRIER_DM, dtype=np.int32))),
        road_class=np.concatenate((ways.road_class[of_way], ways.road_class[by_barrier])),
        forward=np.concatenate((forward, passage.forward)),
        backward=np.concatenate((backward, passage.backward)),
        max_kmh=np.concatenate((ways.max_kmh[of_way], ways.max_kmh[by_barrier])),
        shape_start=np.concatenate(([0], np.cumsum(end - begin - 1), np.full(past, (~is_cut).sum()))).astype(np.int32),
        shape_lat=lat[~is_cut],
        shape_lon=lon[~is_cut],
    )


def _runs(ways: MappedWays) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the points to keep, and for each of them which unbroken run it belongs to.

    A run ends with its way and at points that the map does not hold. A point that repeats the one before is left out,
    and so is a run of one point.
    """
    is_known = ~np.isnan(ways.lat)
    breaks = np.diff(ways.way, prepend=-1) > 0
    breaks[1:] |= ~is_known[:-1]
    run = np.cumsum(breaks, dtype=np.int64)
    repeats = np.zeros(len(run), dtype=np.bool_)
    repeats[1:] = (ways.ref[1:] == ways.ref[:-1]) & ~breaks[1:]
    kept = np.flatnonzero(is_known & ~repeats)
    kept = kept[np.bincount(run[kept], minlength=1)[run[kept]] > 1]
    return kept, run[kept]


def _metres_along(
    lat: NDArray[np.float64], lon: NDArray[np.float64], is_start: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the way from the first of all points to each; from run to run there is none."""
    if not len(lat):
        return lat
    vectors = unit_vectors(lat, lon)
    steps_m = distance_m(vectors[:, :-1], vectors[:, 1:])
    steps_m[is_start[1:]] = 0.0
    return np.concatenate(([0.0], np.cumsum(steps_m)))


def _stop(
    *,
    segment_from: NDArray[np.int32],
    segment_to: NDArray[np.int32],
    forward: NDArray[np.uint8],
    backward: NDArray[np.uint8],
    barriers: dict[int, int],
    node_count: int,
) -> _Passage:
    """Give each segment that a barrier stops a new node beside the barrier, from `node_count` up.

    Parameters
    ----------
    barriers
        The bits of the profiles that get past, by node.
    """
    ends = np.stack((segment_from, segment_to), axis=1)
    rows = []
    for segment, side in np.argwhere(np.isin(ends, list(barriers))):
        barrier = int(ends[segment, side])
        there, back = (forward, backward) if side else (backward, forward)  # towards the barrier, and away from it
        bits = barriers[barrier]
        if (int(there[segment]) | int(back[segment])) & ~bits:
            rows.append((barrier, segment, int(there[segment]) & bits, int(back[segment]) & bits))
            ends[segment, side] = node_count + len(rows) - 1
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return _Passage(
        segment_from=ends[:, 0].copy(),
        segment_to=ends[:, 1].copy(),
        barrier=table[:, 0].astype(np.int32),
        beside=np.arange(node_count, node_count + len(table), dtype=np.int32),
        segment=table[:, 1],
        forward=table[:, 2].astype(np.uint8),
        backward=table[:, 3].astype(np.uint8),
    )
