import pytest

from tests.dispatch.check.edits import (
    AGREED,
    BREAK_BEFORE,
    LATE,
    PLAIN,
    RESTOCK,
    WAITING,
    broken_by,
    price,
    shift_by,
    stops,
)
from tests.golden.cases import case_named

PRICED = case_named("Where agreed times are priced, breaking one costs its price")
OVERTIME = case_named("A route may end in the last second of overtime")
NOW = case_named("In a shift that has begun nobody leaves before now")
AVAILABLE = case_named("A technician who is free only later leaves then, from where the shift starts")


@pytest.mark.parametrize(
    ("seconds", "rule"), [(-1, "start_too_early"), (1, "start_too_late")], ids=["a second early", "a second late"]
)
def test_a_start_moved_by_a_second_is_one_violation(seconds: int, rule: str) -> None:
    assert broken_by(PLAIN, lambda plan: shift_by(stops(plan)[2], seconds, "start")) == [(rule, "b")]


def test_a_visit_moved_a_second_later_is_one_violation_although_it_ends_later_too() -> None:
    # b and the way home are moved as a whole: only b's start does not follow from what is before it.
    def edit(plan: dict) -> None:
        shift_by(stops(plan)[2], 1, "start", "end")
        shift_by(stops(plan)[3], 1)

    assert broken_by(PLAIN, edit) == [("start_too_late", "b")]


def test_a_whole_route_moved_later_leaves_too_late_for_its_first_start() -> None:
    def edit(plan: dict) -> None:
        for stop in stops(plan):
            shift_by(stop, 60)

    assert broken_by(PLAIN, edit) == [("start_too_late", "a")]


def test_a_whole_route_moved_earlier_leaves_before_the_shift() -> None:
    def edit(plan: dict) -> None:
        for stop in stops(plan):
            shift_by(stop, -60)

    assert broken_by(PLAIN, edit) == [("shift_start", None)]


def test_a_departure_before_the_shift_starts() -> None:
    assert broken_by(PLAIN, lambda plan: shift_by(stops(plan)[0], -1)) == [("shift_start", None)]


def test_a_departure_before_now_or_before_the_technician_is_free() -> None:
    assert broken_by(NOW, lambda plan: shift_by(stops(plan)[0], -1)) == [("available", None)]
    assert broken_by(AVAILABLE, lambda plan: shift_by(stops(plan)[0], -1)) == [("available", None)]


@pytest.mark.parametrize("seconds", [-1, 1])
def test_the_departure_is_exactly_as_late_as_delays_no_start(seconds: int) -> None:
    assert broken_by(WAITING, lambda plan: shift_by(stops(plan)[0], seconds)) == [("departure", None)]
    assert broken_by(BREAK_BEFORE, lambda plan: shift_by(stops(plan)[0], seconds)) == [("departure", None)]


@pytest.mark.parametrize("seconds", [-1, 1])
def test_an_arrival_follows_from_what_is_before_it(seconds: int) -> None:
    assert broken_by(WAITING, lambda plan: shift_by(stops(plan)[2], seconds, "arrival")) == [("arrival", "b")]


def test_an_arrival_after_the_start_is_wrong_however_the_visit_is_timed() -> None:
    assert broken_by(PLAIN, lambda plan: shift_by(stops(plan)[2], 60, "arrival")) == [("arrival", "b")]


@pytest.mark.parametrize("seconds", [-1, 1])
def test_the_end_of_a_route_follows_from_its_last_visit(seconds: int) -> None:
    assert broken_by(PLAIN, lambda plan: shift_by(stops(plan)[3], seconds)) == [("arrival", None)]


@pytest.mark.parametrize("seconds", [-1, 1])
def test_service_lasts_as_long_as_the_technician_needs(seconds: int) -> None:
    assert broken_by(PLAIN, lambda plan: shift_by(stops(plan)[1], seconds, "end")) == [("service_duration", "a")]


def test_the_wait_is_from_arrival_to_start() -> None:
    assert broken_by(WAITING, lambda plan: stops(plan)[2].update(wait_s=5101)) == [("wait", "b")]


def test_travel_and_distance_are_the_providers() -> None:
    assert broken_by(PLAIN, lambda plan: stops(plan)[2].update(travel_s=299)) == [("travel_time", "b")]
    assert broken_by(PLAIN, lambda plan: stops(plan)[2].update(distance_m=3001)) == [("distance", "b")]
    assert broken_by(PLAIN, lambda plan: stops(plan)[3].update(travel_s=901)) == [("travel_time", None)]


def test_a_route_that_believes_in_wrong_travel_has_that_one_fault_and_its_cost() -> None:
    # 240 instead of 300 s onto b, carried on to the end and into the cost.
    def edit(plan: dict) -> None:
        stops(plan)[2].update(travel_s=240)
        shift_by(stops(plan)[2], -60)
        shift_by(stops(plan)[3], -60)
        price(plan, travel=1740)

    assert broken_by(PLAIN, edit) == [("travel_time", "b"), ("cost_term", None)]


def test_visits_in_another_sequence_do_not_fit_their_times() -> None:
    def edit(plan: dict) -> None:
        stops(plan)[1:3] = reversed(stops(plan)[1:3])

    rules = broken_by(PLAIN, edit)

    assert ("travel_time", "b") in rules
    assert ("start_too_early", "a") in rules


def test_a_visit_before_its_window() -> None:
    def edit(plan: dict) -> None:
        shift_by(stops(plan)[2], -1, "start", "end")
        stops(plan)[2].update(wait_s=5099)
        shift_by(stops(plan)[3], -1)

    assert broken_by(WAITING, edit) == [("window", "b")]


def test_a_visit_after_its_window() -> None:
    def edit(plan: dict) -> None:
        shift_by(stops(plan)[2], 3601, "start", "end")
        stops(plan)[2].update(wait_s=8701)
        shift_by(stops(plan)[3], 3601)

    assert broken_by(WAITING, edit) == [("window", "b")]


def test_a_visit_too_early_for_its_agreed_time() -> None:
    # a moved to 06:50, so b starts at 07:25, before 08:30.
    def edit(plan: dict) -> None:
        for stop in stops(plan):
            shift_by(stop, -130 * 60)

    assert {("window", "a"), ("agreed_window", "b"), ("shift_start", None)} <= set(broken_by(AGREED, edit))


def test_where_agreed_times_are_priced_only_starting_early_is_forbidden() -> None:
    def edit(plan: dict) -> None:
        for stop in stops(plan):
            shift_by(stop, 3600)

    assert ("agreed_window", "b") not in broken_by(PRICED, edit)


def test_a_route_past_its_overtime() -> None:
    # Everything a second later: 601 s of overtime at 2.
    def edit(plan: dict) -> None:
        for stop in stops(plan):
            shift_by(stop, 1)
        price(plan, overtime=1202)

    assert set(broken_by(OVERTIME, edit)) == {("start_too_late", "a"), ("shift_end", None)}


def test_a_visit_after_the_horizon() -> None:
    def edit(plan: dict) -> None:
        for stop in stops(plan):
            shift_by(stop, 4 * 86_400)

    assert {("horizon", "a"), ("horizon", "b")} <= set(broken_by(PLAIN, edit))


@pytest.mark.parametrize("seconds", [-1, 1])
def test_a_depot_is_reached_when_travel_says(seconds: int) -> None:
    assert broken_by(RESTOCK, lambda plan: shift_by(stops(plan)[2], seconds)) == [("arrival", None)]


def test_a_depot_stop_takes_no_time() -> None:
    assert broken_by(RESTOCK, lambda plan: shift_by(stops(plan)[2], 60, "departure")) == [("depot_time", None)]


def test_travel_to_a_depot_is_judged() -> None:
    assert broken_by(RESTOCK, lambda plan: stops(plan)[2].update(travel_s=361)) == [("travel_time", None)]
    assert broken_by(RESTOCK, lambda plan: stops(plan)[3].update(distance_m=0)) == [("distance", "b")]


def test_due_and_tardiness_are_recomputed() -> None:
    assert broken_by(LATE, lambda plan: stops(plan)[1].update(due="2026-03-10T08:30:01Z")) == [("due", "a")]
    assert broken_by(LATE, lambda plan: stops(plan)[1].update(due=None)) == [("due", "a")]
    assert broken_by(PLAIN, lambda plan: stops(plan)[1].update(due="2026-03-10T12:00:00Z")) == [("due", "a")]
    assert broken_by(LATE, lambda plan: stops(plan)[1].update(tardiness_s=601)) == [("tardiness", "a")]
    assert broken_by(PLAIN, lambda plan: stops(plan)[1].update(tardiness_s=1)) == [("tardiness", "a")]
