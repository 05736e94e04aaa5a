import pytest

from dispatch.checker.breaks import breaks_of
from dispatch.checker.findings import Findings
from dispatch.checker.reading import read
from tests.dispatch.check.edits import (
    BREAK_BEFORE,
    BREAK_IN_WAIT,
    BREAK_ON_WAY,
    BREAK_ON_WAY_HOME,
    PLAIN,
    TWO_BREAKS,
    broken_by,
    edited,
    price,
    shift_by,
    stops,
    with_request,
)
from tests.golden.cases import Case, case_named

ENDS_EARLY = case_named("A break is not needed if the route ends when it would have to begin")
DEPARTS_LATE = case_named("Leaving late for the sake of a break delays the first visit")
BREAK_THEN_DEPOT = case_named("A break on the way to the depot delays both")


@pytest.mark.parametrize(
    ("case", "position"),
    [
        (BREAK_ON_WAY, 2),
        (BREAK_IN_WAIT, 2),
        (BREAK_BEFORE, 1),
        (BREAK_ON_WAY_HOME, 3),
        (TWO_BREAKS, 2),
        (TWO_BREAKS, 4),
    ],
    ids=lambda value: value.name if isinstance(value, Case) else str(value),
)
def test_a_break_taken_out_is_missing(case: Case, position: int) -> None:
    assert broken_by(case, lambda plan: stops(plan).pop(position)) == [("break_missing", None)]


def test_a_break_written_down_twice_is_doubled() -> None:
    assert broken_by(BREAK_ON_WAY, lambda plan: stops(plan).insert(2, stops(plan)[2])) == [("break_doubled", None)]


def test_a_break_that_the_shift_does_not_have() -> None:
    pause = {"kind": "break", "start": "2026-03-10T08:40:00Z", "end": "2026-03-10T08:45:00Z"}

    assert broken_by(PLAIN, lambda plan: stops(plan).insert(2, pause))[0] == ("break_doubled", None)


def test_a_break_before_its_earliest_start() -> None:
    # The way to b takes until 08:45 and the break until 09:00 either way.
    assert broken_by(BREAK_ON_WAY, lambda plan: shift_by(stops(plan)[2], -1))[0] == ("break_window", None)


def test_a_break_after_its_latest_end() -> None:
    # 09:30:01 to 10:00:01 while waiting for b, which opens at 10:00.
    assert ("break_window", None) in broken_by(BREAK_IN_WAIT, lambda plan: shift_by(stops(plan)[2], 1801))


@pytest.mark.parametrize("seconds", [-1, 1])
def test_a_break_lasts_as_long_as_it_should(seconds: int) -> None:
    assert broken_by(BREAK_IN_WAIT, lambda plan: shift_by(stops(plan)[2], seconds, "end")) == [("break_duration", None)]


def test_a_break_while_waiting_may_be_taken_later_as_long_as_it_delays_nothing() -> None:
    # 09:20 to 09:50, so b's door is reached at 09:50 and the wait is 10 min.
    def edit(plan: dict) -> None:
        shift_by(stops(plan)[2], 20 * 60)
        shift_by(stops(plan)[3], 20 * 60, "arrival")
        stops(plan)[3].update(wait_s=600)

    assert broken_by(BREAK_IN_WAIT, edit) == []


def test_a_break_on_the_way_may_be_taken_at_any_point_of_it() -> None:
    # 2 min of 5 driven, then 15 min, then the rest: at b at 09:00 as before.
    assert broken_by(BREAK_ON_WAY, lambda plan: shift_by(stops(plan)[2], 120)) == []


def test_a_break_at_the_door_that_delays_the_visit_is_too_late() -> None:
    # At b's door at 08:45, break 08:46 to 09:01 instead of on the way: b at 09:01 instead of 09:00, its window's end.
    def edit(plan: dict) -> None:
        shift_by(stops(plan)[2], 360)
        shift_by(stops(plan)[3], 60)
        shift_by(stops(plan)[4], 60)

    assert broken_by(BREAK_ON_WAY, edit) == [("window", "b")]


def test_a_break_later_than_need_be_must_not_delay_a_visit() -> None:
    # Without b's window: at b's door at 08:45, break 08:46 to 09:01 instead of 08:40 to 08:55 on the way: 1 min lost.
    case = with_request(BREAK_ON_WAY, lambda request: request["orders"][1].update(windows=[]))

    def edit(plan: dict) -> None:
        shift_by(stops(plan)[2], 360)
        shift_by(stops(plan)[3], 60)
        shift_by(stops(plan)[4], 60)

    assert broken_by(case, edit) == [("start_too_late", "b")]


def test_a_break_later_than_need_be_must_not_delay_the_end() -> None:
    # Allowed until 11:00, taken from 09:31 to 10:31 at home (reached at 09:30) instead of at once: 1 min lost.
    case = with_request(
        BREAK_ON_WAY_HOME,
        lambda request: request["technicians"][0]["shifts"][0]["breaks"][0].update(latest="2026-03-10T11:00:00Z"),
    )

    def edit(plan: dict) -> None:
        shift_by(stops(plan)[3], 16 * 60)
        shift_by(stops(plan)[4], 60)
        price(plan, work_time=9060)

    assert broken_by(case, edit) == [("arrival", None)]


def test_a_break_during_a_visit() -> None:
    assert ("break_overlaps_visit", None) in broken_by(TWO_BREAKS, lambda plan: shift_by(stops(plan)[2], 600))
    assert ("break_overlaps_visit", None) in broken_by(TWO_BREAKS, lambda plan: shift_by(stops(plan)[4], -60))


def test_a_break_before_the_departure_is_out_of_sequence() -> None:
    # Departure 11:20; the break is moved to 11:10, before it may begin.
    rules = broken_by(BREAK_BEFORE, lambda plan: shift_by(stops(plan)[1], -20 * 60))

    assert ("sequence", None) in rules


def test_a_break_is_needed_as_soon_as_the_route_ends_a_second_too_late() -> None:
    # b is a second longer than it should be: 09:30:01 > 10:30 - 1 h.
    def edit(plan: dict) -> None:
        shift_by(stops(plan)[2], 1, "end")
        shift_by(stops(plan)[3], 1)
        price(plan, work_time=5401)

    assert set(broken_by(ENDS_EARLY, edit)) == {("service_duration", "b"), ("break_missing", None)}


def test_a_route_that_leaves_a_second_too_early_needs_its_break() -> None:
    def edit(plan: dict) -> None:
        for stop in stops(plan):
            shift_by(stop, -1)

    assert ("break_missing", None) in broken_by(DEPARTS_LATE, edit)


def test_a_route_that_leaves_late_to_spare_a_break_leaves_no_later_than_that() -> None:
    def edit(plan: dict) -> None:
        for stop in stops(plan):
            shift_by(stop, 1)

    assert broken_by(DEPARTS_LATE, edit) == [("start_too_late", "a")]


def test_a_break_that_is_not_needed_may_be_taken() -> None:
    # The route of ENDS_EARLY with the break on the way home: 09:15 to 10:15, home 10:30. 2 h 30 min = 9000 s of work.
    pause = {"kind": "break", "start": "2026-03-10T09:15:00Z", "end": "2026-03-10T10:15:00Z"}

    def edit(plan: dict) -> None:
        stops(plan).insert(3, pause)
        shift_by(stops(plan)[4], 3600)
        price(plan, work_time=9000)

    assert broken_by(ENDS_EARLY, edit) == []


def test_a_break_and_a_depot_stop_stand_in_the_order_of_time() -> None:
    def edit(plan: dict) -> None:
        stops(plan)[2:4] = reversed(stops(plan)[2:4])

    # Depot first means 08:46, not 09:06.
    assert ("arrival", None) in broken_by(BREAK_THEN_DEPOT, edit)


def test_a_single_break_is_matched_to_the_one_that_leaves_fewest_faults() -> None:
    # Without coffee the lunch break must not be mistaken for a late coffee.
    plan = edited(TWO_BREAKS, lambda document: stops(document).pop(2))
    findings = Findings(TWO_BREAKS.request.zone)
    (route,) = read(TWO_BREAKS.request, plan, findings).routes

    breaks = breaks_of(route, findings)

    assert [pause.of.duration_s for pause in breaks.taken if pause.of] == [3600]
    assert [pause.duration_s for pause in breaks.missing] == [900]
