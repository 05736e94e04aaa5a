from typing import Any

from dispatch.domain.plan import Plan
from tests.dispatch.check.edits import (
    PLAIN,
    RESTOCK,
    TWO_SHIFTS,
    broken,
    broken_by,
    edited,
    price,
    shift_by,
    stops,
    with_request,
)
from tests.golden.cases import Case


def with_bob_on_day(case: Case) -> Case:
    """Give bob, who has no shift of his own, one like ann's first."""

    def edit(request: dict[str, Any]) -> None:
        request["technicians"][1]["shifts"] = [request["technicians"][0]["shifts"][0]]

    return with_request(case, edit)


def by_bob(case: Case) -> Plan:
    return edited(case, lambda plan: plan["routes"][0].update(technician="bob"))


def test_a_route_given_to_somebody_else_is_judged_by_their_skills_and_territory() -> None:
    def edit(request: dict[str, Any]) -> None:
        request["technicians"][0].update(skills={"fiber": 2})
        request["technicians"][1].update(skills={"fiber": 1}, territories=["south"])
        request["orders"][0].update(skills={"fiber": 2}, required_technician="ann")
        request["orders"][1].update(excluded_technicians=["bob"])

    case = with_request(with_bob_on_day(PLAIN), edit)

    assert broken(case.request, edited(case)) == []
    assert set(broken(case.request, by_bob(case))) == {
        ("skill", "a"),
        ("required_technician", "a"),
        ("territory", "a"),
        ("territory", "b"),
        ("excluded", "b"),
    }


def test_a_community_without_territory_is_anybodys() -> None:
    def edit(request: dict[str, Any]) -> None:
        request["communities"][0].pop("territory")
        request["technicians"][0].update(territories=["south"])

    assert broken_by(with_request(PLAIN, edit)) == []


def test_every_missing_skill_is_told() -> None:
    case = with_request(PLAIN, lambda request: request["orders"][0].update(skills={"fiber": 1, "copper": 2}))

    assert broken_by(case) == [("skill", "a"), ("skill", "a")]


def test_routes_of_two_shifts_swapped_break_the_start_of_both() -> None:
    def edit(plan: dict[str, Any]) -> None:
        plan["routes"][0]["shift"], plan["routes"][1]["shift"] = "day2", "day"

    # The second route ends 15 h 55 min after the end of the first day: overtime that the plan does not charge.
    assert set(broken_by(TWO_SHIFTS, edit)) == {
        ("shift_start", None),
        ("shift_end", None),
        ("start_too_late", "b"),
        ("cost_term", None),
    }


def test_too_many_visits_are_told() -> None:
    case = with_request(PLAIN, lambda request: request["technicians"][0]["shifts"][0].update(max_visits=1))

    assert broken_by(case) == [("max_visits", None)]


def test_a_depot_stop_taken_out_leaves_parts_short() -> None:
    # Without the depot b is 5 min from a: travel 300 s instead of 360 + 480; a at 08:40, b 08:45 to 09:15, home 09:30.
    def edit(plan: dict[str, Any]) -> None:
        stops(plan).pop(2)
        stops(plan)[2].update(travel_s=300, distance_m=3000)
        shift_by(stops(plan)[2], -9 * 60)
        shift_by(stops(plan)[3], -9 * 60)
        price(plan, travel=1800)

    assert broken_by(RESTOCK, edit) == [("parts", "b")]


def test_a_second_depot_stop_is_one_too_many() -> None:
    # From the store to the store there is no way to go.
    def edit(plan: dict[str, Any]) -> None:
        stops(plan).insert(3, {**stops(plan)[2], "travel_s": 0, "distance_m": 0})

    assert broken_by(RESTOCK, edit) == [("depot_doubled", None)]


def test_a_depot_stop_on_the_way_home_is_too_late_for_parts() -> None:
    # home <- store 10 min <- b 6 min: b until 09:15, store 09:21, home 09:31. 600 + 300 + 360 + 600 = 1860 s.
    def edit(plan: dict[str, Any]) -> None:
        depot = stops(plan).pop(2)
        stops(plan)[2].update(travel_s=300, distance_m=3000)
        shift_by(stops(plan)[2], -9 * 60)
        shift_by(depot, 35 * 60)
        stops(plan).insert(3, depot)
        stops(plan)[4].update(travel_s=600, distance_m=6000)
        shift_by(stops(plan)[4], -8 * 60)
        price(plan, travel=1860)

    assert broken_by(RESTOCK, edit) == [("parts", "b")]


def test_a_route_on_a_shift_outside_the_horizon() -> None:
    def edit(request: dict[str, Any]) -> None:
        request["horizon"]["start"] = "2026-03-10T18:00:00Z"

    assert broken_by(with_request(PLAIN, edit)) == [("horizon", None)]
