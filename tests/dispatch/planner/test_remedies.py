"""What would help an order: the least change, and planning with it really helps; every way takes ten minutes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.planner.order_story import PlanReader
from dispatch.planner.remedies import Remedies
from dispatch.policy.settings import load_policy
from tests.dispatch.planner.small import at, depot, order, planned, request, shift, technician


def remedies(wanted: Request, name: str, plan: Plan | None = None) -> Remedies:
    return PlanReader(wanted, plan or planned(wanted), policy=load_policy()).remedies(name)


def two_orders(end: str) -> Request:
    """Two visits take from 8:00 to 9:30: way, 30 minutes, way, 30 minutes, way."""
    ends = {"end": at("09:20"), "overtime_until": at(end)}
    return request(order(1, priority=1), order(2), technicians=[technician(shifts=[shift(**ends)])])


def one_order(asked: dict[str, Any], **changes: Any) -> Request:
    return request(order(1, **asked), technicians=[technician(**changes)])


def window(end: str) -> dict[str, Any]:
    return {"windows": [{"start": at("07:00"), "end": at(end)}]}


def parts(stock: int) -> Request:
    """Two orders of two parts each, and no depot."""
    asked = {"parts": {"ont": 2}}
    return request(order(1, priority=1, **asked), order(2, **asked), technicians=[technician(stock={"ont": stock})])


@pytest.mark.parametrize(
    ("text", "name", "build", "amounts"),
    [
        pytest.param("+10 min overtime for ann", "o-2", two_orders, ("09:20", "09:25", "09:30"), id="overtime"),
        pytest.param(
            "window until 2026-03-10 08:20",
            "o-1",
            lambda end: one_order(window(end)),
            ("08:05", "08:09", "08:20"),
            id="window",
        ),
        pytest.param(
            "skill fiber-2 for ann",
            "o-1",
            lambda level: one_order({"skills": {"fiber": 2}}, skills={"fiber": level}),
            (0, 1, 2),
            id="skill",
        ),
        pytest.param("1 more ont for ann", "o-2", parts, (3, 3, 4), id="part"),
        pytest.param(
            "2 more ont and splicer for ann",
            "o-1",
            lambda tools: one_order(
                {"parts": {"ont": 2}, "tools": ["splicer"]}, tools=tools, stock={"ont": 2 * len(tools)}
            ),
            ([], [], ["splicer"]),
            id="equipment",
        ),
        pytest.param(
            "territory north for ann",
            "o-1",
            lambda own: one_order({}, territories=own),
            (["south"], ["south"], ["south", "north"]),
            id="territory",
        ),
        pytest.param(
            "technician ann no longer excluded",
            "o-1",
            lambda who: one_order({"excluded_technicians": who}),
            (["ann"], ["ann"], []),
            id="excluded",
        ),
        pytest.param(
            "technician bob no longer required",
            "o-1",
            lambda who: request(
                order(1, required_technician=who), technicians=[technician(), technician("bob", shifts=[])]
            ),
            ("bob", "bob", None),
            id="required",
        ),
        pytest.param(
            "+1 visit for ann",
            "o-2",
            lambda most: request(
                order(1, priority=1), order(2), technicians=[technician(shifts=[shift(max_visits=most)])]
            ),
            (1, 1, 2),
            id="visits",
        ),
        pytest.param(
            "ann starts 15 min earlier",
            "o-1",
            lambda start: one_order(window("07:55"), shifts=[shift(start=at(start))]),
            ("08:00", "07:50", "07:45"),
            id="earlier",
        ),
    ],
)
def test_the_least_change_is_told_and_planning_with_it_serves_the_order_for_less(
    text: str, name: str, build: Callable[[Any], Request], amounts: tuple[Any, Any, Any]
) -> None:
    as_it_is, too_little, enough = map(build, amounts)
    plan = planned(as_it_is)
    assert [entry.order for entry in plan.unassigned] == [name]
    found = remedies(as_it_is, name, plan)
    assert (found.needs_none, text in found.texts) == (False, True)
    assert [entry.order for entry in planned(too_little).unassigned] == [name]
    helped = planned(enough)
    assert helped.unassigned == ()
    assert plan.cost.total - helped.cost.total == next(one.saves for one in found.remedies if one.text == text)


def test_a_late_order_is_helped_to_be_in_time() -> None:
    # Due 08:30, and ann ends at 08:40 at the earliest: she has to set out ten minutes before eight.
    wanted = request(order(1, due=at("08:30")))
    found = remedies(wanted, "o-1")
    assert [(one.text, f"{one.end:%H:%M}") for one in found.remedies] == [("ann starts 10 min earlier", "08:30")]
    # A promise missed and 600 s of tardiness are saved.
    assert found.remedies[0].saves == 100_600


def test_an_agreed_time_may_move() -> None:
    # Agreed for 07:00, so until 08:00 at the latest, and ann is there at 08:10: a quarter of an hour later is enough.
    found = remedies(request(order(1, agreed_start=at("07:00"))), "o-1")
    assert "agreed time 2026-03-10 07:15" in found.texts


def test_an_order_that_a_longer_search_serves_needs_no_remedy() -> None:
    wanted = request(order(1), order(2))
    plan = planned(wanted)
    (route,) = plan.routes
    stops = tuple(stop for stop in route.stops if stop.kind != "visit" or stop.order == "o-1")
    worse = plan.model_copy(update={"routes": (route.model_copy(update={"stops": stops}),)})
    found = remedies(wanted, "o-2", worse)
    assert (found.needs_none, found.remedies) == (True, ())


def test_nothing_helps_an_order_on_hold() -> None:
    found = remedies(request(order(1, resource_ready=False)), "o-1")
    assert (found.needs_none, found.remedies) == (False, ())


def test_a_remedy_may_need_others_to_move() -> None:
    # Bob could only go to order 2, which ann serves; with the skill he takes order 2 or 1 and ann has the other.
    short = [shift(end=at("08:50"))]
    technicians = [technician(skills={"fiber": 1}, shifts=short), technician("bob", shifts=short)]
    asked = [order(number, skills={"fiber": 1}) for number in (1, 2)]
    wanted = request(*asked, technicians=technicians)
    (left_out,) = planned(wanted).unassigned
    assert "skill fiber-1 for bob" in remedies(wanted, left_out.order).texts


def test_remedies_of_a_plan_are_those_of_orders_that_nobody_can_serve_or_that_are_crowded_out() -> None:
    wanted = request(order(1, skills={"fiber": 2}), order(2, resource_ready=False), depots=[depot()])
    plan = PlanReader(wanted, planned(wanted), policy=load_policy()).plan_with_remedies()
    assert {entry.order: entry.remedies for entry in plan.unassigned} == {
        "o-1": ("skill fiber-2 for ann",),
        "o-2": (),
    }


def test_remedies_are_the_same_each_time() -> None:
    wanted = two_orders("09:20")
    plan = planned(wanted)
    assert remedies(wanted, "o-2", plan) == remedies(wanted, "o-2", plan)
