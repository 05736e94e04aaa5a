"""Extracts as files: what is read, what is refused, what is kept."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from geo import osm
from geo.errors import RoadGraphError
from geo.osm import load_osm, read_osm
from geo.road_file import read_road_graph
from geo.road_graph import ROAD_CLASSES, RoadGraph
from tests.osm_xml import write_osm

STREET = {"highway": "residential"}
NODES = {1: (60.0, 25.0), 2: (60.001, 25.0), 3: (60.002, 25.0)}


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    return write_osm(tmp_path / "map.osm", nodes=NODES, ways=[([1, 2, 3], STREET)])


def test_an_xml_file_is_read(extract: Path) -> None:
    graph = read_osm(extract)
    assert graph.node_lat.tolist() == [60.0, 60.002]
    assert graph.shape_lat.tolist() == [60.001]
    # 0.002 degrees of latitude at 60 degrees: 2 x 111.412 m = 222.8 m
    assert graph.length_dm.tolist() == [2228]
    assert ROAD_CLASSES[graph.road_class[0]] == "residential"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    for read in (read_osm, lambda path: load_osm(path, cache_folder=None)):
        with pytest.raises(RoadGraphError, match=r"nowhere\.osm\.pbf: .*[nN]o such file.*\nMaybe check the path"):
            read(tmp_path / "nowhere.osm.pbf")


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "map.osm.pbf"
    os.mkfifo(path)
    for read in (read_osm, lambda path: load_osm(path, cache_folder=None)):
        with pytest.raises(RoadGraphError, match=r"map\.osm\.pbf: is no regular file\nMaybe"):
            read(path)


@pytest.mark.parametrize("name", ["map.osm.pbf", "map.osm", "map.txt", "map"])
def test_a_file_that_is_no_extract_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("no map", encoding="utf-8")
    with pytest.raises(RoadGraphError, match=rf"{name}: is no OpenStreetMap extract that can be read: .*\nMaybe"):
        read_osm(path)


@pytest.mark.parametrize("name", ["map.osm.pbf", "map.osm"])
def test_an_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.touch()
    with pytest.raises(RoadGraphError, match=rf"{name}: .*\nMaybe"):
        read_osm(path)


def test_a_truncated_file_is_refused(extract: Path) -> None:
    extract.write_bytes(extract.read_bytes()[:-40])
    with pytest.raises(RoadGraphError, match=r"map\.osm: is no OpenStreetMap extract .*\nMaybe it was not downloaded"):
        read_osm(extract)


def test_an_extract_without_roads_is_refused(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "map.osm", nodes=NODES, ways=[([1, 2], {"railway": "rail"})])
    with pytest.raises(RoadGraphError, match=r"map\.osm: holds no roads: 0 ways"):
        read_osm(path)


def test_ways_of_which_no_point_is_known_are_no_roads(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "map.osm", nodes={9: (60.0, 25.0)}, ways=[([1, 2], STREET)])
    with pytest.raises(RoadGraphError, match=r"holds no roads: 1 ways .*\nMaybe .*\n?.*osmium sort"):
        read_osm(path)


def test_ways_of_one_known_point_are_no_roads(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "map.osm", nodes=NODES, ways=[([1, 7], STREET)])
    with pytest.raises(RoadGraphError, match=r"map\.osm: segment_from is empty"):
        read_osm(path)


def test_without_osmium_the_remedy_is_named(extract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "osmium", None)
    with pytest.raises(RoadGraphError, match=r"pip install 'field-dispatch\[osm\]'"):
        read_osm(extract)


def test_loading_gives_the_digest_of_the_extract(extract: Path) -> None:
    graph, digest = load_osm(extract, cache_folder=None)
    assert digest == hashlib.sha256(extract.read_bytes()).hexdigest()
    assert np.array_equal(graph.length_dm, read_osm(extract).length_dm)


def test_a_graph_is_kept_and_not_parsed_again(extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "deep" / "cache"
    graph, digest = load_osm(extract, cache_folder=folder)
    (kept,) = folder.iterdir()
    assert np.array_equal(read_road_graph(kept).node_lat, graph.node_lat)
    monkeypatch.setattr(osm, "read_osm", pytest.fail)
    again, same = load_osm(extract, cache_folder=folder)
    assert same == digest
    assert np.array_equal(again.length_dm, graph.length_dm)


def test_another_reader_or_extract_gets_its_own_file(
    extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cache"
    load_osm(extract, cache_folder=folder)
    monkeypatch.setattr(osm, "READER_VERSION", osm.READER_VERSION + 1)
    load_osm(extract, cache_folder=folder)
    write_osm(extract, nodes=NODES, ways=[([1, 3], STREET)])
    load_osm(extract, cache_folder=folder)
    assert len(list(folder.iterdir())) == 3


def test_of_the_kept_graphs_those_used_least_lately_are_deleted(
    extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, content = tmp_path / "cache", []
    for age, ways in enumerate(([1, 2, 3], [1, 3], [1, 2])):
        write_osm(extract, nodes=NODES, ways=[(ways, STREET)])
        content.append(extract.read_bytes())
        _, digest = load_osm(extract, cache_folder=folder)
        os.utime(folder / f"{digest}-{osm.READER_VERSION}.osm.npz", ns=(age, age))
    one_graph = max(path.stat().st_size for path in folder.iterdir())
    extract.write_bytes(content[0])
    load_osm(extract, cache_folder=folder)  # used just now, so that of the second extract is the oldest
    monkeypatch.setattr(osm, "MAX_BYTES", int(3.5 * one_graph))
    write_osm(extract, nodes=NODES, ways=[([2, 3], STREET)])
    content.append(extract.read_bytes())
    load_osm(extract, cache_folder=folder)
    digests = [hashlib.sha256(extract).hexdigest() for extract in content]
    assert {path.name.partition("-")[0] for path in folder.iterdir()} == {digests[0], digests[2], digests[3]}


def test_a_damaged_graph_is_replaced(extract: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    graph, _ = load_osm(extract, cache_folder=folder)
    (kept,) = folder.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole[:100])
    again, _ = load_osm(extract, cache_folder=folder)
    assert np.array_equal(again.node_lat, graph.node_lat)
    assert kept.read_bytes() == whole


def test_without_a_folder_to_write_to_nothing_is_kept(extract: Path) -> None:
    graph, _ = load_osm(extract, cache_folder=extract / "cache")
    assert np.array_equal(graph.length_dm, read_osm(extract).length_dm)


def test_an_extract_that_changes_while_it_is_read_is_refused(
    extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replaced_meanwhile(path: Path) -> RoadGraph:
        write_osm(path, nodes=NODES, ways=[([1, 3], STREET)])
        return read_osm(path)

    monkeypatch.setattr(osm, "read_osm", replaced_meanwhile)
    with pytest.raises(RoadGraphError, match=r"map\.osm: has changed while it was read"):
        load_osm(extract, cache_folder=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
