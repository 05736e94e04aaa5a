from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from geo import road_pairs
from geo.errors import RoadGraphError
from geo.road_graph import PROFILE_BITS, RoadGraph
from geo.road_network import TIME_UNIT, RoadNetwork, network_of, speeds_m_per_h
from geo.road_pairs import settle_pairs
from geo.road_search import RoadEnds, ends_of, origins_at_once, seconds_and_metres, table_rows
from geo.road_snap import SnappedPlaces
from tests.road_graphs import ALL, Road, east, naive_ways, random_road_graphs, road_graph

SPEEDS = {"primary": 18.0, "residential": 13.0, "footway": 4.0}


def network_for(graph: RoadGraph, profile: str = "ebike") -> RoadNetwork:
    return network_of(graph, profile, speeds_m_per_h(SPEEDS, "speed_kmh"))


def ends_at(network: RoadNetwork, places: list[tuple[int, int]]) -> RoadEnds:
    nothing = np.zeros(len(places))
    snapped = SnappedPlaces(
        segment=np.array([segment for segment, _ in places], dtype=np.int32),
        position_dm=np.array([position for _, position in places], dtype=np.int64),
        point=nothing.astype(np.int64),
        lat=nothing,
        lon=nothing,
        off_road_m=nothing,
    )
    return ends_of(network, snapped)


def pair_weights(network: RoadNetwork, ends: RoadEnds) -> np.ndarray:
    """What `settle_pairs` says of all pairs, each of which it must yield once."""
    k = len(ends.segment)
    origin, destination = np.divmod(np.arange(k * k), k)
    weights, times = np.full(k * k, np.nan), np.zeros(k * k, dtype=int)
    for settled in settle_pairs(network, ends, origin, destination):
        weights[settled.pair] = settled.weight
        times[settled.pair] += 1
    assert (times == 1).all()
    return weights.reshape(k, k)


@given(random_road_graphs(), st.sampled_from(sorted(PROFILE_BITS)), st.data())
def test_ways_are_those_of_the_naive_twin(graph: RoadGraph, profile: str, data: st.DataObject) -> None:
    try:
        network = network_for(graph, profile)
    except RoadGraphError:
        reject()
    segments = st.sampled_from(network.segments.tolist())
    place = segments.flatmap(lambda segment: st.tuples(st.just(segment), st.integers(0, int(graph.length_dm[segment]))))
    places = data.draw(st.lists(place, min_size=1, max_size=6))
    ends = ends_at(network, places)
    expected = [
        [way[0] * TIME_UNIT + way[1] if way else None for way in row] for row in naive_ways(network, graph, places)
    ]
    assert table_rows(network, ends, 0, len(places)).tolist() == expected
    assert pair_weights(network, ends).tolist() == expected


@given(random_road_graphs(), st.data())
def test_one_way_more_never_makes_it_quicker(graph: RoadGraph, data: st.DataObject) -> None:
    try:
        network = network_for(graph)
    except RoadGraphError:
        reject()
    places = [
        (segment, data.draw(st.integers(0, int(graph.length_dm[segment])))) for segment in network.segments.tolist()
    ]
    seconds, _ = seconds_and_metres(table_rows(network, ends_at(network, places), 0, len(places)))
    for via in range(len(places)):  # rounding up keeps it: ceil(a + b) <= ceil(a) + ceil(b)
        assert (seconds <= seconds[:, via, None] + seconds[None, via, :]).all()


def test_pairs_are_settled_in_stages_and_in_chunks_as_by_one_search(monkeypatch: pytest.MonkeyPatch) -> None:
    # a street of 40 houses, 100 m = 27,693 ms apart at 13 km/h: 39 x 27.7 s = 18 min, within four limits
    monkeypatch.setattr(road_pairs, "LIMITS_MS", (30_000, 120_000, 600_000))
    graph = road_graph([east(100 * k) for k in range(40)], [Road(start=k, end=k + 1) for k in range(39)])
    network = network_for(graph)
    monkeypatch.setattr("geo.road_search.CELLS_AT_ONCE", 3 * 40)
    assert origins_at_once(network) == 3
    ends = ends_at(network, [(k, 500) for k in range(39)])
    assert pair_weights(network, ends).tolist() == table_rows(network, ends, 0, 39).tolist()


def test_only_the_largest_part_that_can_be_left_and_entered_is_used() -> None:
    # 0 - 1 - 2 with a way back, 3 - 4 apart, and 2 -> 5, from where nobody returns
    roads = [
        Road(start=0, end=1),
        Road(start=1, end=2),
        Road(start=3, end=4),
        Road(start=2, end=5, backward=0),
    ]
    network = network_for(road_graph([east(1000 * k) for k in range(6)], roads))
    assert network.segments.tolist() == [0, 1]
    assert network.n_nodes == 3


def test_a_posted_limit_slows_a_car_down_and_nobody_else() -> None:
    graph = road_graph([east(0), east(100)], [Road(start=0, end=1, kind="primary", length_m=100, max_kmh=9)])
    # 100 m at 9 km/h = 40 s, at 18 km/h = 20 s
    assert network_for(graph, "car").forward_ms.tolist() == [40_000]
    assert network_for(graph, "ebike").forward_ms.tolist() == [20_000]


def test_a_limit_above_the_class_speed_changes_nothing() -> None:
    graph = road_graph([east(0), east(100)], [Road(start=0, end=1, kind="primary", length_m=100, max_kmh=90)])
    assert network_for(graph, "car").forward_ms.tolist() == [20_000]


def test_milliseconds_are_rounded_up() -> None:
    # 1 m at 13 km/h = 276.92 ms
    graph = road_graph([east(0), east(1)], [Road(start=0, end=1, length_m=1)])
    assert network_for(graph).forward_ms.tolist() == [277]


@pytest.mark.parametrize("road", [Road(start=0, end=1, kind="steps"), Road(start=0, end=1, forward=4, backward=4)])
def test_a_graph_without_a_road_for_the_profile_is_refused(road: Road) -> None:
    with pytest.raises(RoadGraphError, match="no road that ebike may use and get back from"):
        network_for(road_graph([east(0), east(100)], [road]))


def test_a_one_way_street_alone_is_refused_as_there_is_no_way_back() -> None:
    with pytest.raises(RoadGraphError, match="no road that ebike may use and get back from"):
        network_for(road_graph([east(0), east(100)], [Road(start=0, end=1, backward=ALL - 1)]))


def test_weights_are_taken_apart_into_seconds_up_and_metres_to_the_nearest() -> None:
    weights = np.array([1_000 * TIME_UNIT + 4, 1_001 * TIME_UNIT + 5, 0.0, np.inf])
    seconds, metres = seconds_and_metres(weights)
    assert seconds.tolist() == [1, 2, 0, -1]
    assert metres.tolist() == [0, 1, 0, -1]
