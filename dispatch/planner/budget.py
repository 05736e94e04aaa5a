"""The budget of a replan: how many customers who were told an exact time a new plan may move.

The search is run twice, each time for half of its limit. The first run is free. Of the customers it moves, those whose
change it paid most for may be moved in the second run, as many as the budget allows; all others keep their technician,
their shift and their time, as locks. So the second run cannot break the budget, and it begins no worse than the plan in
force with insertions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from dispatch.domain.request import Request
from dispatch.planner.encode import Encoded, routes_of_plan
from dispatch.planner.locks import windows_of, with_windows
from dispatch.policy.commitment import Commitment, changes_of
from solver.cost import RouteTimer
from solver.problem import Problem
from solver.result import Incumbent, Result
from solver.solution import Routes
from solver.solve import solve
from solver.stop import IterationLimit

Search = Callable[[Problem, Routes | None], Result]


@dataclass(frozen=True, kw_only=True)
class _Moved:
    """A customer who was told an exact time and gets another technician, day or time, or none; with its price."""

    order: int
    price: int


def solve_within(encoded: Encoded, request: Request, *, most: int, explore: Search, settle: Search) -> Result:
    """Search for a plan that moves at most `most` of the customers who were told an exact time.

    Those who cannot keep it though nobody else but locked and agreed visits stayed are moved besides.

    Parameters
    ----------
    explore, settle
        Search a problem from some routes, the one first, the other within the budget.

    Returns
    -------
    Result
        Of both searches; the trajectory is that of the second.
    """
    first = explore(encoded.problem, encoded.initial)
    limited = _limited(encoded, request, first.solution.routes, most)
    starts = [routes for routes in (encoded.initial, first.solution.routes) if routes is not None]
    begun = [solve(limited, stop=IterationLimit(0), initial=routes).solution for routes in starts]
    second = settle(limited, min(begun, key=lambda solution: solution.cost).routes)
    return Result(
        solution=second.solution,
        iterations=first.iterations + second.iterations,
        runtime_s=first.runtime_s + second.runtime_s,
        stopped_by=second.stopped_by,
        trajectory=tuple(
            Incumbent(
                elapsed_s=first.runtime_s + one.elapsed_s, iterations=first.iterations + one.iterations, cost=one.cost
            )
            for one in second.trajectory
        ),
    )


def has_agreed(encoded: Encoded) -> bool:
    """Tell whether there is anybody whom a plan could move against the budget."""
    return bool(_agreed(encoded))


def _limited(encoded: Encoded, request: Request, found: Routes, most: int) -> Problem:
    """Return the problem in which all agreed customers but those whom `found` moves at the highest price stay."""
    moved = sorted(_moved(encoded, request, found), key=lambda one: (-one.price, one.order))
    keepers = _Keepers(encoded, request)
    keepable = keepers.kept(frozenset())
    chosen = [one.order for one in moved if one.order in keepable][:most]
    return keepers.problem(frozenset(chosen))


def _moved(encoded: Encoded, request: Request, routes: Routes) -> Iterator[_Moved]:
    timer = RouteTimer(encoded.problem)
    published = _agreed(encoded)
    unserved = dict(published)
    disruption = encoded.problem.disruption
    for shift, orders in enumerate(routes):
        timed = timer.time_route(shift, orders) if orders else None
        for visit in () if timed is None else timed.visits:
            commitment = unserved.pop(visit.order, None)
            if commitment is None:
                continue
            planned = encoded.shifts[shift]
            changes = changes_of(
                commitment,
                technician=planned.technician.id,
                shift=planned.shift,
                start=encoded.epoch.instant_of(visit.start_s, request.zone),
                zone=request.zone,
            )
            if changes:
                price = 0 if disruption is None else int(disruption.assignment_cost[visit.order, shift])
                yield _Moved(order=visit.order, price=price + commitment.prices.later * ("later" in changes))
    yield from (_Moved(order=order, price=one.prices.dropped) for order, one in unserved.items())


def _agreed(encoded: Encoded) -> dict[int, Commitment]:
    """Visits of the plan in force that the budget counts, by the order's number."""
    number_of_order = {order: number for number, order in enumerate(encoded.order_ids)}
    return {
        number_of_order[one.order]: one for one in encoded.commitments if one.hold == "taxed" and one.told == "exact"
    }


class _Keepers:
    """Locks agreed visits to their shifts and times, as far as they can stay there."""

    def __init__(self, encoded: Encoded, request: Request) -> None:
        self.agreed = _agreed(encoded)
        self._free = encoded.problem
        self._free_windows = windows_of(self._free)
        self._windows = [list(windows) for windows in self._free_windows]
        for order, commitment in self.agreed.items():
            if commitment.prices.later_from is not None:
                last_s = encoded.epoch.second_of(commitment.prices.later_from)
                self._windows[order] = [
                    (opens, min(closes, last_s)) for opens, closes in self._windows[order] if opens <= last_s
                ]
        self._timer = RouteTimer(with_windows(self._free, self._windows))
        current = request.current_plan
        self._published: Routes = (
            ((),) * self._free.n_shifts if current is None else routes_of_plan(current, request, encoded.shifts)
        )

    def kept(self, moving: frozenset[int]) -> set[int]:
        """Return the agreed orders that can stay, without those that may move."""
        return {order for route in self._routes(moving) for order in route if order in self.agreed}

    def problem(self, moving: frozenset[int]) -> Problem:
        """Return the problem in which all agreed visits that can stay do so, but for those that may move."""
        routes = self._routes(moving)
        lock_shift = self._free.order_lock_shift.copy()
        for shift, route in enumerate(routes):
            lock_shift[list(route)] = shift
        kept = self.kept(moving)
        windows = [self._windows[order] if order in kept else own for order, own in enumerate(self._free_windows)]
        return with_windows(replace(self._free, order_lock_shift=lock_shift, locked_routes=routes), windows)

    def _routes(self, moving: frozenset[int]) -> Routes:
        """Return the locked visits with the agreed ones that fit beside them, in the published sequence."""
        routes = []
        for shift, (locked, published) in enumerate(zip(self._free.locked_routes, self._published, strict=True)):
            stays = set(locked)
            for order in published:
                if order not in self.agreed or order in moving:
                    continue
                trial = [one for one in published if one in stays or one == order]
                if stays <= set(trial) and self._timer.time_route(shift, trial) is not None:
                    stays.add(order)
            in_sequence = tuple(one for one in published if one in stays)
            routes.append(in_sequence if len(stays) > len(locked) else locked)
        return tuple(routes)
