"""Road segments as lines of points, both ends included, and how long they are on the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.geodesic import FLATTENING, SEMI_MAJOR_AXIS_M, unit_vectors
from geo.road_graph import F64, RoadGraph
from geo.road_network import I64

AXES_M: Final = np.array([[1.0], [1.0], [1 - FLATTENING]]) * SEMI_MAJOR_AXIS_M


@dataclass(frozen=True, kw_only=True, eq=False)
class RoadLines:
    """The points of all segments, one after the other.

    Attributes
    ----------
    start : (m + 1,) int64
        Segment k has the points from `start[k]` to `start[k + 1]`, at least two.
    lat, lon : (p,) float64
        Degrees, WGS-84.
    """

    start: I64
    lat: F64
    lon: F64


def lines_of(graph: RoadGraph) -> RoadLines:
    """Put the ends of each segment around the points of its shape."""
    m = len(graph.segment_from)
    start = graph.shape_start + 2 * np.arange(m + 1, dtype=np.int64)
    is_shape = np.ones(int(start[-1]), dtype=np.bool_)
    is_shape[start[:-1]] = is_shape[start[1:] - 1] = False
    lat, lon = np.empty(len(is_shape)), np.empty(len(is_shape))
    for target, of_node, of_shape in ((lat, graph.node_lat, graph.shape_lat), (lon, graph.node_lon, graph.shape_lon)):
        target[start[:-1]] = of_node[graph.segment_from]
        target[start[1:] - 1] = of_node[graph.segment_to]
        target[is_shape] = of_shape
    return RoadLines(start=start, lat=lat, lon=lon)


def earth_centred_m(lat: F64, lon: F64) -> F64:
    """Return positions in metres from the centre of the earth, (3, n)."""
    return unit_vectors(lat, lon) * AXES_M


def short_way_round(degrees: F64) -> F64:
    """Bring differences of longitudes into -180..180."""
    wrapped: F64 = (degrees + 180) % 360 - 180
    return wrapped
