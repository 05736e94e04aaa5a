"""Where orders are and how long the way to them takes: planner and checker must agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dispatch.check import check
from dispatch.errors import BadInputError
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.policy.settings import load_policy
from geo.point import Point
from geo.straight_line import StraightLine
from tests.dispatch.planner.small import order, request, technician

HOME = {"lat": 34.25, "lon": 117.20}
FOUND = {"lat": 34.27, "lon": 117.20}


@dataclass(frozen=True)
class Answer:
    latitude: float
    longitude: float


@dataclass
class FakeService:
    """Stands for a geocoder of geopy that knows one address; notes what it is asked."""

    asked: list[str] = field(default_factory=list)

    def geocode(self, query: str, *, exactly_one: bool) -> Answer | None:
        self.asked.append(query)
        return Answer(FOUND["lat"], FOUND["lon"]) if query == "a known address" else None


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeService:
    fake = FakeService()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("dispatch.geocoding.geopy_service", lambda _name, _options: fake)
    return fake


def test_a_plan_goes_to_geocoded_addresses_and_passes_the_check(service: FakeService) -> None:
    # Everybody lives in the middle of the community; only the order with a known address lies outside.
    addresses: list[dict[str, Any]] = [{"address": "a known address"}, {"address": "an unknown one"}, {}]
    wanted = request(
        *(order(number, location=None, **address) for number, address in enumerate(addresses)),
        travel={"provider": "straight_line"},
        communities=[{"id": "c-1", "location": HOME}],
        technicians=[technician(home=HOME)],
    )
    policy = load_policy().overridden({"geocoding": {"enabled": True, "min_delay_s": 0}})
    options = PlanOptions(limit_s=None, iterations=100, threads=1)

    plan = make_plan(wanted, policy=policy, options=options, clock=lambda: 0.0)

    line = StraightLine(dict(policy.travel.speed_kmh.items()), dict(policy.travel.detour.items()))
    (there_m,) = line.legs([Point(**HOME)], [Point(**FOUND)], "car").distance_m.tolist()
    distance_m = {visit.order: visit.distance_m for route in plan.routes for visit in route.visits}
    assert distance_m["o-0"] == there_m
    assert plan.kpis["distance_m"] == 2 * there_m  # there and back; all else is at home
    assert check(wanted, plan, policy=policy).ok
    assert service.asked == ["a known address", "an unknown one"]  # by the planner; the checker finds them in the cache


def test_more_places_than_memory_holds_are_refused_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.planner.places.MAX_LOCATIONS", 3)
    wanted = request(order(1), order(2), order(3))
    with pytest.raises(BadInputError, match=r"orders: .* 4 places to travel between; plan at most 3 at once"):
        make_plan(wanted, policy=load_policy(), options=PlanOptions(iterations=1, threads=1), clock=lambda: 0.0)
