from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks.report import main, put_between_markers, sections
from benchmarks.report_integral import gaps_at, has_trajectory, mean_gap, reference_costs
from benchmarks.report_tables import section_tables
from benchmarks.results import Run, read_results
from dispatch.errors import BadInputError
from tests.benchmarks.runs import NO_ANSWER, line, write


def runs_of(tmp_path: Path, *lines: dict[str, Any]) -> tuple[Run, ...]:
    return read_results([write(tmp_path / "r.jsonl", lines)]).runs


def tables(tmp_path: Path, *lines: dict[str, Any]) -> str:
    (section,) = sections(read_results([write(tmp_path / "r.jsonl", lines)]))
    return section_tables(section)


def rows(text: str, caption: str) -> dict[str, list[str]]:
    """Cells of the table under a caption, by the first cell; the header by "solver"."""
    table = text[text.index(caption) :].split("\n\n")[1]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines() if row[2:3] != "-"]
    return {row[0]: row[1:] for row in cells}


# --- Primal gap and its integral --------------------------------------------------------------------------------------


def test_mean_gap_by_hand(tmp_path: Path) -> None:
    """Nothing for 2 s, then 200 against 100 for 3 s (gap 1/2), then 125 (gap 1/5) for 5 s: 2 + 1.5 + 1 of 10."""
    (run,) = runs_of(tmp_path, line(cost=1250, trajectory=[[2, 2000], [5, 1250]]))
    found = mean_gap(run, 100.0)
    assert found.low == found.high == pytest.approx(0.45)
    assert gaps_at(run, 100.0, np.array([1.0, 2.0, 4.9, 9.0])) == pytest.approx([1.0, 0.5, 0.5, 0.2])


def test_without_a_trajectory_the_mean_gap_has_bounds(tmp_path: Path) -> None:
    """The answer 125 (gap 1/5) of a run of 6 s: there from the start 0.2, only at the end (6 + 4 * 0.2) / 10."""
    (run,) = runs_of(tmp_path, line(cost=1250, runtime_s=6.0))
    found = mean_gap(run, 100.0)
    assert (found.low, found.high) == (pytest.approx(0.2), pytest.approx(0.68))


def test_a_run_beyond_its_limit_may_have_had_nothing_until_then(tmp_path: Path) -> None:
    (run,) = runs_of(tmp_path, line(cost=1250, runtime_s=30.0))
    assert mean_gap(run, 100.0).high == 1.0


def test_what_came_after_the_limit_does_not_count(tmp_path: Path) -> None:
    """200 (gap 1/2) from the start; 100 arrives after 11 s of 10."""
    (run,) = runs_of(tmp_path, line(cost=1000, trajectory=[[0, 2000], [11, 1000]]))
    assert mean_gap(run, 100.0).low == pytest.approx(0.5)


def test_a_trajectory_in_other_costs_than_the_evaluators_is_not_used(tmp_path: Path) -> None:
    ours, theirs = runs_of(tmp_path, line(trajectory=[[1, 1001]]), line(solver="vroom", trajectory=[[1, 700]]))
    assert has_trajectory(ours)
    assert not has_trajectory(theirs)


def test_no_answer_has_the_whole_gap(tmp_path: Path) -> None:
    silent, broken = runs_of(tmp_path, line(**NO_ANSWER), line(seed=2, violations=["late"]))
    assert mean_gap(silent, 100.0).low == mean_gap(broken, 100.0).low == 1.0


def test_the_reference_is_the_best_published_or_found(tmp_path: Path) -> None:
    lines = [
        line(cost=980, best_known=100.0),
        line(seed=2, cost=500, best_known=100.0, violations=["late"]),
        line(instance="x", cost=1100, best_known=100.0),
        line(instance="y", cost=1100),
    ]
    known = reference_costs(runs_of(tmp_path, *lines))
    assert list(known.values()) == [98.0, 100.0, 110.0]


# --- Tables -----------------------------------------------------------------------------------------------------------


def test_gaps_are_averaged_by_class_and_limit(tmp_path: Path) -> None:
    lines = [
        line(cost=1010, best_known=100.0),  # 1 %
        line(seed=2, cost=1030, best_known=100.0),  # 3 %
        line(limit_s=60.0, cost=1005, best_known=100.0),  # 0.5 %
        line(instance="R1_10_3", group="R1", cost=1110, best_known=100.0),  # 11 %
    ]
    found = rows(tables(tmp_path, *lines), "Gap to the best known cost in percent after 10 / 60 s")
    assert found["solver"] == ["C1", "R1", "mean", "median"]
    assert found["ours"] == ["2.00 / 0.50", "11.00 / -", "5.00 / 0.50", "3.00 / 0.50"]


def test_without_published_costs_everybody_is_measured_by_ours(tmp_path: Path) -> None:
    field = {"suite": "field-hard", "group": "district"}
    lines = [
        line(**field),
        line(**field, seed=2, cost=2000),
        line(**field, solver="vroom", cost=1200),  # 20 % dearer
        line(**field, solver="vroom", seed=2, cost=2200),  # 10 % dearer
    ]
    found = rows(tables(tmp_path, *lines), "Percent dearer than ours with the same seed")
    assert list(found) == ["solver", "ours", "vroom"]
    assert found["vroom"] == ["15.00", "15.00", "15.00"]
    assert rows(tables(tmp_path, *lines), "Cost, thousands")["vroom"] == ["1.7"]


def test_a_solver_is_measured_by_its_own_longest_run(tmp_path: Path) -> None:
    field = {"suite": "field-hard", "group": "district"}
    lines = [line(**field, cost=1020), line(**field, limit_s=600.0)]
    found = rows(tables(tmp_path, *lines), "Percent dearer than the solver's own answer after 600 s")
    assert found["ours"] == ["2.00 / 0.00"]


def test_tuning_and_held_out_instances_are_reported_separately(tmp_path: Path) -> None:
    lines = [
        line(instance="C1_10_4", cost=1010, best_known=100.0, may_tune=True),
        line(instance="C1_10_2", cost=1040, best_known=100.0, may_tune=False),
        line(instance="R1_10_3", group="R1", cost=1080, best_known=100.0, may_tune=False),
    ]
    text = tables(tmp_path, *lines)
    found = rows(text, "The same by what tuning may look at (instances: tuning 1, held out 2)")
    assert dict(zip(found["solver"], found["ours"], strict=True)) == {
        "tuning: mean": "1.00",
        "tuning: median": "1.00",
        "held out: mean": "6.00",
        "held out: median": "6.00",
    }
    assert "C1: C1_10_2, C1_10_4*; R1: R1_10_3" in text


def test_answers_that_are_missing_or_broken_are_counted_and_never_averaged(tmp_path: Path) -> None:
    lines = [
        line(best_known=100.0, unassigned=2),
        line(seed=2, best_known=100.0, cost=500, violations=["route 1: too late"], unassigned=9),
        line(seed=3, best_known=100.0, **NO_ANSWER, note="no solution in time"),
    ]
    text = tables(tmp_path, *lines)
    assert rows(text, "Gap to the best known")["ours"][0] == "0.00 (1 of 3)"
    assert rows(text, "Answers")["ours"][:3] == ["3", "2", "2.0"]
    assert "- ours breaks: route 1: too late (1 runs)" in text
    assert "- ours says: no solution in time (1 runs)" in text


def test_a_solver_without_any_answer_keeps_its_row(tmp_path: Path) -> None:
    lines = [line(best_known=100.0), line(solver="vrp", best_known=100.0, **NO_ANSWER, cannot=["route duration"])]
    text = tables(tmp_path, *lines)
    assert rows(text, "Gap to the best known")["vrp"] == ["-", "-", "-"]
    assert rows(text, "Mean primal gap")["vrp"] == ["100.00", "100.00"]
    assert "- vrp cannot be told: route duration" in text


def test_spread_between_seeds_by_hand(tmp_path: Path) -> None:
    lines = [
        line(cost=900),
        line(seed=2, cost=1100),  # 200 / 1000 = 20 %
        line(instance="x"),
        line(instance="x", seed=2),  # 0 %
    ]
    assert rows(tables(tmp_path, *lines), "Answers")["ours"][5] == "10.0"  # median of 20 and 0


def test_what_every_answer_costs_flatters_no_figure(tmp_path: Path) -> None:
    lines = [
        line(cost=10_900, constant_cost=10_000),
        line(seed=2, cost=11_100, constant_cost=10_000),
        line(solver="vrp", cost=11_800, constant_cost=10_000),  # 1,800 to 900: twice as dear
    ]
    text = tables(tmp_path, *lines)
    assert rows(text, "Answers")["ours"][5] == "20.0"
    assert rows(text, "Percent dearer than ours")["vrp"][0] == "100.00"


def test_numbers_of_threads_have_rows_of_their_own(tmp_path: Path) -> None:
    text = tables(tmp_path, line(best_known=100.0), line(best_known=100.0, threads=2, cost=1010))
    assert list(rows(text, "Gap to the best known")) == ["solver", "ours, 1 thread(s)", "ours, 2 thread(s)"]


def test_the_report_says_what_was_run_where_and_when(tmp_path: Path) -> None:
    text = tables(tmp_path, line(), line(seed=10, started_at="2026-11-25T01:00:00Z"), line(seed=2))
    assert "runs of 2026-11-23 to 2026-11-25, commit abc" in text
    assert "seeds 1, 2, 10; threads 1" in text
    assert "machine: two cores" in text


@pytest.mark.parametrize("field", ["commit", "machine", "version"])
def test_mixed_states_are_refused_unless_asked_for(tmp_path: Path, field: str) -> None:
    results = read_results([write(tmp_path / "r.jsonl", [line(), line(seed=2, **{field: "other"})])])
    with pytest.raises(BadInputError, match=f"vrptw.*: more than one {field}"):
        sections(results)
    assert len(sections(results, is_mixed_allowed=True)) == 1


# --- Files ------------------------------------------------------------------------------------------------------------


def test_report_writes_tables_and_readable_plots_twice_the_same(tmp_path: Path) -> None:
    lines = [
        line(best_known=95.0, trajectory=[[0.1, 1500], [3, 1000]]),
        line(solver="vroom", best_known=95.0, cost=1100),
        line(solver="vrp", best_known=95.0, **NO_ANSWER),
    ]
    file = write(tmp_path / "r.jsonl", lines, torn='{"suite')
    for folder in ("once", "again"):
        main([str(file), "-o", str(tmp_path / folder)])
    names = sorted(path.name for path in (tmp_path / "once").iterdir())
    assert names == ["gap_over_time_vrptw.svg", "mean_gap_vrptw.svg", "report.md"]
    assert "r.jsonl: the last line is unfinished" in (tmp_path / "once" / "report.md").read_text()
    for name in names:
        assert (tmp_path / "once" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    for name in names[:2]:
        text = " ".join(ElementTree.parse(tmp_path / "once" / name).getroot().itertext())  # noqa: S314 - our own file
        assert "vroom" in text


def test_one_command_refreshes_the_marked_tables_only(tmp_path: Path) -> None:
    document = tmp_path / "RESULTS.md"
    document.write_text(
        "# R\n<!-- begin vrptw -->\nold\n<!-- end vrptw -->\n<!-- begin trsp -->\nstays\n<!-- end trsp -->\n"
    )
    file = write(tmp_path / "r.jsonl", [line(best_known=100.0)])
    for _ in range(2):
        main([str(file), "--into", str(document)])
        text = document.read_text()
        assert text.startswith("# R\n<!-- begin vrptw -->\n\n- runs of 2026-11-23")
        assert "old" not in text
        assert text.endswith("<!-- begin trsp -->\nstays\n<!-- end trsp -->\n")


def test_a_document_without_markers_is_refused() -> None:
    with pytest.raises(BadInputError, match="no markers of it; Maybe add the lines <!-- begin vrptw -->"):
        put_between_markers("# R\n", {"vrptw": "x"})


def test_the_document_of_results_has_markers_for_every_suite() -> None:
    document = Path(__file__).resolve().parents[2] / "benchmarks" / "RESULTS.md"
    text = document.read_text(encoding="utf-8")
    for suite in ("vrptw", "sdvrptw", "trsp", "field-hard", "field-full"):
        assert "\n\nnew\n\n" in put_between_markers(text, {suite: "new"})
