"""`dispatch slots`: what can be offered for an order, and booking it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.domain.files import read_plan, read_request, write_plan
from dispatch.domain.request import Request
from tests.dispatch.commands.conftest import Outcome
from tests.dispatch.planner.small import order, planned, request

Run = Callable[..., Outcome]
Save = Callable[[Request], Path]


@pytest.fixture
def city(saved: Save, tmp_path: Path) -> tuple[Path, Path]:
    wanted, plan = request(order(1)), tmp_path / "in-force.json"
    write_plan(plan, planned(wanted))
    return saved(wanted), plan


def test_windows_for_a_new_order_are_listed_and_one_is_booked(
    run: Run, city: tuple[Path, Path], tmp_path: Path
) -> None:
    new, folder = tmp_path / "new.json", tmp_path / "booked"
    new.write_text(json.dumps(order(2)))
    listed = run("slots", *city, "--order", new)
    assert listed.code == 0
    assert "2026-03-10 morning" in listed.out
    assert "beyond the due time" in listed.out  # the afternoon: it is due at noon
    outcome = run("slots", *city, "--order", new, "--book", 3, "-o", folder)
    assert outcome.out.splitlines()[-1] == "booked 2026-03-10 10:30-12:00: ann, 10:30"
    booked = read_request(folder / "request.json").orders_by_id["o-2"]
    assert f"{booked.windows[0].start:%H:%M}-{booked.windows[0].end:%H:%M}" == "10:30-12:00"
    assert run("check", folder / "request.json", folder / "plan.json").code == 0
    assert len(read_plan(folder / "plan.json").routes[0].visits) == 2


def test_exact_times_for_an_order_of_the_request(run: Run, city: tuple[Path, Path], tmp_path: Path) -> None:
    outcome = run("slots", *city, "--order", "o-1", "--times", "--book", 1, "-o", tmp_path / "booked")
    assert outcome.code == 0
    order_booked = read_request(tmp_path / "booked" / "request.json").orders_by_id["o-1"]
    assert order_booked.agreed_start is not None
    assert f"booked {order_booked.agreed_start:%Y-%m-%d %H:%M}" in outcome.out


def test_what_is_not_there_is_refused(run: Run, city: tuple[Path, Path], tmp_path: Path) -> None:
    for arguments, message in (
        (("--order", "o-9"), "'o-9' is no order of the request and cannot be read as a file"),
        (("--order", "o-1", "--book", 99, "-o", tmp_path / "x"), "to choose from"),
        (("--order", "o-1", "--book", 1), "--book and --output go together"),
    ):
        outcome = run("slots", *city, *arguments)
        assert outcome.code == 2
        assert message in " ".join((outcome.out + outcome.err).replace("│", " ").split())
    broken = tmp_path / "broken.json"
    broken.write_text('{"id": "o-2"}')
    assert "kind" in run("slots", *city, "--order", broken).err
