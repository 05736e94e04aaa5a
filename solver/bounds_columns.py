"""The best solution that can be put together from known routes: set partitioning by a MIP solver."""

from __future__ import annotations

from collections.abc import Sequence

from ortools.linear_solver import pywraplp

from solver.bounds_pricing import Column, ShiftClass
from solver.cost import RouteTimer
from solver.problem import NO_LOCK
from solver.solution import Routes


def best_of_columns(
    timer: RouteTimer, classes: Sequence[ShiftClass], columns: Sequence[Column], *, limit_s: float, below: int
) -> Routes | None:
    """Return routes of least cost among `columns` that cost less than `below`; None if none are found in time.

    Columns with repeated visits are left out. What a column costs may be less than its route does (a relaxed cost): the
    routes returned are timed exactly.

    Parameters
    ----------
    limit_s
        Seconds for the MIP solver (SCIP).
    """
    problem = timer.problem
    mip = pywraplp.Solver.CreateSolver("SCIP")
    if mip is None:
        return None
    mip.SetTimeLimit(max(1, int(limit_s * 1_000)))
    mip.SetNumThreads(1)
    mip.Objective().SetMinimization()
    order_rows = [mip.Constraint(1.0, 1.0) for _ in range(problem.n_orders)]
    class_rows = [mip.Constraint(-mip.infinity(), float(shift_class.size)) for shift_class in classes]
    chosen = []
    for column in columns:
        if len(set(column.orders)) < len(column.orders):
            continue
        variable = mip.BoolVar("")
        mip.Objective().SetCoefficient(variable, float(column.cost))
        class_rows[column.shift_class].SetCoefficient(variable, 1.0)
        for order in column.orders:
            order_rows[order].SetCoefficient(variable, 1.0)
        chosen.append((variable, column))
    left_out_cost = problem.order_left_out_cost
    for order in range(problem.n_orders):
        if problem.order_lock_shift[order] == NO_LOCK:
            unassigned = mip.BoolVar("")
            mip.Objective().SetCoefficient(unassigned, float(left_out_cost[order]))
            order_rows[order].SetCoefficient(unassigned, 1.0)
    if mip.Solve() not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
        return None
    routes = _routes_of(classes, problem.n_shifts, [c for variable, c in chosen if variable.solution_value() > 0.5])
    for shift, route in enumerate(routes):
        if route and timer.time_route(shift, route) is None:
            return None
    return routes if timer.evaluate(routes).cost < below else None


def _routes_of(classes: Sequence[ShiftClass], n_shifts: int, columns: Sequence[Column]) -> Routes:
    """Hand the routes of each class to its shifts."""
    routes: list[tuple[int, ...]] = [()] * n_shifts
    free = [list(shift_class.shifts) for shift_class in classes]
    for column in columns:
        routes[free[column.shift_class].pop(0)] = column.orders
    return tuple(routes)
