"""Searches for plans that are likely to come true: the chance of being late gets a price, or a fixed margin.

`buffer`: whatever is due counts as due so much earlier. `odds`: the search is run in three parts. After the first, the
routes found are driven in random scenarios, so that it is known of every visit how much later than planned it is likely
to end, and how widely that is spread. The price of a broken promise then rises with the planned end as the chance of
breaking it does, instead of jumping at the due time; a window that customers were told likewise, by the start. Routes
change with the prices, so after the second part it is done once more. Where there is a plan to begin with, its routes
are driven before the first part: otherwise that part would move visits to where chances were never looked at.

The prices are the search's alone: the plan is judged and priced as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.request import Request
from dispatch.domain.told import told_of
from dispatch.planner.encode import Encoded
from dispatch.planner.risk import KINDS, distributions_of, midnight_of
from dispatch.policy.settings import Policy
from solver.cost import RouteTimer
from solver.driven import driven_route, simulated_routes
from solver.problem import I64, NEVER_S, Problem, Risk
from solver.result import Incumbent, Result
from solver.risk import Distributions, simulate
from solver.solution import Routes

F64 = NDArray[np.float64]
Search = Callable[[Problem, Routes | None], Result]

PARTS: Final = 3
"""Into so many parts a search by odds is cut."""
SCENARIOS: Final = 500
BEGINS: Final = 2.5
"""A price begins to rise so many standard deviations before the moment at which lateness is as likely as not ..."""
ENDS: Final = 1.0
"""... and is full so many after. A normal chance rises from 0.6 to 84 % there. With both at 1.5, or from 2 to 1, more
promises were broken; from 3 on, more orders left out."""
SHORTEST_S: Final = 60
NORMAL_80: Final = 2.563
"""Between 10 and 90 % lie so many standard deviations."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RiskRules:
    """What is needed to price the chance of being late; arrays by order or shift of the problem.

    Attributes
    ----------
    kinds
        Index of each order's kind of service.
    close_s : (n,)
        Last start that keeps what the customer was told; `NEVER_S` = nothing was told.
    service_factor : (S,)
        How much longer than planned the shift's technician takes.
    window_missed
        Price of a start after `close_s`.
    """

    distributions: Distributions
    kinds: tuple[int, ...]
    close_s: I64
    service_factor: tuple[float, ...]
    window_missed: int
    seed: int


def risk_rules(encoded: Encoded, request: Request, policy: Policy, *, seed: int) -> RiskRules:
    """Return the rules for a request's problem."""
    problem = encoded.problem
    is_told = np.array([told_of(order) != "nothing" for order in request.orders], np.bool_)
    has_window = np.diff(problem.order_window_first) > 0
    last_window = np.where(has_window, problem.order_window_first[1:] - 1, 0)
    closes = problem.window_close_s[last_window] if len(problem.window_close_s) else problem.order_due_s
    closes = np.minimum(closes, problem.order_broken_from_s)
    factors = policy.risk.technician_factor
    return RiskRules(
        distributions=distributions_of(policy.risk, midnight_s=midnight_of(request, encoded.epoch)),
        kinds=tuple(KINDS.index(order.kind) for order in request.orders),
        close_s=np.where(is_told & has_window, closes, NEVER_S).astype(np.int64),
        service_factor=tuple(factors.get(technician, 1.0) for technician, _ in encoded.shift_keys),
        window_missed=policy.risk.window_missed,
        seed=seed,
    )


def solve_with_buffer(problem: Problem, initial: Routes | None, *, buffer_s: int, search: Search) -> Result:
    """Search with everything due so much earlier; the solution is priced by the problem itself."""
    due_s = np.where(problem.order_due_s < NEVER_S, np.maximum(problem.order_due_s - buffer_s, 0), NEVER_S)
    found = search(replace(problem, order_due_s=due_s.astype(np.int64)), initial)
    return _judged(problem, [found])


def solve_by_odds(problem: Problem, initial: Routes | None, *, rules: RiskRules, searches: Sequence[Search]) -> Result:
    """Search in parts, each with the risk that the routes before it show; without such routes there is none.

    Returns
    -------
    Result
        Its solution priced by the problem itself; its trajectory is the end only, for the prices change on the way.
    """
    routes, found = initial, []
    for part, search in enumerate(searches):
        priced = problem if routes is None else with_risk(problem, routes, replace(rules, seed=rules.seed + part))
        found.append(search(priced, routes))
        routes = found[-1].solution.routes
    return _judged(problem, found)


def with_risk(problem: Problem, routes: Routes, rules: RiskRules) -> Problem:
    """Return the problem with the chance of being late priced, as routes show it; O(scenarios x visits).

    Orders in no route are taken to be as uncertain as the median visit.
    """
    delay = _delays(problem, routes, rules)
    has_due = problem.order_due_s < NEVER_S
    end = _ramp(problem.order_due_s - delay.end_s, delay.end_sd_s, problem.order_missed_cost, has_due)
    missed = np.full(problem.n_orders, rules.window_missed, np.int64)
    start = _ramp(rules.close_s - delay.start_s, delay.start_sd_s, missed, rules.close_s < NEVER_S)
    return replace(
        problem,
        order_missed_cost=np.zeros_like(problem.order_missed_cost),
        risk=Risk(
            start_from_s=start[0],
            start_rate=start[1],
            start_cap_s=start[2],
            end_from_s=end[0],
            end_rate=end[1],
            end_cap_s=end[2],
        ),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Delays:
    """How much later than planned a visit is likely to begin and to end: median and standard deviation, (n,) each."""

    start_s: F64
    start_sd_s: F64
    end_s: F64
    end_sd_s: F64


def _delays(problem: Problem, routes: Routes, rules: RiskRules) -> _Delays:
    timer = RouteTimer(problem)
    timed = [route for shift, orders in enumerate(routes) if orders and (route := timer.time_route(shift, orders))]
    driven = [
        driven_route(problem, route, kinds=rules.kinds, service_factor=rules.service_factor[route.shift])
        for route in timed
    ]
    odds = simulate(simulated_routes(driven), rules.distributions, scenarios=SCENARIOS, seed=rules.seed)
    visits = [(visit, rules.service_factor[route.shift]) for route in timed for visit in route.visits]
    orders = np.array([visit.order for visit, _ in visits], np.int64)
    kinds = np.array(rules.kinds, np.int64)[orders]
    service_s = np.array([(visit.end_s - visit.start_s) * factor for visit, factor in visits])
    planned_s = np.array([visit.arrival_s for visit, _ in visits], np.int64)
    mean = np.array(rules.distributions.service_mean)[kinds]
    sigma = np.array(rules.distributions.service_sigma)[kinds]
    start_s = (odds.arrival_s[:, 1] - planned_s).astype(np.float64)
    start_sd_s = (odds.arrival_s[:, 2] - odds.arrival_s[:, 0]) / NORMAL_80
    longer_s = service_s * mean - np.array([visit.end_s - visit.start_s for visit, _ in visits])

    def of_orders(values: F64) -> F64:
        found = np.full(problem.n_orders, np.median(values) if len(values) else 0.0)
        found[orders] = values
        return found

    return _Delays(
        start_s=of_orders(start_s),
        start_sd_s=of_orders(start_sd_s),
        end_s=of_orders(start_s + longer_s),
        end_sd_s=of_orders(np.hypot(start_sd_s, service_s * mean * sigma)),
    )


def _ramp(limit_s: F64, sd_s: F64, price: I64, is_priced: NDArray[np.bool_]) -> tuple[I64, I64, I64]:
    """Return from when on, by how much a second, and for how many seconds a price rises."""
    from_s = np.where(is_priced, np.clip(limit_s - BEGINS * sd_s, 0, NEVER_S), NEVER_S).astype(np.int64)
    until_s = np.maximum(limit_s + ENDS * sd_s, from_s + SHORTEST_S)
    cap_s = np.where(is_priced, until_s - from_s, 0).astype(np.int64)
    rate = np.where(is_priced, -(-price // np.maximum(cap_s, 1)), 0).astype(np.int64)
    return from_s, rate, cap_s


def _judged(problem: Problem, found: Sequence[Result]) -> Result:
    """Return the last of several results, priced by the problem itself, with the effort of all."""
    solution = RouteTimer(problem).evaluate(found[-1].solution.routes)
    runtime_s, iterations = sum(one.runtime_s for one in found), sum(one.iterations for one in found)
    end = Incumbent(elapsed_s=runtime_s, iterations=iterations, cost=solution.cost)
    return replace(found[-1], solution=solution, runtime_s=runtime_s, iterations=iterations, trajectory=(end,))
