from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.instances.instance import InstanceError
from benchmarks.instances.vrplib_file import routes_of
from benchmarks.instances.vrptw import read_vrptw
from benchmarks.scoring import score
from solver.validate import validate

THREE = """\
NAME : C1_tiny
TYPE : VRPTW
DIMENSION : 4
VEHICLES : 2
CAPACITY : 10
SERVICE_TIME : 5
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 3 4
3 1 1
4 6 8
TIME_WINDOW_SECTION
1 0 100
2 10 20
3 0 50
4 0 60
DEMAND_SECTION
1 0
2 6
3 3
4 5
DEPOT_SECTION
1
-1
EOF
"""


def test_an_instance_becomes_a_problem_in_tenths(tmp_path: Path) -> None:
    path = tmp_path / "C1_10_4.vrp"
    path.write_text(THREE)
    path.with_suffix(".sol").write_text("Route #1: 1 2\nRoute #2: 3\nCost 33.1\n")
    instance = read_vrptw(path)
    problem = instance.problem
    validate(problem)
    assert (instance.suite, instance.name, instance.group, instance.scale) == ("vrptw", "C1_10_4", "C1", 10)
    assert (instance.best_known, instance.may_tune, instance.must_serve_all) == (33.1, True, True)
    assert problem.travel_s[0, 0].tolist() == [0, 50, 14, 100]  # 10 x sqrt(2) = 14.14, truncated
    assert problem.window_open_s.tolist() == [100, 0, 0]
    assert problem.window_close_s.tolist() == [200, 500, 600]
    assert problem.order_service_s.tolist() == [50, 50, 50]
    assert problem.order_parts.tolist() == [[6], [3], [5]]
    assert problem.shift_parts.tolist() == [[10], [10]]
    assert problem.shift_latest_s.tolist() == [1000, 1000]


def test_cost_is_distance(tmp_path: Path) -> None:
    path = tmp_path / "C1_tiny.vrp"
    path.write_text(THREE)
    scored = score(read_vrptw(path), ((0, 1), (2,)))
    # 50 + 36 (10 x sqrt(13), truncated) + 14 there and back, 2 x 100 for the other
    assert (scored.cost, scored.reported, scored.gap, scored.violations) == (300, 30.0, None, ())


def test_more_than_the_capacity_is_infeasible(tmp_path: Path) -> None:
    path = tmp_path / "C1_tiny.vrp"
    path.write_text(THREE)
    scored = score(read_vrptw(path), ((0, 2), (1,)))
    assert scored.violations == (
        "the route of shift 0 (2 visits) uses 11 parts of kind 0, the shift has 10",
        "2 orders are left out, all must be served",
    )


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstanceError, match=r"expected a file\nMaybe --instances"):
        read_vrptw(tmp_path / "R1_10_1.vrp")


def test_a_file_of_another_type_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "C1_tiny.vrp"
    path.write_text(THREE.replace("VRPTW", "CVRP"))
    with pytest.raises(InstanceError, match="TYPE is 'CVRP', expected 'VRPTW'"):
        read_vrptw(path)


def test_a_solution_of_more_routes_than_shifts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "C1_tiny.sol"
    path.write_text("Route #1: 1\nRoute #2: 2\nRoute #3: 3\nCost 9\n")
    with pytest.raises(InstanceError, match="3 routes, expected at most 2"):
        routes_of(path, n_shifts=2)


def test_every_published_solution_has_its_published_cost(published: Path) -> None:
    paths = sorted((published / "vrptw").glob("*.vrp"))
    assert len(paths) == 18
    for path in paths:
        instance = read_vrptw(path)
        scored = score(instance, routes_of(path.with_suffix(".sol"), n_shifts=instance.problem.n_shifts))
        assert (scored.reported, scored.gap, scored.violations) == (instance.best_known, 0, ()), path.name
