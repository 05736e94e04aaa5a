from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from geo.provider import TravelTable
from geo.table_cache import TableCache


def table(n: int, seconds: int = 7) -> TravelTable:
    """4 n^2 bytes for each of two arrays."""
    return TravelTable(
        duration_s=np.full((n, n), seconds, dtype=np.int32), distance_m=np.full((n, n), 10 * seconds, dtype=np.int32)
    )


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def keys(folder: Path) -> set[str]:
    return {path.name.partition(".")[0] for path in folder.iterdir()}


def test_a_table_is_kept_for_other_processes(tmp_path: Path) -> None:
    TableCache(tmp_path / "made" / "for it").put("a", table(3))
    kept = TableCache(tmp_path / "made" / "for it").get("a", size=3)
    assert kept is not None
    assert kept.duration_s.tolist() == table(3).duration_s.tolist()
    assert kept.distance_m.tolist() == table(3).distance_m.tolist()
    assert not kept.duration_s.flags.writeable


def test_an_unknown_key_has_no_table(tmp_path: Path) -> None:
    TableCache(tmp_path).put("a", table(3))
    assert TableCache(tmp_path).get("b", size=3) is None
    assert TableCache(tmp_path / "absent").get("a", size=3) is None


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_file_cut_off_counts_as_absent_and_is_replaced(tmp_path: Path, share: float) -> None:
    cache = TableCache(tmp_path)
    cache.put("a", table(20))
    path = only_file(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert cache.get("a", size=20) is None
    cache.put("a", table(20))
    assert path.read_bytes() == whole


def test_no_changed_byte_is_taken_for_travel(tmp_path: Path) -> None:
    cache = TableCache(tmp_path)
    cache.put("a", table(4))
    path = only_file(tmp_path)
    whole = path.read_bytes()
    for k in range(len(whole)):
        path.write_bytes(whole[:k] + bytes([whole[k] ^ 0x55]) + whole[k + 1 :])
        kept = cache.get("a", size=4)
        assert kept is None or (kept.duration_s == 7).all()
        assert kept is None or (kept.distance_m == 70).all()


@pytest.mark.parametrize("content", [b"", b"no table", b"\x93NUMPY\x01\x00", b"PK\x03\x04" + bytes(40)])
def test_garbage_counts_as_absent(tmp_path: Path, content: bytes) -> None:
    cache = TableCache(tmp_path)
    cache.put("a", table(3))
    only_file(tmp_path).write_bytes(content)
    assert cache.get("a", size=3) is None


def test_a_table_of_another_shape_or_type_counts_as_absent(tmp_path: Path) -> None:
    cache = TableCache(tmp_path)
    cache.put("a", table(3))
    assert cache.get("a", size=4) is None
    np.savez(only_file(tmp_path), duration_s=np.zeros((3, 3)), distance_m=np.zeros((3, 3)))
    assert cache.get("a", size=3) is None
    np.savez(only_file(tmp_path), other=np.zeros((3, 3), dtype=np.int32))
    assert cache.get("a", size=3) is None


def test_a_folder_that_cannot_be_written_means_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = TableCache(tmp_path / "file" / "folder")
    cache.put("a", table(3))
    assert cache.get("a", size=3) is None


def test_the_tables_used_least_lately_are_deleted(tmp_path: Path) -> None:
    one_table = 8 * 50 * 50
    cache = TableCache(tmp_path, max_bytes=int(3.5 * one_table))
    for age, key in enumerate("abc"):
        cache.put(key, table(50))
        os.utime(next(tmp_path.glob(f"{key}.*")), ns=(age, age))
    assert cache.get("a", size=50) is not None  # used just now, so b is the oldest
    cache.put("d", table(50))
    assert keys(tmp_path) == {"a", "c", "d"}


def test_what_a_crash_left_behind_is_deleted_like_an_old_table_and_other_files_stay(tmp_path: Path) -> None:
    cache = TableCache(tmp_path, max_bytes=30_000)
    cache.put("a", table(50))
    left, other = tmp_path / ".b.table.npz.0123abcd.part", tmp_path / "geocode.sqlite3"
    for path in (left, other):
        path.write_bytes(bytes(15_000))
        os.utime(path, ns=(1, 1))
    cache.put("c", table(20))
    assert keys(tmp_path) == {"a", "c", "geocode"}


def test_a_table_larger_than_the_cache_is_not_kept_and_pushes_nothing_out(tmp_path: Path) -> None:
    cache = TableCache(tmp_path, max_bytes=30_000)
    cache.put("a", table(50))
    cache.put("b", table(100))
    assert keys(tmp_path) == {"a"}


def test_a_crash_while_writing_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = TableCache(tmp_path)
    cache.put("a", table(3, seconds=7))

    def full_disk(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    cache.put("a", table(3, seconds=8))
    kept = cache.get("a", size=3)
    assert kept is not None
    assert (kept.duration_s == 7).all()
    assert only_file(tmp_path).name == "a.table.npz"
