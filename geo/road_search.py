"""Shortest ways between places on roads, by Dijkstra's algorithm on the weights of `road_network`.

Places are not put into the graph: a search starts at up to two nodes, the ends of the origin's segment, with what it
takes to get there, and ends at those of the destination's. So a way does not depend on what else is asked, and one
network serves every question.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.provider import UNREACHABLE
from geo.road_graph import F64, I32
from geo.road_network import I64, TIME_UNIT, RoadNetwork
from geo.road_snap import SnappedPlaces

CELLS_AT_ONCE: Final = 2**22
"""Origins times nodes searched by one call of scipy: 32 MB of weights (and 16 MB of predecessors)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RoadEnds:
    """What it takes to get from places to the ends of their segments and back.

    Attributes
    ----------
    node : (k, 2) int32
        First and second end of the place's segment, as nodes of the network.
    leave, arrive : (k, 2) float64
        Weight from the place to that end, and from that end to the place; inf = not that way round.
    segment, position_dm : (k,) int32, int64
        As in `SnappedPlaces`.
    """

    node: I32
    leave: F64
    arrive: F64
    segment: I32
    position_dm: I64

    def take(self, places: I64) -> RoadEnds:
        """Return the ends of some places, in the given sequence."""
        return RoadEnds(**{name: array[places] for name, array in vars(self).items()})

    def joined(self, others: RoadEnds) -> RoadEnds:
        """Return the ends of these places, then of others."""
        both = zip(vars(self).items(), vars(others).values(), strict=True)
        return RoadEnds(**{name: np.concatenate((own, other)) for (name, own), other in both})

    def turned_round(self) -> RoadEnds:
        """Return them for a network whose arcs are turned round: leaving is arriving."""
        return replace(self, leave=self.arrive, arrive=self.leave)


def ends_of(network: RoadNetwork, snapped: SnappedPlaces) -> RoadEnds:
    """Split the segments at the places: both parts together are the whole, to the millisecond.

    A place at an end is at the node itself, so one can leave a one-way street where it begins and enter it where it
    ends.
    """
    segment, position = snapped.segment, snapped.position_dm
    rest = network.length_dm[segment] - position
    ahead, back = network.forward_ms[segment], network.backward_ms[segment]
    ahead_so_far, back_so_far = (
        _before_ms(network, ahead, segment, position),
        _before_ms(network, back, segment, position),
    )
    leave = np.stack((_weight(back > 0, back_so_far, position), _weight(ahead > 0, ahead - ahead_so_far, rest)), axis=1)
    arrive = np.stack((_weight(ahead > 0, ahead_so_far, position), _weight(back > 0, back - back_so_far, rest)), axis=1)
    is_at_end = np.stack((position == 0, rest == 0), axis=1)
    leave[is_at_end] = arrive[is_at_end] = 0
    node = np.stack((network.segment_from[segment], network.segment_to[segment]), axis=1)
    return RoadEnds(node=node, leave=leave, arrive=arrive, segment=segment, position_dm=position)


def along_segment(network: RoadNetwork, ends: RoadEnds, origin: I64, destination: I64) -> F64:
    """Return the weight of the way that never leaves the segment; inf if there is none.

    Parameters
    ----------
    origin, destination : (m,) int64
        Places, by position in `ends`.
    """
    segment = ends.segment[origin]
    start, end = ends.position_dm[origin], ends.position_dm[destination]
    ahead, back = network.forward_ms[segment], network.backward_ms[segment]
    ahead_ms = _before_ms(network, ahead, segment, end) - _before_ms(network, ahead, segment, start)
    back_ms = _before_ms(network, back, segment, start) - _before_ms(network, back, segment, end)
    is_same = segment == ends.segment[destination]
    forward = _weight(is_same & (ahead > 0) & (end >= start), ahead_ms, end - start)
    backward = _weight(is_same & (back > 0) & (end <= start), back_ms, start - end)
    return np.minimum(forward, backward)


def table_rows(network: RoadNetwork, ends: RoadEnds, first: int, last: int) -> F64:
    """Return the weights from places `first` to `last` (exclusive) to all places, (last - first, k)."""
    rows = np.arange(first, last)
    weights = search(network, ends, rows, network.longest_ms).weights
    reached = weights[:, ends.node[:, 0]] + ends.arrive[:, 0]
    np.minimum(reached, weights[:, ends.node[:, 1]] + ends.arrive[:, 1], out=reached)
    by_segment = np.argsort(ends.segment, kind="stable")
    begin = np.searchsorted(ends.segment, ends.segment[rows], side="left", sorter=by_segment)
    stop = np.searchsorted(ends.segment, ends.segment[rows], side="right", sorter=by_segment)
    for row in rows:
        there = by_segment[begin[row - first] : stop[row - first]]
        direct = along_segment(network, ends, np.full(len(there), row), there)
        reached[row - first, there] = np.minimum(reached[row - first, there], direct)
    return without_far(network, reached)


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """Ways from some origins to all nodes.

    Attributes
    ----------
    weights : (origins, n) float64
        inf = farther than the search went.
    before : (origins, n) int32
        The node before on the way; n or more, or negative = none, the way starts here. Empty unless asked for.
    """

    weights: F64
    before: I32


def search(network: RoadNetwork, ends: RoadEnds, origins: I64, limit_ms: int, *, with_ways: bool = False) -> Found:
    """Search from each origin, which is a node of its own behind those of the network.

    O((n + a) log n) for an origin.

    Parameters
    ----------
    origins : (k,) int64
        Places, by position in `ends`.
    limit_ms
        How far to go, at most `network.longest_ms`.
    with_ways
        Whether `Found.before` is needed.
    """
    n, k = network.n_nodes, len(origins)
    node, leave = ends.node[origins], ends.leave[origins]
    is_way_out = np.isfinite(leave)
    starts = len(network.arc_to) + np.concatenate(([0], np.cumsum(is_way_out.sum(axis=1))))
    arcs = csr_array(
        (
            np.concatenate((network.arc_weight, leave[is_way_out])),
            np.concatenate((network.arc_to, node[is_way_out])),
            np.concatenate((network.arc_start[:-1], starts)).astype(np.int32),
        ),
        shape=(n + k, n + k),
    )
    limit = limit_ms * TIME_UNIT
    indices = np.arange(n, n + k)
    if with_ways:
        weights, before = dijkstra(arcs, indices=indices, limit=limit, return_predecessors=True)
        return Found(weights=weights[:, :n], before=before[:, :n])
    return Found(weights=dijkstra(arcs, indices=indices, limit=limit)[:, :n], before=np.empty((0, n), dtype=np.int32))


def weights_at(found: Found, row: I64, ends: RoadEnds, destination: I64) -> F64:
    """Return the weights to each destination through the first and the second end of its segment, (m, 2).

    Parameters
    ----------
    row, destination : (m,) int64
        Rows of `found`, and places by position in `ends`.
    """
    at_ends: F64 = found.weights[row[:, None], ends.node[destination]] + ends.arrive[destination]
    return at_ends


def origins_at_once(network: RoadNetwork) -> int:
    """How many origins one search takes, so that its memory stays bounded."""
    return max(1, CELLS_AT_ONCE // network.n_nodes)


def _before_ms(network: RoadNetwork, whole_ms: I64, segment: I32, position_dm: I64) -> I64:
    # below 2**28 * 2**25: no overflow
    before: I64 = whole_ms * position_dm // network.length_dm[segment]
    return before


def _weight(is_allowed: NDArray[np.bool_], ms: I64, dm: I64) -> F64:
    return np.where(is_allowed, ms * TIME_UNIT + dm, np.inf)


def without_far(network: RoadNetwork, weights: F64) -> F64:
    """Replace weights beyond `network.longest_ms` by inf, wherever on its segment a destination stands."""
    return np.where(weights < (network.longest_ms + 1) * TIME_UNIT, weights, np.inf)


def seconds_and_metres(weights: F64) -> tuple[I32, I32]:
    """Take weights apart: seconds rounded up, metres to the nearest; `UNREACHABLE` for inf."""
    is_far = np.isinf(weights)
    ms, dm = np.divmod(np.where(is_far, 0, weights).astype(np.int64), int(TIME_UNIT))
    seconds, metres = (-(-ms // 1000)).astype(np.int32), ((dm + 5) // 10).astype(np.int32)
    seconds[is_far] = metres[is_far] = UNREACHABLE
    return seconds, metres
