from __future__ import annotations

import numpy as np

from benchmarks.instances.field import field_full, field_hard, hard_of
from benchmarks.scoring import score
from solver.problem import ELIGIBLE, ELIGIBLE_NOT_PREFERRED, LAST_STOP, Prices
from solver.solve import solve
from solver.stop import IterationLimit
from solver.validate import validate
from tests.problems import BreakSpec, OrderSpec, ShiftSpec, build_problem


def test_a_full_day_is_what_the_planner_encodes() -> None:
    instance = field_full("village", 3, 0.9)
    validate(instance.problem)
    assert (instance.suite, instance.name, instance.group) == ("field-full", "village-0.9-3", "village 0.9")
    assert (instance.problem.n_orders, instance.problem.n_shifts) == (60, 10)
    assert len(instance.problem.break_earliest_s) > 0
    assert instance.best_known is None


def test_tuning_may_look_at_two_seeds() -> None:
    assert [seed for seed in range(1, 11) if field_full("village", seed, 0.9).may_tune] == [7, 8]


def test_the_same_day_twice_is_the_same_problem() -> None:
    first, second = field_hard("village", 3, 0.9).problem, field_hard("village", 3, 0.9).problem
    assert (first.travel_s == second.travel_s).all()
    assert (first.eligibility == second.eligibility).all()


def test_a_hard_day_has_hard_rules_only() -> None:
    problem = field_hard("village", 3, 0.9).problem
    validate(problem)
    assert len(problem.break_earliest_s) == len(problem.depot_location) == problem.order_parts.size == 0
    assert (problem.shift_latest_s == problem.shift_end_s).all()
    assert (np.diff(problem.order_window_first) == 1).all()
    assert (problem.shift_service_permille == 1000).all()
    assert not (problem.eligibility == ELIGIBLE_NOT_PREFERRED).any()
    answer = solve(problem, stop=IterationLimit(200)).solution
    assert answer.cost == answer.terms.travel + answer.terms.unassigned


def test_what_a_hard_day_leaves_out() -> None:
    orders = [
        OrderSpec(windows=((0, 100), (200, 300)), due_s=50, missed_cost=9, parts={"ont": 1}, tools=frozenset({"saw"})),
        OrderSpec(windows=()),
        OrderSpec(eligibility={0: ELIGIBLE_NOT_PREFERRED}, windows=((0, 5000),), buffer_from_s=7),
        OrderSpec(windows=((1005, 1100),)),  # only overtime would do
    ]
    pause = BreakSpec(earliest_s=400, latest_s=600, duration_s=60)
    shift = ShiftSpec(end=LAST_STOP, latest_s=1500, max_visits=1, service_permille=1200, breaks=(pause,))
    problem = hard_of(build_problem(orders, [shift], depots=[4], prices=Prices(work_time=3)))
    validate(problem)
    assert problem.n_orders == 2
    assert problem.window_open_s.tolist() == [0, 0]
    assert problem.window_close_s.tolist() == [100, 1000]
    assert problem.order_location.tolist() == [1, 3]
    assert problem.shift_end_location.tolist() == [0]
    assert problem.eligibility.tolist() == [[ELIGIBLE], [ELIGIBLE]]
    assert problem.prices.work_time == 0


def test_a_hard_day_is_priced_by_travel_and_unassigned_orders() -> None:
    instance = field_hard("village", 3, 0.9)
    empty = score(instance, ((),) * instance.problem.n_shifts)
    assert empty.cost == instance.problem.order_unassigned_cost.sum()
    assert (empty.unassigned, empty.routes, empty.violations) == (instance.problem.n_orders, 0, ())
