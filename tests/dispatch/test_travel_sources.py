"""Files and servers that a request names: found, told apart, shared within a run, and refused in a service."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from numpy.typing import NDArray

from dispatch.domain.request import Request
from dispatch.errors import BadInputError, TravelError
from dispatch.policy.settings import Policy, load_policy
from dispatch.travel_sources import TravelSources
from geo import array_file, road_file
from geo.point import Point
from geo.road_file import write_road_graph
from tests.dispatch.domain.documents import request_with
from tests.osm_xml import write_osm
from tests.road_graphs import Road, east, road_graph

SHORT, LONG = (road_graph([east(0), east(1000)], [Road(start=0, end=1, length_m=metres)]) for metres in (1000, 5000))
ENDS = [Point(*east(0)), Point(*east(1000))]


def on_roads(path: str = "roads.npz", **travel: str) -> Request:
    return request_with(travel={"provider": "road_graph", "path": path, **travel})


def metres(sources: TravelSources, request: Request, policy: Policy | None = None) -> int:
    table = sources.provider(request, policy or load_policy()).table(ENDS, "ebike")
    return int(table.distance_m[0, 1])


def test_a_run_makes_one_provider_and_reads_a_file_once(tmp_path: Path) -> None:
    write_road_graph(SHORT, tmp_path / "roads.npz")
    sources = TravelSources(folder=tmp_path, cache_folder=tmp_path / "cache")
    first = sources.provider(on_roads(), load_policy())
    (tmp_path / "roads.npz").unlink()
    assert sources.provider(on_roads(), load_policy()) is first
    assert sources.road_graph(on_roads(), load_policy()) is sources.road_graph(on_roads(), load_policy())


def test_other_speeds_make_another_provider_on_the_same_graph(tmp_path: Path) -> None:
    write_road_graph(SHORT, tmp_path / "roads.npz")
    sources = TravelSources(folder=tmp_path, cache_folder=tmp_path / "cache")
    faster = load_policy().overridden({"travel": {"roads": {"speed_kmh": {"ebike": {"residential": 36.0}}}}})
    seconds = [
        sources.provider(on_roads(), policy).table(ENDS, "ebike").duration_s[0, 1]
        for policy in (load_policy(), faster, load_policy())
    ]
    assert seconds == [225, 100, 225]  # 1 km at 16 and at 36 km/h


def test_a_graph_that_is_made_again_is_not_answered_from_the_cache_of_the_old_one(tmp_path: Path) -> None:
    found = []
    for graph in (SHORT, LONG, SHORT):
        write_road_graph(graph, tmp_path / "roads.npz")
        found.append(metres(TravelSources(folder=tmp_path, cache_folder=tmp_path / "cache"), on_roads()))
    assert found == [1000, 5000, 1000]


def test_tables_are_kept_under_the_digest_of_the_graph_that_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "roads.npz"
    write_road_graph(SHORT, path)
    read_arrays = array_file.read_arrays

    def made_again_meanwhile(stream: BinaryIO) -> dict[str, NDArray[Any]]:
        write_road_graph(LONG, path)
        return read_arrays(stream)

    monkeypatch.setattr(road_file, "read_arrays", made_again_meanwhile)
    assert metres(TravelSources(folder=tmp_path, cache_folder=tmp_path / "cache"), on_roads()) == 1000
    monkeypatch.undo()
    assert metres(TravelSources(folder=tmp_path, cache_folder=tmp_path / "cache"), on_roads()) == 5000


def test_an_extract_of_another_digest_is_refused(tmp_path: Path) -> None:
    nodes = {1: (60.0, 25.0), 2: (60.001, 25.0)}
    extract = write_osm(tmp_path / "map.osm", nodes=nodes, ways=[([1, 2], {"highway": "residential"})])
    digest = hashlib.sha256(extract.read_bytes()).hexdigest()
    sources = TravelSources(folder=tmp_path, cache_folder=tmp_path / "cache")
    right = request_with(travel={"provider": "osm", "path": "map.osm", "sha256": digest.upper()})
    assert sources.road_graph(right, load_policy()) is not None
    wrong = request_with(travel={"provider": "osm", "path": "map.osm", "sha256": "0" * 64})
    with pytest.raises(TravelError, match=f"map.osm: its SHA-256 is {digest}, but travel.sha256 is 0{{64}}"):
        sources.provider(wrong, load_policy())


@pytest.mark.parametrize("path", ["../roads.npz", "link", "absent.npz"])
def test_a_service_reads_no_file_outside_its_folder_however_the_request_got_in(tmp_path: Path, path: str) -> None:
    maps = tmp_path / "maps"
    maps.mkdir()
    write_road_graph(SHORT, tmp_path / "roads.npz")
    (maps / "link").symlink_to(tmp_path / "roads.npz")
    sources = TravelSources(folder=maps, cache_folder=tmp_path / "cache", confined=True)
    for ask in (sources.provider, sources.road_graph):
        with pytest.raises(BadInputError) as refused:
            ask(on_roads(path), load_policy())
        assert [problem.path for problem in refused.value.problems] == ["travel.path"]


def test_a_service_calls_no_server_that_its_policy_does_not_name(tmp_path: Path) -> None:
    request = request_with(travel={"provider": "osrm", "url": "http://169.254.169.254"})
    sources = TravelSources(folder=tmp_path, cache_folder=tmp_path, confined=True)
    with pytest.raises(BadInputError, match=r"169\.254\.169\.254"):
        sources.provider(request, load_policy())
    named = load_policy().overridden({"routing": {"servers": ["http://169.254.169.254"]}})
    sources.provider(request, named)
    with pytest.raises(BadInputError):
        sources.provider(request, load_policy())
