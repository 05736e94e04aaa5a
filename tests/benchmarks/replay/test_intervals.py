from __future__ import annotations

import pytest

from benchmarks.replay.intervals import Estimate, estimate, kpi_estimate, paired_estimate
from benchmarks.replay.results import Result
from benchmarks.replay.spec import PolicyName


def result(policy: PolicyName, seed: int, jobs: float | None) -> Result:
    return Result(setting="s", seed=seed, policy=policy, kpis={"jobs": jobs})


def test_the_interval_is_students() -> None:
    # mean 2, standard deviation 1, t(0.975; 2) = 4.3027: 4.3027 / sqrt(3) = 2.4841
    found = estimate([1.0, 2.0, 3.0])
    assert (found.mean, found.count) == (2.0, 3)
    assert found.low == pytest.approx(2 - 2.4841, abs=1e-4)
    assert found.high == pytest.approx(2 + 2.4841, abs=1e-4)


def test_one_sample_has_no_interval() -> None:
    found = estimate([4.0])
    assert found == Estimate(mean=4.0, low=None, high=None, count=1)
    assert not found.excludes_zero


def test_differences_are_paired_by_seed_and_lone_weeks_left_out() -> None:
    results = [result("ours", 1, 7.0), result("nearest", 1, 5.0), result("ours", 2, 9.0), result("nearest", 2, 6.0)]
    results += [result("ours", 3, 100.0), result("nearest", 4, None)]
    found = paired_estimate(results, "ours", "nearest", "jobs")
    assert found is not None
    assert (found.mean, found.count) == (2.5, 2)  # 2 and 3


def test_an_interval_on_one_side_of_zero_excludes_it() -> None:
    assert estimate([10.0, 11.0, 12.0]).excludes_zero
    assert not estimate([-10.0, 11.0, 12.0]).excludes_zero


def test_a_figure_that_no_week_has_has_no_estimate() -> None:
    assert kpi_estimate([result("ours", 1, None)], "ours", "jobs") is None
