from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from geo import road_pool
from geo.point import Point
from geo.road_travel import RoadTravel
from tests.road_graphs import street_grid

SPEEDS = {"ebike": {"primary": 18.0, "residential": 16.0, "service": 12.0}}

ROOT = Path(__file__).resolve().parents[2]

HEAVY_TABLE = """
import numpy as np
from geo import road_pool
from geo.point import Point
from geo.road_travel import RoadTravel
from tests.road_graphs import street_grid

def announced(*arguments, put=road_pool._put):
    print("rows", flush=True)
    put(*arguments)

if __name__ == "__main__":
    places = [Point(34.2 + 0.08 * a, 117.2 + 0.1 * b) for a, b in np.random.default_rng(1).random((5000, 2))]
    walk = {"primary": 4.5, "residential": 4.5, "service": 4.5}
    road_pool._put = announced
    RoadTravel(street_grid(100, seed=1), speed_kmh={"walk": walk}, digest="heavy", workers=2).table(places, "walk")
    print("done", flush=True)
"""


def places(count: int) -> list[Point]:
    return [Point(34.2 + 0.015 * a, 117.2 + 0.018 * b) for a, b in np.random.default_rng(2).random((count, 2))]


def seconds(workers: int, count: int = 60) -> list[list[int]]:
    provider = RoadTravel(street_grid(20, seed=4), speed_kmh=SPEEDS, digest="grid", workers=workers)
    return provider.table(places(count), "ebike").duration_s.tolist()


def test_one_place_needs_no_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(road_pool, "ProcessPoolExecutor")
    assert seconds(2, count=1) == [[0]]


def test_a_small_table_needs_no_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(road_pool, "ProcessPoolExecutor")
    provider = RoadTravel(street_grid(20, seed=4), speed_kmh=SPEEDS, digest="grid")
    assert provider.table(places(60), "ebike").duration_s.tolist() == seconds(1)


@pytest.mark.slow
def test_processes_give_the_same_table_as_one_also_from_a_thread() -> None:
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(seconds, 2).result() == seconds(1)


@pytest.mark.slow
def test_processes_that_break_leave_the_work_to_this_one_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(road_pool, "_begin", os.stat_result)  # no folder's name is one: every process ends
    with pytest.warns(RuntimeWarning, match="travel is computed on one core"):
        assert seconds(2) == seconds(1)


@pytest.mark.slow
@pytest.mark.parametrize("interrupt", [signal.SIGINT, signal.SIGKILL])
def test_no_process_stays_behind(tmp_path: Path, interrupt: signal.Signals) -> None:
    script = tmp_path / "heavy_table.py"
    # where the tests run in the background of a shell, they and their children ignore SIGINT unless told otherwise
    heeding = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    script.write_text(heeding + HEAVY_TABLE, encoding="utf-8")
    running = subprocess.Popen(
        [sys.executable, str(script)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with running:
        assert running.stdout is not None
        assert running.stdout.readline() == "rows\n"
        running.send_signal(interrupt)  # to the parent alone, the harder case
        # the output ends only when the last process that inherited it has ended
        said, _ = running.communicate(timeout=120)
    assert running.returncode != 0
    assert "done" not in said


@pytest.mark.slow
def test_a_program_that_no_other_process_can_import_gets_its_table_all_the_same() -> None:
    # read from standard input: a worker process looks for the file "<stdin>" and ends. With the graph as an argument of
    # the workers, of more than a pipe holds, this waited forever.
    program = HEAVY_TABLE.replace("(5000, 2)", "(100, 2)")
    done = subprocess.run(
        [sys.executable, "-"],
        input=program,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.endswith("done\n")
    assert "RuntimeWarning: travel is computed on one core" in done.stderr
