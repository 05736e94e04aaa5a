from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.results import read_results, require_same
from dispatch.errors import BadInputError
from tests.benchmarks.runs import NO_ANSWER, line, write


def test_a_line_becomes_a_run(tmp_path: Path) -> None:
    file = write(tmp_path / "r.jsonl", [line(cost=1010, best_known=100.0, trajectory=[[0.5, 1200], [2, 1010]])])
    (run,) = read_results([file]).runs
    assert run.gap == pytest.approx(0.01)  # 101 / 100 - 1
    assert run.trajectory == ((0.5, 1200), (2.0, 1010))
    assert str(run.key) == "vrptw C1_10_2, seed 1, 10 s, 1 thread(s)"
    assert run.may_tune is None


def test_fields_of_later_versions_are_read_over(tmp_path: Path) -> None:
    file = write(tmp_path / "r.jsonl", [{**line(), "colour": "blue"}])
    assert len(read_results([file]).runs) == 1


def test_a_torn_last_line_is_left_out_and_named(tmp_path: Path) -> None:
    file = write(tmp_path / "r.jsonl", [line()], torn='{"suite": "vrp')
    results = read_results([file])
    assert len(results.runs) == 1
    assert results.torn == (file,)


def test_a_torn_line_before_the_last_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "r.jsonl", [line()])
    file.write_text('{"suite": "vrp\n' + file.read_text())
    with pytest.raises(BadInputError, match="line 1: Invalid JSON"):
        read_results([file])


def test_a_wrong_field_is_named_with_its_line(tmp_path: Path) -> None:
    file = write(tmp_path / "r.jsonl", [line(), line(seed="first")])
    with pytest.raises(BadInputError, match=r"r\.jsonl: line 2: seed: Input should be a valid integer"):
        read_results([file])


def test_a_run_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    first = write(tmp_path / "a.jsonl", [line(), line(solver="pyvrp")])
    second = write(tmp_path / "b.jsonl", [line(seed=2), line(cost=1)])
    with pytest.raises(BadInputError, match=r"b\.jsonl: line 2: repeats the run of .*a\.jsonl: line 1 \(ours, vrptw"):
        read_results([first, second])


def test_files_without_a_run_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no finished run"):
        read_results([write(tmp_path / "r.jsonl", [], torn="{")])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"none\.jsonl: cannot be read"):
        read_results([tmp_path / "none.jsonl"])


def test_only_an_answer_that_keeps_the_rules_is_feasible(tmp_path: Path) -> None:
    lines = [line(), line(seed=2, violations=["route 3: too late"]), line(seed=3, **NO_ANSWER)]
    runs = read_results([write(tmp_path / "r.jsonl", lines)]).runs
    assert [run.is_feasible for run in runs] == [True, False, False]


def test_what_must_be_the_same_is_counted_where_it_is_not() -> None:
    require_same("commit", ["x", "x"], what="a")
    with pytest.raises(BadInputError, match=r"a: more than one commit: x \(2 runs\), y \(1 runs\); Maybe add --mixed"):
        require_same("commit", ["x", "y", "x"], what="a")
