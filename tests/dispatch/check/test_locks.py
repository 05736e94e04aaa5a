"""Locks of the plan in force: kept, broken, and in conflict with other rules."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dispatch.check import check
from dispatch.domain.files import parse_request, to_json
from dispatch.domain.plan import Plan
from tests.dispatch.check.edits import PLAIN, TWO_SHIFTS, WAITING, broken, edited, shift_by, stops, with_request
from tests.golden.cases import Case


def with_current(case: Case, edit: Callable[[dict[str, Any]], object]) -> Case:
    """Return the case with its own plan, edited, as the plan in force."""
    document = json.loads(to_json(case.request))
    document["current_plan"] = json.loads(to_json(edited(case, edit)))
    return replace(case, request=parse_request(json.dumps(document)))


def locked(lock: str, position: int = 1, status: str = "planned") -> Callable[[dict[str, Any]], None]:
    return lambda plan: stops(plan)[position].update(lock=lock, status=status)


def declared(*entries: dict[str, str]) -> Callable[[dict[str, Any]], None]:
    return lambda plan: plan.update(violations=[{"expected": "", "found": "", **entry} for entry in entries])


def test_a_locked_visit_stays_with_its_technician_and_shift() -> None:
    case = with_current(TWO_SHIFTS, locked("technician"))

    def swap_shifts(plan: dict[str, Any]) -> None:
        locked("technician")(plan)
        first, second = (route["stops"][1] for route in plan["routes"])
        first["order"], second["order"] = "b", "a"
        first["lock"], second["lock"] = "free", "technician"

    assert broken(case.request, edited(case, locked("technician"))) == []
    assert broken(case.request, edited(case, swap_shifts)) == [("lock_technician", "a")]


def test_a_locked_order_may_not_be_left_out() -> None:
    case = with_current(PLAIN, locked("technician"))

    def leave_out(plan: dict[str, Any]) -> None:
        plan.update(routes=[], unassigned=[{"order": o, "reasons": [{"code": "capacity"}]} for o in "ab"])
        plan["cost"] = {"total": 1800, "terms": {**dict.fromkeys(plan["cost"]["terms"], 0), "unassigned": 1800}}

    assert broken(case.request, edited(case, leave_out)) == [("lock_technician", "a")]


def test_a_visit_locked_in_time_does_not_move() -> None:
    # In the plan in force b starts at 11:30 although it opens at 11:00.
    def later(plan: dict[str, Any]) -> None:
        shift_by(stops(plan)[2], 1800, "start", "end")
        stops(plan)[2].update(lock="technician_and_time", wait_s=6900)
        shift_by(stops(plan)[3], 1800)

    case = with_current(WAITING, later)

    assert broken(case.request, edited(case, later)) == []
    assert broken(case.request, edited(case, locked("technician_and_time", 2))) == [("lock_time", "b")]


def test_whatever_is_not_planned_is_locked_in_time() -> None:
    case = with_current(WAITING, locked("free", 1, "en_route"))

    def later(plan: dict[str, Any]) -> None:
        locked("free", 1, "en_route")(plan)
        for stop in stops(plan)[:2]:
            shift_by(stop, 60)
        shift_by(stops(plan)[2], 60, "arrival")
        stops(plan)[2].update(wait_s=5040)

    assert ("lock_time", "a") in broken(case.request, edited(case, later))


def test_status_and_lock_are_carried_over() -> None:
    case = with_current(PLAIN, locked("technician", 1, "done"))

    assert broken(case.request, edited(case, locked("technician", 1, "done"))) == []
    assert broken(case.request, edited(case, locked("technician", 1))) == [("status", "a")]
    case = with_current(PLAIN, locked("technician"))
    assert broken(case.request, edited(case)) == [("lock_dropped", "a")]


def test_a_visit_that_is_new_is_planned() -> None:
    assert broken(PLAIN.request, edited(PLAIN, locked("free", 1, "en_route"))) == [("status", "a")]


def test_a_visit_under_way_may_have_started_before_now() -> None:
    # Now is 08:30: ann left at 08:00 and is at a's since 08:10.
    case = with_current(PLAIN, locked("free", 1, "on_site"))
    begun = with_request(case, lambda request: request.update(now="2026-03-10T08:30:00Z"))

    assert broken(begun.request, edited(begun, locked("free", 1, "on_site"))) == []


def test_a_violation_that_a_lock_forces_is_listed_if_it_is_declared() -> None:
    # a is locked at 08:10, and booked for the afternoon only.
    case = with_request(
        with_current(PLAIN, locked("technician_and_time")),
        lambda request: request["orders"][0].update(
            windows=[{"start": "2026-03-10T13:00:00Z", "end": "2026-03-10T14:00:00Z"}]
        ),
    )
    keep = locked("technician_and_time")

    assert broken(case.request, edited(case, keep)) == [("window", "a")]
    report = check(case.request, edited(case, keep, declared({"rule": "window", "order": "a"})))
    assert report.ok
    assert [(violation.rule, violation.order) for violation in report.declared] == [("window", "a")]


def test_a_shifts_rule_may_be_declared_if_the_route_has_a_locked_visit() -> None:
    case = with_request(
        with_current(PLAIN, locked("technician")),
        lambda request: request["technicians"][0]["shifts"][0].update(max_visits=1),
    )
    named = {"rule": "max_visits", "technician": "ann", "shift": "day"}

    assert check(case.request, edited(case, locked("technician"), declared(named))).ok


def test_a_declared_violation_that_no_lock_forces_still_counts() -> None:
    case = with_request(PLAIN, lambda request: request["technicians"][0]["shifts"][0].update(max_visits=1))

    assert broken(case.request, edited(case, declared({"rule": "max_visits"}))) == [("max_visits", None)]


def test_a_declared_violation_that_is_not_there_is_a_fault() -> None:
    case = with_current(PLAIN, locked("technician"))
    plan: Plan = edited(case, locked("technician"), declared({"rule": "window", "order": "a"}))

    assert broken(case.request, plan) == [("declared_not_found", "a")]


def test_a_locked_visit_past_its_window_starts_as_soon_as_now_allows() -> None:
    # Now is 09:00. a is done (until 08:40), b's door was reached at 08:45, its window closed at 08:30: 09:00 to 09:30.
    def current(plan: dict[str, Any]) -> None:
        locked("free", 1, "done")(plan)
        locked("technician", 2)(plan)

    def edit_request(request: dict[str, Any]) -> None:
        request["now"] = "2026-03-10T09:00:00Z"
        request["orders"][1]["windows"] = [{"start": "2026-03-10T08:00:00Z", "end": "2026-03-10T08:30:00Z"}]

    def at_nine(plan: dict[str, Any]) -> None:
        current(plan)
        shift_by(stops(plan)[2], 900, "start", "end")
        stops(plan)[2].update(wait_s=900)
        shift_by(stops(plan)[3], 900)

    def a_second_later(plan: dict[str, Any]) -> None:
        at_nine(plan)
        shift_by(stops(plan)[2], 1, "start", "end")
        stops(plan)[2].update(wait_s=901)
        shift_by(stops(plan)[3], 1)

    case = with_request(with_current(PLAIN, current), edit_request)

    assert broken(case.request, edited(case, at_nine)) == [("window", "b")]
    assert broken(case.request, edited(case, a_second_later)) == [("window", "b"), ("start_too_late", "b")]
