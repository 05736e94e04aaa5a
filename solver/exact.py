"""The exact oracle: proves the optimum of tiny problems with OR-Tools' CP-SAT, independently of the search core."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ortools.sat.python import cp_model

from solver.errors import InfeasibleRouteError, InvalidProblemError
from solver.exact_model import ExactModel
from solver.exact_route import ExactRoute
from solver.problem import Problem
from solver.solution import CostTerms, Routes, Solution
from solver.validate import validate


@dataclass(frozen=True, kw_only=True)
class ExactResult:
    """What the oracle knows.

    Attributes
    ----------
    solution
        The best solution found, with its exact cost.
    proven
        Whether it is an optimum.
    bound
        No solution costs less; equals the cost if `proven`.
    """

    solution: Solution
    proven: bool
    bound: int


def solve_exactly(problem: Problem, *, limit_s: float = 60.0, workers: int = 1) -> ExactResult:
    """Solve the whole model: 7 orders in a fraction of a second, 10 in seconds, 12 in up to a minute.

    Where several optima exist, any is returned; where the routes of an optimum may be timed in several ways of the same
    cost, its terms are those of one of them.

    Parameters
    ----------
    limit_s
        Seconds after which the best solution so far is returned, not proven; the locked routes alone if there is none.
    workers
        Threads of CP-SAT; with 1 the result is reproducible unless the limit strikes.

    Raises
    ------
    InvalidProblemError
        If the problem breaks its contract, its locked orders fit into no routes, or its routes depart as late as keeps
        their end, which this model does not know.
    InfeasibleRouteError
        If the limit passes without a solution and the locked routes are none.
    """
    validate(problem)
    if problem.departure_keeps_end:
        raise InvalidProblemError(
            "departure_keeps_end is True, which the exact model does not know\nMaybe set it to False."
        )
    model = _model_of(problem)
    model.hint_routes(problem.locked_routes)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit_s
    solver.parameters.num_workers = workers
    status = solver.solve(model.cp)
    if status == cp_model.INFEASIBLE:
        raise InvalidProblemError(f"locked_routes is {problem.locked_routes}, expected routes that are feasible")
    proven = status == cp_model.OPTIMAL
    if proven:
        routes, terms = model.routes_of(solver), model.terms_of(solver)
        bound = terms.total
    else:
        # Times of an unproven solution may be later than they need to be; with its routes fixed they cannot.
        routes = model.routes_of(solver) if status == cp_model.FEASIBLE else problem.locked_routes
        terms = price_exactly(problem, routes)
        bound = math.ceil(max(0.0, solver.best_objective_bound) - 1e-6)
    served = {order for route in routes for order in route}
    unassigned = tuple(order for order in range(problem.n_orders) if order not in served)
    solution = Solution(routes=routes, unassigned=unassigned, terms=terms)
    return ExactResult(solution=solution, proven=proven, bound=bound)


def price_exactly(problem: Problem, routes: Routes) -> CostTerms:
    """Cost of given routes with their cheapest times.

    Raises
    ------
    InfeasibleRouteError
        If a route breaks a rule or a lock is broken.
    """
    model = _model_of(problem)
    model.fix_routes(routes)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    if solver.solve(model.cp) != cp_model.OPTIMAL:
        raise InfeasibleRouteError(f"routes is {routes}, expected routes that are feasible and hold every lock")
    return model.terms_of(solver)


def _model_of(problem: Problem) -> ExactModel:
    model = ExactModel(problem)
    for shift in range(problem.n_shifts):
        ExactRoute(model, shift).add()
    model.minimize_cost()
    return model
