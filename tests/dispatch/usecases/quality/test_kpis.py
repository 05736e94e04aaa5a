"""The figures of some days of a dispatch centre."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.records.roster import CommunityRecord
from dispatch.domain.records.speed_test import SpeedTest
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import BadInputError
from dispatch.policy.attainment import Share
from dispatch.policy.settings import load_policy
from dispatch.usecases.quality.kpis import Figures, coverage_now, figures
from tests.dispatch.policy.test_coverage import a_community
from tests.dispatch.usecases.quality.visits import a_work_order
from tests.fakes import FakeClock, FakeStore

POLICY = load_policy()
MIDNIGHT = datetime(2026, 3, 8, 16, tzinfo=UTC)  # of Monday 2026-03-09 in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(hour: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hour)


def stored(*records: Any) -> FakeStore:
    store = FakeStore().of("xuzhou")
    with store.write() as transaction:
        for record in records:
            transaction.records(type(record)).add(record)
    return store


def an_order(name: str, hour: float, *, community: str = "c-1", **changes: Any) -> WorkOrder:
    given = {"received_at": at(hour), "due": at(hour + 24), "rules": ("R03",), "state": "dispatched", **changes}
    return a_work_order(name, order={"kind": "repair", "community": community}, **given)


def a_test(name: str, order: str, hour: float, *measured_kbps: int, passed: bool | None = True) -> SpeedTest:
    return SpeedTest(
        id=name,
        created_at=at(hour),
        changed_at=at(hour),
        order=order,
        tested_by="technician:t-1",
        tested_at=at(hour),
        is_wired=True,
        contracted_kbps=100,
        measured_kbps=measured_kbps,
        least_permille=900,
        passed=passed,
    )


def of_days(store: FakeStore, first: int = 9, last: int = 9, **changes: Any) -> Figures:
    given = {"clock": FakeClock(), "policy": POLICY, "zone": SHANGHAI, **changes}
    return figures(date(2026, 3, first), date(2026, 3, last), store=store, **given)


def test_an_order_belongs_to_the_local_day_on_which_it_came() -> None:
    store = stored(an_order("a", -0.0025), an_order("b", 0), an_order("c", 23.9975), an_order("d", 24))
    assert of_days(store).promises.orders == 2
    assert of_days(store, 8, 10).promises.orders == 4


def test_one_community_can_be_looked_at() -> None:
    served = {"restored_at": at(3)}
    store = stored(
        an_order("a", 1, **served),
        an_order("b", 1, community="c-2", **served),
        a_test("x", "a", 3, 90, 90, 90),
        a_test("y", "b", 3, 50, 50, 50, passed=False),
    )
    found = of_days(store, community="c-2")
    assert (found.promises.orders, found.visits) == (1, 1)
    assert found.speed.passed == Share(broken=1)


def test_orders_per_technician_day_counts_days_on_which_each_served_one() -> None:
    store = stored(
        an_order("a", 1, restored_at=at(9)),
        an_order("b", 1, restored_at=at(17)),
        an_order("c", 1, restored_at=at(33)),  # the next day
        an_order("d", 1, restored_at=at(10), technician="t-2"),
        an_order("e", 1, restored_at=at(10), technician=None),  # restored with a mass outage: nobody was there
        an_order("f", 1),
    )
    found = of_days(store, 9, 10)
    assert (found.visits, found.technician_days) == (4, 3)
    assert found.orders_per_technician_day == pytest.approx(4 / 3)


def test_r14_mean_speed_counts_the_last_series_of_each_order() -> None:
    store = stored(
        a_test("a", "o-1", 1, 50, 50, 50, passed=False),
        a_test("b", "o-1", 2, 90, 90, 90),
        a_test("c", "o-2", 2, 80, 80, 80, passed=False),
        a_test("d", "o-2", 3, 100, passed=None),  # proves nothing
        a_test("e", "o-3", 30, 100, 100, 100),  # the next day
    )
    found = of_days(store).speed
    assert found.passed == Share(kept=1, broken=1)
    assert found.mean_share == pytest.approx((0.9 + 0.8) / 2)


def test_r06_coverage_is_asked_apart_and_is_no_part_of_the_figures() -> None:
    store = stored(a_community("a"), a_community("b", served=False))
    assert coverage_now(store=store, policy=POLICY).promised == 1
    assert not [name for name in Figures.__dataclass_fields__ if "coverage" in name]
    with store.read() as transaction:
        assert transaction.records(CommunityRecord).count() == 2


def test_days_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(BadInputError, match="last_day: 2026-03-08 lies before first_day 2026-03-09"):
        of_days(stored(), 9, 8)


def test_no_orders_give_no_rates() -> None:
    found = of_days(stored())
    assert (found.promises.orders, found.orders_per_technician_day, found.speed.mean_share) == (0, None, None)
