"""When a search ends."""

from __future__ import annotations

from solver.stop import Cancelled, FirstOf, IterationLimit, TimeLimit


class HandClock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_time_limit_counts_from_its_construction() -> None:
    clock = HandClock()
    stop = TimeLimit(20.0, clock)
    clock.now_s += 5
    assert stop.progress(0) == 0.25
    clock.now_s += 15
    assert stop.progress(0) == 1.0


def test_time_limit_of_zero_is_over_at_once() -> None:
    assert TimeLimit(0.0, HandClock()).progress(0) == 1.0


def test_a_slice_takes_a_twentieth_of_a_second_of_the_limit() -> None:
    assert TimeLimit(10.0, HandClock()).slice_share == 0.005


def test_iteration_limit_counts_iterations_of_one_thread() -> None:
    stop = IterationLimit(200)
    assert (stop.progress(50), stop.progress(200), stop.total_iterations) == (0.25, 1.0, 200)


def test_cancelled_is_over_once_somebody_says_so() -> None:
    said = [False]
    stop = Cancelled(lambda: said[0])
    assert stop.progress(0) == 0.0
    said[0] = True
    assert stop.progress(0) == 1.0


def test_first_of_gives_the_reason_of_the_criterion_that_is_furthest() -> None:
    said = [False]
    stop = FirstOf(Cancelled(lambda: said[0]), TimeLimit(10.0, HandClock()), IterationLimit(100))
    assert stop.progress(100) == 1.0
    assert stop.reason == "iterations"
    said[0] = True
    assert stop.progress(50) == 1.0
    assert stop.reason == "cancelled"


def test_first_of_has_a_fixed_number_of_iterations_if_one_criterion_has() -> None:
    clock = HandClock()
    assert FirstOf(TimeLimit(10.0, clock), IterationLimit(70), IterationLimit(90)).total_iterations == 70
    assert FirstOf(TimeLimit(10.0, clock), Cancelled(lambda: False)).total_iterations is None
