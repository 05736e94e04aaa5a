"""Whole days of a village, under a policy without a plan, which is quick."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import cache

from benchmarks.replay.arrivals import arrivals_of, found_town
from benchmarks.replay.days import Played, play
from benchmarks.replay.kpis import KPIS, kpis_of
from benchmarks.replay.nature import Nature
from benchmarks.replay.spec import ReplaySpec
from dispatch.domain.event_log import events_text, parse_event
from dispatch.domain.events import Arrived, BreakStarted, Done, EnRoute, OrderAccepted

SPEC = ReplaySpec(size="village", seed=3, days=2)


@cache
def two_days() -> Played:
    return play(SPEC, "nearest")


def test_the_same_days_are_the_same_events() -> None:
    assert events_text(play(SPEC, "nearest").events) == events_text(two_days().events)


def test_no_order_is_lost() -> None:
    played = two_days()
    known = {order.id for order in found_town(SPEC.city).request.orders}
    known |= {event.order.id for event in played.events if isinstance(event, OrderAccepted)}
    assert known <= played.ledger.cases.keys()
    done = {event.order for event in played.events if isinstance(event, Done)}
    assert done == {case.order.id for case in played.ledger.cases.values() if case.outcome == "done"}
    assert len(done) > 60
    assert all(case.is_open == (case.ended_at is None) for case in played.ledger.cases.values())


def test_what_is_open_in_the_evening_is_done_on_a_later_day() -> None:
    played = two_days()
    evening = played.end - timedelta(days=1)
    first = {order.id for order in found_town(SPEC.city).request.orders}
    later = [case for name, case in played.ledger.cases.items() if name in first and case.ended_at is not None]
    assert any(case.ended_at is not None and case.ended_at > evening for case in later)


def test_events_come_in_the_sequence_of_the_clock_and_can_be_read_back() -> None:
    lines = events_text(two_days().events).splitlines()
    assert tuple(parse_event(line) for line in lines) == two_days().events
    for day in (1, 2):
        moments = [event.at for event in two_days().events if event.id.startswith(f"e-{day}-")]
        assert moments == sorted(moments)


def test_technicians_are_at_one_place_at_a_time_and_take_their_break_once_a_day() -> None:
    under_way: dict[str, str] = {}
    breaks: Counter[tuple[str, object]] = Counter()
    for event in two_days().events:
        if isinstance(event, EnRoute):
            assert event.technician not in under_way
            under_way[event.technician] = event.order
        elif isinstance(event, Arrived):
            assert under_way[event.technician] == event.order
        elif isinstance(event, BreakStarted):
            assert event.technician not in under_way
            breaks[event.technician, event.at.date()] += 1
        elif isinstance(getattr(event, "order", None), str):
            under_way = {who: order for who, order in under_way.items() if order != event.order}
    assert breaks
    assert set(breaks.values()) == {1}


def test_everybody_is_home_in_the_end() -> None:
    for people in two_days().people:
        assert {person.state for person in people} == {"away"}
        assert all(person.home_at is not None for person in people if person.visits)


def test_every_figure_has_its_value() -> None:
    figures = kpis_of(two_days())
    assert set(figures) == {kpi.name for kpi in KPIS}
    shares = [value for kpi in KPIS if kpi.unit == "%" and (value := figures[kpi.name]) is not None]
    assert len(shares) > 10
    assert all(0 <= share <= 100 for share in shares)


def test_orders_come_in_through_the_day_as_many_as_the_load_says() -> None:
    town, nature = found_town(SPEC.city), Nature(3)
    days = [arrivals_of(town, nature, day) for day in range(30)]
    assert abs(sum(map(len, days)) / 30 - town.per_day) < 4  # Poisson: 7 / sqrt(30) = 1.3
    for day, orders in enumerate(days):
        midnight = town.midnight(day)
        assert all(midnight <= order.accepted_at < midnight + timedelta(days=1) for order in orders)
        assert all(w.start > order.accepted_at for order in orders for w in order.windows)
        assert list(orders) == sorted(orders, key=lambda order: (order.accepted_at, order.id))
    assert arrivals_of(town, nature, 7) == days[7]
