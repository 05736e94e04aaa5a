"""Plain problems (one window an order, nothing costs by the hour) are priced by an evaluation of their own: it agrees
with the naive twin route by route, and the search that uses it finds the optimum and knows what its routes cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solver.cost import RouteTimer
from solver.errors import InvalidProblemError
from solver.exact import solve_exactly
from solver.problem import NEVER_S, Problem
from solver.solve import solve
from solver.stop import IterationLimit
from tests.brute_force import brute_force
from tests.naive import naive_evaluate, naive_time_route
from tests.problems import BreakSpec, OrderSpec, ShiftSpec, build_problem
from tests.random_problems import random_problem
from tests.seeds import seeds

PLAIN_FEATURES = (
    "windows",
    "max_visits",
    "parts",
    "tools",
    "depots",
    "service_permille",
    "eligibility",
    "locks",
    "last_stop",
    "end_elsewhere",
    "distance",
    "shift_used",
    "profiles",
)


def plain_problem(seed: int, *, max_orders: int) -> Problem:
    """Draw a plain problem with some of the features that one may have."""
    rng = np.random.default_rng(seed)
    features = {name for name in PLAIN_FEATURES if rng.random() < 0.6} | {"windows"}
    return random_problem(seed, max_orders=max_orders, features=features)


def late_problem(seed: int, *, max_orders: int) -> Problem:
    """The same with working time at a price, limits of duration, and routes that depart as late as keeps their end."""
    rng = np.random.default_rng(seed)
    problem = plain_problem(seed, max_orders=max_orders)
    longest_s = rng.choice([15, 30, 60, NEVER_S], size=problem.n_shifts).astype(np.int64)
    unlimited = any(problem.locked_routes)  # a limit could make locked routes impossible
    return replace(
        problem,
        prices=replace(problem.prices, travel=int(rng.integers(2)), work_time=1),
        shift_max_duration_s=None if unlimited else longest_s,
        departure_keeps_end=True,
    )


@pytest.mark.parametrize("seed", seeds(100, in_all=1_500))
def test_routes_that_keep_their_end_are_timed_as_by_the_twin(seed: int) -> None:
    problem = late_problem(seed, max_orders=7)
    timer, rng, first = RouteTimer(problem), np.random.default_rng(seed), problem.order_window_first
    for _ in range(20):
        shift = int(rng.integers(problem.n_shifts))
        route = rng.permutation(problem.n_orders)[: rng.integers(1, 5)].tolist()
        if rng.random() < 0.5:
            route.sort(key=lambda j: problem.window_close_s[first[j]] if first[j] < first[j + 1] else 0)
        core, twin = timer.time_route(shift, route), naive_time_route(problem, shift, route)
        assert (core is None) == (twin is None)
        if core is not None and twin is not None:
            assert core.terms.total == twin.terms.total
            if core.depot == twin.depot:
                assert core == twin


@pytest.mark.parametrize("draw", [plain_problem, late_problem])
@pytest.mark.parametrize("seed", seeds(40, in_all=400))
def test_the_search_finds_the_optimum_and_knows_its_cost(draw, seed: int) -> None:
    problem = draw(seed, max_orders=5)
    result = solve(problem, stop=IterationLimit(3_000), seed=seed)
    judged = naive_evaluate(problem, result.solution.routes)
    assert judged is not None
    assert judged.cost == result.solution.cost == result.trajectory[-1].cost
    assert result.solution.cost == brute_force(problem).cost


def test_a_route_departs_as_late_as_keeps_its_end() -> None:
    # Way out 10 s; order 0 may start from 30 to 100, order 1 (10 s on) only at 80: the route need not depart at 20.
    orders = [OrderSpec(windows=((30, 100),)), OrderSpec(windows=((80, 80),))]
    problem = build_problem(orders, departure_keeps_end=True)
    timed = RouteTimer(problem).time_route(0, [0, 1])
    assert timed is not None
    assert (timed.departure_s, timed.end_s) == (50, 110)
    assert [visit.start_s for visit in timed.visits] == [60, 80]


def test_a_route_that_takes_too_long_is_refused() -> None:
    orders = [OrderSpec(windows=((30, 100),)), OrderSpec(windows=((80, 80),))]
    for longest_s, fits in ((60, True), (59, False)):
        problem = build_problem(orders, [ShiftSpec(max_duration_s=longest_s)], departure_keeps_end=True)
        assert (RouteTimer(problem).time_route(0, [0, 1]) is not None) == fits


@pytest.mark.parametrize(
    ("orders", "shift", "named"),
    [
        ([OrderSpec(windows=((0, 10), (20, 30)))], ShiftSpec(), "order_window_first"),
        ([OrderSpec(due_s=50)], ShiftSpec(), "order_due_s"),
        ([OrderSpec()], ShiftSpec(breaks=(BreakSpec(earliest_s=0, latest_s=50, duration_s=10),)), "break_earliest_s"),
        ([OrderSpec()], ShiftSpec(end_s=500, latest_s=600), "shift_latest_s"),
    ],
)
def test_the_second_rule_of_departure_is_refused_where_it_has_no_meaning(
    orders: list[OrderSpec], shift: ShiftSpec, named: str
) -> None:
    problem = build_problem(orders, [shift], departure_keeps_end=True)
    with pytest.raises(InvalidProblemError, match=f"{named} does not go with departure_keeps_end"):
        solve(problem, stop=IterationLimit(1))


def test_a_limit_of_duration_needs_the_second_rule_of_departure() -> None:
    problem = replace(build_problem([OrderSpec()]), shift_max_duration_s=np.array([50]))
    with pytest.raises(InvalidProblemError, match="departure_keeps_end must be True"):
        solve(problem, stop=IterationLimit(1))


def test_the_exact_oracle_says_that_it_does_not_know_the_second_rule() -> None:
    with pytest.raises(InvalidProblemError, match="departure_keeps_end"):
        solve_exactly(build_problem([OrderSpec()], departure_keeps_end=True))
