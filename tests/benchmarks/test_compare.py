from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.compare import Choice, compare, main
from benchmarks.compare_pairs import Comparison, Pair, compare_pairs, match
from benchmarks.results import read_results
from dispatch.errors import BadInputError
from tests.benchmarks.runs import NO_ANSWER, line, write


def pairs_of(tmp_path: Path, runs_a: list[dict[str, Any]], runs_b: list[dict[str, Any]]) -> tuple[Pair, ...]:
    a = read_results([write(tmp_path / "old.jsonl", runs_a)]).runs
    b = read_results([write(tmp_path / "new.jsonl", runs_b)]).runs
    return match(a, b).pairs


def compared(tmp_path: Path, runs_a: list[dict[str, Any]], runs_b: list[dict[str, Any]]) -> Comparison:
    return compare_pairs(pairs_of(tmp_path, runs_a, runs_b))


def words(tmp_path: Path, runs_a: list[dict[str, Any]], runs_b: list[dict[str, Any]], **choice: Any) -> str:
    files = [write(tmp_path / "old.jsonl", runs_a), write(tmp_path / "new.jsonl", runs_b)]
    return compare(files, solvers=["ours"], choice=Choice(**choice))


def series(*costs: int, **fields: object) -> list[dict[str, Any]]:
    """One run of each instance i0, i1, ..."""
    return [line(instance=f"i{number}", cost=cost, **fields) for number, cost in enumerate(costs)]


def test_mean_median_best_and_worst_by_hand(tmp_path: Path) -> None:
    found = compared(tmp_path, series(1000, 1000, 2000, 1000), series(900, 1000, 1960, 1020))
    # -10 %, 0 %, -2 %, +2 %
    assert found.mean == pytest.approx(-0.025)
    assert found.median == pytest.approx(-0.01)
    assert (found.best, found.worst) == (pytest.approx(-0.1), pytest.approx(0.02))
    assert (found.won, found.tied, found.lost) == (2, 1, 1)


def test_the_interval_draws_instances_not_runs(tmp_path: Path) -> None:
    """Two instances, -10 % and +10 %: every draw has a mean of -10, 0 or +10 %, however many seeds agree."""
    seeds = range(1, 21)
    a = [line(instance=name, seed=seed) for name in ("x", "y") for seed in seeds]
    b = [line(instance=name, seed=seed, cost=cost) for name, cost in (("x", 900), ("y", 1100)) for seed in seeds]
    found = compared(tmp_path, a, b)
    assert (found.low, found.high) == (pytest.approx(-0.1), pytest.approx(0.1))
    assert found.p == 1.0


def test_a_clear_difference_is_said_in_words(tmp_path: Path) -> None:
    text = words(tmp_path, series(*[1000] * 8), series(990, 985, 988, 992, 990, 990, 989, 991))
    # -1.0, -1.5, -1.2, -0.8, -1.0, -1.0, -1.1, -0.9: mean -8.5 / 8 = -1.06
    assert "\nnew is 1.06 % cheaper (0.9" in text
    assert "8 of 8 pairs won, 0 tied" in text


def test_a_difference_that_chance_explains_is_no_verdict(tmp_path: Path) -> None:
    text = words(tmp_path, series(*[1000] * 6), series(990, 1012, 985, 1011, 995, 1003))
    assert "No difference that these runs can show: new is 0.07 % cheaper" in text


def test_ties_are_neither_won_nor_lost(tmp_path: Path) -> None:
    same = series(*[1000] * 6)
    found = compared(tmp_path, same, same)
    assert (found.won, found.tied, found.lost, found.mean, found.p) == (0, 6, 0, 0.0, 1.0)
    assert "No difference: 0 of 6 pairs won, 6 tied." in words(tmp_path, same, same)


def test_one_instance_gives_figures_but_no_verdict(tmp_path: Path) -> None:
    text = words(tmp_path, [line(seed=s) for s in (1, 2)], [line(seed=s, cost=900) for s in (1, 2)])
    assert "No verdict: one instance says nothing of others" in text
    assert "new is 10.00 % cheaper, 2 of 2 pairs won" in text


def test_an_answer_that_is_not_feasible_loses(tmp_path: Path) -> None:
    a = series(*[1000] * 6)
    b = [*series(900, 900, 900, 900, 900), line(instance="i5", cost=500, violations=["route 1: skill"])]
    found = compared(tmp_path, a, b)
    assert (found.won, found.lost, found.priced) == (5, 1, 5)
    text = words(tmp_path, a, b)
    assert "No difference that these runs can show: new is 10.00 % cheaper" in text
    assert "percentages of 5 pairs with two feasible answers" in text
    assert "1 runs of new without a feasible answer: vrptw i5 10 s on 1 thread(s), seeds 1" in text


def test_a_solver_without_any_answer_loses_every_pair(tmp_path: Path) -> None:
    text = words(tmp_path, series(*[1000] * 6), [line(instance=f"i{n}", **NO_ANSWER) for n in range(6)])
    assert "No pair with two feasible answers: old answers where new does not, 0 of 6 pairs won" in text


def test_neither_feasible_is_a_tie(tmp_path: Path) -> None:
    found = compared(tmp_path, [line(**NO_ANSWER)], [line(violations=["late"])])
    assert (found.tied, found.priced, found.mean) == (1, 0, None)


def test_unpaired_runs_are_counted_and_named(tmp_path: Path) -> None:
    a = [line(seed=seed) for seed in (1, 2, 3)]
    b = [line(), line(limit_s=60.0), line(threads=2)]
    text = words(tmp_path, a, b)
    assert "2 unpaired runs of old: vrptw C1_10_2 10 s on 1 thread(s), seeds 2, 3" in text
    assert "2 unpaired runs of new: vrptw C1_10_2 10 s on 2 thread(s), seeds 1; vrptw C1_10_2 60 s" in text


def test_groups_and_limits_have_rows_of_their_own(tmp_path: Path) -> None:
    a = [line(), line(limit_s=60.0), line(instance="R1_10_3", group="R1", unassigned=2)]
    b = [line(cost=990), line(limit_s=60.0), line(instance="R1_10_3", group="R1", cost=1020, missed=1)]
    rows = [r.split() for r in words(tmp_path, a, b).splitlines() if r.startswith("| vrptw")]
    assert [(r[2], r[4], r[10]) for r in rows] == [("C1", "10", "-1.00"), ("C1", "60", "+0.00"), ("R1", "10", "+2.00")]
    assert " ".join(rows[2][-8:]) == "2 -> 0 | 0 -> 1 |"


def test_suites_and_limits_can_be_chosen(tmp_path: Path) -> None:
    lines = [line(), line(limit_s=60.0), line(suite="trsp")]
    text = words(tmp_path, lines, lines, suites=("vrptw",), limits_s=(60.0,))
    assert "0 of 1 pairs won" in text
    assert "unpaired" not in text


def test_two_solvers_of_one_file_can_be_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "r.jsonl", [*series(*[1000] * 6), *series(*[1200] * 6, solver="pyvrp", version="0.14")])
    main([str(file), "--solvers", "ours,pyvrp"])
    assert "\npyvrp is 20.00 % dearer (20.00 to 20.00), 0 of 6 pairs won" in capsys.readouterr().out


def test_suites_and_limits_are_lists_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "r.jsonl", [line(limit_s=s, solver=name) for s in (5, 10, 60) for name in ("ours", "vrp")])
    main([str(file), "--solvers", "ours,vrp", "--suite", "vrptw,trsp", "--limit", "10,60"])
    assert "0 of 2 pairs won" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([str(file), "--solvers", "ours,vrp", "--limit", "ten"])
    assert "--limit: 'ten' is not a list of seconds" in capsys.readouterr().err


@pytest.mark.parametrize("field", ["commit", "version"])
def test_mixed_states_of_one_side_are_refused_unless_asked_for(tmp_path: Path, field: str) -> None:
    lines = [line(), line(seed=2, **{field: "other"})]
    with pytest.raises(BadInputError, match=f"more than one {field}"):
        words(tmp_path, lines, lines)
    assert "2 pairs" in words(tmp_path, lines, lines, is_mixed_allowed=True)


def test_two_commits_may_be_compared_but_not_two_machines(tmp_path: Path) -> None:
    assert "commit def" in words(tmp_path, [line()], [line(commit="def")])
    with pytest.raises(BadInputError, match="more than one machine"):
        words(tmp_path, [line()], [line(machine="other")])


def test_a_solver_that_did_not_run_is_refused_with_those_that_did(tmp_path: Path) -> None:
    file = write(tmp_path / "r.jsonl", [line()])
    with pytest.raises(BadInputError, match="no run of vroom as asked; there are: ours on vrptw for 10 s"):
        compare([file], solvers=["ours", "vroom"], choice=Choice())


def test_runs_that_share_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="has a partner"):
        words(tmp_path, [line()], [line(seed=2)])


def test_faults_end_the_command_with_one_message(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"error: .*cannot be read"):
        main([str(tmp_path / "none.jsonl"), "--solvers", "ours,pyvrp"])


def test_what_every_answer_costs_is_left_out_of_differences(tmp_path: Path) -> None:
    found = compared(tmp_path, [line(cost=10_900, constant_cost=10_000)], [line(cost=11_800, constant_cost=10_000)])
    assert found.mean == 1.0  # 900 to 1,800
