from __future__ import annotations

from pathlib import Path

from benchmarks.instances.sdvrptw import read_sdvrptw
from benchmarks.instances.vrplib_file import routes_of
from benchmarks.scoring import score
from solver.problem import ELIGIBLE, NOT_ELIGIBLE
from solver.validate import validate

TWO = """\
NAME: PRtiny
TYPE: SDVRPTW
EDGE_WEIGHT_TYPE: EUC_2D
DIMENSION: 3
VEHICLES: 2
VEHICLES_MAX_DURATION: 30
NODE_COORD_SECTION
1	0	0
2	3	4
3	1	1
DEMAND_SECTION
1	0
2	6
3	3
SERVICE_TIME_SECTION
1	0
2	7
3	2
TIME_WINDOW_SECTION
1	0	100
2	10	20
3	60	70
CAPACITY_SECTION
1	10
2	5
VEHICLES_ALLOWED_CLIENTS_SECTION
1	2	3
2	3
EOF
"""


def test_an_instance_becomes_a_problem_in_thousandths(tmp_path: Path) -> None:
    path = tmp_path / "PR01.vrp"
    path.write_text(TWO)
    path.with_suffix(".sol").write_text("Route #1: 1\nRoute #2: 2\nCost: 12828\n")
    instance = read_sdvrptw(path)
    problem = instance.problem
    validate(problem)
    assert (instance.name, instance.group, instance.scale, instance.best_known) == ("PR01", "PR", 1000, 12.828)
    assert problem.travel_s[0, 0].tolist() == [0, 5000, 1414]
    assert problem.order_service_s.tolist() == [7000, 2000]
    assert problem.shift_parts.tolist() == [[10], [5]]
    assert problem.eligibility.tolist() == [[ELIGIBLE, NOT_ELIGIBLE], [ELIGIBLE, ELIGIBLE]]
    scored = score(instance, ((0,), (1,)))  # 2 x 5,000 + 2 x 1,414
    assert (scored.cost, scored.gap, scored.violations) == (12_828, 0, ())


def test_a_vehicle_that_may_not_serve_a_client_is_infeasible(tmp_path: Path) -> None:
    path = tmp_path / "PR01.vrp"
    path.write_text(TWO)
    scored = score(read_sdvrptw(path), ((1,), (0,)))
    assert scored.violations[0] == (
        "the route of shift 1 (1 visits) visits order 0, for which the shift is not eligible"
    )


def test_a_route_longer_than_allowed_is_infeasible(tmp_path: Path) -> None:
    path = tmp_path / "PR01.vrp"
    path.write_text(TWO)
    # Leaves at 15 to start at 20, has to wait for 60, is back at 63.4: 48.4 of 30.
    scored = score(read_sdvrptw(path), ((0, 1), ()))
    assert scored.violations[0] == (
        "the route of shift 0 (2 visits) can be kept for its first 1 visits, not with order 1 and the way to the end"
    )


def test_every_published_solution_has_its_published_cost(published: Path) -> None:
    paths = sorted((published / "sdvrptw").glob("*.vrp"))
    assert len(paths) == 26
    for path in paths:
        instance = read_sdvrptw(path)
        scored = score(instance, routes_of(path.with_suffix(".sol"), n_shifts=instance.problem.n_shifts))
        assert (scored.reported, scored.gap, scored.violations) == (instance.best_known, 0, ()), path.name
