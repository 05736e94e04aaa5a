"""The map: roads in few lines, routes along them, straight ones where travel was a straight line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from dispatch.domain.plan import Plan, TravelUsed
from dispatch.domain.request import Request
from dispatch.policy.settings import load_policy
from dispatch.report.city_map import CityMap, city_map
from dispatch.report.projection import Projection
from dispatch.report.reading import read_for_showing
from dispatch.report.roads import road_layers
from dispatch.travel_sources import TravelSources
from geo.road_file import write_road_graph
from geo.road_graph import RoadGraph
from tests.dispatch.domain.documents import community_document, order_document, request_with, technician_document
from tests.dispatch.planner.small import planned
from tests.dispatch.report.pages import element, page_of
from tests.dispatch.report.test_projection import points_of
from tests.road_graphs import Road, east, road_graph

HOME, CORNER, DOOR = east(0), (0.009, east(0)[1]), (0.009, east(2000)[1])
"""One kilometre north, then two kilometres east."""


def place(spot: tuple[float, float]) -> dict[str, float]:
    # Latitude 0, longitude 0 is refused as a slip of the pen; the graph lies one degree further east.
    return {"lat": spot[0], "lon": spot[1] + 1}


def moved(graph: RoadGraph) -> RoadGraph:
    return replace(graph, node_lon=graph.node_lon + 1, shape_lon=graph.shape_lon + 1)


@pytest.fixture
def by_road(tmp_path: Path) -> tuple[Request, Plan, TravelSources]:
    """One visit, whose way leads around a corner."""
    roads = [Road(start=0, end=1, kind="primary"), Road(start=1, end=2)]
    graph = moved(road_graph([HOME, CORNER, DOOR], roads))
    digest = write_road_graph(graph, tmp_path / "roads.npz")
    wanted = request_with(
        travel={"provider": "road_graph", "path": str(tmp_path / "roads.npz"), "sha256": digest},
        technicians=[technician_document(home=place(HOME))],
        communities=[community_document(location=place(DOOR))],
        depots=[],
    )
    return wanted, planned(wanted), TravelSources(cache_folder=tmp_path)


def map_of(case: tuple[Request, Plan, TravelSources], plan: Plan | None = None) -> CityMap:
    wanted, own_plan, sources = case
    drawn = city_map(read_for_showing(wanted, plan or own_plan, load_policy()), load_policy(), sources)
    assert drawn is not None
    return drawn


def test_a_route_follows_the_roads(by_road: tuple[Request, Plan, TravelSources]) -> None:
    drawn = map_of(by_road)
    (route,) = drawn.routes
    corner = route.start[0] if route.start else 0, route.stops[0][1][1]
    # Home, corner, door, and back again.
    assert points_of(route.data) == [route.start, corner, route.stops[0][1], corner, route.end]
    assert (drawn.follows_roads, [layer.name for layer in drawn.roads]) == (True, ["minor", "major"])


def test_after_a_fallback_routes_are_straight_lines(by_road: tuple[Request, Plan, TravelSources]) -> None:
    plan = by_road[1]
    used = TravelUsed(provider="straight_line", asked="osrm", reason="no answer")
    drawn = map_of(by_road, plan.model_copy(update={"run": plan.run.model_copy(update={"travel": used})}))
    (route,) = drawn.routes
    assert points_of(route.data) == [route.start, route.stops[0][1], route.end]
    assert not drawn.follows_roads


def test_straight_line_travel_says_that_routes_are_straight_lines() -> None:
    wanted = request_with()
    text = element(page_of(wanted, planned(wanted)), "map").text
    assert "straight lines" in text
    assert "OpenStreetMap" not in text


def test_coordinates_of_chinese_maps_are_put_right() -> None:
    gcj02 = {"lat": 34.26, "lon": 117.18, "datum": "gcj02"}
    wanted = request_with(orders=[order_document(location=gcj02), order_document(id="o-2")])
    drawn = city_map(read_for_showing(wanted, planned(wanted), load_policy()), load_policy(), TravelSources())
    assert drawn is not None
    (first, second) = (xy for _, xy in drawn.routes[0].stops)
    # GCJ-02 shifts by some hundred metres.
    apart_m = np.hypot(first[0] - second[0], first[1] - second[1]) / drawn.units_per_km * 1000
    assert 100 < apart_m < 800


@dataclass(frozen=True)
class Found:
    """What a geocoder of geopy answers, and the geocoder itself."""

    latitude: float
    longitude: float

    def geocode(self, query: str, *, exactly_one: bool) -> Found:
        return self


def test_an_order_with_an_address_is_shown_where_the_plan_went(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("dispatch.geocoding.geopy_service", lambda _name, _options: Found(34.2, 117.18))
    wanted = request_with(orders=[order_document(address="somewhere")])
    policy = load_policy().overridden({"geocoding": {"enabled": True, "min_delay_s": 0}})
    shown = read_for_showing(wanted, planned(wanted), policy)
    drawn = city_map(shown, policy, TravelSources())
    assert drawn is not None
    ((_, door),) = drawn.routes[0].stops
    # The community is at latitude 34.26, home at 34.25: the address lies south of both.
    assert drawn.routes[0].start is not None
    assert door[1] > drawn.routes[0].start[1]


def test_a_straight_street_of_many_segments_is_one_line() -> None:
    graph = road_graph([east(100 * k) for k in range(11)], [Road(start=k, end=k + 1) for k in range(10)])
    projection = Projection.around(graph.node_lat, graph.node_lon)
    (layer,) = road_layers(graph, projection)
    assert points_of(layer.data) == [
        tuple(xy) for xy in projection.xy(graph.node_lat, graph.node_lon)[[0, -1]].tolist()
    ]


def test_a_street_is_followed_against_the_direction_of_its_segments() -> None:
    nodes = [east(0), east(500), east(1000)]
    shape = ((0.002, east(750)[1]),)
    graph = road_graph(nodes, [Road(start=0, end=1), Road(start=2, end=1, shape=shape)])
    projection = Projection.around(graph.node_lat, graph.node_lon)
    (layer,) = road_layers(graph, projection)
    wanted = [projection.xy(*spot).tolist() for spot in (nodes[0], nodes[1], shape[0], nodes[2])]
    assert points_of(layer.data) == [tuple(xy) for xy in wanted]


def test_small_roads_are_left_out_where_the_budget_ends() -> None:
    nodes = [east(0), east(500), east(1000)]
    graph = road_graph(nodes, [Road(start=0, end=1, kind="tertiary"), Road(start=1, end=2)])
    projection = Projection.around(graph.node_lat, graph.node_lon)
    assert [layer.name for layer in road_layers(graph, projection)] == ["minor", "middle"]
    assert [layer.name for layer in road_layers(graph, projection, budget=1)] == ["middle"]


def test_roads_far_from_the_plan_are_not_drawn() -> None:
    graph = road_graph([east(0), east(500), east(90_000), east(90_500)], [Road(start=0, end=1), Road(start=2, end=3)])
    projection = Projection.around(graph.node_lat[:2], graph.node_lon[:2])
    (layer,) = road_layers(graph, projection)
    assert layer.data.lower().count("m") == 1
