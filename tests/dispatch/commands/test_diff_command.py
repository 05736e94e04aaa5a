"""`dispatch diff`: two plans compared, with and without their requests."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from dispatch.domain.files import write_plan, write_request
from tests.dispatch.commands.conftest import Outcome
from tests.dispatch.planner.small import at, order, planned, request, technician

Run = Callable[..., Outcome]


@dataclass(frozen=True)
class Day:
    """Ann's visit at 08:10, agreed for 08:30, and the plan of a request in which only bob can go, with a new order."""

    request: Path
    plan: Path
    later_request: Path
    later_plan: Path


@pytest.fixture
def day(tmp_path: Path) -> Day:
    files = Day(*(tmp_path / f"{name}.json" for name in ("request", "plan", "later_request", "later_plan")))
    was = request(order(1, agreed_start=at("08:30")))
    order_now = order(1, agreed_start=at("08:30"), excluded_technicians=["ann"])
    is_now = request(order_now, order(2, skills={"fiber": 1}), technicians=[technician("ann"), technician("bob")])
    for wanted, request_file, plan_file in (
        (was, files.request, files.plan),
        (is_now, files.later_request, files.later_plan),
    ):
        write_request(request_file, wanted)
        write_plan(plan_file, planned(wanted))
    return files


def test_it_tells_who_is_disturbed_and_what_that_buys(run: Run, day: Day) -> None:
    # Going on unchanged, nobody may go to order 1: 2 x 250,000 left out. Bob's visit saves 250,000 for 1,200 of travel.
    outcome = run("diff", day.plan, day.later_plan, "--request", day.request, "--request-after", day.later_request)
    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "1 order in both plans, 1 new",
        "1 customer disturbed (1 told an exact time)",
        "  o-1 (told an exact time): 10. 08:10 -> 10. 08:10 (+0 min), ann -> bob",
        "another next visit for 2: ann, bob",
        "promises standard: kept 1 -> 1, missed 0 -> 0",
        "promises missed of new orders: o-2",
        "cost 500,000 if nothing changes -> 251,200: 248,800 less",
        "  travel                    0 ->        1,200  (+1,200)",
        "  unassigned          500,000 ->      250,000  (-250,000)",
    ]


def test_without_requests_it_lists_changes_and_compares_no_costs(run: Run, day: Day) -> None:
    lines = run("diff", day.plan, day.later_plan).out.splitlines()
    assert lines[1:3] == ["1 customer disturbed", "  o-1: 10. 08:10 -> 10. 08:10 (+0 min), ann -> bob"]
    assert lines[-1] == "cost 1,200 -> 251,200, of different orders: not comparable as they stand"


def test_a_plan_does_not_differ_from_itself(run: Run, day: Day) -> None:
    lines = run("diff", day.plan, day.plan, "--request", day.request).out.splitlines()
    assert lines[1] == "nobody is disturbed"
    assert lines[-1] == "cost 1,200 if nothing changes -> 1,200: the same"


def test_json_is_the_whole_diff(run: Run, day: Day) -> None:
    found = json.loads(run("diff", day.plan, day.later_plan, "--json").out)
    assert (found["common"], found["added"], found["counts"]["disturbed"]) == (1, ["o-2"], 1)


def test_a_plan_of_another_request_is_refused(run: Run, day: Day) -> None:
    outcome = run("diff", day.plan, day.later_plan, "--request", day.request)
    assert outcome.code == 2
    assert "is not the digest of this request" in outcome.err


def test_a_request_for_the_second_plan_only_is_refused(run: Run, day: Day) -> None:
    outcome = run("diff", day.plan, day.later_plan, "--request-after", day.later_request)
    assert outcome.code == 2
    assert "--request-after needs --request" in outcome.err
