"""From ways to segments: junctions, borders, loops, barriers; read from files as the reader gets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.geodesic import distance_m, unit_vectors
from geo.osm import read_osm
from geo.osm_segments import MappedWays, cut_into_segments
from geo.road_graph import PROFILE_BITS, ROAD_CLASSES, RoadGraph
from tests.osm_xml import Tags, write_osm

STREET = {"highway": "residential"}
# Points 1 to 9 on the equator, a thousandth of a degree apart: 6,378,137 m x pi / 180,000 = 111.3195 m.
STEP_DM = 1113
ALL, CAR, EBIKE, WALK = 7, PROFILE_BITS["car"], PROFILE_BITS["ebike"], PROFILE_BITS["walk"]

Way = tuple[Sequence[int], Tags]


@pytest.fixture
def row(tmp_path: Path):
    def read(*ways: Way, missing: Sequence[int] = (), node_tags: Mapping[int, Tags] | None = None) -> RoadGraph:
        nodes = {k: (0.0, k / 1000) for k in range(1, 10) if k not in missing}
        return read_osm(write_osm(tmp_path / "map.osm", nodes=nodes, ways=ways, node_tags=node_tags))

    return read


def segments(graph: RoadGraph) -> list[tuple[int, int, int]]:
    """Both ends as points of the row, and the length."""
    number = np.rint(graph.node_lon * 1000).astype(int)
    ends = zip(number[graph.segment_from], number[graph.segment_to], graph.length_dm, strict=True)
    return [(int(a), int(b), int(length)) for a, b, length in ends]


def shape(graph: RoadGraph, segment: int) -> list[int]:
    points = graph.shape_lon[graph.shape_start[segment] : graph.shape_start[segment + 1]]
    return [round(1000 * lon) for lon in points]


def test_a_way_alone_is_one_segment_with_its_bends_as_shape(row) -> None:
    graph = row(([1, 2, 3, 4], STREET))
    assert segments(graph) == [(1, 4, 3340)]  # 3 x 1113.195 = 3339.6
    assert shape(graph, 0) == [2, 3]
    assert graph.shape_lat.tolist() == [0.0, 0.0]


def test_ways_are_cut_where_they_meet(row) -> None:
    graph = row(([1, 2, 3, 4, 5], STREET), ([9, 3], STREET))
    assert segments(graph) == [(1, 3, 2 * STEP_DM), (3, 5, 2 * STEP_DM), (9, 3, 6679)]  # 6 x 1113.195
    assert [shape(graph, k) for k in range(3)] == [[2], [4], []]
    assert len(graph.node_lat) == 4


def test_a_way_that_is_no_road_cuts_nothing(row) -> None:
    graph = row(([1, 2, 3], STREET), ([2, 9], {"highway": "construction"}), ([2, 8], {"railway": "rail"}))
    assert segments(graph) == [(1, 3, 2 * STEP_DM)]


def test_a_closed_way_is_a_loop(row) -> None:
    graph = row(([1, 2, 3, 1], STREET))
    assert segments(graph) == [(1, 1, 4453)]  # 4 x 1113.195
    assert shape(graph, 0) == [2, 3]


def test_a_way_that_crosses_itself_is_cut_there(row) -> None:
    graph = row(([1, 2, 3, 4, 2, 5], STREET))
    assert segments(graph) == [(1, 2, STEP_DM), (2, 2, 4453), (2, 5, 3340)]


def test_a_roundabout_is_cut_at_its_arms_and_goes_round_one_way(row) -> None:
    ring = ([2, 3, 4, 5, 2], {**STREET, "junction": "roundabout"})
    graph = row(ring, ([1, 2], STREET), ([4, 9], STREET))
    assert [(a, b) for a, b, _ in segments(graph)] == [(2, 4), (4, 2), (1, 2), (4, 9)]
    assert graph.forward.tolist() == [ALL] * 4
    assert graph.backward.tolist() == [WALK, WALK, ALL, ALL]


def test_each_segment_has_what_its_way_has(row) -> None:
    graph = row(([1, 2], {"highway": "primary", "maxspeed": "50"}), ([2, 3], {"highway": "steps"}))
    assert [ROAD_CLASSES[code] for code in graph.road_class] == ["primary", "steps"]
    assert graph.max_kmh.tolist() == [50, 0]
    assert graph.backward.tolist() == [ALL, WALK]


def test_points_beyond_the_border_of_the_extract_end_the_road(row) -> None:
    graph = row(([1, 2, 3, 4, 5, 6, 7], STREET), missing=[1, 4])
    assert segments(graph) == [(2, 3, STEP_DM), (5, 7, 2 * STEP_DM)]


def test_a_point_that_is_alone_within_the_border_makes_no_road(row) -> None:
    graph = row(([1, 2], STREET), ([3, 4, 5], STREET), missing=[3, 5])
    assert segments(graph) == [(1, 2, STEP_DM)]
    assert len(graph.node_lat) == 2


def test_repeated_points_count_once(row) -> None:
    graph = row(([1, 1, 2, 2, 2, 3, 3], STREET), ([4, 4], STREET))
    assert segments(graph) == [(1, 3, 2 * STEP_DM)]
    assert shape(graph, 0) == [2]


def test_two_points_at_one_place_are_a_decimetre_apart(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "map.osm", nodes={1: (0, 0), 2: (0, 0)}, ways=[([1, 2], STREET)])
    assert read_osm(path).length_dm.tolist() == [1]


def test_a_bollard_in_a_street_stops_cars_only(row) -> None:
    graph = row(([1, 2, 3], STREET), node_tags={2: {"barrier": "bollard"}})
    assert segments(graph) == [(1, 2, STEP_DM), (2, 3, STEP_DM), (2, 2, 1), (2, 2, 1)]
    beside = [int(graph.segment_to[0]), int(graph.segment_from[1])]
    assert len({*beside, 1}) == 3  # node 1 is the bollard's own
    assert graph.segment_from[2:].tolist() == beside
    assert graph.segment_to[2:].tolist() == [1, 1]
    assert graph.forward.tolist() == graph.backward.tolist() == [ALL, ALL, EBIKE | WALK, EBIKE | WALK]


def test_the_way_past_a_barrier_keeps_to_the_direction_of_its_street(row) -> None:
    graph = row(([1, 2, 3], {**STREET, "oneway": "yes"}), node_tags={2: {"barrier": "bollard"}})
    # segments 2 and 3 lead from beside the bollard to it: on with the street before it, against the street behind it
    assert graph.forward.tolist() == [ALL, ALL, EBIKE | WALK, WALK]
    assert graph.backward.tolist() == [WALK, WALK, WALK, EBIKE | WALK]


def test_a_barrier_that_stops_nobody_there_cuts_only(row) -> None:
    graph = row(([1, 2, 3], {"highway": "footway"}), node_tags={2: {"barrier": "bollard"}})
    assert segments(graph) == [(1, 2, STEP_DM), (2, 3, STEP_DM)]


def test_a_footway_goes_on_at_the_bollard_where_a_street_ends(row) -> None:
    graph = row(([1, 2], STREET), ([2, 3], {"highway": "footway"}), node_tags={2: {"barrier": "bollard"}})
    assert segments(graph) == [(1, 2, STEP_DM), (2, 3, STEP_DM), (2, 2, 1)]
    assert graph.segment_to[2] == graph.segment_from[1] == 1  # the bollard's own node


def mapped(ways: list[list[int]], place: Mapping[int, tuple[float, float]], barriers: dict[int, int]) -> MappedWays:
    refs = np.array([ref for way in ways for ref in way], dtype=np.int64)
    coordinates = np.array([place.get(int(ref), (np.nan, np.nan)) for ref in refs]).reshape(-1, 2)
    everybody = np.full(len(ways), ALL, dtype=np.uint8)
    return MappedWays(
        way=np.repeat(np.arange(len(ways), dtype=np.int32), [len(way) for way in ways]),
        ref=refs,
        lat=coordinates[:, 0],
        lon=coordinates[:, 1],
        road_class=everybody,
        forward=everybody,
        backward=everybody,
        max_kmh=everybody,
        barrier_bits=barriers,
    )


refs = st.integers(1, 12)


@given(
    ways=st.lists(st.lists(refs, min_size=1, max_size=8), min_size=1, max_size=6),
    missing=st.sets(refs, max_size=3),
    barriers=st.dictionaries(refs, st.sampled_from([0, WALK, EBIKE | WALK]), max_size=3),
)
def test_segments_hold_exactly_the_steps_of_the_ways(
    ways: list[list[int]], missing: set[int], barriers: dict[int, int]
) -> None:
    rng = np.random.default_rng(5)
    place = {ref: (rng.uniform(60, 60.1), rng.uniform(25, 25.1)) for ref in range(1, 13) if ref not in missing}
    steps = [(a, b) for way in ways for a, b in pairwise(way) if a != b and {a, b} <= set(place)]
    if not steps:
        return
    graph = cut_into_segments(mapped(ways, place, barriers))
    ref_of = {coordinates: ref for ref, coordinates in place.items()}
    found = []
    for k in range(len(graph.segment_from)):
        inner = slice(graph.shape_start[k], graph.shape_start[k + 1])
        lat = [graph.node_lat[graph.segment_from[k]], *graph.shape_lat[inner], graph.node_lat[graph.segment_to[k]]]
        lon = [graph.node_lon[graph.segment_from[k]], *graph.shape_lon[inner], graph.node_lon[graph.segment_to[k]]]
        points = [ref_of[point] for point in zip(lat, lon, strict=True)]
        along = list(pairwise(points))
        if along[0][0] == along[0][1]:  # the way past a barrier
            assert graph.length_dm[k] == 1
            continue
        found += along
        vectors = unit_vectors(np.array(lat), np.array(lon))
        assert graph.length_dm[k] == max(1, round(10 * float(distance_m(vectors[:, :-1], vectors[:, 1:]).sum())))
    assert found == steps
