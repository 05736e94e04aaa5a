from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.errors import RoadGraphError
from geo.road_graph import RoadGraph
from tests.road_graphs import Road, east, road_graph

GRAPH = road_graph([east(0), east(1000)], [Road(start=0, end=1, shape=(east(300),)), Road(start=1, end=0)])


def test_all_arrays_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        GRAPH.length_dm[0] = 1


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("node_lat", np.array([0.0]), r"node_lon is float64 of shape \(2,\), must be float64 of shape \(1,\)"),
        ("node_lat", np.array([0, 1]), r"node_lat is int64 of shape \(2,\), must be float64 of shape \(2,\)"),
        ("node_lat", np.array([0.0, np.nan]), r"node_lat\[1\] is nan, must lie in -90..90"),
        ("node_lon", np.array([0.0, -180.5]), r"node_lon\[1\] is -180.5, must lie in -180..180"),
        ("segment_from", np.array([0, 2], dtype=np.int32), r"segment_from\[1\] is 2, must lie in 0..1"),
        ("segment_to", np.array([-1, 0], dtype=np.int32), r"segment_to\[0\] is -1, must lie in 0..1"),
        ("length_dm", np.array([0, 5], dtype=np.int32), r"length_dm\[0\] is 0, must lie in 1..33554431"),
        ("length_dm", np.array([5, 2**25], dtype=np.int32), r"length_dm\[1\] is 33554432"),
        ("road_class", np.array([0, 12], dtype=np.uint8), r"road_class\[1\] is 12, must lie in 0..11"),
        ("forward", np.array([0, 8], dtype=np.uint8), r"forward\[1\] is 8, must lie in 0..7"),
        ("backward", np.array([255, 0], dtype=np.uint8), r"backward\[0\] is 255, must lie in 0..7"),
        ("max_kmh", np.array([30, 50]), r"max_kmh is int64 of shape \(2,\), must be uint8"),
        ("shape_lat", np.array([100.0]), r"shape_lat\[0\] is 100.0, must lie in -90..90"),
        ("shape_lon", np.array([1.0, 1.0]), r"shape_lon is float64 of shape \(2,\), must be float64 of shape \(1,\)"),
        ("shape_start", np.array([0, 0], dtype=np.int32), r"shape_start is int32 of shape \(2,\), must be .* \(3,\)"),
        ("shape_start", np.array([0, 0, 0], dtype=np.int32), "shape_start runs from 0 to 0, must grow from 0 to the 1"),
        ("shape_start", np.array([1, 1, 1], dtype=np.int32), "shape_start runs from 1 to 1"),
        ("shape_start", np.array([0, 2, 1], dtype=np.int32), "shape_start runs from 0 to 1, must grow"),
    ],
)
def test_an_array_that_cannot_be_right_is_named(name: str, array: np.ndarray, message: str) -> None:
    with pytest.raises(RoadGraphError, match=message):
        replace(GRAPH, **{name: array})


def test_a_graph_without_roads_is_refused() -> None:
    none = np.empty(0, dtype=np.int32)
    bits = np.empty(0, dtype=np.uint8)
    with pytest.raises(RoadGraphError, match="segment_from is empty, must hold at least one road"):
        RoadGraph(
            node_lat=np.zeros(1),
            node_lon=np.zeros(1),
            segment_from=none,
            segment_to=none,
            length_dm=none,
            road_class=bits,
            forward=bits,
            backward=bits,
            max_kmh=bits,
            shape_start=np.zeros(1, dtype=np.int32),
            shape_lat=np.empty(0),
            shape_lon=np.empty(0),
        )
