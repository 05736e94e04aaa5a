"""Which visits of the plan in force may not move."""

from __future__ import annotations

import json
from typing import Any

from dispatch.domain.files import parse_plan
from dispatch.policy.commitment import LockedVisit, locked_visits
from tests.dispatch.domain.documents import plan_document, visit_document


def locked(*visits: dict[str, Any]) -> tuple[LockedVisit, ...]:
    return locked_visits(parse_plan(json.dumps(plan_document(*visits))))


def test_free_visits_are_not_locked() -> None:
    assert locked(visit_document()) == ()


def test_lock_is_told_with_shift_and_position() -> None:
    visits = locked(visit_document(), visit_document(order="o-2", lock="technician"))
    assert [(v.order, v.technician, v.shift, v.position, v.holds_time) for v in visits] == [
        ("o-2", "t-1", "d1", 1, False)
    ]


def test_whatever_is_not_planned_is_locked_in_time_too() -> None:
    orders = [
        visit_document(order=f"o-{status}", status=status, lock="technician")
        for status in ("en_route", "on_site", "done")
    ]
    assert [visit.lock for visit in locked(*orders)] == ["technician_and_time"] * 3


def test_locked_visit_keeps_its_times() -> None:
    (visit,) = locked(visit_document(lock="technician_and_time"))
    assert (visit.start.hour, visit.end.minute, visit.holds_time) == (9, 15, True)


def test_no_plan_locks_nothing() -> None:
    assert locked_visits(None) == ()
