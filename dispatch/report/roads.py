"""The roads of a map as SVG path data: few long simplified lines for each class, within a budget of characters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dispatch.report.projection import ASPECT, UNITS, Projection, path_data, simplified
from geo.road_graph import ROAD_CLASSES, RoadGraph

BUDGET: Final = 1_800_000
"""Most characters of all roads together."""
_LAYERS: Final = (
    ("major", ("motorway", "trunk", "primary")),
    ("middle", ("secondary", "tertiary")),
    ("minor", ("residential", "living_street")),
    ("small", ("service", "track", "cycleway", "footway")),
)
"""Names of layers and their road classes, the most important first."""
_ALWAYS: Final = 2
"""So many layers are drawn whatever they need; the next ones as far as the budget goes."""
_TOLERANCE: Final = 1.2
"""Drawing units; half a pixel on a wide screen."""


@dataclass(frozen=True, kw_only=True)
class RoadLayer:
    """Roads drawn alike; `name` is major, middle, minor or small."""

    name: str
    data: str


def road_layers(graph: RoadGraph, projection: Projection, *, budget: int = BUDGET) -> tuple[RoadLayer, ...]:
    """Return the roads inside the drawing, the least important layer first; O(segments)."""
    nodes = projection.xy(graph.node_lat, graph.node_lon)
    x, y = nodes[:, 0], nodes[:, 1]
    is_inside = (x >= 0) & (x <= UNITS) & (y >= 0) & (y <= UNITS / ASPECT)
    is_seen = np.take(is_inside, graph.segment_from) | np.take(is_inside, graph.segment_to)
    shapes = projection.xy(graph.shape_lat, graph.shape_lon)
    drawn = _Drawn(
        nodes=[(x, y) for x, y in nodes.tolist()],
        shapes=[(x, y) for x, y in shapes.tolist()],
        shape_start=graph.shape_start.tolist(),
        ends={},
    )
    layers: list[RoadLayer] = []
    used = 0
    for position, (name, classes) in enumerate(_LAYERS):
        codes = [ROAD_CLASSES.index(road_class) for road_class in classes]
        chosen = np.flatnonzero(is_seen & np.isin(graph.road_class, codes))
        data = _path_data(replace(drawn, ends=_ends(graph, chosen)))
        used += len(data)
        if position >= _ALWAYS and used > budget:
            break
        if data:
            layers.append(RoadLayer(name=name, data=data))
    return tuple(reversed(layers))


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    """The points of a graph in drawing units, as lists: chains are short, and lists beat arrays on them."""

    nodes: list[tuple[int, int]]
    shapes: list[tuple[int, int]]
    shape_start: list[int]
    ends: dict[int, tuple[int, int]]

    def points(self, segment: int, *, is_backward: bool) -> list[tuple[int, int]]:
        """Return the points of a segment in the direction in which it is taken, without the last."""
        start, end = self.ends[segment]
        inner = self.shapes[self.shape_start[segment] : self.shape_start[segment + 1]]
        line = [self.nodes[start], *inner, self.nodes[end]]
        return line[:0:-1] if is_backward else line[:-1]


def _path_data(drawn: _Drawn) -> str:
    parts: list[str] = []
    previous: tuple[int, int] | None = None
    for chain, last in _chains(drawn):
        points = [point for segment, is_backward in chain for point in drawn.points(segment, is_backward=is_backward)]
        line = simplified(np.array([*points, drawn.nodes[last]], dtype=np.int64), _TOLERANCE)
        parts.append(path_data(line, previous))
        previous = (int(line[-1, 0]), int(line[-1, 1]))
    return "".join(parts)


def _chains(drawn: _Drawn) -> Iterator[tuple[list[tuple[int, bool]], int]]:
    """Yield segments in chains that go as straight on as possible, each with whether it is taken backwards.

    With each chain comes its last node. Long chains need fewer moves, and on a straight street most of their points
    are superfluous.
    """
    at_node: dict[int, list[int]] = defaultdict(list)
    for segment, pair in drawn.ends.items():
        for node in pair:
            at_node[node].append(segment)
    unused = dict.fromkeys(drawn.ends)
    while unused:
        first = next(iter(unused))
        del unused[first]
        chain = [(first, False)]
        came_from, node = drawn.ends[first]
        while (following := _straightest(at_node[node], unused, drawn, came_from, node)) is not None:
            del unused[following]
            start, end = drawn.ends[following]
            chain.append((following, start != node))
            came_from, node = node, end if start == node else start
        yield chain, node


def _straightest(
    candidates: list[int], unused: dict[int, None], drawn: _Drawn, came_from: int, node: int
) -> int | None:
    """Return the unused segment at a node that turns least; None if all turn by more than a right angle."""
    x, y = drawn.nodes[node]
    before_x, before_y = x - drawn.nodes[came_from][0], y - drawn.nodes[came_from][1]
    best, best_cosine = None, 0.0
    for segment in candidates:
        if segment not in unused:
            continue
        start, end = drawn.ends[segment]
        far_x, far_y = drawn.nodes[end if start == node else start]
        after_x, after_y = far_x - x, far_y - y
        length = ((before_x**2 + before_y**2) * (after_x**2 + after_y**2)) ** 0.5
        cosine = (before_x * after_x + before_y * after_y) / length if length else 1.0
        if cosine >= best_cosine:
            best, best_cosine = segment, cosine
    return best


def _ends(graph: RoadGraph, chosen: NDArray[np.intp]) -> dict[int, tuple[int, int]]:
    pairs = zip(graph.segment_from[chosen].tolist(), graph.segment_to[chosen].tolist(), strict=True)
    return dict(zip(chosen.tolist(), pairs, strict=True))
