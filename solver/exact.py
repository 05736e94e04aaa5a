"""The exact oracle: proves the optimum of tiny problems with OR-Tools' CP-SAT, independently of the search core."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ortools.sat.python import cp_model

from solver.errors import InvalidProblemError
from solver.exact_model import ExactModel
from solver.exact_route import ExactRoute
from solver.problem import Problem
from solver.solution import Solution
from solver.validate import validate


class ExactLimitError(RuntimeError):
    """The time limit passed before there was any solution."""


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
    """Solve the whole model: about 7 orders in less than a second, 10 in a minute or so.

    Where several optima exist, any is returned; where the routes of an optimum may be timed in several ways of the same
    cost, its terms are those of one of them.

    Parameters
    ----------
    limit_s
        Seconds after which the best solution so far is returned, not proven.
    workers
        Threads of CP-SAT; with 1 the result is reproducible unless the limit strikes.

    Raises
    ------
    InvalidProblemError
        If the problem breaks its contract, or its locked orders fit into no routes.
    ExactLimitError
        If there is no solution within the limit.
    """
    validate(problem)
    model = _model_of(problem)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = limit_s
    solver.parameters.num_workers = workers
    status = solver.solve(model.cp)
    if status == cp_model.INFEASIBLE:
        raise InvalidProblemError(f"locked_routes is {problem.locked_routes}, expected routes that are feasible")
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise ExactLimitError(f"limit_s is {limit_s}: {solver.status_name(status)}, no solution\nMaybe allow more time")
    proven = status == cp_model.OPTIMAL
    bound = math.ceil(solver.best_objective_bound - 1e-6)
    routes = model.routes_of(solver)
    if not proven:
        # Times of an unproven solution may be later than they need to be; with its routes fixed they cannot.
        model = _model_of(problem)
        model.fix_routes(routes)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = workers
        solver.solve(model.cp)
    served = {order for route in routes for order in route}
    unassigned = tuple(order for order in range(problem.n_orders) if order not in served)
    solution = Solution(routes=routes, unassigned=unassigned, terms=model.terms_of(solver))
    return ExactResult(solution=solution, proven=proven, bound=solution.cost if proven else bound)


def _model_of(problem: Problem) -> ExactModel:
    model = ExactModel(problem)
    for shift in range(problem.n_shifts):
        ExactRoute(model, shift).add()
    model.minimize_cost()
    return model
