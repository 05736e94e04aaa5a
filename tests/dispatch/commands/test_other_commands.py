"""`dispatch check`, `explain`, `schema`, `policy` and the help."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.domain.files import read_plan, write_plan
from dispatch.domain.request import Request
from tests.dispatch.commands.conftest import Outcome
from tests.dispatch.planner.small import at, order, planned, request, technician

Run = Callable[..., Outcome]
Save = Callable[[Request], Path]


@pytest.fixture
def plan_file(tmp_path: Path) -> Callable[[Request], Path]:
    def save(wanted: Request) -> Path:
        path = tmp_path / "plan.json"
        write_plan(path, planned(wanted))
        return path

    return save


def test_check_of_a_good_plan_exits_with_0(run: Run, saved: Save, plan_file: Save) -> None:
    wanted = request(order(1))
    outcome = run("check", saved(wanted), plan_file(wanted))
    assert (outcome.code, outcome.out) == (0, "ok: every rule holds, cost 1200\n")


def test_check_of_a_bad_plan_exits_with_1_and_a_line_per_violation(run: Run, saved: Save, plan_file: Save) -> None:
    wanted = request(order(1))
    path = plan_file(wanted)
    plan = read_plan(path)
    write_plan(path, plan.model_copy(update={"cost": plan.cost.model_copy(update={"total": 1})}))
    outcome = run("check", saved(wanted), path)
    assert outcome.code == 1
    assert outcome.out.splitlines()[0].startswith("cost_total: expected 1200, found 1")


def test_explain_tells_who_when_and_why(run: Run, saved: Save, plan_file: Save) -> None:
    wanted = request(order(1))
    outcome = run("explain", saved(wanted), plan_file(wanted), "--order", "o-1")
    assert outcome.code == 0
    assert "promise R03: due 2026-03-10 12:00" in outcome.out
    assert "served by technician ann on shift day" in outcome.out
    assert "slack 12000 s" in outcome.out


def test_explain_proves_why_nobody_goes(run: Run, saved: Save, plan_file: Save) -> None:
    wanted = request(order(1, skills={"fiber": 1}))
    path, plan = saved(wanted), plan_file(wanted)
    for arguments in (("--order", "o-1"), ("--all",)):
        outcome = run("explain", path, plan, *arguments)
        assert outcome.code == 0
        assert "skill (1 technician): needs fiber at level 1" in outcome.out


def test_explain_of_an_unknown_order_is_one_line(run: Run, saved: Save, plan_file: Save) -> None:
    wanted = request(order(1))
    outcome = run("explain", saved(wanted), plan_file(wanted), "--order", "o-9")
    assert (outcome.code, outcome.err) == (2, "order 'o-9' is not in the request\n")


def test_explain_asks_for_an_order_or_all_or_worth(run: Run) -> None:
    outcome = run("explain", "request.json", "plan.json")
    assert outcome.code == 2
    assert "--order ID, --all and --worth" in outcome.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--all", "--why-not", "ann"), "--why-not and --json go with"),
        (("--all", "--json"), "--why-not and --json go with"),
        (("--order", "o-1", "--remedies", "plan.json"), "--remedies goes with --all"),
    ],
)
def test_explain_refuses_options_that_do_not_go_together(run: Run, options: tuple[str, ...], told: str) -> None:
    outcome = run("explain", "request.json", "plan.json", *options)
    assert outcome.code == 2
    assert told in outcome.err


def test_explain_tells_why_not_somebody_else(run: Run, saved: Save, plan_file: Save) -> None:
    wanted = request(order(1, preferred_technicians=["ann"]), technicians=[technician("ann"), technician("bob")])
    lines = run("explain", saved(wanted), plan_file(wanted), "--order", "o-1", "--why-not", "bob").out.splitlines()
    place = "bob on shift day, start 2026-03-10 08:10, costs 600 more (preference +600)"
    assert lines[-5:] == [
        "elsewhere, all other visits as they are:",
        f"  {place}",
        "why not bob, who could:",
        f"  at once: {place}",
        "  after planning the visits around it again: start 2026-03-10 08:10, costs 600 more (preference +600)",
    ]


def test_explain_tells_why_a_visit_is_late_and_what_would_help(run: Run, saved: Save, plan_file: Save) -> None:
    wanted = request(order(1, due=at("08:30")))
    out = run("explain", saved(wanted), plan_file(wanted), "--order", "o-1").out
    assert "late: its own due time, due 2026-03-10 08:30" in out
    assert "at the earliest ann would end 2026-03-10 08:40 with nothing else to do: late as well" in out
    assert "ann starts 10 min earlier (ann at 2026-03-10 08:00, 100,600 cheaper in all)" in out


def test_explain_prints_an_explanation_as_json(run: Run, saved: Save, plan_file: Save) -> None:
    wanted = request(order(1, skills={"fiber": 1}))
    found = json.loads(run("explain", saved(wanted), plan_file(wanted), "--order", "o-1", "--json").out)
    assert [remedy["text"] for remedy in found["remedies"]["remedies"]] == ["skill fiber-1 for ann"]


def test_explain_writes_a_plan_with_remedies_that_still_passes_the_check(
    run: Run, saved: Save, plan_file: Save, tmp_path: Path
) -> None:
    wanted, helped = request(order(1, skills={"fiber": 1})), tmp_path / "helped.json"
    path = saved(wanted)
    outcome = run("explain", path, plan_file(wanted), "--all", "--remedies", helped)
    assert outcome.out.splitlines()[-1] == "  would help: skill fiber-1 for ann"
    assert read_plan(helped).unassigned[0].remedies == ("skill fiber-1 for ann",)
    assert run("check", path, helped).code == 0


def test_explain_says_what_one_more_hour_would_be_worth(run: Run, saved: Save, plan_file: Save) -> None:
    # An order is worth at most what leaving it out costs, 250,000. In 4 hours of a morning one can be served for 1,200
    # of travel: 248,800 / 4. In the 5 hours of an afternoon it would also be late, due at noon: a promise missed.
    orders = [order(number, duration="PT3H", skills={"fiber": 1}) for number in (1, 2)]
    wanted = request(*orders, technicians=[technician(skills={"fiber": 1})])
    outcome = run("explain", saved(wanted), plan_file(wanted), "--worth", "60s")
    morning, afternoon = (line.split()[:4] for line in outcome.out.splitlines()[1:])
    assert morning == ["2026-03-10", "morning", "fiber", "62,200"]
    assert afternoon[:3] == ["2026-03-10", "afternoon", "fiber"]
    assert int(afternoon[3].replace(",", "")) < 30_000


@pytest.mark.parametrize("document", ["request", "plan", "policy"])
def test_schema_is_json(run: Run, document: str) -> None:
    assert json.loads(run("schema", document).out)["type"] == "object"


def test_policy_prints_the_defaults_to_copy(run: Run) -> None:
    assert tomllib.loads(run("policy").out)["prices"]["travel"] == 1


def test_help_lists_the_commands(run: Run) -> None:
    outcome = run("--help")
    for command in ("plan", "check", "explain", "schema", "policy", "serve", "db", "city"):
        assert command in outcome.out


def test_help_imports_nothing_heavy() -> None:
    code = "import sys; from dispatch.cli import build_app; build_app(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "scipy", "pydantic", "ortools", "sqlalchemy", "fastapi", "geopy", "solver._core"}
    assert heavy.isdisjoint(done.stdout.split())
