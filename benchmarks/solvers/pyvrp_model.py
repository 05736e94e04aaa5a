"""A problem as PyVRP's data.

Places are the shifts' starts and ends (depots) and one for each order, so that entering an order's place can be
forbidden to the vehicles of a profile. Service is part of the way out of an order's place, because it differs between
technicians; costs are distances, seconds are durations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyvrp

from benchmarks.solvers.adapter import Inexpressible
from benchmarks.solvers.carried import NO_WAY, Carried, shifts_alike
from benchmarks.solvers.working_clock import WorkingClock, clock_without_breaks
from solver.problem import ELIGIBLE_NOT_PREFERRED, I64, LAST_STOP, NEVER_S, Bool
from solver.solution import Routes

_MATRIX_BYTES: Final = 10_000_000_000
"""Of the matrices of all profiles together."""


@dataclass(frozen=True, kw_only=True)
class ModelChoices:
    """What can be told in more than one way; the defaults are those that served PyVRP best (docs/peers.md).

    Attributes
    ----------
    promises
        "windows": an order is served in time or not at all. "alternatives": a late visit is a second client of the
        order with a smaller prize. "ignored": PyVRP does not know when an order is due.
    cut_breaks
        Cut the common break out of the clock, instead of shortening every shift by it.
    """

    promises: str = "alternatives"
    cut_breaks: bool = True


class _Matrices(Sequence[Any]):
    """Matrices made one at a time while PyVRP copies them: together they may be half of what memory holds."""

    def __init__(self, make: Callable[[tuple[int, ...]], Any], classes: Sequence[tuple[int, ...]]) -> None:
        self._make = make
        self._classes = classes

    def __len__(self) -> int:
        return len(self._classes)

    def __getitem__(self, number: Any) -> Any:
        return self._make(self._classes[number])


@dataclass(frozen=True)
class _Offer:
    """A way to serve an order: a window of start by PyVRP's clock, and what the visit saves."""

    order: int
    opens_s: int
    closes_s: int
    worth: int


@dataclass(frozen=True, kw_only=True, eq=False)
class PyVrpModel:
    """PyVRP's data and what its numbers stand for.

    Attributes
    ----------
    order_of_client
        By number of the client.
    worth_of_client
        What a client's visit saves of the problem's cost.
    shifts_of_type
        By number of the vehicle type.
    empty_cost
        Cost of a plan without any visit.
    """

    data: pyvrp.ProblemData
    order_of_client: tuple[int, ...]
    worth_of_client: tuple[int, ...]
    shifts_of_type: tuple[tuple[int, ...], ...]
    empty_cost: int

    def routes(self, solution: pyvrp.Solution) -> Routes:
        """Give a solution's routes by shift; vehicles of one type are taken in the order of their shifts."""
        routes: list[tuple[int, ...]] = [() for shifts in self.shifts_of_type for _ in shifts]
        free = [list(shifts) for shifts in self.shifts_of_type]
        for route in solution.routes():
            shift = free[route.vehicle_type()].pop(0)
            routes[shift] = tuple(self.order_of_client[stop.idx] for stop in route if stop.is_client())
        return tuple(routes)

    def cost(self, solution: pyvrp.Solution) -> int:
        """Give a feasible solution's cost in the problem's units, as far as PyVRP knows it."""
        saved = sum(self.worth_of_client[stop.idx] for route in solution.routes() for stop in route if stop.is_client())
        on_the_way = solution.distance_cost() + solution.duration_cost() + solution.fixed_vehicle_cost()
        return self.empty_cost + int(on_the_way) - saved


def pyvrp_model(carried: Carried, *, must_serve_all: bool, choices: ModelChoices) -> PyVrpModel:
    """Tell PyVRP a problem.

    Parameters
    ----------
    must_serve_all
        Every order is a required client instead of one with a prize.
    """
    clock = clock_without_breaks(carried, cuts=choices.cut_breaks)
    orders = carried.plannable
    places = _places(carried)
    clients, groups, offers = _clients(
        carried, orders, clock=clock, first_place=len(places), must_serve_all=must_serve_all, choices=choices
    )
    classes = _profile_classes(carried, len(places) + len(orders))
    class_of_shift = {shift: number for number, shifts in enumerate(classes) for shift in shifts}
    groups_of_shifts = shifts_alike(carried)
    distances: Any = _Matrices(lambda shifts: _distances(carried, shifts, places=places, orders=orders), classes)
    durations: Any = _Matrices(lambda shifts: _durations(carried, shifts, places=places, orders=orders), classes)
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(len(places) + len(orders))],
        clients=clients,
        depots=[pyvrp.Depot(location=number) for number in range(len(places))],
        vehicle_types=[
            _vehicle_type(
                carried, shifts, profile=class_of_shift[shifts[0]], depot_of_place=places, clock=clock, orders=orders
            )
            for shifts in groups_of_shifts
        ],
        distance_matrices=distances,
        duration_matrices=durations,
        groups=groups,
    )
    return PyVrpModel(
        data=data,
        order_of_client=tuple(offer.order for offer in offers),
        worth_of_client=tuple(offer.worth for offer in offers),
        shifts_of_type=groups_of_shifts,
        empty_cost=int(carried.problem.order_unassigned_cost.sum()),
    )


def _places(carried: Carried) -> dict[int, int]:
    """Number the places where shifts start and end, by location; -1 stands for "wherever the last visit is"."""
    problem = carried.problem
    found = sorted({*map(int, problem.shift_start_location), *map(int, problem.shift_end_location)} - {LAST_STOP})
    numbers = {location: number for number, location in enumerate(found)}
    if (problem.shift_end_location == LAST_STOP).any():
        numbers[LAST_STOP] = len(numbers)
    return numbers


def _profile_classes(carried: Carried, n_places: int) -> tuple[tuple[int, ...], ...]:
    """Group shifts that travel, serve and may serve alike; where that takes too much memory, that only travel and may.

    Raises
    ------
    Inexpressible
        If the matrices of even so few profiles are too large.
    """
    problem = carried.problem
    bytes_of_profile = 2 * 8 * n_places**2
    for is_exact in (True, False):
        classes: dict[tuple[object, ...], list[int]] = {}
        for shift in range(problem.n_shifts):
            key: tuple[object, ...] = (int(problem.shift_profile[shift]), carried.is_allowed[:, shift].tobytes())
            if is_exact:
                key += (int(problem.shift_service_permille[shift]), _is_dispreferred(carried, [shift]).tobytes())
            classes.setdefault(key, []).append(shift)
        if len(classes) * bytes_of_profile <= _MATRIX_BYTES:
            return tuple(tuple(shifts) for shifts in classes.values())
    raise Inexpressible(f"{len(classes)} profiles of {n_places} places exceed {_MATRIX_BYTES / 1e9:.0f} GB")


def _is_dispreferred(carried: Carried, shifts: Sequence[int]) -> Bool:
    """Tell for each order whether every one of the shifts is a second choice."""
    problem = carried.problem
    is_second_choice = (problem.eligibility[:, shifts] == ELIGIBLE_NOT_PREFERRED).all(axis=1)
    return np.asarray(is_second_choice & (problem.prices.preference > 0))


def _clients(
    carried: Carried,
    orders: Sequence[int],
    *,
    clock: WorkingClock,
    first_place: int,
    must_serve_all: bool,
    choices: ModelChoices,
) -> tuple[list[pyvrp.Client], list[pyvrp.ClientGroup], list[_Offer]]:
    """Return clients, one for each offer of an order, groups of those of one order, and the offers."""
    clients: list[pyvrp.Client] = []
    groups: list[pyvrp.ClientGroup] = []
    told: list[_Offer] = []
    for number, order in enumerate(orders):
        offers = _offers(carried, order, clock=clock, promises=choices.promises)
        if not offers and must_serve_all:
            raise Inexpressible(f"order {order} has no window of start left, and every order must be served")
        group = None
        if len(offers) > 1:
            group = len(groups)
            members = range(len(clients), len(clients) + len(offers))
            groups.append(pyvrp.ClientGroup(list(members), required=must_serve_all))
        clients += [
            pyvrp.Client(
                location=first_place + number,
                delivery=[*map(int, carried.demand[order]), *_one_visit(carried)],
                tw_early=offer.opens_s,
                tw_late=offer.closes_s,
                prize=0 if must_serve_all else offer.worth,
                required=must_serve_all and group is None,
                group=group,
            )
            for offer in offers
        ]
        told += offers
    return clients, groups, told


def _offers(carried: Carried, order: int, *, clock: WorkingClock, promises: str) -> list[_Offer]:
    """Return the ways to serve an order: in which window, and what that saves, less where it is late."""
    problem = carried.problem
    worth = int(problem.order_unassigned_cost[order])
    windows = clock.working_windows(carried.windows[order], carried.longest_service_s(order))
    last_s = clock.working_s(carried.last_start_on_time_s(order))
    if promises == "ignored" or not windows or last_s >= windows[-1][1]:
        return [_Offer(order, opens_s, closes_s, worth) for opens_s, closes_s in windows]
    offers = [
        _Offer(order, opens_s, min(closes_s, last_s), worth) for opens_s, closes_s in windows if opens_s <= last_s
    ]
    if promises == "windows" and not offers:
        return [_Offer(order, opens_s, closes_s, worth) for opens_s, closes_s in windows]
    if promises == "alternatives":
        for opens_s, closes_s in windows:
            if closes_s > last_s:
                from_s = max(opens_s, last_s + 1)
                late_s = min((from_s + closes_s) // 2 - last_s, problem.prices.tardiness_cap_s)
                late_worth = worth - int(problem.order_missed_cost[order]) - problem.prices.tardiness * late_s
                if late_worth > 0:
                    offers.append(_Offer(order, from_s, closes_s, late_worth))
    return offers


def _one_visit(carried: Carried) -> list[int]:
    """Return the load that counts visits, where a shift limits them."""
    problem = carried.problem
    return [1] if (problem.shift_max_visits < problem.n_orders).any() else []


def _vehicle_type(
    carried: Carried,
    shifts: Sequence[int],
    *,
    profile: int,
    depot_of_place: dict[int, int],
    clock: WorkingClock,
    orders: Sequence[int],
) -> pyvrp.VehicleType:
    problem, shift = carried.problem, shifts[0]
    departure_s = clock.working_s(carried.departure_s(shift))
    end_s = max(departure_s, clock.shift_end_s(shift, carried.end_s(shift)))
    latest_s = max(end_s, clock.shift_end_s(shift, carried.latest_s(shift)))
    has_overtime = latest_s > end_s and problem.prices.overtime > 0
    longest_s = carried.longest_route_s(shift)
    limits: dict[str, Any] = {} if longest_s >= NEVER_S else {"shift_duration": longest_s}
    if has_overtime:
        # PyVRP counts overtime from the departure: it leaves when the shift begins.
        limits = {
            "start_late": departure_s,
            "shift_duration": end_s - departure_s,
            "max_overtime": latest_s - end_s,
            "unit_overtime_cost": problem.prices.overtime,
        }
    n_visits = [min(int(problem.shift_max_visits[shift]), len(orders))]
    return pyvrp.VehicleType(
        num_available=len(shifts),
        capacity=[*map(int, carried.stock[shift]), *(n_visits if _one_visit(carried) else [])],
        start_depot=depot_of_place[int(problem.shift_start_location[shift])],
        end_depot=depot_of_place[int(problem.shift_end_location[shift])],
        fixed_cost=problem.prices.shift_used,
        tw_early=departure_s,
        tw_late=latest_s,
        unit_distance_cost=1,
        unit_duration_cost=problem.prices.work_time,
        profile=profile,
        **limits,
    )


def _distances(carried: Carried, shifts: Sequence[int], *, places: dict[int, int], orders: Sequence[int]) -> Any:
    costs = _legs(carried.leg_cost[carried.problem.shift_profile[shifts[0]]], carried, places=places, orders=orders)
    into = len(places) + np.arange(len(orders))
    dispreferred = _is_dispreferred(carried, shifts)[list(orders)]
    costs[:, into[dispreferred]] += carried.problem.prices.preference
    return _forbid(costs, carried, shifts[0], into=into, orders=orders)


def _durations(carried: Carried, shifts: Sequence[int], *, places: dict[int, int], orders: Sequence[int]) -> Any:
    problem = carried.problem
    seconds = _legs(carried.leg_s[problem.shift_profile[shifts[0]]], carried, places=places, orders=orders)
    into = len(places) + np.arange(len(orders))
    slowest = max(shifts, key=lambda shift: int(problem.shift_service_permille[shift]))
    seconds[into, :] += np.array([problem.service_s(order, slowest) for order in orders], np.int64)[:, None]
    return _forbid(seconds, carried, shifts[0], into=into, orders=orders)


def _legs(legs: I64, carried: Carried, *, places: dict[int, int], orders: Sequence[int]) -> I64:
    """Return the legs between PyVRP's places; to the end wherever the last visit is there is no way to go."""
    locations = np.array([*places, *carried.problem.order_location[list(orders)]], np.int64)
    between = legs[np.ix_(locations, locations)]
    if LAST_STOP in places:
        between[:, places[LAST_STOP]] = 0
    return between


def _forbid(matrix: I64, carried: Carried, shift: int, *, into: I64, orders: Sequence[int]) -> I64:
    matrix[:, into[~carried.is_allowed[list(orders), shift]]] = NO_WAY
    np.fill_diagonal(matrix, 0)
    return matrix
