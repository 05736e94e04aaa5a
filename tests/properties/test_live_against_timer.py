"""Insertions of the running day are those that timing every route with the order in every place finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solver.cost import RouteTimer
from solver.live import Guest, Insertion, LiveRoutes
from solver.problem import NEVER_S, NO_LOCK, Disruption, Problem
from tests.guests import guest_of, without_last_orders
from tests.random_problems import random_problem

N_GUESTS = 2


def free_last(problem: Problem, count: int) -> Problem:
    """Return the problem with its last orders neither locked nor in a published plan, as guests are."""
    lock_shift = problem.order_lock_shift.copy()
    lock_shift[-count:] = NO_LOCK
    free = set(range(problem.n_orders - count, problem.n_orders))
    locked = tuple(tuple(j for j in route if j not in free) for route in problem.locked_routes)
    disruption = problem.disruption
    if disruption is not None:
        is_last = np.arange(problem.n_orders) >= problem.n_orders - count
        disruption = Disruption(
            assignment_cost=np.where(is_last[:, None], np.int32(0), disruption.assignment_cost),
            moved_from_s=np.where(is_last, np.int64(NEVER_S), disruption.moved_from_s),
            moved_cost=np.where(is_last, np.int64(0), disruption.moved_cost),
            dropped_cost=np.where(is_last, np.int64(0), disruption.dropped_cost),
        )
    risk = problem.risk
    if risk is not None:
        is_last = np.arange(problem.n_orders) >= problem.n_orders - count
        risk = replace(
            risk,
            start_from_s=np.where(is_last, np.int64(NEVER_S), risk.start_from_s),
            end_from_s=np.where(is_last, np.int64(NEVER_S), risk.end_from_s),
        )
    return replace(problem, order_lock_shift=lock_shift, locked_routes=locked, disruption=disruption, risk=risk)


def cheapest_by_timing(timer: RouteTimer, routes: list[list[int]], order: int) -> list[Insertion]:
    """Return the best place in every shift, cheapest first, by timing each route with the order in each place."""
    found = []
    for shift, route in enumerate(routes):
        before = timer.time_route(shift, route).terms.total if route else 0
        candidates = []
        for at in range(len(route) + 1):
            timed = timer.time_route(shift, [*route[:at], order, *route[at:]])
            if timed is not None:
                candidates.append(Insertion(timed.terms.total - before, shift, at))
        if candidates:
            found.append(min(candidates, key=lambda insertion: insertion.cost))
    return sorted(found, key=lambda insertion: insertion.cost)


def grow_routes(seed: int) -> int:
    """Insert the orders of a random problem one after another; gives how many insertions were compared.

    The last orders come as guests; one in three orders is taken out again, and every insertion is compared.
    """
    full = free_last(random_problem(seed), N_GUESTS)
    rng = np.random.default_rng(seed)
    first_guest = full.n_orders - N_GUESTS
    timer = RouteTimer(full)
    live = LiveRoutes(without_last_orders(full, N_GUESTS), full.locked_routes, spare=int(rng.integers(0, 3)))
    routes = [list(route) for route in full.locked_routes]
    compared = 0
    for order in range(full.n_orders):
        if order >= first_guest:
            assert live.add(guest_of(full, order, first_guest=first_guest)) == order
        if full.order_lock_shift[order] != NO_LOCK:
            continue
        expected = cheapest_by_timing(timer, routes, order)
        most = int(rng.integers(1, 5))
        found = live.insertions(order, most=most)
        assert [i.cost for i in found] == [i.cost for i in expected[:most]]
        compared += len(found)
        for insertion in found:
            route = routes[insertion.shift]
            longer = [*route[: insertion.at], order, *route[insertion.at :]]
            timed = live.time_route(insertion.shift, longer)
            assert timed == timer.time_route(insertion.shift, longer)
            before = timer.time_route(insertion.shift, route).terms.total if route else 0
            assert timed is not None
            assert timed.terms.total - before == insertion.cost
        if found:
            chosen = found[int(rng.integers(len(found)))]
            assert live.insert(order, chosen.shift, chosen.at)
            routes[chosen.shift].insert(chosen.at, order)
        if rng.random() < 0.3:
            inserted = [j for route in routes for j in route if full.order_lock_shift[j] == NO_LOCK]
            if inserted:
                gone = int(rng.choice(inserted))
                assert live.remove(gone)
                routes = [[j for j in route if j != gone] for route in routes]
        assert live.routes == tuple(map(tuple, routes))
    return compared


def with_order(route: tuple[int, ...], order: int, at: int) -> tuple[int, ...]:
    return (*route[:at], order, *route[at:])


def with_one_place_more(guest: Guest) -> Guest:
    """Return the guest for a place that was a guest's before."""
    tables = {name: np.pad(getattr(guest, name), ((0, 0), (0, 1))) for name in ("into_s", "out_s", "into_m", "out_m")}
    return replace(guest, **tables)


@pytest.mark.parametrize("first_seed", range(0, 300, 100))
def test_insertions_are_the_cheapest_that_there_are(first_seed: int):
    compared = sum(grow_routes(seed) for seed in range(first_seed, first_seed + 100))
    assert compared >= 300


@pytest.mark.slow
@pytest.mark.parametrize("first_seed", range(20_000, 25_000, 500))
def test_insertions_are_the_cheapest_that_there_are_at_length(first_seed: int):
    for seed in range(first_seed, first_seed + 500):
        grow_routes(seed)


@pytest.mark.parametrize("first_seed", range(0, 200, 100))
def test_other_windows_answer_as_an_order_that_has_them(first_seed: int):
    for seed in range(first_seed, first_seed + 100):
        full = free_last(random_problem(seed), 1)
        rng = np.random.default_rng(seed)
        base, last = without_last_orders(full, 1), full.n_orders - 1
        live = LiveRoutes(base, full.locked_routes)
        guest = guest_of(full, last, first_guest=last)
        order = live.add(guest)
        sets = []
        for _ in range(4):
            moments = np.sort(rng.choice(260, size=2 * int(rng.integers(0, 3)), replace=False)).tolist()
            sets.append(tuple(zip(moments[::2], moments[1::2], strict=True)))
        answers = live.insertions_within(order, sets)
        for windows, answer in zip(sets, answers, strict=True):
            timed = [
                live.time_route_within(one.shift, with_order(live.route(one.shift), order, one.at), order, windows)
                for one in answer
            ]
            live.forget(order)
            assert live.add(replace(with_one_place_more(guest), windows=windows)) == order
            assert live.insertions(order) == answer
            for one, within in zip(answer, timed, strict=True):
                assert live.time_route(one.shift, with_order(live.route(one.shift), order, one.at)) == within
