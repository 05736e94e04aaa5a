from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.replay.page import build_page
from benchmarks.replay.results import Result, line_of, read_results
from dispatch.cli import build_app
from dispatch.domain.event_log import read_events
from dispatch.errors import BadInputError

QUICK = ["replay", "--size", "village", "--days", "1", "--policies", "nearest"]


def run(*options: str) -> str:
    done = CliRunner().invoke(build_app(), [*QUICK, *options])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.stdout


def test_replay_writes_results_events_and_a_page(tmp_path: Path) -> None:
    text = run("--seeds", "3,4", "-o", str(tmp_path))
    assert "promises kept, net" in text
    assert {result.seed for result in read_results(tmp_path / "results.jsonl")} == {3, 4}
    assert len(read_events(tmp_path / "events-3-nearest.jsonl")) > 100
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 1
    assert "2 stretches, seeds 3, 4" in page


@pytest.mark.slow
def test_replay_goes_on_where_it_was_broken_off(tmp_path: Path) -> None:
    run("--seeds", "3", "-o", str(tmp_path))
    (tmp_path / "events-3-nearest.jsonl").unlink()
    (before,) = read_results(tmp_path / "results.jsonl")
    run("--seeds", "3,4", "-o", str(tmp_path))
    assert read_results(tmp_path / "results.jsonl")[0] == before
    assert sorted(path.name for path in tmp_path.glob("events*")) == ["events-4-nearest.jsonl"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(["--policies", "best"], "'best' is no policy", id="policy"),
        pytest.param(["--seeds", "x"], "'x' are no numbers", id="seeds"),
        pytest.param(["--days", "0"], "days: 0 is not possible", id="days"),
        pytest.param(["--settle", "0"], "settle: 0:00:00 is not possible", id="settle"),
    ],
)
def test_replay_refuses_what_is_impossible(options: list[str], message: str, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=message):
        run(*options, "-o", str(tmp_path))


def test_a_torn_line_is_left_out_and_a_strange_one_refused(tmp_path: Path) -> None:
    file, line = tmp_path / "results.jsonl", line_of(Result(setting="s", seed=1, policy="ours", kpis={"jobs": 1.0}))
    file.write_text(f"{line}\n{line[:20]}")
    assert len(read_results(file)) == 1
    file.write_text(f"{line}\n{line[:20]}\n")
    with pytest.raises(BadInputError, match="is no result"):
        read_results(file)


def test_results_of_several_settings_have_no_page() -> None:
    results = [Result(setting=setting, seed=1, policy="ours", kpis={"jobs": 1.0}) for setting in ("a", "b")]
    with pytest.raises(BadInputError, match="2 settings: a; b"):
        build_page(results, {})


def test_the_page_compares_ours_with_the_others() -> None:
    results = [
        Result(setting="s", seed=seed, policy=policy, kpis={"jobs": jobs + seed})
        for seed in (1, 2, 3)
        for policy, jobs in (("nearest", 5.0), ("ours", 7.0))
    ]
    page = build_page(results, {})
    assert page.count("<svg") == 2
    assert "<td>+2.0 ± 0.0 *</td>" in page
