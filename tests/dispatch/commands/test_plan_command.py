"""`dispatch plan`: files in, files out, and nothing half done."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from dispatch.check import check
from dispatch.domain.files import read_plan, read_request
from dispatch.domain.request import Request
from geo.given_matrix import GivenMatrix
from geo.provider import Place, TravelTable
from tests.dispatch.commands.conftest import Outcome
from tests.dispatch.planner.small import at, order, request

Run = Callable[..., Outcome]
Save = Callable[[Request], Path]


def test_plan_is_written_checked_and_summed_up(run: Run, saved: Save, tmp_path: Path) -> None:
    wanted, target = saved(request(order(1), order(2, skills={"fiber": 1}))), tmp_path / "plan.json"
    outcome = run("plan", wanted, "-o", target, "--iterations", 10)
    assert (outcome.code, outcome.err) == (0, "")
    assert check(read_request(wanted), read_plan(target)).ok
    assert "1 of 2 orders planned, 1 unassigned" in outcome.out
    assert "skill" in outcome.out


def test_same_seed_and_iterations_give_the_same_file_but_for_the_runtime(run: Run, saved: Save, tmp_path: Path) -> None:
    wanted = saved(request(*(order(number) for number in range(1, 7))))
    plans = []
    for name in ("a.json", "b.json"):
        run("plan", wanted, "-o", tmp_path / name, "--iterations", 50, "--seed", 4, "--threads", 2, "--quiet")
        plans.append(json.loads((tmp_path / name).read_text(encoding="utf-8")))
        for timed in (plans[-1]["run"], *plans[-1]["run"]["trajectory"]):
            del timed["runtime_s"]
    assert plans[0]["run"]["trajectory"]
    assert plans[0] == plans[1]


def test_bad_input_is_told_line_by_line_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    bad = json.loads(request(order(1)).model_dump_json(by_alias=True))
    bad["orders"][0]["duration"] = "-PT5M"
    bad["orders"][0]["accepted_at"] = "2026-03-09T12:00:00"
    path, target = tmp_path / "bad.json", tmp_path / "plan.json"
    path.write_text(json.dumps(bad), encoding="utf-8")
    outcome = run("plan", path, "-o", target)
    assert (outcome.code, outcome.out) == (2, "")
    lines = outcome.err.splitlines()
    assert [line.split(": ")[1] for line in lines] == ["orders[0].accepted_at", "orders[0].duration"]
    assert "Traceback" not in outcome.err
    assert not target.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"{", "line 1, column 2"), (b"\xff\xfe\x00", "UTF-8"), (b"[]", "object")],
)
def test_text_that_is_no_request_is_refused(run: Run, tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    outcome = run("plan", path, "-o", tmp_path / "plan.json")
    assert outcome.code == 2
    assert message in outcome.err


def test_missing_file_is_bad_input(run: Run, tmp_path: Path) -> None:
    outcome = run("plan", tmp_path / "none.json", "-o", tmp_path / "plan.json")
    assert outcome.code == 2
    assert "cannot be read: No such file or directory" in outcome.err


def test_missing_folder_of_the_plan_is_told_before_any_work(run: Run, tmp_path: Path) -> None:
    outcome = run("plan", tmp_path / "none.json", "-o", tmp_path / "none" / "plan.json")
    assert outcome.code == 2
    assert "its folder does not exist" in outcome.err


@pytest.mark.parametrize(
    ("name", "message"), [("x" * 300, "name too long"), ("circle", "circle"), ("-", "/dev/stdout")]
)
def test_place_that_no_plan_can_go_to_is_told_before_any_work(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("circle").symlink_to("circle")
    outcome = run("plan", "none.json", "-o", name)
    assert outcome.code == 2
    assert message in outcome.err


def test_folder_that_cannot_be_written_to_is_told_before_any_work(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # whoever runs the tests may be allowed everything
    outcome = run("plan", tmp_path / "none.json", "-o", tmp_path / "plan.json")
    assert outcome.code == 2
    assert "its folder cannot be written to" in outcome.err


def test_disk_that_is_full_leaves_the_old_plan(run: Run, saved: Save, tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this machine has no /dev/full")
    outcome = run("plan", saved(request(order(1))), "-o", full, "--iterations", 1, "--quiet")
    assert outcome.code == 2
    assert "No space left on device" in outcome.err


def test_bad_policy_file_is_refused_by_the_name_of_the_setting(run: Run, saved: Save, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("[prices]\ntravel = -1\n", encoding="utf-8")
    outcome = run("plan", saved(request(order(1))), "-o", tmp_path / "plan.json", "--policy", policy)
    assert outcome.code == 2
    assert "prices.travel" in outcome.err


def test_geocoding_in_a_request_is_refused(run: Run, saved: Save, tmp_path: Path) -> None:
    wanted = saved(request(order(1), policy={"geocoding": {"enabled": True}}))
    outcome = run("plan", wanted, "-o", tmp_path / "plan.json")
    assert outcome.code == 2
    assert "policy.geocoding: cannot be set by a request" in outcome.err


@pytest.mark.parametrize("text", ["a = " + "[" * 3_000 + "]" * 3_000, "prices.travel = " + "9" * 5_000])
def test_policy_file_that_overwhelms_the_reader_is_refused(run: Run, saved: Save, tmp_path: Path, text: str) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(text, encoding="utf-8")
    outcome = run("plan", saved(request(order(1))), "-o", tmp_path / "plan.json", "--policy", policy)
    assert outcome.code == 2
    assert "policy.toml: is nested too deeply, or holds a number of thousands of digits" in outcome.err


def test_more_iterations_than_can_be_counted_are_refused(run: Run, saved: Save, tmp_path: Path) -> None:
    outcome = run("plan", saved(request(order(1))), "-o", tmp_path / "plan.json", "--iterations", 2**53 + 1)
    assert outcome.code == 2


def test_plan_in_place_of_a_request_is_told_in_one_line(run: Run, saved: Save, tmp_path: Path) -> None:
    wanted = saved(request(order(1)))
    run("plan", wanted, "-o", tmp_path / "plan.json", "--iterations", 1, "--quiet")
    outcome = run("check", tmp_path / "plan.json", wanted)
    assert outcome.code == 2
    (line,) = outcome.err.splitlines()
    assert "format: 'field-dispatch/plan/1' is not 'field-dispatch/request/1'" in line


def test_limit_without_a_unit_is_refused(run: Run, saved: Save, tmp_path: Path) -> None:
    outcome = run("plan", saved(request(order(1))), "-o", tmp_path / "plan.json", "--limit", "30")
    assert outcome.code == 2
    assert "is not a time limit" in outcome.err


def test_odd_input_is_accepted_with_a_warning(run: Run, saved: Save, tmp_path: Path) -> None:
    over = order(1, windows=[{"start": at("08:00", day=8), "end": at("09:00", day=8)}])
    outcome = run("plan", saved(request(over)), "-o", tmp_path / "plan.json", "--iterations", 1)
    assert outcome.code == 0
    assert "warning: orders[0].windows" in outcome.err


def test_progress_as_json_is_a_line_per_report(run: Run, saved: Save, tmp_path: Path) -> None:
    wanted = saved(request(*(order(number) for number in range(1, 7))))
    outcome = run("plan", wanted, "-o", tmp_path / "plan.json", "--limit", "600ms", "--progress", "json", "-q")
    reports = [json.loads(line) for line in outcome.err.splitlines()]
    assert reports
    assert {"elapsed_s", "iterations", "iterations_per_s", "cost", "cost_terms", "unassigned"} <= reports[0].keys()


def test_timings_name_every_phase(run: Run, saved: Save, tmp_path: Path) -> None:
    outcome = run("plan", saved(request(order(1))), "-o", tmp_path / "plan.json", "--iterations", 1, "--timings", "-q")
    phases = [line.split()[0] for line in outcome.err.splitlines()]
    assert phases == ["read", "promises", "travel", "encode", "search", "decode", "check", "write", "total"]


def test_standard_output_on_a_full_disk_is_no_unexpected_error() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this machine has no /dev/full")
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device, not a file
        ended = subprocess.run(
            [sys.executable, "-m", "dispatch", "policy"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ended.returncode == 2
    assert "the output cannot be written: [Errno 28] No space left on device" in ended.stderr


def test_unexpected_error_is_one_line_unless_debugging(run: Run, monkeypatch: pytest.MonkeyPatch, saved: Save) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("dispatch.domain.files.read_request", broken)
    outcome = run("check", saved(request(order(1))), "plan.json")
    assert (outcome.code, len(outcome.err.splitlines())) == (3, 1)
    assert "Unexpected ZeroDivisionError: by nothing" in outcome.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_before_the_search_ends_the_command_and_writes_nothing(
    run: Run, saved: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def interrupted(table: GivenMatrix, places: Sequence[Place], profile: str) -> TravelTable:
        os.kill(os.getpid(), number)
        return table_of(table, places, profile)

    table_of = GivenMatrix.table
    monkeypatch.setattr(GivenMatrix, "table", interrupted)
    outcome = run("plan", saved(request(order(1))), "-o", tmp_path / "plan.json", "--iterations", 1)
    assert (outcome.code, outcome.out) == (130, "")
    assert outcome.err == "Stopped before the search: no plan is written.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["request.json"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_ends_the_search_and_keeps_its_plan(saved: Save, tmp_path: Path, number: signal.Signals) -> None:
    wanted, target = saved(request(*(order(number) for number in range(1, 7)))), tmp_path / "plan.json"
    command = [sys.executable, "-m", "dispatch", "plan", wanted, "-o", target, "--limit", "10m", "--progress", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert json.loads(process.stderr.readline())["iterations"] > 0
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Stopping with the best plan so far" in errors
    plan = read_plan(target)
    assert plan.run.stopped_by == "cancelled"
    assert check(read_request(wanted), plan).ok


def test_plan_says_how_far_from_optimal_it_is_at_most(run: Run, saved: Save, tmp_path: Path) -> None:
    wanted, target = saved(request(*(order(number) for number in range(1, 7)))), tmp_path / "plan.json"
    outcome = run("plan", wanted, "-o", target, "--iterations", 200, "--prove", "60s")
    plan = read_plan(target)
    assert outcome.code == 0
    assert "no plan costs less than" in outcome.out
    assert (plan.bound, plan.gap) == (plan.cost.total, 0.0)
    assert check(read_request(wanted), plan).ok
