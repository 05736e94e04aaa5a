from __future__ import annotations

import sys
from pathlib import Path

import pytest

import benchmarks.run_pool
from benchmarks.results import read_results
from benchmarks.run import UsageError, chosen_refs, core_sets_of, limits_of, main, names_of, numbers_of
from benchmarks.run_board import outcome
from benchmarks.run_child import carry_out
from benchmarks.run_file import append, drop_torn_line, jobs_left
from benchmarks.run_job import Job, jobs_of, run_without_answer
from benchmarks.run_pool import Pool
from benchmarks.suites import instances_of
from dispatch.errors import BadInputError

REFS = instances_of("field-hard", Path())


def make_jobs(
    *, names: tuple[str, ...] = ("village-0.9-1",), commit: str = "abc", limit_s: float = 0.2
) -> tuple[Job, ...]:
    return jobs_of(
        chosen_refs(REFS, only=names, is_claim=False),
        instances=Path(),
        version_of_solver={"ours": "1"},
        limits_s=(limit_s,),
        seeds=(1, 2),
        threads=1,
        commit=commit,
        machine="two cores",
    )


def test_a_command_line_makes_runs_and_makes_none_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "results.jsonl"
    options = ["--suite", "field-hard", "--only", "village-0.9-1", "--limit", "0.2", "--out", str(out)]
    assert main(options) == 0
    (run,) = read_results([out]).runs
    assert (run.suite, run.instance, run.group, run.solver) == ("field-hard", "village-0.9-1", "village 0.9", "ours")
    assert (run.seed, run.limit_s, run.threads, run.may_tune) == (1, 0.2, 1, False)
    assert run.is_feasible
    assert run.trajectory[-1][1] == run.cost  # what the solver claims is what the evaluator finds
    assert main([*options, "--any-commit"]) == 0
    assert len(read_results([out]).runs) == 1
    assert "0 runs to make, 1 of 1 are in" in capsys.readouterr().out.replace("\n", " ")


def test_solvers_take_turns_within_a_seed() -> None:
    jobs = jobs_of(
        REFS[:2],
        instances=Path(),
        version_of_solver={"ours": "1", "pyvrp": "2"},
        limits_s=(1.0, 2.0),
        seeds=(1, 2),
        threads=1,
        commit="abc",
        machine="two cores",
    )
    assert len(jobs) == 16
    assert [(job.solver, job.instance, job.seed, job.limit_s) for job in jobs[:5]] == [
        ("ours", "village-0.9-1", 1, 1.0),
        ("pyvrp", "village-0.9-1", 1, 1.0),
        ("ours", "village-0.9-2", 1, 1.0),
        ("pyvrp", "village-0.9-2", 1, 1.0),
        ("ours", "village-0.9-1", 2, 1.0),
    ]


def test_a_run_that_has_its_line_is_left_out(tmp_path: Path) -> None:
    first, second = make_jobs()
    file = tmp_path / "results.jsonl"
    append(run_without_answer(first, started_at="2026-01-01T00:00:00Z", runtime_s=1, note=""), file)
    assert jobs_left((first, second), file, any_commit=False) == (second,)


def test_runs_of_another_commit_are_not_mixed_unless_asked(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    append(run_without_answer(make_jobs()[0], started_at="2026-01-01T00:00:00Z", runtime_s=1, note=""), file)
    jobs = make_jobs(commit="def")
    with pytest.raises(BadInputError, match="holds 1 of these runs from another commit or version"):
        jobs_left(jobs, file, any_commit=False)
    assert jobs_left(jobs, file, any_commit=True) == jobs[1:]


def test_a_torn_last_line_is_cut_off(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    assert not drop_torn_line(file)
    run = run_without_answer(make_jobs()[0], started_at="2026-01-01T00:00:00Z", runtime_s=1, note="")
    append(run, file)
    assert not drop_torn_line(file)
    with file.open("a") as stream:
        stream.write('{"suite":"vr')
    assert drop_torn_line(file)
    assert read_results([file]).runs == (run,)


def test_a_process_that_does_not_end_is_killed_and_its_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmarks.run_pool, "latest_s", lambda _: 0)
    forever = (sys.executable, "-c", "import threading; threading.Event().wait()")
    pool = Pool([(0,)], folder=tmp_path, command=forever)
    (ended,) = [ended for ended in pool.results(make_jobs()[:1]) if ended]
    assert ended.run.cost is None
    assert ended.run.note.startswith("killed: no answer")
    assert outcome(ended.run) == ended.run.note


def test_a_process_that_fails_says_why(tmp_path: Path) -> None:
    pool = Pool([(0,)], folder=tmp_path, command=(sys.executable, "-c", "raise ValueError('no such thing')"))
    runs = [ended.run for ended in pool.results(make_jobs()) if ended]
    assert [run.note for run in runs] == ["failed with exit code 1: ValueError: no such thing"] * 2


def test_leaving_the_pool_ends_its_processes(tmp_path: Path) -> None:
    forever = (sys.executable, "-c", "import threading; threading.Event().wait()")
    pool = Pool([(0,)], folder=tmp_path, command=forever)
    results = pool.results(make_jobs())
    assert next(results) is None
    (running,) = pool.running
    results.close()  # type: ignore[attr-defined]
    assert running.process.returncode == -9


def test_a_run_is_scored_by_the_one_evaluator() -> None:
    run = carry_out(make_jobs(limit_s=0.1)[0])
    assert (run.unassigned, run.violations, run.cannot) == (0, (), ())
    assert run.cost == run.reported
    assert outcome(run).startswith(f"cost {run.cost:,}")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--suite", "vrp"], "suite is 'vrp', expected one of vrptw"),
        (["--suite", "field-hard", "--solvers", "gurobi"], "--solvers names 'gurobi', expected some of ours"),
        (["--suite", "field-hard", "--only", "C101"], "--only names 'C101', which is in none of these suites"),
        (["--suite", "field-hard", "--only", "village-0.9-1", "--claim"], "leave no instance"),
        (["--suite", "field-hard", "--threads", "9999"], "asks for 9999 cores"),
    ],
)
def test_impossible_options_are_refused(
    options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results.jsonl"
    assert main([*options, "--out", str(out)]) == 2
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_a_solver_whose_package_is_missing_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "vroom", None)
    monkeypatch.delitem(sys.modules, "benchmarks.solvers.vroom", raising=False)
    assert main(["--suite", "field-hard", "--solvers", "vroom", "--out", str(tmp_path / "results.jsonl")]) == 2
    assert "solver vroom needs the package vroom, which is not installed\nMaybe install" in capsys.readouterr().err


def test_cores_are_given_to_one_run_each() -> None:
    assert core_sets_of((0, 1, 2, 5), threads=2, parallel=2) == ((0, 1), (2, 5))
    with pytest.raises(UsageError, match="--threads 2 with --parallel 2 asks for 4 cores, expected 1 to 3"):
        core_sets_of((0, 1, 2), threads=2, parallel=2)


def test_lists_on_the_command_line() -> None:
    assert numbers_of("1-3,7,2") == (1, 2, 3, 7)
    assert names_of("ours, pyvrp,ours") == ("ours", "pyvrp")
    assert limits_of("10,60") == (10.0, 60.0)
    with pytest.raises(ValueError, match="not seconds above 0"):
        limits_of("0")
