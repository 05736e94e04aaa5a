from __future__ import annotations

import hashlib
import os
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from geo.errors import RoadGraphError
from geo.road_file import read_road_graph, write_road_graph
from geo.road_graph import RoadGraph
from tests.road_graphs import Road, east, random_road_graphs, road_graph

GRAPH = road_graph([east(0), east(1000)], [Road(start=0, end=1, shape=(east(300), east(600)))])


def arrays_of(graph: RoadGraph) -> dict[str, np.ndarray]:
    return {field.name: getattr(graph, field.name) for field in fields(graph)}


@given(random_road_graphs())
def test_a_graph_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, graph: RoadGraph) -> None:
    path = tmp_path_factory.getbasetemp() / "any.roads.npz"
    back = arrays_of(read_road_graph(path, sha256=write_road_graph(graph, path)))
    for name, array in arrays_of(graph).items():
        assert back[name].dtype == array.dtype
        assert back[name].tolist() == array.tolist()
        assert not back[name].flags.writeable


def test_the_same_graph_gives_the_same_bytes_and_their_digest(tmp_path: Path) -> None:
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    digest = write_road_graph(GRAPH, first)
    assert write_road_graph(GRAPH, second) == digest == hashlib.sha256(first.read_bytes()).hexdigest()
    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first.npz", "second.npz"]


def test_a_file_of_another_digest_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    digest = write_road_graph(GRAPH, path)
    read_road_graph(path, sha256=digest.upper())
    with pytest.raises(RoadGraphError, match=f"a.npz: its SHA-256 is {digest}, must be 00\nMaybe the file was made"):
        read_road_graph(path, sha256="00")


def test_a_missing_file_is_an_error_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(RoadGraphError, match=r"absent\.npz: cannot be read: No such file"):
        read_road_graph(tmp_path / "absent.npz")


def test_what_is_no_regular_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(RoadGraphError, match=rf"{path}: is no regular file\nMaybe it is a folder, a pipe"):
            read_road_graph(path)


@pytest.mark.parametrize("content", [b"", b"roads", b"\x93NUMPY\x01\x00", b"PK\x03\x04" + bytes(40)])
def test_another_kind_of_file_is_an_error_with_its_path(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(RoadGraphError, match=r"a\.npz: is no road graph"):
        read_road_graph(tmp_path / "a.npz")


def test_a_file_cut_off_anywhere_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    write_road_graph(GRAPH, path)
    whole = path.read_bytes()
    for size in range(0, len(whole), 23):
        path.write_bytes(whole[:size])
        with pytest.raises(RoadGraphError, match=r"a\.npz"):
            read_road_graph(path)


def test_a_lone_array_and_objects_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.arange(3))
    with pytest.raises(RoadGraphError, match=r"is no road graph: it begins with .*must begin with b'PK") as refused:
        read_road_graph(path)
    assert "pickle" not in str(refused.value)
    np.savez(tmp_path / "b.npz", road_graph=np.array([{}], dtype=object))
    with pytest.raises(RoadGraphError, match="is no road graph"):
        read_road_graph(tmp_path / "b.npz")


def test_a_file_of_another_version_or_of_other_arrays_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, **arrays_of(GRAPH))
    with pytest.raises(RoadGraphError, match="holds no road graph, must be road_graph 1"):
        read_road_graph(path)
    np.savez(path, road_graph=np.array(2), **arrays_of(GRAPH))
    with pytest.raises(RoadGraphError, match="holds road_graph 2, must be road_graph 1"):
        read_road_graph(path)
    np.savez(path, road_graph=np.array(1), node_lat=np.zeros(1), names=np.zeros(1))
    with pytest.raises(RoadGraphError, match=r"missing or too many: backward, forward, .*names"):
        read_road_graph(path)


def test_a_graph_that_is_not_valid_is_an_error_with_its_path(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", road_graph=np.array(1), **(arrays_of(GRAPH) | {"node_lat": np.array([0.0, 91.0])}))
    with pytest.raises(RoadGraphError, match=r"a\.npz: node_lat\[1\] is 91.0, must lie in -90..90"):
        read_road_graph(tmp_path / "a.npz")


def test_a_file_that_cannot_be_written_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.npz"
    path.write_text("before")
    with pytest.raises(RoadGraphError, match=r"b\.npz: cannot be written: No such file"):
        write_road_graph(GRAPH, tmp_path / "absent" / "b.npz")

    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(RoadGraphError, match=r"a\.npz: cannot be written: No space left"):
        write_road_graph(GRAPH, path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.npz"]
    assert path.read_text() == "before"
