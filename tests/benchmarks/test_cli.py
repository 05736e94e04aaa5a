from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import benchmarks.cli
from dispatch.cli import build_app
from dispatch.domain.files import parse_request, read_plan, read_request
from dispatch.errors import BadInputError, OutputError


def test_city_writes_the_file_and_says_what_is_in_it(tmp_path: Path) -> None:
    output = tmp_path / "village.json"
    done = CliRunner().invoke(build_app(), ["city", "--size", "village", "-o", str(output)])
    assert done.exit_code == 0, done.output
    assert "60 orders, 10 technicians, 10 shifts" in done.stdout
    assert len(read_request(output).orders) == 60


def test_city_prints_nothing_but_the_request_without_a_file() -> None:
    done = CliRunner().invoke(build_app(), ["city", "--size", "village", "--seed", "3", "--days", "2"])
    assert done.exit_code == 0, done.output
    assert len(parse_request(done.stdout).technicians[0].shifts) == 2


def test_city_replaces_a_file(tmp_path: Path) -> None:
    output = tmp_path / "village.json"
    output.write_text("old")
    CliRunner().invoke(build_app(), ["city", "--size", "village", "-o", str(output)])
    assert read_request(output)


def test_city_on_roads_writes_the_roads_beside_the_request(tmp_path: Path) -> None:
    output = tmp_path / "village.json"
    done = CliRunner().invoke(build_app(), ["city", "--size", "village", "--travel", "road_graph", "-o", str(output)])
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["village.json", "village.roads.npz"]
    assert read_request(output).travel.path == "village.roads.npz"


@pytest.mark.parametrize("options", [["--travel", "road_graph"], ["--size", "province"]])
def test_city_on_roads_and_a_province_need_a_file(options: list[str]) -> None:
    done = CliRunner().invoke(build_app(), ["city", *options])
    assert isinstance(done.exception, OutputError)
    assert "Maybe name one" in str(done.exception)


@pytest.mark.parametrize("output", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "pipe"])
def test_city_on_roads_needs_a_file_with_a_place_beside_it(output: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    place = str(tmp_path / output)
    done = CliRunner().invoke(build_app(), ["city", "--size", "village", "--travel", "road_graph", "-o", place])
    assert isinstance(done.exception, OutputError)
    assert str(done.exception).startswith(f"{place}: the roads need a file beside the request")
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_city_refuses_an_impossible_load_and_writes_nothing(tmp_path: Path) -> None:
    output = tmp_path / "village.json"
    done = CliRunner().invoke(build_app(), ["city", "--load", "9", "-o", str(output)])
    assert isinstance(done.exception, BadInputError)
    assert not output.exists()


@pytest.mark.slow
def test_demo_leaves_a_request_and_its_checked_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmarks.cli, "DEMO_LIMIT_S", 0.2)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # a shell in which the environment is not activated
    folder = tmp_path / "new" / "out"
    done = CliRunner().invoke(build_app(), ["demo", "--folder", str(folder)])
    assert done.exit_code == 0, done.output
    assert "checked, every rule holds" in done.stdout
    assert "orders planned" in done.stdout
    assert len(read_request(folder / "district.json").orders) == 300
    plan = read_plan(folder / "plan.json")
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert all(visit.order in page for route in plan.routes for visit in route.visits)

    hint = done.stdout.splitlines()[-1].removeprefix("Ask for one order:  ")
    explained = subprocess.run(["sh", "-c", hint], capture_output=True, text=True, check=True).stdout
    assert hint.endswith("--order o-0001")
    assert explained.startswith("order o-0001")


def test_demo_calls_the_program_by_a_name_that_the_shell_finds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = Path(sys.executable).parent
    monkeypatch.chdir(folder.parent)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert benchmarks.cli._program() == "bin/dispatch"
    monkeypatch.setenv("PATH", str(folder))
    assert benchmarks.cli._program() == "dispatch"


def test_demo_says_where_it_cannot_write(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = CliRunner().invoke(build_app(), ["demo", "--folder", str(blocked / "out")])
    assert isinstance(done.exception, OutputError)
