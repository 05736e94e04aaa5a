"""Routes of a problem, put together to be driven: order j lies 10 x (j + 1) seconds from location 0, service is 10."""

from __future__ import annotations

import numpy as np

from solver.cost import time_route
from solver.driven import DrivenBreak, driven_route, simulated_routes
from solver.problem import NEVER_S
from solver.risk import simulate
from tests.driven_routes import certain
from tests.problems import BreakSpec, OrderSpec, ShiftSpec, build_problem


def test_a_timed_route_that_is_driven_as_planned_arrives_as_planned() -> None:
    # The second visit opens at 100; the break of 20 fits into the wait for it.
    orders = [OrderSpec(), OrderSpec(windows=((0, 5), (100, 200)), due_s=109), OrderSpec()]
    shift = ShiftSpec(breaks=(BreakSpec(earliest_s=30, latest_s=95, duration_s=20),))
    problem = build_problem(orders, [shift])
    timed = time_route(problem, 0, (0, 1, 2))
    assert timed is not None
    routes = simulated_routes([driven_route(problem, timed, kinds=[0, 0, 0])])
    odds = simulate(routes, certain(), scenarios=5)
    assert odds.arrival_s[:, 1].tolist() == [visit.arrival_s for visit in timed.visits]
    assert odds.p_on_time.tolist() == [1, 1, 1]
    assert odds.p_promise_kept.tolist() == [1, 0, 1]  # ends at 110, due at 109


def test_a_break_may_begin_when_the_shift_allows_it_not_only_when_planned() -> None:
    # Planned at 20, after the first visit; the break before it, at 0 to 5, is over when the route departs at 10.
    problem = build_problem(
        [OrderSpec(windows=((20, 30),)), OrderSpec()],
        [
            ShiftSpec(
                breaks=(
                    BreakSpec(earliest_s=0, latest_s=10, duration_s=5),
                    BreakSpec(earliest_s=15, latest_s=60, duration_s=20),
                )
            )
        ],
    )
    timed = time_route(problem, 0, (0, 1))
    assert timed is not None
    assert [(pause.before, pause.start_s) for pause in timed.breaks] == [(1, 30)]
    assert driven_route(problem, timed, kinds=[0, 0]).breaks == [DrivenBreak(before=1, earliest_s=15, duration_s=20)]


def test_a_limit_of_being_on_time_may_differ_from_the_window() -> None:
    problem = build_problem([OrderSpec(windows=((0, 500),))])
    timed = time_route(problem, 0, (0,))
    assert timed is not None
    close_s = np.array([NEVER_S], np.int64)
    assert driven_route(problem, timed, kinds=[0]).visits[0].close_s == 500
    assert driven_route(problem, timed, kinds=[0], close_s=close_s).visits[0].close_s == NEVER_S


def test_a_technician_who_is_slower_than_planned_takes_longer() -> None:
    problem = build_problem([OrderSpec()])
    timed = time_route(problem, 0, (0,))
    assert timed is not None
    assert driven_route(problem, timed, kinds=[3], service_factor=1.26).visits[0].service_s == 13  # 12.6
