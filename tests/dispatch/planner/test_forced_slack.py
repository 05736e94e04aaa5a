"""Random locks on random problems: the locked routes become feasible, and a second less would not do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dispatch.planner.locks import Kept, LockedOrder, keep_locks
from solver.cost import RouteTimer
from solver.problem import NO_LOCK, Problem
from tests.naive import naive_time_route
from tests.random_problems import FEATURES, random_problem
from tests.seeds import seeds

WITHOUT_LOCKS = [feature for feature in FEATURES if feature not in ("locks", "unreachable")]
NOW_S = 0


def unlocked_problem(seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    chosen = [feature for feature in WITHOUT_LOCKS if rng.random() < 0.5]
    problem = random_problem(seed, n_orders=int(rng.integers(1, 5)), features=chosen)
    assert (problem.order_lock_shift == NO_LOCK).all()
    return problem


def random_locks(problem: Problem, seed: int) -> dict[int, tuple[LockedOrder, ...]]:
    rng = np.random.default_rng(seed)
    orders = rng.permutation(problem.n_orders)[: int(rng.integers(1, problem.n_orders + 1))]
    shift = int(rng.integers(problem.n_shifts))
    begin, end = int(problem.shift_departure_s[shift]), int(problem.shift_latest_s[shift])
    starts = sorted(int(second) for second in rng.integers(begin, end + 1, size=len(orders)))
    return {
        shift: tuple(
            LockedOrder(order=int(order), start_s=start if rng.random() < 0.5 else None)
            for order, start in zip(orders, starts, strict=True)
        )
    }


def kept(seed: int) -> tuple[Problem, dict[int, tuple[LockedOrder, ...]], Kept]:
    problem = unlocked_problem(seed)
    locks = random_locks(problem, seed)
    return problem, locks, keep_locks(problem, locks, now_s=NOW_S)


@pytest.mark.parametrize("seed", seeds(40, in_all=150))
def test_every_lock_is_kept_by_a_feasible_route(seed: int) -> None:
    _, locks, found = kept(seed)
    ((shift, visits),) = locks.items()
    route = found.problem.locked_routes[shift]
    assert route == tuple(visit.order for visit in visits)
    assert naive_time_route(found.problem, shift, route) is not None
    assert found.problem.order_lock_shift[list(route)].tolist() == [shift] * len(route)


@pytest.mark.parametrize("seed", seeds(40, in_all=150))
def test_visit_locked_in_time_starts_at_its_time_or_as_soon_as_it_can(seed: int) -> None:
    _, locks, found = kept(seed)
    ((shift, visits),) = locks.items()
    timed = RouteTimer(found.problem).time_route(shift, found.problem.locked_routes[shift])
    assert timed is not None
    for locked, visit in zip(visits, timed.visits, strict=True):
        if locked.start_s is not None:
            assert visit.start_s >= locked.start_s
            assert visit.start_s == locked.start_s or locked.order in found.relaxations.orders


@pytest.mark.parametrize("seed", seeds(40, in_all=150))
def test_with_a_second_less_of_any_slack_the_locks_do_not_fit(seed: int) -> None:
    before, locks, found = kept(seed)
    ((shift, _),) = locks.items()
    after, route = found.problem, found.problem.locked_routes[shift]
    tighter: list[Problem] = []
    if after.shift_latest_s[shift] > before.shift_latest_s[shift]:
        tighter.append(replace(after, shift_latest_s=after.shift_latest_s - 1))
    if after.shift_departure_s[shift] < before.shift_departure_s[shift]:
        tighter.append(replace(after, shift_departure_s=after.shift_departure_s + 1))
    if (after.break_latest_s > before.break_latest_s).any():
        tighter.append(replace(after, break_latest_s=after.break_latest_s - 1))
    assert all(naive_time_route(problem, shift, route) is None for problem in tighter)


@pytest.mark.parametrize("seed", seeds(15, in_all=50))
def test_what_no_lock_concerns_stays_as_it_was(seed: int) -> None:
    before, locks, found = kept(seed)
    ((shift, visits),) = locks.items()
    others = [order for order in range(before.n_orders) if order not in {visit.order for visit in visits}]
    assert (found.problem.eligibility[others] == before.eligibility[others]).all()
    assert (found.problem.order_parts[others] == before.order_parts[others]).all()
    assert (found.problem.order_lock_shift[others] == NO_LOCK).all()
    other_shifts = np.arange(before.n_shifts) != shift
    assert (found.problem.shift_latest_s[other_shifts] == before.shift_latest_s[other_shifts]).all()


def test_without_locks_the_problem_is_the_same_object() -> None:
    problem = unlocked_problem(1)
    assert keep_locks(problem, {}, now_s=NOW_S).problem is problem
