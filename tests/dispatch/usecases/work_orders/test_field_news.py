"""News of the running day that is of no order: who may tell what, and what is kept of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.events import BreakStarted, ReportedEvent, TechnicianBack, TechnicianOff, TravelSlower
from dispatch.domain.records.field_event import FieldEvent
from dispatch.errors import AlreadyThereError, BadInputError, ForbiddenError
from dispatch.usecases.work_orders.field_news import report_event
from tests.fakes import a_request
from tests.town import Town

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def town() -> Town:
    return Town(a_request())


def off(town: Town, **changes: Any) -> TechnicianOff:
    return TechnicianOff(**{"id": "e-1", "at": town.clock.now(), "technician": "t-1", **changes})


def told(town: Town, event: ReportedEvent, actor: str = "dispatcher:li") -> FieldEvent:
    return report_event(event, zone=ZONE, **town.means(actor))


def kept(town: Town) -> list[FieldEvent]:
    with town.own.read() as transaction:
        return list(transaction.records(FieldEvent).all(sort="sequence"))


def test_r32_what_is_told_is_numbered_and_says_who_told_it(town: Town) -> None:
    first = told(town, off(town))
    second = told(town, TechnicianBack(id="e-2", at=town.clock.now(), technician="t-1"), "integration:hr")
    assert kept(town) == [first, second]
    assert [(one.sequence, one.kind, one.order, one.actor) for one in kept(town)] == [
        (1, "technician_off", None, "dispatcher:li"),
        (2, "technician_back", None, "integration:hr"),
    ]


def test_r31_the_same_again_counts_once(town: Town) -> None:
    assert told(town, off(town)) == told(town, off(town))
    assert len(kept(town)) == 1
    with pytest.raises(AlreadyThereError, match="another event"):
        told(town, off(town, until=town.clock.now() + timedelta(hours=1)))


def test_a_technician_tells_of_nobody_else_and_not_of_the_roads(town: Town) -> None:
    now = town.clock.now()
    told(town, off(town), "technician:t-1")
    told(
        town, BreakStarted(id="e-2", at=now, technician="t-1", expected_end=now + timedelta(hours=1)), "technician:t-1"
    )
    for event in (off(town, id="e-3"), TravelSlower(id="e-4", at=now, factor=1.5)):
        with pytest.raises(ForbiddenError):
            told(town, event, "technician:t-2")
    with pytest.raises(ForbiddenError):
        told(town, off(town, id="e-3"), "customer")
    assert len(kept(town)) == 2


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"technician": "nobody"}, "event.technician"),
        ({"until": timedelta(0)}, "event.until"),
        ({"at": timedelta(days=-30)}, "at"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(town: Town, changes: dict[str, Any], path: str) -> None:
    now = town.clock.now()
    given = {name: now + value if isinstance(value, timedelta) else value for name, value in changes.items()}
    with pytest.raises(BadInputError) as error:
        told(town, off(town, **given))
    assert [problem.path for problem in error.value.problems] == [path]
    assert kept(town) == []
