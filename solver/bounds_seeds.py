"""Columns to begin with: routes of known solutions and routes that differ from them in one visit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from solver.bounds_pricing import Column, ShiftClass
from solver.cost import RouteTimer
from solver.solution import Routes


def columns_of(timer: RouteTimer, classes: Sequence[ShiftClass], routes: Routes) -> list[Column]:
    """Return the routes of a solution as columns."""
    class_of = _class_of(classes)
    return [c for shift, route in enumerate(routes) for c in _timed(timer, shift, class_of[shift], [route])]


def similar_columns(
    timer: RouteTimer, classes: Sequence[ShiftClass], routes: Routes, is_over: Callable[[], bool]
) -> list[Column]:
    """Return the routes that have a visit less than those of a solution, one more, or one replaced by another.

    They hold the first dual prices in bounds: without them the relaxation's optimum stays for long where it began.
    """
    class_of = _class_of(classes)
    columns = []
    for shift, route in enumerate(routes):
        if is_over():
            break
        if not route:
            continue
        columns += _timed(timer, shift, class_of[shift], _without_one(route))
        for order in set(range(timer.problem.n_orders)).difference(route):
            more = _timed(timer, shift, class_of[shift], _with_one(route, order))
            columns += sorted(more, key=lambda column: column.cost)[:1]
            columns += _timed(timer, shift, class_of[shift], _with_another(route, order))
    return columns


def _class_of(classes: Sequence[ShiftClass]) -> dict[int, int]:
    return {shift: index for index, shift_class in enumerate(classes) for shift in shift_class.shifts}


def _timed(
    timer: RouteTimer, shift: int, shift_class: int, sequences: Sequence[tuple[int, ...]] | Iterator[tuple[int, ...]]
) -> list[Column]:
    """Return those of the routes that are feasible."""
    columns = []
    for orders in sequences:
        timed = timer.time_route(shift, orders) if orders else None
        if timed is not None:
            columns.append(Column(shift_class=shift_class, orders=orders, cost=timed.terms.total))
    return columns


def _without_one(route: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    return (route[:at] + route[at + 1 :] for at in range(len(route)))


def _with_one(route: tuple[int, ...], order: int) -> Iterator[tuple[int, ...]]:
    return ((*route[:at], order, *route[at:]) for at in range(len(route) + 1))


def _with_another(route: tuple[int, ...], order: int) -> Iterator[tuple[int, ...]]:
    return ((*route[:at], order, *route[at + 1 :]) for at in range(len(route)))
