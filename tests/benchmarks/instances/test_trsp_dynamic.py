from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.instances.instance import InstanceError
from benchmarks.instances.trsp_dynamic import FROM_THE_START, dynamic_name, read_trsp_dynamic
from tests.benchmarks.instances.test_trsp import write

RELEASES = """\
# Instance C101.2_1-2-2-2 - 1 dynamic requests - 1 static requests
Dyn   Stat
1    1
ID    RD
4     -1
3     40
"""


def write_releases(folder: Path, text: str = RELEASES, percent: int = 50) -> Path:
    write(folder)
    (folder / "dynamic").mkdir()
    path = folder / "dynamic" / f"C101.2_1-2-2-2_rd_{percent}.txt"
    path.write_text(text)
    return path


def test_releases_are_those_of_the_requests_in_thousandths(tmp_path: Path) -> None:
    path = write_releases(tmp_path)
    found = read_trsp_dynamic(path)
    assert (found.static.name, found.percent, dynamic_name(path)) == ("C101", 50, "C101-50")
    assert found.release_s.tolist() == [40_000, FROM_THE_START]  # nodes 3 and 4


@pytest.mark.parametrize(
    ("text", "percent", "message"),
    [
        pytest.param(RELEASES.replace("3     40", "9     40"), 50, "node 9 is no request, expected 3 to 4", id="node"),
        pytest.param(RELEASES.replace("3     40\n", ""), 50, "2 numbers below 'ID RD', expected 4", id="missing"),
        pytest.param(RELEASES, 90, "1 of 2 are released later, expected 90 %", id="percent"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, text: str, percent: int, message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        read_trsp_dynamic(write_releases(tmp_path, text, percent))


def test_a_name_without_a_degree_of_dynamism_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstanceError, match="the name says no degree of dynamism"):
        read_trsp_dynamic(tmp_path / "C101.txt")


def test_every_published_dynamic_instance_can_be_read(published: Path) -> None:
    paths = sorted((published / "trsp" / "dynamic").glob("*.txt"))
    assert len(paths) == 150
    for path in paths[::10]:
        found = read_trsp_dynamic(path)
        assert (found.release_s != FROM_THE_START).sum() == found.percent
