"""The roads that one profile may use, with the time each takes, as arcs for a search.

Exact and the same on every machine: the time along a segment is a whole number of milliseconds, its length one of
decimetres, and a search adds both at once as the weight

    weight = milliseconds * 2**25 + decimetres

in float64, exact below 2**53. So the least weight is the least time, and of ways that take the same time the shortest.
A way's decimetres must stay below 2**25 for that; times are rounded up, so that a way of t milliseconds is no longer
than t times the highest speed, and a search that stops at `longest_ms` cannot meet a longer one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, reverse_cuthill_mckee

from geo.errors import RoadGraphError, SettingError
from geo.road_graph import F64, I32, LENGTH_LIMIT_DM, PROFILE_BITS, ROAD_CLASSES, RoadGraph

I64 = NDArray[np.int64]

TIME_UNIT: Final = float(LENGTH_LIMIT_DM)
"""Weight of a millisecond."""

TIME_LIMIT_MS: Final = 2**28
"""No way that takes as long as that (74 h) is found."""

SPEED_KMH_LIMITS: Final = (0.1, 250.0)

MS_M_PER_H_DM: Final = 360_000
"""Milliseconds for 1 dm at 1 m/h: 0.1 m / (1 m / 3,600,000 ms)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RoadNetwork:
    """The largest part of a road graph in which one profile can get from everywhere to everywhere.

    Attributes
    ----------
    arc_start : (n + 1,) int32
        The arcs that leave node i are those from `arc_start[i]` to `arc_start[i + 1]`, by the node they lead to; of
        several between the same two nodes only the best is kept. Nodes are numbered so that neighbours are near,
        which makes a search a fifth faster than a random order does.
    arc_to, arc_weight : (a,) int32, float64
        Where an arc leads, and its weight.
    arc_segment : (a,) int32
        The segment it goes along.
    arc_is_forward : (a,) bool
        Whether from the segment's first end to its second.
    segments : (s,) int32
        Segments of the graph that belong to the part, ascending.
    segment_from, segment_to : (m,) int32
        Node of the part at a segment's ends, by segment of the graph; -1 = outside.
    length_dm, forward_ms, backward_ms : (m,) int64
        By segment of the graph; 0 ms = no way in that direction.
    longest_ms
        Ways that take longer are not found.
    """

    arc_start: I32
    arc_to: I32
    arc_weight: F64
    arc_segment: I32
    arc_is_forward: NDArray[np.bool_]
    segments: I32
    segment_from: I32
    segment_to: I32
    length_dm: I64
    forward_ms: I64
    backward_ms: I64
    longest_ms: int

    @property
    def n_nodes(self) -> int:
        """Nodes of the part."""
        return len(self.arc_start) - 1


def speeds_m_per_h(speed_kmh: Mapping[str, float], name: str) -> I64:
    """Return the speed on each of `ROAD_CLASSES` in whole metres per hour; 0 = not usable.

    Raises
    ------
    SettingError
        If a class is unknown or a speed neither 0 nor within 0.1..250 km/h; the message begins with `name`.
    """
    low, high = SPEED_KMH_LIMITS
    for road_class, kmh in speed_kmh.items():
        if road_class not in ROAD_CLASSES:
            raise SettingError(f"{name}.{road_class} is no class of road, known are: {', '.join(ROAD_CLASSES)}")
        if kmh != 0 and not low <= kmh <= high:
            raise SettingError(f"{name}.{road_class} is {kmh}, must be 0 (not usable) or lie in {low:g}..{high:g}")
    return np.array([round(1000 * speed_kmh.get(road_class, 0)) for road_class in ROAD_CLASSES], dtype=np.int64)


def turned_round(network: RoadNetwork) -> RoadNetwork:
    """Return the network with every arc turned round, for searches towards a place; segments stay as they are."""
    n = network.n_nodes
    arcs = csr_array((np.arange(1, len(network.arc_to) + 1), network.arc_to, network.arc_start), shape=(n, n))
    turned = arcs.T.tocsr()
    arc = turned.data - 1
    return replace(
        network,
        arc_start=turned.indptr.astype(np.int32),
        arc_to=turned.indices.astype(np.int32),
        arc_weight=network.arc_weight[arc],
        arc_segment=network.arc_segment[arc],
        arc_is_forward=network.arc_is_forward[arc],
    )


def network_of(graph: RoadGraph, profile: str, speed_m_per_h: I64) -> RoadNetwork:
    """Choose the roads for a profile: O(m log m).

    Parameters
    ----------
    graph
        All roads.
    profile
        One of `PROFILE_BITS`.
    speed_m_per_h : (classes,) int64
        From `speeds_m_per_h`. A posted limit lowers the speed of a car.

    Raises
    ------
    RoadGraphError
        If the profile may use no road at all, or none on which it can get back.
    """
    speed = speed_m_per_h[graph.road_class]
    if profile == "car":
        limit = graph.max_kmh.astype(np.int64) * 1000
        speed = np.where(limit > 0, np.minimum(speed, limit), speed)
    fastest = int(speed.max())
    longest_ms = min(TIME_LIMIT_MS - 1, (LENGTH_LIMIT_DM - 1) * MS_M_PER_H_DM // max(1, fastest))
    length_dm = graph.length_dm.astype(np.int64)
    time_ms = -(-length_dm * MS_M_PER_H_DM // np.maximum(speed, 1))
    is_usable = (speed > 0) & (time_ms <= longest_ms)
    bit = PROFILE_BITS[profile]
    forward_ms = np.where(is_usable & ((graph.forward & bit) > 0), time_ms, 0)
    backward_ms = np.where(is_usable & ((graph.backward & bit) > 0), time_ms, 0)

    node_of = _largest_part(graph, forward_ms > 0, backward_ms > 0)
    segment_from, segment_to = node_of[graph.segment_from], node_of[graph.segment_to]
    inside = (segment_from >= 0) & (segment_to >= 0) & ((forward_ms > 0) | (backward_ms > 0))
    if not inside.any():
        raise RoadGraphError(
            f"there is no road that {profile} may use and get back from\n"
            "Maybe its speeds are 0 on the classes of road that the graph has, or the graph is not meant for it."
        )
    ahead, back = np.flatnonzero(inside & (forward_ms > 0)), np.flatnonzero(inside & (backward_ms > 0))
    segment = np.concatenate((ahead, back)).astype(np.int32)
    start = np.concatenate((segment_from[ahead], segment_to[back]))
    end = np.concatenate((segment_to[ahead], segment_from[back]))
    weight = np.concatenate((forward_ms[ahead], backward_ms[back])) * TIME_UNIT + length_dm[segment]
    is_forward = np.arange(len(segment)) < len(ahead)
    order = np.lexsort((segment, weight, end, start))
    order = order[start[order] != end[order]]  # a loop leads nowhere
    is_best = np.ones(len(order), dtype=np.bool_)
    is_best[1:] = (np.diff(start[order]) != 0) | (np.diff(end[order]) != 0)
    kept = order[is_best]
    n = int(node_of.max()) + 1
    return RoadNetwork(
        arc_start=np.searchsorted(start[kept], np.arange(n + 1)).astype(np.int32),
        arc_to=end[kept],
        arc_weight=weight[kept],
        arc_segment=segment[kept],
        arc_is_forward=is_forward[kept],
        segments=np.flatnonzero(inside).astype(np.int32),
        segment_from=np.where(inside, segment_from, -1).astype(np.int32),
        segment_to=np.where(inside, segment_to, -1).astype(np.int32),
        length_dm=length_dm,
        forward_ms=forward_ms,
        backward_ms=backward_ms,
        longest_ms=longest_ms,
    )


def _largest_part(graph: RoadGraph, ahead: NDArray[np.bool_], back: NDArray[np.bool_]) -> I32:
    """Number the nodes of the largest strongly connected part that has a road; -1 = not in it."""
    n = len(graph.node_lat)
    start = np.concatenate((graph.segment_from[ahead], graph.segment_to[back]))
    end = np.concatenate((graph.segment_to[ahead], graph.segment_from[back]))
    arcs = csr_array((np.ones(len(start), dtype=np.int32), (start, end)), shape=(n, n))
    _, label = connected_components(arcs, directed=True, connection="strong")
    within = label[start] == label[end]  # arcs, so that a lone loop counts and a lone end does not
    size = np.bincount(label[start[within]], minlength=1)
    node_of = np.full(n, -1, dtype=np.int32)
    if size.max() > 0:
        nodes = np.flatnonzero(label == int(np.argmax(size)))
        part = arcs[nodes][:, nodes]
        near = reverse_cuthill_mckee((part + part.T).tocsr(), symmetric_mode=True)
        node_of[nodes[near]] = np.arange(len(nodes), dtype=np.int32)
    return node_of
