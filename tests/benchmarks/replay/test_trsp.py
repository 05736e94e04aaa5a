from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.instances.trsp_dynamic import FROM_THE_START, DynamicInstance, read_trsp_dynamic
from benchmarks.replay.trsp import DynamicResult, replay, table
from tests.benchmarks.instances.test_trsp_dynamic import write_releases


def played(instance: DynamicInstance) -> DynamicResult:
    return replay(instance, name="tiny", iterations=300, first_iterations=300, seed=1)


@pytest.fixture
def instance(tmp_path: Path) -> DynamicInstance:
    """Two technicians at (0, 3) and (7, 7), a depot at (0, 0); request 0 at (4, 0), request 1 at (1, 1)."""
    return read_trsp_dynamic(write_releases(tmp_path))


def test_with_everything_known_the_day_is_the_plan(instance: DynamicInstance) -> None:
    known = replace(instance, release_s=np.full(2, FROM_THE_START, np.int64))
    result = played(known)
    # As in the tests of the static instance: the cheapest is 57.237 with one technician for both.
    assert (result.working_time, result.offline) == (57.237, 57.237)
    assert (result.hopeless, result.lost) == (0, 0)


def test_a_technician_who_is_out_takes_a_late_request_along(instance: DynamicInstance) -> None:
    # Request 0 becomes known at 55, when the only technician who may serve it has left for request 1 (at 47.763, as
    # late as reaches it at 50): home 2.237 to request 1 until 70, then by the depot to request 0 at 100, home at 115.
    # Known from the start, the technician would have left ten later.
    result = played(replace(instance, release_s=np.array([55_000, FROM_THE_START], np.int64)))
    assert (result.hopeless, result.lost) == (0, 0)
    assert result.offline == 57.237
    assert result.working_time == pytest.approx(67.237)


def test_a_request_that_comes_too_late_is_hopeless_and_not_lost(instance: DynamicInstance) -> None:
    # From home (0, 3) by the depot to (4, 0) takes 7, and the window closes at 120.
    result = played(replace(instance, release_s=np.array([114_000, FROM_THE_START], np.int64)))
    assert (result.hopeless, result.lost) == (1, 0)
    assert result.cost_of_not_knowing is None


def test_the_table_has_a_row_for_each_degree_of_dynamism() -> None:
    def result(percent: int, working_time: float, *, lost: int = 0) -> DynamicResult:
        return DynamicResult(
            name="x",
            group="R1",
            percent=percent,
            seed=1,
            working_time=working_time,
            offline=100.0,
            best_known=100.0,
            hopeless=0,
            lost=lost,
        )

    lines = table([result(10, 110.0), result(10, 130.0), result(90, 150.0, lost=2)]).splitlines()
    assert lines[2] == "| 10 % | 2 | 2 | +20.0 % | +20.0 % | +10.0 % | +30.0 % | +20.0 % | 0 | 0 |"
    assert lines[3] == "| 90 % | 1 | 0 | - | - | - | - | +50.0 % | 0 | 2 |"
