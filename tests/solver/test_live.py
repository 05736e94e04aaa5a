"""Routes of the running day: guests, insertions, what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solver.errors import InfeasibleRouteError, InvalidProblemError, InvalidRoutesError
from solver.live import Guest, Insertion, LiveRoutes
from solver.problem import ELIGIBLE, NEVER_S, Prices, Problem
from tests.problems import OrderSpec, ShiftSpec, build_problem, on_a_line

LAST_PLACE = 9
"""Of `ten_places`: 0 s to 90 s from where shifts start."""


def ten_places(orders: list[OrderSpec], shifts: list[ShiftSpec], **options: object) -> Problem:
    return build_problem(orders, shifts, travel_s=on_a_line(LAST_PLACE + 1), **options)  # type: ignore[arg-type]


def guest_at(place: int, live: LiveRoutes, places: tuple[int, ...] = (), **fields: object) -> Guest:
    """Return an order beside a place of `ten_places`; `places` are those of the guests before it."""
    travel = np.array([[abs(place - other) * 10 for other in (*range(LAST_PLACE + 1), *places)]], np.int32)
    values = {
        "service_s": 10,
        "windows": ((0, 1_000),),
        "eligibility": np.full(live.problem.n_shifts, ELIGIBLE, np.uint8),
        "parts": np.zeros(live.problem.order_parts.shape[1], np.int32),
        "tools": np.zeros(live.problem.order_tools.shape[1], np.bool_),
    }
    return Guest(into_s=travel, out_s=travel, into_m=travel, out_m=travel, **(values | fields))  # type: ignore[arg-type]


def test_each_shift_answers_with_its_best_place():
    # Shift 0 goes 0 -> 10 -> 20 -> 0. The guest at 50 s: behind the second, 20 -> 50 -> 0, costs 30 + 50 - 20 = 60, and
    # as much between the two, 40 + 30 - 10: the last of equals is told.
    # Shift 1 starts and ends at 90 s and has nothing to do: 40 + 40 = 80.
    problem = ten_places([OrderSpec(), OrderSpec()], [ShiftSpec(), ShiftSpec(start=9, end=9)])
    live = LiveRoutes(problem, ((0, 1), ()))
    order = live.add(guest_at(5, live))
    assert live.insertions(order) == (Insertion(60, 0, 2), Insertion(80, 1, 0))
    assert live.insertions(order, most=1) == (Insertion(60, 0, 2),)


def test_a_guest_lies_beside_guests_that_came_before():
    live = LiveRoutes(ten_places([], [ShiftSpec()]), ((),), spare=1)  # and so has to make room for the second
    first = live.add(guest_at(5, live))
    assert live.insert(first, 0, 0)
    second = live.add(guest_at(6, live, (5,)))
    # 0 -> 50 -> 60 -> 0 is 10 + 60 - 50 = 20 longer, before or behind.
    assert live.insertions(second) == (Insertion(20, 0, 1),)
    assert live.insert(second, 0, 1)
    assert live.routes == ((0, 1),)


def test_the_number_and_place_of_a_forgotten_guest_are_given_again():
    live = LiveRoutes(ten_places([], [ShiftSpec()]), ((),))
    order = live.add(guest_at(5, live))
    live.forget(order)
    assert live.add(guest_at(3, live, (0,))) == order
    assert live.insertions(order) == (Insertion(60, 0, 0),)
    assert live.n_places == LAST_PLACE + 2


def test_windows_can_be_asked_for_that_the_order_has_not():
    # Alone the visit is at 30 s. A window that opens at 100 makes no detour dearer; one that closes at 20 is too early.
    live = LiveRoutes(ten_places([], [ShiftSpec()]), ((),))
    order = live.add(guest_at(3, live, windows=()))
    assert live.insertions(order) == ()
    assert live.insertions_within(order, [[(100, 200)], [(0, 20)], []]) == ((Insertion(60, 0, 0),), (), ())


def test_an_order_of_the_problem_can_move():
    live = LiveRoutes(ten_places([OrderSpec(), OrderSpec()], [ShiftSpec()]), ((0, 1),))
    assert live.remove(0)
    assert (live.shift_of(0), live.routes) == (None, ((1,),))
    assert live.insertions(0) == (Insertion(0, 0, 1),)  # it lies on the way


def test_what_breaks_a_rule_changes_nothing():
    problem = ten_places([OrderSpec(windows=((0, 10),))], [ShiftSpec(max_visits=2)])
    live = LiveRoutes(problem, ((0,),))
    order = live.add(guest_at(5, live))
    assert not live.insert(order, 0, 0)
    assert live.routes == ((0,),)
    assert live.insert(order, 0, 1)
    assert live.insertions(live.add(guest_at(5, live, (5,)))) == ()


def test_a_guest_may_be_the_first_to_need_a_part():
    problem = ten_places([OrderSpec()], [ShiftSpec(parts={"ont": 1}), ShiftSpec()])
    live = LiveRoutes(problem, ((0,), ()))
    needs_one = guest_at(1, live, parts=np.array([1], np.int32))
    assert live.insertions(live.add(needs_one)) == (Insertion(0, 0, 1),)
    live.forget(1)
    needs_two = guest_at(1, live, (1,), parts=np.array([2], np.int32))
    assert live.insertions(live.add(needs_two)) == ()


def test_a_problem_whose_routes_depart_late_takes_guests():
    problem = ten_places(
        [OrderSpec(windows=((100, 200),))],
        [ShiftSpec()],
        prices=Prices(travel=0, work_time=1),
        departure_keeps_end=True,
    )
    live = LiveRoutes(problem, ((0,),))
    # Behind the first, on the road until 100 + 10 + 20 + 10 + 30 instead of 100 + 10 + 10: 50 s more.
    assert live.insertions(live.add(guest_at(3, live))) == (Insertion(50, 0, 1),)
    with pytest.raises(InvalidProblemError, match="do not go with departure_keeps_end"):
        live.add(guest_at(3, live, (3,), due_s=100))


def test_routes_that_are_none_are_refused():
    problem = ten_places([OrderSpec(windows=((0, 5),))], [ShiftSpec()])
    with pytest.raises(InfeasibleRouteError, match=r"routes\[0\] = \[0\] breaks a rule"):
        LiveRoutes(problem, ((0,),))
    with pytest.raises(InvalidRoutesError, match="1 shifts"):
        LiveRoutes(problem, ())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"eligibility": np.zeros(2, np.uint8)}, r"guest.eligibility is uint8 of shape \(2,\)"),
        ({"service_s": -1}, "guest.service_s is -1"),
        ({"due_s": NEVER_S + 1}, "guest.due_s is"),
        ({"windows": ((20, 10),)}, r"guest.windows has \[20, 10\]"),
    ],
    ids=["shape", "negative", "limit", "windows"],
)
def test_a_guest_with_an_impossible_field_is_refused(fields: dict[str, object], message: str):
    live = LiveRoutes(ten_places([], [ShiftSpec()]), ((),))
    with pytest.raises(InvalidProblemError, match=message):
        live.add(guest_at(3, live, **fields))


def test_travel_must_tell_of_every_place():
    live = LiveRoutes(ten_places([], [ShiftSpec()]), ((),))
    live.add(guest_at(3, live))
    with pytest.raises(InvalidProblemError, match=r"guest.into_s is int32 of shape \(1, 10\).*\(1, 11\)"):
        live.add(guest_at(3, live))


def test_orders_and_places_that_do_not_exist_are_refused():
    live = LiveRoutes(ten_places([OrderSpec()], [ShiftSpec()]), ((0,),))
    guest = live.add(guest_at(3, live))
    for refused, message in (
        (lambda: live.insertions(0), "order 0 is in the route of shift 0"),
        (lambda: live.insert(guest, 0, 2), "at is 2, places of shift 0 are 0 to 1"),
        (lambda: live.insert(guest, 1, 0), "shift is 1, shifts are 0 to 0"),
        (lambda: live.remove(guest), "order 1 is in no route"),
        (lambda: live.forget(0), "order 0 is one of the problem"),
        (lambda: live.time_route(0, (2,)), "order is 2, known are 0 to 0 and guests"),
    ):
        with pytest.raises(InvalidRoutesError, match=message):
            refused()
    live.forget(guest)
    with pytest.raises(InvalidRoutesError, match="order is 1"):
        live.insertions(guest)
    with pytest.raises(InvalidProblemError, match="spare is -1"):
        LiveRoutes(replace(live.problem), ((0,),), spare=-1)
