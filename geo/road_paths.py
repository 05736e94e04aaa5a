"""The lines that ways take along the roads, to be drawn on a map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.road_graph import F64
from geo.road_lines import RoadLines
from geo.road_network import I64, RoadNetwork
from geo.road_pairs import settle_pairs
from geo.road_search import Found, RoadEnds, along_segment, weights_at
from geo.road_snap import SnappedPlaces


@dataclass(frozen=True, kw_only=True, eq=False)
class RoadPaths:
    """Draws ways between places on the roads of one network.

    Attributes
    ----------
    network, lines
        Of one graph.
    snapped, ends
        The places.
    """

    network: RoadNetwork
    lines: RoadLines
    snapped: SnappedPlaces
    ends: RoadEnds

    def draw(self, origin: I64, destination: I64) -> tuple[F64, ...]:
        """Return the line of the shortest way for each pair of places, both in (k, 2) latitudes and longitudes.

        At least the two places themselves, from the snapped one to the snapped one; no points at all, (0, 2), where
        there is no way.
        """
        drawn = [np.empty((0, 2))] * len(origin)
        arc_from = np.repeat(np.arange(self.network.n_nodes), np.diff(self.network.arc_start))
        arc_keys = arc_from * self.network.n_nodes + self.network.arc_to
        for settled in settle_pairs(self.network, self.ends, origin, destination, with_ways=True):
            start, end = origin[settled.pair], destination[settled.pair]
            through = weights_at(settled.found, settled.row, self.ends, end)
            is_direct = along_segment(self.network, self.ends, start, end) == settled.weight
            for k in np.flatnonzero(np.isfinite(settled.weight)):
                if is_direct[k]:
                    points = self._along(start[k], end[k])
                else:
                    last_end = int(np.argmin(through[k]))
                    nodes = self._nodes(settled.found, settled.row[k], int(self.ends.node[end[k], last_end]))
                    points = self._around(start[k], end[k], last_end, nodes, arc_keys)
                drawn[settled.pair[k]] = self._line(start[k], end[k], points)
        return tuple(drawn)

    def _nodes(self, found: Found, row: int, node: int) -> I64:
        before, n = found.before[row], self.network.n_nodes
        nodes = []
        while 0 <= node < n:
            nodes.append(node)
            node = before.item(node)
        return np.array(nodes[::-1])

    def _along(self, start: int, end: int) -> I64:
        """Choose the points of a line between two places on one segment."""
        point, position = self.snapped.point, self.snapped.position_dm
        if position[start] <= position[end]:
            return np.arange(point[start] + 1, point[end] + 1)
        return np.arange(point[start], point[end], -1)

    def _around(self, start: int, end: int, last_end: int, nodes: I64, arc_keys: I64) -> I64:
        """Choose the points of the lines from a place to the first node, along the arcs, and from the last to a place.

        Parameters
        ----------
        last_end
            By which end the destination's segment is entered.
        nodes
            All nodes of the way, at least one.
        arc_keys
            First node x nodes + second, of all arcs.
        """
        line, network = self.lines.start, self.network
        segment = self.snapped.segment
        is_exit = self.ends.node[start] == nodes[0]
        first_end = int(np.argmin(np.where(is_exit, self.ends.leave[start], np.inf)))
        point = self.snapped.point[start]
        parts = [
            np.arange(point, line[segment[start]] - 1, -1)
            if first_end == 0
            else np.arange(point + 1, line[segment[start] + 1])
        ]
        arcs = np.searchsorted(arc_keys, nodes[:-1] * network.n_nodes + nodes[1:])
        for part, is_forward in zip(network.arc_segment[arcs], network.arc_is_forward[arcs], strict=True):
            points = np.arange(line[part], line[part + 1])
            parts.append(points if is_forward else points[::-1])
        point = self.snapped.point[end]
        parts.append(
            np.arange(line[segment[end]], point + 1)
            if last_end == 0
            else np.arange(line[segment[end] + 1] - 1, point, -1)
        )
        return np.concatenate(parts)

    def _line(self, start: int, end: int, points: I64) -> F64:
        line = np.empty((len(points) + 2, 2))
        line[1:-1, 0], line[1:-1, 1] = self.lines.lat[points], self.lines.lon[points]
        for row, place in ((0, start), (-1, end)):
            line[row] = self.snapped.lat[place], self.snapped.lon[place]
        is_new = np.ones(len(line), dtype=np.bool_)
        is_new[1:] = (line[1:] != line[:-1]).any(axis=1)  # lines share their ends
        return line[is_new] if is_new[1:].any() else line[:2]
