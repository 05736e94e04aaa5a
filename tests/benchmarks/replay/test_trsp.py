from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.instances.trsp_dynamic import FROM_THE_START, DynamicInstance, read_trsp_dynamic
from benchmarks.replay.trsp import DynamicPolicy, DynamicResult, replay, table
from benchmarks.replay.trsp_crew import Crew
from benchmarks.replay.trsp_room import drawn_copies
from tests.benchmarks.instances.test_trsp_dynamic import write_releases

POLICY = DynamicPolicy(iterations=300, first_iterations=300)


@pytest.fixture
def instance(tmp_path: Path) -> DynamicInstance:
    """Two technicians at (0, 3) and (7, 7), a depot at (0, 0); request 0 at (4, 0), request 1 at (1, 1)."""
    return read_trsp_dynamic(write_releases(tmp_path))


@pytest.mark.parametrize("room", [0, 1])
def test_with_everything_known_the_day_is_the_plan(instance: DynamicInstance, room: int) -> None:
    known = replace(instance, release_s=np.full(2, FROM_THE_START, np.int64))
    result = replay(known, name="tiny", policy=replace(POLICY, room=room))
    # As in the tests of the static instance: the cheapest is 57.237 with one technician for both.
    assert (result.working_time, result.unserved) == (57.237, 0)


@pytest.mark.parametrize("room", [0, 1])
def test_a_technician_who_is_out_takes_a_late_request_along(instance: DynamicInstance, room: int) -> None:
    # Request 0 becomes known at 55, when the only technician who may serve it has left for request 1 (at 47.763, as
    # late as reaches it at 50): home 2.237 to request 1 until 70, then by the depot to request 0 at 100, home at 115.
    # Known from the start, the technician would have left ten later.
    late = replace(instance, release_s=np.array([55_000, FROM_THE_START], np.int64))
    result = replay(late, name="tiny", policy=replace(POLICY, room=room))
    assert result.unserved == 0
    assert result.working_time == pytest.approx(67.237)


def test_leaving_home_late_needs_no_more_working_time(instance: DynamicInstance) -> None:
    alone = replace(instance, release_s=np.array([119_000, FROM_THE_START], np.int64))
    early, late = (
        replay(alone, name="tiny", policy=replace(POLICY, leaving=leaving)).working_time
        for leaving in ("early", "late")
    )
    assert early == late


def test_a_request_that_comes_too_late_is_beyond_reach(instance: DynamicInstance) -> None:
    # From home (0, 3) by the depot to (4, 0) takes 7, and the window closes at 120.
    late = replace(instance, release_s=np.array([114_000, FROM_THE_START], np.int64))
    result = replay(late, name="tiny", policy=POLICY)
    assert (result.beyond_reach, result.stranded, result.given_up) == (1, 0, 0)


def test_leaving_home_again_costs_the_time_there(instance: DynamicInstance) -> None:
    crew = Crew(instance.static.problem)
    # The technician at (0, 3) has been out and came home at 20; now it is 50.
    worker = crew.workers[0]
    worker.departure_s, worker.free_s = 0, 20_000
    left = crew.remaining([0], now_s=50_000)
    start, home = int(left.problem.shift_start_location[0]), int(left.problem.shift_end_location[0])
    assert (left.pinned, left.idle_s) == ((0,), (30_000, 0))
    assert int(left.problem.window_open_s[1]) == 20_000
    assert int(left.problem.travel_s[0, start, home]) == 0
    # From (0, 3) to request 0 at (4, 0): 5, and 30 at home.
    assert int(left.problem.travel_s[0, start, left.problem.order_location[0]]) == 35_000


def test_copies_are_of_requests_whose_windows_are_not_over() -> None:
    drawn = drawn_copies([0, 1, 2], [10, 20, 30], now_s=15, count=5, generator=np.random.default_rng(1))
    assert sorted(drawn) == [1, 2]


def test_the_table_has_a_row_for_each_degree_of_dynamism() -> None:
    def result(percent: int, working_time: float, *, given_up: int = 0) -> DynamicResult:
        return DynamicResult(
            name="x",
            group="R1",
            percent=percent,
            seed=1,
            is_tuning=False,
            requests=100,
            working_time=working_time,
            reference=100.0,
            beyond_reach=0,
            stranded=0,
            given_up=given_up,
        )

    lines = table([result(10, 110.0), result(10, 130.0), result(90, 150.0, given_up=2)], by="percent").splitlines()
    assert lines[2] == "| 10 % | 2 | 200 | 100.00 % | 2 | 0 | 0 | 0 | +20.0 % | +15.0 +20.0 +25.0 | +10.0 +30.0 |"
    assert lines[3] == "| 90 % | 1 | 100 | 98.00 % | 0 | 2 | 0 | 0 | +50.0 % | +50.0 +50.0 +50.0 | +50.0 +50.0 |"
