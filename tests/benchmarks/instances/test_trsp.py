from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.instances.instance import InstanceError
from benchmarks.instances.trsp import read_trsp
from benchmarks.scoring import score
from solver.validate import validate

TWO = """\
C101.2_1-2-2-2

INFO
CREW COUNT  SKILLS  TOOLS   SPARE PARTS
2      2       2       2

DEPOT TECHNICIANS AND REQUESTS
ID   X     Y     TWS    TWE    Serv   SKILLS   TOOLS    SPARE PARTS
0    0     0     0      1000   0      [] \t[] \t[]
1    0     3     0      1000   0      [0,1] \t[1] \t[2,0]
2    7     7     0      1000   0      [1] \t[] \t[0,0]
3    4     0     100    120    10     [0] \t[] \t[1,1]
4    1     1     50     60     20     [] \t[1] \t[0,0]
"""


def write(folder: Path, text: str = TWO) -> Path:
    (folder / "static").mkdir()
    (folder / "best_known.csv").write_text("instance,working_time,technicians_used\nC101,100.5,1\n")
    path = folder / "static" / "C101.2_1-2-2-2.txt"
    path.write_text(text)
    return path


def test_an_instance_becomes_a_problem_in_thousandths(tmp_path: Path) -> None:
    instance = read_trsp(write(tmp_path))
    problem = instance.problem
    validate(problem)
    assert (instance.name, instance.group, instance.scale, instance.best_known) == ("C101", "C1", 1000, 100.5)
    assert problem.travel_s[0, 0].tolist() == [0, 3000, 9900, 4000, 1415]  # 1,414.2 and 9,899.5 are rounded up
    assert problem.order_location.tolist() == [3, 4]
    assert problem.shift_start_location.tolist() == problem.shift_end_location.tolist() == [1, 2]
    assert problem.window_open_s.tolist() == [100_000, 50_000]
    assert problem.eligibility.tolist() == [[1, 0], [1, 1]]
    assert problem.order_parts.tolist() == [[1, 1], [0, 0]]
    assert problem.order_tools.tolist() == [[False, False], [False, True]]
    assert problem.shift_parts.tolist() == [[2, 0], [0, 0]]
    assert problem.shift_tools.tolist() == [[False, True], [False, False]]


def test_cost_is_working_time_with_a_departure_that_keeps_the_end(tmp_path: Path) -> None:
    # By the depot (3) to request 3 (4), started at 100, since its part is not on board; home at 110 + 5.
    # Working time 3 + 4 + 10 + 5.
    scored = score(read_trsp(write(tmp_path)), ((0,), ()))
    assert (
        scored.cost - read_trsp(tmp_path / "static" / "C101.2_1-2-2-2.txt").problem.order_unassigned_cost[1] == 22_000
    )


def test_waiting_between_visits_is_not_worked_where_a_later_departure_avoids_it(tmp_path: Path) -> None:
    # Home (0, 3) to request 4 (sqrt 5 = 2.237), which may start as late as 60 and ends at 80; by the depot (1.415 + 4)
    # to request 3, which starts at 100; home (5) at 115. Departing at 57.763 is the last that serves request 4:
    # working time 57.237. As late as delays no start would be at 47.763.
    scored = score(read_trsp(write(tmp_path)), ((1, 0), ()))
    assert (scored.cost, scored.violations) == (57_237, ())


def test_an_order_left_out_is_infeasible(tmp_path: Path) -> None:
    scored = score(read_trsp(write(tmp_path)), ((1,), ()))
    assert (scored.unassigned, scored.gap) == (1, None)
    assert scored.violations == ("1 orders are left out, all must be served",)


def test_a_line_that_is_no_node_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, TWO.replace("4    1     1     50", "4    1     x     50"))
    with pytest.raises(InstanceError, match="expected node 4: ID X Y TWS TWE Serv"):
        read_trsp(path)


def test_every_published_instance_can_be_read(published: Path) -> None:
    paths = sorted((published / "trsp" / "static").glob("*.txt"))
    assert len(paths) == 29
    for path in paths:
        instance = read_trsp(path)
        validate(instance.problem)
        assert (instance.problem.n_orders, instance.problem.n_shifts) == (100, 25)
        assert instance.best_known is not None
