"""What people see: the live bar, the summary, the meaning of Ctrl-C."""

from __future__ import annotations

import os
import signal

import pytest
from rich.console import Console

from dispatch.commands.interrupt import StopOnInterrupt
from dispatch.commands.progress import _picture, _share_done
from dispatch.commands.summary import print_summary
from dispatch.domain.run import RunProgress
from dispatch.planner.plan import PlanOptions
from tests.dispatch.planner.small import order, plan_in_force, planned, request, shift, technician, visit

PROGRESS = RunProgress(
    elapsed_s=3.0,
    iterations=400,
    iterations_per_s=133.0,
    cost=1_234,
    cost_terms={"travel": 1_234, "overtime": 0},
    unassigned=2,
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_before_the_search_aborts(number: signal.Signals, capsys: pytest.CaptureFixture[str]) -> None:
    with StopOnInterrupt(), pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)
    assert capsys.readouterr().err == "Stopped before the search: no plan is written.\n"


def test_first_interrupt_of_the_search_is_remembered_and_the_second_aborts() -> None:
    before = signal.getsignal(signal.SIGINT)
    with StopOnInterrupt() as stop:
        assert not stop.was_interrupted()
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.was_interrupted()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize(
    ("limit_s", "iterations", "share"),
    [(30.0, None, 0.1), (None, 1_000, 0.2), (30.0, 1_000, 0.2), (1.0, None, 1.0), (None, None, None)],
)
def test_share_of_the_search_that_is_done_is_that_of_the_nearest_limit(
    limit_s: float | None, iterations: int | None, share: float | None
) -> None:
    # 3 of 30 seconds; 400 iterations of 2 threads that have 1,000 each.
    assert _share_done(PROGRESS, PlanOptions(limit_s=limit_s, iterations=iterations, threads=2)) == share


def test_live_bar_shows_cost_by_term_unassigned_and_speed() -> None:
    console = Console(width=100)
    with console.capture() as captured:
        console.print(_picture(PROGRESS, PlanOptions(limit_s=30.0)))
    text = captured.get()
    for shown in ("3.0 s", "cost 1,234", "2 unassigned", "133 iterations/s", "travel 1,234"):
        assert shown in text
    assert "overtime" not in text


def test_summary_shows_figures_cost_promises_reasons_and_a_route() -> None:
    wanted = request(order(1), order(2, skills={"fiber": 1}), order(3, resource_ready=False))
    console = Console(width=120)
    with console.capture() as captured:
        print_summary(planned(wanted), wanted, console=console)
    text = captured.get()
    for shown in (
        "1 of 3 orders planned, 2 unassigned: 1 that nobody can serve, 1 on hold",
        "promises kept: 50.0%",
        "262,152",  # 1,200 s of travel, 250,000 for o-2, 10,000 and 8/168 of 20,000 for o-3, which has no due time yet
        "technician ann, shift day",
    ):
        assert shown in text
    assert "10. 08:10" in text


@pytest.mark.parametrize("name", ["[/b]", "[red]n1[/red]", "[link=http://x]n1"])
def test_summary_shows_square_brackets_of_names_as_they_are(name: str) -> None:
    wanted = request(order(1, id=name), technicians=[technician(name, shifts=[shift(id=name)])])
    console = Console(width=200)
    with console.capture() as captured:
        print_summary(planned(wanted), wanted, console=console)
    assert f"technician {name}, shift {name}" in captured.get()
    assert f"{name} repair in c-1" in captured.get()


def test_summary_tells_what_locks_forced() -> None:
    wanted = request(order(1, skills={"fiber": 1}), current_plan=plan_in_force(visit(1, "09:00", "09:30")))
    console = Console(width=200)
    with console.capture() as captured:
        print_summary(planned(wanted), wanted, console=console)
    assert "forced by a lock: skill: order o-1 technician ann" in captured.get()


def test_summary_tells_the_room_kept_for_urgent_orders() -> None:
    # Two on each morning of three days, only the first of which has a shift.
    expected = {"morning": [0.0] * 9 + [2.0] + [0.0] * 14}
    wanted = request(order(1), policy={"reserve": {"share": 1.0, "expected": expected}})
    console = Console(width=120)
    with console.capture() as captured:
        print_summary(planned(wanted), wanted, console=console)
    assert "room kept for 2 of 6 urgent orders expected" in captured.get()
