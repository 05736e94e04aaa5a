"""`dispatch risk`: the riskiest visits first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dispatch.domain.files import read_plan, write_plan
from dispatch.domain.request import Request
from tests.dispatch.commands.conftest import Outcome
from tests.dispatch.planner.small import at, order, planned, request

Run = Callable[..., Outcome]
Save = Callable[[Request], Path]


def test_the_riskiest_visits_come_first(run: Run, saved: Save, tmp_path: Path) -> None:
    # o-1 is planned from 8:10 on and may begin until 8:40; o-2 ends at 9:20 by plan, which is when it is due.
    first = order(1, windows=[{"start": at("08:00"), "end": at("08:40")}])
    wanted = request(first, order(2, due=at("09:20")))
    path = tmp_path / "plan.json"
    write_plan(path, planned(wanted))
    outcome = run("risk", saved(wanted), path, "--most", 1, "-o", tmp_path / "told.json")
    lines = outcome.out.splitlines()
    assert outcome.code == 0
    assert lines[1].endswith("of 2 promises broken")
    assert [line.split()[0] for line in lines[4:5]] == ["o-2"]
    assert lines[5] == "overtime:"
    assert lines[6].split()[:2] == ["ann", "day"]
    told = read_plan(tmp_path / "told.json")
    assert [visit.odds is not None for visit in told.routes[0].visits] == [True, True]


def test_the_same_seed_gives_the_same_odds(run: Run, saved: Save, tmp_path: Path) -> None:
    wanted = request(order(1), order(2))
    path, request_path = tmp_path / "plan.json", saved(wanted)
    write_plan(path, planned(wanted))
    first, again = (run("risk", request_path, path, "--scenarios", 50, "--seed", 3).out for _ in range(2))
    assert first == again
