from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.domain.files import write_plan, write_request
from dispatch.domain.plan import TravelUsed
from dispatch.exports.exported_plan import ExportedPlan
from tests.dispatch.commands.conftest import Outcome
from tests.dispatch.commands.conftest import run as run  # noqa: PLC0414 -- the fixture
from tests.dispatch.exports.plans import tiny

Run = Callable[..., Outcome]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return save(tiny(), tmp_path)


def save(exported: ExportedPlan, folder: Path, **changes: object) -> tuple[Path, Path]:
    """Write the request and the plan, with changes of the plan."""
    write_request(folder / "request.json", exported.request)
    write_plan(folder / "plan.json", exported.plan.model_copy(update=changes))
    return folder / "request.json", folder / "plan.json"


@pytest.mark.parametrize(
    ("to", "names"),
    [
        ("csv", ["visits.csv", "routes.csv", "unassigned.csv"]),
        ("ical", ["t-1.ics"]),
        ("vroom", ["problem.json", "plan.json", "solution.json"]),
        ("pragmatic", ["problem.json", "solution.json", "matrix-ebike.json"]),
    ],
)
def test_a_folder_is_made_and_its_files_are_told(
    to: str, names: list[str], run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    outcome = run("export", *files, "--to", to, "-o", out)
    assert outcome.code == 0
    assert outcome.out.splitlines() == [str(out / name) for name in names]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)


def test_a_map_is_one_file(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    outcome = run("export", *files, "--to", "geojson", "-o", tmp_path / "plan.geojson")
    assert outcome.code == 0
    assert json.loads((tmp_path / "plan.geojson").read_text())["type"] == "FeatureCollection"


def test_a_technicians_calendar_is_one_file(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "mine.ics"
    assert run("export", *files, "--to", "ical", "--technician", "t-1", "-o", path).code == 0
    assert path.read_text().startswith("BEGIN:VCALENDAR")
    outcome = run("export", *files, "--to", "ical", "--technician", "t-9", "-o", path)
    assert (outcome.code, outcome.err) == (2, "technician 't-9' is not in the request\n")


def test_what_is_lost_is_told_on_stderr(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    outcome = run("export", *files, "--to", "vroom", "-o", tmp_path / "out")
    assert outcome.err.splitlines()[0].startswith("warning: 2 orders are due")


def test_travel_from_elsewhere_than_asked_is_told_on_stderr(run: Run, tmp_path: Path) -> None:
    used = TravelUsed(provider="straight_line", asked="osrm", reason="http://x gave no answer")
    exported = tiny()
    files = save(exported, tmp_path, run=exported.plan.run.model_copy(update={"travel": used}))
    outcome = run("export", *files, "--to", "csv", "-o", tmp_path / "out")
    assert outcome.code == 0
    assert "warning: travel is the straight line's, not that of osrm: http://x gave no answer" in outcome.err


def test_a_plan_of_another_request_is_refused(run: Run, tmp_path: Path) -> None:
    outcome = run("export", *save(tiny(), tmp_path, request_digest="sha256:00"), "--to", "csv", "-o", tmp_path / "out")
    assert outcome.code == 2


def test_a_plan_that_names_the_unknown_is_refused(run: Run, tmp_path: Path) -> None:
    (route,) = tiny().plan.routes
    routes = (route.model_copy(update={"technician": "t-9"}),)
    outcome = run("export", *save(tiny(), tmp_path, routes=routes), "--to", "csv", "-o", tmp_path / "out")
    assert outcome.code == 2
    assert "routes[0].technician: 't-9' is not a technician of the request" in outcome.err
    assert not (tmp_path / "out").exists()


def test_a_missing_folder_is_told(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    outcome = run("export", *files, "--to", "csv", "-o", tmp_path / "no" / "where")
    assert outcome.code == 2
    assert "cannot be made" in outcome.err


def test_technician_goes_with_calendars_only(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    assert run("export", *files, "--to", "csv", "--technician", "t-1", "-o", tmp_path / "out").code == 2
