"""Roads of synthetic cities: connected, few bridges, one-way streets, and people living along them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.cities import on_roads
from benchmarks.cities.frontage import SETBACK_M, Frontage, along_roads
from benchmarks.cities.geography import Geography, draw_geography
from benchmarks.cities.on_roads import write_city_on_roads
from benchmarks.cities.plane import Spot
from benchmarks.cities.river import draw_river
from benchmarks.cities.roads import draw_roads
from benchmarks.cities.spec import CitySpec, Size
from benchmarks.cities.streams import Streams
from dispatch.domain.files import read_request
from dispatch.domain.request import Request
from dispatch.errors import OutputError
from geo.road_file import read_road_graph
from geo.road_graph import PROFILE_BITS, ROAD_CLASSES, RoadGraph

SEEDS: list[tuple[Size, int]] = [("village", 7), ("village", 1), ("district", 7), ("city", 7)]


@cache
def geography_of(size: Size, seed: int) -> Geography:
    return draw_geography(CitySpec(size=size, seed=seed), Streams(seed))


@cache
def roads_of(size: Size, seed: int) -> RoadGraph:
    return draw_roads(CitySpec(size=size, seed=seed), geography_of(size, seed), Streams(seed))


def metres(size: Size, seed: int) -> NDArray[np.float64]:
    graph = roads_of(size, seed)
    return geography_of(size, seed).origin.metres_of(np.column_stack((graph.node_lat, graph.node_lon)))


@pytest.mark.parametrize(
    ("size", "low", "high"),
    [
        ("village", 1_300, 1_800),
        ("district", 7_000, 9_000),
        pytest.param("city", 45_000, 55_000, marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("seed", [7, 3])
def test_a_size_has_about_so_many_nodes(size: Size, low: int, high: int, seed: int) -> None:
    assert low <= len(roads_of(size, seed).node_lat) <= high


@pytest.mark.parametrize(("size", "seed"), SEEDS)
@pytest.mark.parametrize("profile", ["ebike", "car"])
def test_nearly_every_node_is_reached_and_left(size: Size, seed: int, profile: str) -> None:
    graph, bit = roads_of(size, seed), PROFILE_BITS[profile]
    ahead, back = (graph.forward & bit) > 0, (graph.backward & bit) > 0
    start = np.concatenate((graph.segment_from[ahead], graph.segment_to[back]))
    end = np.concatenate((graph.segment_to[ahead], graph.segment_from[back]))
    count = len(graph.node_lat)
    ways = coo_array((np.ones(len(start)), (start, end)), shape=(count, count))
    _, part_of = connected_components(ways, directed=True, connection="strong")
    assert np.bincount(part_of).max() >= 0.999 * count


@pytest.mark.parametrize(("size", "seed"), SEEDS)
def test_few_roads_cross_the_river_and_all_of_them_are_great(size: Size, seed: int) -> None:
    graph = roads_of(size, seed)
    river = draw_river(CitySpec(size=size).extent.radius_m, Streams(seed).of("roads.river"))
    is_left = river.offsets_m(metres(size, seed)) > 0
    crosses = is_left[graph.segment_from] != is_left[graph.segment_to]
    assert 2 <= crosses.sum() <= 20
    assert graph.road_class[crosses].max() <= ROAD_CLASSES.index("secondary")


@pytest.mark.parametrize(("size", "seed"), SEEDS)
def test_no_junction_lies_in_the_water(size: Size, seed: int) -> None:
    river = draw_river(CitySpec(size=size).extent.radius_m, Streams(seed).of("roads.river"))
    # The bank bends between the points it is measured at; half a metre is its play.
    assert np.abs(river.offsets_m(metres(size, seed))).min() >= 0.9 * river.half_width_m


def test_some_streets_are_one_way_for_cars_and_no_street_for_walkers() -> None:
    graph = roads_of("district", 7)
    differs = graph.forward ^ graph.backward
    assert 0.01 < ((differs & PROFILE_BITS["car"]) > 0).mean() < 0.2
    assert not (differs & PROFILE_BITS["walk"]).any()


def test_a_city_has_every_class_that_is_promised() -> None:
    present = {ROAD_CLASSES[code] for code in np.unique(roads_of("city", 7).road_class)}
    assert present == set(ROAD_CLASSES) - {"track"}


def test_roads_do_not_depend_on_load_or_days() -> None:
    spec = CitySpec(size="village", load=1.3, days=3)
    graph = draw_roads(spec, draw_geography(spec, Streams(7)), Streams(7))
    assert np.array_equal(graph.length_dm, roads_of("village", 7).length_dm)
    assert np.array_equal(graph.shape_lat, roads_of("village", 7).shape_lat)


def test_a_segment_is_at_least_as_long_as_the_straight_line() -> None:
    graph, points = roads_of("district", 7), metres("district", 7)
    straight_m = np.hypot(*(points[graph.segment_from] - points[graph.segment_to]).T)
    # The plane's metres are those of a sphere, 0.4 % off at most; lengths are rounded to 0.1 m.
    assert (graph.length_dm / 10 + 0.1 >= 0.995 * straight_m).all()


def test_communities_offices_and_homes_lie_beside_a_road() -> None:
    geography = along_roads(geography_of("district", 7), roads_of("district", 7))
    beside = Frontage(roads_of("district", 7), geography.origin).beside
    for spot in (*geography.spots, *geography.offices):
        assert spot.distance_m(beside(spot)) < 0.01
    assert geography.home_at is not None
    far = Spot(0.0, 90_000.0)
    assert geography.home_at(far).distance_m(far) > 80_000
    assert [c.location for c in geography.communities] == [geography.origin.location_of(s) for s in geography.spots]
    assert SETBACK_M < 25


def test_a_village_on_roads_is_read_back_with_its_roads(tmp_path: Path) -> None:
    output = tmp_path / "v.json"
    written = write_city_on_roads(output, CitySpec(size="village", travel="road_graph"))
    request = read_request(output)
    assert request == written
    assert request.travel.path == "v.roads.npz"
    graph = read_road_graph(tmp_path / "v.roads.npz", sha256=request.travel.sha256)
    assert np.array_equal(graph.length_dm, roads_of("village", 7).length_dm)
    assert len(request.orders) == 60
    first = output.read_bytes(), (tmp_path / "v.roads.npz").read_bytes()
    write_city_on_roads(output, CitySpec(size="village", travel="road_graph"))
    assert (output.read_bytes(), (tmp_path / "v.roads.npz").read_bytes()) == first


def test_roads_and_request_are_replaced_together_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "village.json"
    write_city_on_roads(output, CitySpec(size="village", seed=7))
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def full_disk(path: Path, request: Request) -> None:
        raise OutputError(f"{path}: cannot be written: No space left on device")

    monkeypatch.setattr(on_roads, "write_request", full_disk)
    with pytest.raises(OutputError, match="No space left"):
        write_city_on_roads(output, CitySpec(size="village", seed=1))
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
