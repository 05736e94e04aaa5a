from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest

from benchmarks.cities import province
from benchmarks.cities.province import PLACES, ProvinceSpec, write_province
from benchmarks.cities.spec import EXTENTS
from dispatch.domain.files import read_request
from dispatch.errors import BadInputError, OutputError
from dispatch.policy.settings import load_policy
from dispatch.policy.warnings import request_warnings

HAMLETS = [replace(place, extent=EXTENTS["village"]) for place in PLACES[:3]]


def test_the_cities_make_fifty_thousand_orders_and_five_thousand_technicians() -> None:
    assert len(PLACES) == 13
    assert sum(place.extent.orders for place in PLACES) == 50_000
    assert sum(place.extent.technicians for place in PLACES) == 5_000


def test_a_small_province_is_read_back_without_problem_or_warning(tmp_path: Path) -> None:
    output = tmp_path / "province.json"
    written = write_province(output, ProvinceSpec(days=2), places=HAMLETS)
    request = read_request(output)
    assert (written.orders, written.technicians, written.shifts) == (180, 30, 60)
    assert (len(request.orders), len(request.technicians), len(request.communities)) == (180, 30, 48)
    assert {order.id.split("-")[0] for order in request.orders} == {"xuzhou", "lianyungang", "suqian"}
    assert request_warnings(request, load_policy()) == ()
    assert [path.name for path in tmp_path.iterdir()] == ["province.json"]


def test_the_same_province_has_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    texts = []
    for seed in (7, 7, 8):
        write_province(tmp_path / "p.json", ProvinceSpec(seed=seed), places=HAMLETS[:1])
        texts.append((tmp_path / "p.json").read_bytes())
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("travel", ["matrix", "road_graph"])
def test_a_province_travels_in_straight_lines_only(travel: str) -> None:
    with pytest.raises(BadInputError, match=f"travel: '{travel}' is not possible; use straight_line for a province"):
        ProvinceSpec(travel=travel)


def test_a_province_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_province(tmp_path / "none" / "p.json", ProvinceSpec(), places=HAMLETS[:1])


def test_an_interrupt_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(stream: IO[bytes], *_: object) -> None:
        stream.write(b"{")
        raise KeyboardInterrupt

    (tmp_path / "p.json").write_text("before")
    monkeypatch.setattr(province, "_assemble", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_province(tmp_path / "p.json", ProvinceSpec(), places=HAMLETS[:1])
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("p.json", "before")]


@pytest.mark.slow
def test_a_whole_province_is_written_in_little_memory_and_read_back(tmp_path: Path) -> None:
    program = (
        "import resource, sys; from pathlib import Path; from benchmarks.cities.province import *;"
        "write_province(Path(sys.argv[1]), ProvinceSpec());"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "p.json")], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 2 * 2**20  # KiB; 0.12 GiB measured
    request = read_request(tmp_path / "p.json")
    assert (len(request.orders), len(request.technicians)) == (50_000, 5_000)
