from __future__ import annotations

import sys

import pytest

from benchmarks.micro.__main__ import main
from benchmarks.micro.days import road
from solver.cost import time_route


@pytest.mark.slow
def test_micro_runs_what_is_chosen(capfd: pytest.CaptureFixture[str]) -> None:
    """Once each and untimed: here it is only asked whether they work."""
    assert main(["-k", "route_of_5_visits", "--benchmark-disable"]) == 0
    assert "2 passed" in capfd.readouterr().out


def test_micro_hands_its_options_to_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []

    class Done:
        returncode = 3

    monkeypatch.setattr("subprocess.run", lambda command, **_: called.append(command) or Done())
    assert main(["-o", "new.json", "-k", "slice"]) == 3
    assert called[0][:3] == [sys.executable, "-m", "pytest"]
    assert called[0][-3:] == ["--benchmark-json=new.json", "-k", "slice"]


@pytest.mark.parametrize("visits", [5, 12, 50, 100])
def test_every_visit_on_the_road_misses_its_due_time_by_a_second(visits: int) -> None:
    route = time_route(road(visits, has_breaks=False), 0, range(visits))
    assert route is not None
    assert route.terms.tardiness == visits
    assert route.terms.promise_missed == visits * 10_000


@pytest.mark.parametrize(("visits", "breaks"), [(5, 1), (12, 2), (50, 8), (100, 17)])
def test_the_road_with_breaks_has_a_feasible_route_that_takes_them_all(visits: int, breaks: int) -> None:
    route = time_route(road(visits, has_breaks=True), 0, range(visits))
    assert route is not None
    assert len(route.breaks) == breaks
