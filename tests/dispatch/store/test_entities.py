"""The rows beside a plan's document."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.plan import BreakStop, DepotStop, Plan, VisitOdds
from dispatch.store.mapping import route_of, stop_values
from dispatch.store.tables import StopRow, UtcDateTime
from tests.fakes import a_plan

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def test_every_kind_of_stop_survives_its_row() -> None:
    route = a_plan().routes[0]
    pause = BreakStop(start=NOON, end=NOON)
    depot = DepotStop(depot="d-1", arrival=NOON, departure=NOON, travel_s=60, distance_m=100)
    odds = VisitOdds(on_time=0.9, arrival_from=NOON, arrival_to=NOON)
    visit = route.visits[0].model_copy(update={"odds": odds})
    route = route.model_copy(
        update={"stops": (route.stops[0], visit, pause, depot, *route.stops[2:]), "overtime_odds": 0.25}
    )
    plan: Plan = a_plan().model_copy(update={"routes": (route,)})
    rows = [StopRow(**values) for values in stop_values("p", plan)]
    assert [row.kind for row in rows] == ["start", "visit", "break", "depot", "end"]
    assert route_of(rows, ZoneInfo("Asia/Shanghai"), overtime_odds=0.25) == route


def test_a_naive_moment_is_never_stored() -> None:
    with pytest.raises(ValueError, match="every stored moment needs an offset"):
        UtcDateTime().process_bind_param(datetime(2026, 3, 9, 12), None)  # noqa: DTZ001 # type: ignore[arg-type]
