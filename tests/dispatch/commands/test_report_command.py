"""`dispatch report` from the shell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.domain.files import read_plan, request_digest, write_plan, write_request
from dispatch.domain.request import Request
from tests.dispatch.commands.conftest import Outcome
from tests.dispatch.domain.documents import request_with
from tests.dispatch.planner.small import order, planned, request
from tests.dispatch.report.pages import two_visits_and_one_left

Run = Callable[..., Outcome]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    wanted = two_visits_and_one_left()
    return saved(tmp_path, wanted, wanted)


def saved(folder: Path, wanted: Request, answered: Request) -> tuple[Path, Path]:
    write_request(folder / "request.json", wanted)
    write_plan(folder / "plan.json", planned(answered))
    return folder / "request.json", folder / "plan.json"


def test_the_page_is_written_in_the_language_asked_for(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    for language, word in (("en", "Schedule"), ("zh", "日程")):
        outcome = run("report", *files, "-o", tmp_path / "page.html", "--language", language)
        assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
        assert word in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_plan_of_another_request_is_refused_and_nothing_written(run: Run, tmp_path: Path) -> None:
    files = saved(tmp_path, request(order(1)), two_visits_and_one_left())
    outcome = run("report", *files, "-o", tmp_path / "page.html")
    assert outcome.code == 2
    assert "request_digest" in outcome.err
    assert not (tmp_path / "page.html").exists()


def test_a_plan_that_fails_the_check_gets_its_page_with_a_warning(
    run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    plan = read_plan(files[1])
    write_plan(files[1], plan.model_copy(update={"unassigned": ()}))
    outcome = run("report", *files, "-o", tmp_path / "page.html")
    assert outcome.code == 0
    assert outcome.err == "warning: the plan fails the check: 1 violation(s), listed in the page\n"
    assert "order_lost" in (tmp_path / "page.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_server_that_does_not_answer_leaves_the_plan_unchecked_and_the_page_written(run: Run, tmp_path: Path) -> None:
    wanted = request_with(travel={"provider": "osrm", "url": "http://127.0.0.1:9"})
    plan = planned(request_with()).model_copy(update={"request_digest": request_digest(wanted)})
    write_request(tmp_path / "request.json", wanted)
    write_plan(tmp_path / "plan.json", plan)
    outcome = run("report", tmp_path / "request.json", tmp_path / "plan.json", "-o", tmp_path / "page.html")
    assert outcome.code == 0
    assert outcome.err.startswith("warning: the plan could not be checked: http://127.0.0.1:9")
    assert "could not be checked" in (tmp_path / "page.html").read_text(encoding="utf-8")
