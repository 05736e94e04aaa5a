"""Every reason is proved: hand-made requests, one for each code."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.domain.plan import Reason
from dispatch.domain.request import Request
from tests.dispatch.planner.small import (
    at,
    depot,
    order,
    plan_in_force,
    planned,
    request,
    shift,
    technician,
    visit,
)

OVER = [{"start": at("08:00", day=9), "end": at("09:00", day=9)}]
EVENING = [{"start": at("17:00"), "end": at("20:30")}]
MORNING = [{"start": at("08:00"), "end": at("09:00")}]
LATER = [{"start": at("08:00", day=20), "end": at("09:00", day=20)}]


def reasons(wanted: Request, order_id: str = "o-1") -> tuple[Reason, ...]:
    found = {entry.order: entry.reasons for entry in planned(wanted).unassigned}
    return found[order_id]


def counts(wanted: Request, order_id: str = "o-1") -> dict[str, int]:
    return {reason.code: reason.technicians for reason in reasons(wanted, order_id)}


@pytest.mark.parametrize(
    ("changes", "code", "fact"),
    [
        ({"skills": {"fiber": 3}}, "skill", "fiber at level 3 (1 below it; the highest level anybody holds is 2)"),
        ({"excluded_technicians": ["ann"]}, "excluded", "excluded by name: ann"),
        ({"windows": OVER}, "window", "2026-03-09 08:00 to 09:00 is over before now 2026-03-09 20:00"),
        ({"agreed_start": at("08:00", day=9)}, "window", "the agreed time 2026-03-09 08:00 is over"),
        (
            {"windows": MORNING, "earliest_start": at("10:00")},
            "window",
            "is over before earliest_start 2026-03-10 10:00",
        ),
        (
            {"duration": "PT10H"},
            "shift",
            "fits into no shift even without any travel: takes 10 h, shifts between 2026-03-10 08:00 and 17:00: ann",
        ),
        (
            {"windows": EVENING},
            "shift",
            "takes 30 min, start 2026-03-10 17:00 to 20:30, shifts between 2026-03-10 08:00 and 17:00: ann",
        ),
        (
            {"duration": "PT9H"},
            "reach",
            "not there in time or not back in time, even as the only visit: takes 9 h, shifts between 2026-03-10 08:00",
        ),
        (
            {"duration": "PT4H20S", "earliest_start": at("12:50")},
            "reach",
            "takes 4 h 20 s, start from 2026-03-10 12:50, shifts between",
        ),
        ({"parts": {"ont": 2}}, "stock", "2 x ont not on board and there is no depot: ann"),
        ({"tools": ["splicer", "splicer"]}, "stock", "splicer not on board"),
        ({"tools": list("abcdefg")}, "stock", "a, b, c, d, e and 2 more not on board"),
        (
            {"required_technician": "ann", "excluded_technicians": ["ann"]},
            "excluded",
            "technician ann is required, and excluded by name as well",
        ),
        ({"windows": LATER}, "horizon", "may not start before 2026-03-20 08:00; the horizon ends 2026-03-13 00:00"),
        ({"windows": MORNING + LATER, "earliest_start": at("10:00")}, "horizon", "before 2026-03-20 08:00"),
        ({"agreed_start": at("08:00", day=14)}, "horizon", "agreed for 2026-03-14 08:00; the horizon ends"),
        ({"earliest_start": at("08:00", day=14)}, "horizon", "may not start before 2026-03-14 08:00"),
        ({"resource_ready": False}, "hold", "its resources are not ready"),
        ({"hold_until": at("08:00", day=14)}, "hold", "the customer holds it until 2026-03-14 08:00"),
    ],
)
def test_one_technician_is_ruled_out_by_one_reason_with_its_facts(
    changes: dict[str, Any], code: str, fact: str
) -> None:
    ann = technician(skills={"fiber": 2}, stock={"ont": 1})
    (reason,) = reasons(request(order(1, **changes), technicians=[ann]))
    assert (reason.code, reason.technicians) == (code, 1)
    assert fact in reason.detail


def test_horizon_that_is_over_is_the_reason() -> None:
    (reason,) = reasons(request(order(1), now=at("00:00", day=14)))
    assert reason.code == "horizon"
    assert reason.detail == "may not start before 2026-03-14 00:00; the horizon ends 2026-03-13 00:00"


def test_technicians_without_a_shift_are_told_apart() -> None:
    (reason,) = reasons(request(order(1), technicians=[technician(shifts=[]), technician("bob", shifts=[])]))
    assert (reason.code, reason.detail) == ("shift", "no shift in the horizon: ann, bob")
    (reason,) = reasons(request(order(1, duration="P1D"), technicians=[technician(), technician("bob", shifts=[])]))
    assert reason.detail.endswith(
        "takes 24 h, shifts between 2026-03-10 08:00 and 17:00: ann, bob, 1 of them without a shift"
    )


def test_breaks_are_named_where_they_leave_no_room() -> None:
    # Between 08:00 and 17:00 there are four hours before the break at 12:00, and four after it.
    lunch = {"earliest": at("12:00"), "latest": at("13:00"), "duration": "PT1H"}
    (reason,) = reasons(request(order(1, duration="PT5H"), technicians=[technician(shifts=[shift(breaks=[lunch])])]))
    assert "takes 5 h, shifts and their breaks between 2026-03-10 08:00 and 17:00" in reason.detail


def test_length_of_a_visit_is_that_of_the_technicians_it_is_about() -> None:
    technicians = [technician(service_factor=1.2), technician("bob", service_factor=1.5)]
    (reason,) = reasons(request(order(1, duration="PT8H"), technicians=technicians))
    assert "takes 9 h 36 min to 12 h" in reason.detail


def test_territory_rules_out_who_works_elsewhere() -> None:
    (reason,) = reasons(request(order(1), technicians=[technician(territories=["south"])]))
    assert (reason.code, reason.technicians) == ("territory", 1)
    assert "community c-1 lies in territory north" in reason.detail


def test_required_technician_is_named() -> None:
    wanted = request(
        order(1, required_technician="ann", skills={"fiber": 1}),
        technicians=[technician(), technician("bob", skills={"fiber": 1})],
    )
    found = reasons(wanted)
    assert [(reason.code, reason.technicians) for reason in found] == [("skill", 1), ("excluded", 1)]
    assert "technician ann is required" in found[1].detail


def test_every_technician_is_counted_once_by_the_first_reason() -> None:
    technicians = [
        technician("no-skill", territories=["south"]),
        technician("elsewhere", skills={"fiber": 1}, territories=["south"]),
        technician("short", skills={"fiber": 1}, shifts=[shift(end=at("08:20"))]),
        technician("off", skills={"fiber": 1}, shifts=[]),
        technician("far", skills={"fiber": 1}, shifts=[shift(end=at("08:45"))]),
    ]
    wanted = request(order(1, skills={"fiber": 1}), technicians=technicians)
    assert counts(wanted) == {"skill": 1, "territory": 1, "shift": 2, "reach": 1}


def test_stock_is_the_reason_where_the_depot_is_too_far_for_the_time() -> None:
    # 08:00 + 10 min + 30 min + 10 min = 08:50 is possible, with 10 min more for the depot it is not.
    ann = technician(shifts=[shift(end=at("08:55"))])
    (reason,) = reasons(request(order(1, parts={"ont": 1}), technicians=[ann], depots=[depot()]))
    assert reason.code == "stock"
    assert "1 x ont not on board and no depot can be visited in time" in reason.detail


def test_capacity_says_what_would_drop_out() -> None:
    # One visit a day: the premium remedy is dearer to leave out (2,650,000) than the repair (250,000).
    ann = technician(shifts=[shift(max_visits=1)])
    (reason,) = reasons(request(order(1), order(2, kind="speed_remedy"), technicians=[ann]))
    assert (reason.code, reason.technicians) == ("capacity", 1)
    assert "leaving it out costs 250000" in reason.detail
    assert "displaces order o-2 (leaving that out costs 2650000)" in reason.detail


def test_locked_visits_that_leave_no_room_are_the_reason() -> None:
    held = visit(2, "08:10", "16:50")
    wanted = request(order(1), order(2, duration="PT520M"), current_plan=plan_in_force(held))
    (reason,) = reasons(wanted)
    assert (reason.code, reason.technicians) == ("locked", 1)


def test_order_that_may_wait_is_deferred_if_serving_it_costs_more() -> None:
    # Travel there and back costs 1,200, a follow-up that waits 900.
    (reason,) = reasons(request(order(1, kind="follow_up")))
    assert (reason.code, reason.technicians) == ("deferred", 1)
    assert "nothing is promised; leaving it out costs 900" in reason.detail
    assert "technician ann on shift day, costs 1200" in reason.detail


def test_order_due_after_the_horizon_is_deferred_rather_than_crowded_out() -> None:
    ann = technician(shifts=[shift(max_visits=1)])
    later = order(1, due=at("12:00", day=20))
    (reason,) = reasons(request(later, order(2), technicians=[ann]))
    assert reason.code == "deferred"
    assert "due 2026-03-20 12:00, after the horizon" in reason.detail


def test_without_technicians_there_is_still_a_reason() -> None:
    (reason,) = reasons(request(order(1), technicians=[]))
    assert (reason.code, reason.technicians) == ("shift", 0)
