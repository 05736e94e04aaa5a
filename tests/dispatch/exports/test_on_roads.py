"""A map along real roads: a square of four streets, of which the one that joins the stops directly is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from dispatch.exports.exported_plan import exported_plan
from dispatch.exports.geojson import geojson_text
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.policy.settings import load_policy
from dispatch.travel_sources import TravelSources
from geo.road_file import write_road_graph
from geo.road_graph import PROFILE_BITS, ROAD_CLASSES, RoadGraph
from tests.dispatch.domain.documents import community_document, order_document, request_with, technician_document

SOUTH, NORTH, WEST, EAST = 34.25, 34.26, 117.18, 117.19


def three_streets() -> RoadGraph:
    """Return the streets from the south-west corner north, then east, then south again: no way along the south."""
    everybody = sum(PROFILE_BITS.values())
    return RoadGraph(
        node_lat=np.array([SOUTH, NORTH, NORTH, SOUTH]),
        node_lon=np.array([WEST, WEST, EAST, EAST]),
        segment_from=np.array([0, 1, 2], np.int32),
        segment_to=np.array([1, 2, 3], np.int32),
        length_dm=np.array([11_100, 9_200, 11_100], np.int32),
        road_class=np.full(3, ROAD_CLASSES.index("residential"), np.uint8),
        forward=np.full(3, everybody, np.uint8),
        backward=np.full(3, everybody, np.uint8),
        max_kmh=np.zeros(3, np.uint8),
        shape_start=np.zeros(4, np.int32),
        shape_lat=np.zeros(0),
        shape_lon=np.zeros(0),
    )


def test_a_route_follows_the_streets(tmp_path: Path) -> None:
    digest = write_road_graph(three_streets(), tmp_path / "streets.npz")
    travel = {"provider": "road_graph", "path": "streets.npz", "sha256": digest}
    request = request_with(
        travel=travel,
        depots=[],
        communities=[community_document(location={"lat": SOUTH, "lon": EAST})],
        technicians=[technician_document(home={"lat": SOUTH, "lon": WEST})],
        orders=[order_document(id="o-1")],
    )
    policy, sources = load_policy(), TravelSources(folder=tmp_path, cache_folder=tmp_path / "cache")
    options = PlanOptions(limit_s=None, iterations=1, threads=1)
    plan = make_plan(request, policy=policy, options=options, clock=lambda: 0.0, sources=sources)
    exported = exported_plan(request, plan, policy=policy, sources=sources)
    line: dict[str, Any] = json.loads(geojson_text(exported))["features"][0]
    there = [[WEST, SOUTH], [WEST, NORTH], [EAST, NORTH], [EAST, SOUTH]]
    assert line["properties"]["follows_roads"] is True
    assert line["geometry"]["coordinates"] == there + there[-2::-1]
