"""The planner's own plan of a village: clean as it is, and every spoilt copy of it is caught by the rule it breaks."""

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec, TravelKind
from dispatch.check import check
from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.policy.settings import load_policy
from tests.dispatch.check.edits import price, shift_by

Stops = list[dict[str, Any]]


@pytest.fixture(scope="module")
def village() -> tuple[Request, Plan]:
    request = generate_city(CitySpec(size="village", seed=7, load=1.1, days=2))
    options = PlanOptions(limit_s=None, iterations=300, seed=1, threads=1)
    return request, make_plan(request, policy=load_policy(), options=options, clock=lambda: 0.0)


def rules_of_spoilt(village: tuple[Request, Plan], spoil: Callable[[dict[str, Any]], object]) -> set[str]:
    request, plan = village
    document = plan.model_dump(mode="json")
    spoil(document)
    return {violation.rule for violation in check(request, Plan.model_validate(document)).violations}


def with_kind(document: dict[str, Any], kind: str) -> Stops:
    """Return the stops of the first route that has a stop of this kind before its end."""
    routes: list[dict[str, Any]] = document["routes"]
    return next(route["stops"] for route in routes if any(stop["kind"] == kind for stop in route["stops"][1:-1]))


def test_the_plan_is_clean_and_costs_what_it_says(village: tuple[Request, Plan]) -> None:
    request, plan = village

    report = check(request, plan)

    assert report.violations == ()
    assert report.cost == plan.cost
    assert sum(len(route.visits) for route in plan.routes) > 20


def test_a_lost_break_is_missing(village: tuple[Request, Plan]) -> None:
    def spoil(document: dict[str, Any]) -> None:
        found = with_kind(document, "break")
        found.remove(next(stop for stop in found if stop["kind"] == "break"))

    assert "break_missing" in rules_of_spoilt(village, spoil)


@pytest.mark.parametrize(("seconds", "rule"), [(-1, "start_too_early"), (1, "start_too_late")])
def test_a_start_a_second_off_is_told(village: tuple[Request, Plan], seconds: int, rule: str) -> None:
    def spoil(document: dict[str, Any]) -> None:
        for route in document["routes"]:
            for stop in route["stops"][2:]:
                if stop["kind"] == "visit" and stop["wait_s"] == 0:
                    shift_by(stop, seconds, "start")
                    return

    assert rule in rules_of_spoilt(village, spoil)


def test_swapped_technicians_are_told(village: tuple[Request, Plan]) -> None:
    def spoil(document: dict[str, Any]) -> None:
        first, second = (with_other for with_other in document["routes"][:2])
        for field in ("technician", "shift"):
            first[field], second[field] = second[field], first[field]

    assert rules_of_spoilt(village, spoil) & {"travel_time", "skill", "territory", "shift_start", "service_duration"}


def test_a_lost_and_a_doubled_order_are_told(village: tuple[Request, Plan]) -> None:
    def lose(document: dict[str, Any]) -> None:
        found = with_kind(document, "visit")
        found.remove(next(stop for stop in found if stop["kind"] == "visit"))

    def double(document: dict[str, Any]) -> None:
        order = with_kind(document, "visit")[1:-1]
        visited = next(stop["order"] for stop in order if stop["kind"] == "visit")
        document["unassigned"].append({"order": visited, "reasons": [{"code": "capacity"}]})

    assert "order_lost" in rules_of_spoilt(village, lose)
    assert rules_of_spoilt(village, double) == {"order_doubled"}


def test_a_cheaper_price_than_the_real_one_is_told(village: tuple[Request, Plan]) -> None:
    def spoil(document: dict[str, Any]) -> None:
        price(document, travel=document["cost"]["terms"]["travel"] - 1)

    assert rules_of_spoilt(village, spoil) == {"cost_term"}


def test_a_wrong_due_time_is_told(village: tuple[Request, Plan]) -> None:
    def spoil(document: dict[str, Any]) -> None:
        stops = [stop for route in document["routes"] for stop in route["stops"] if stop.get("due")]
        shift_by(stops[0], 3600, "due")

    assert rules_of_spoilt(village, spoil) == {"due"}


@pytest.mark.parametrize("travel", ["straight_line", "matrix"])
def test_a_plan_of_slow_travel_is_clean_only_as_such(travel: TravelKind) -> None:
    usual = generate_city(CitySpec(size="village", seed=7, load=0.7, travel=travel))
    slow = usual.model_copy(update={"travel": usual.travel.model_copy(update={"factor": 1.257})})
    options = PlanOptions(limit_s=None, iterations=100, seed=1, threads=1)
    plan = make_plan(slow, policy=load_policy(), options=options, clock=lambda: 0.0)
    assert check(slow, plan).violations == ()
    assert "travel_time" in {violation.rule for violation in check(usual, plan).violations}
