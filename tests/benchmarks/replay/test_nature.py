from __future__ import annotations

from datetime import datetime

import numpy as np

from benchmarks.replay.nature import KINDS, Nature
from dispatch.domain.request import Order, OrderKind
from tests.dispatch.domain.documents import order_document, request_with

MORNING = datetime.fromisoformat("2026-03-10T09:00:00+08:00")


def order(name: str, kind: OrderKind = "repair") -> Order:
    return request_with(orders=[order_document(id=name, kind=kind)]).orders[0]


def test_a_draw_depends_on_what_it_is_about_and_not_on_what_was_drawn_before() -> None:
    first, second = Nature(5), Nature(5)
    second.service_s(order("o-9"), "t-2", 1000, day=3)
    assert first.service_s(order("o-1"), "t-1", 1000, day=0) == second.service_s(order("o-1"), "t-1", 1000, day=0)
    assert first.draw("access", "o-1", 1).random() != first.draw("access", "o-1", 2).random()


def test_another_seed_is_another_world() -> None:
    drawn = {seed: Nature(seed).service_s(order("o-1"), "t-1", 10_000, day=0) for seed in range(5)}
    assert len(set(drawn.values())) == 5


def test_durations_are_off_by_kind_and_their_tail_is_heavier_than_lognormal() -> None:
    nature = Nature(1)
    biases = {}
    for kind in KINDS:
        seconds = [nature.service_s(order(f"o-{k}", kind), "t-1", 10_000, day=k) for k in range(600)]
        biases[kind] = float(np.median(seconds)) / 10_000
        logs = np.log(seconds)
        spread = logs.std()
        assert np.mean(logs > np.median(logs) + 3 * 0.27) > 0.005  # a lognormal of that spread: 0.00135
        assert 0.2 < spread < 0.45
    assert max(biases.values()) - min(biases.values()) > 0.05


def test_travel_is_slow_at_rush_hour() -> None:
    nature = Nature(1)
    night = MORNING.replace(hour=3)
    rush = MORNING.replace(hour=8)
    orders = [order(f"o-{k}") for k in range(50)]
    assert all(
        nature.travel_s(one, 900, leave=rush, day=0) > nature.travel_s(one, 900, leave=night, day=0) for one in orders
    )


def test_what_a_technician_says_is_in_whole_five_minutes_and_at_least_five() -> None:
    nature = Nature(1)
    told = [nature.guess(seconds, "o-1", number) for number, seconds in enumerate((10.0, 700.0, 4_000.0))]
    assert all(second % 300 == 0 and second >= 300 for second in told)


def test_who_was_called_is_more_often_at_home() -> None:
    nature = Nature(1)
    called = sum(not nature.lets_in(order(f"o-{k}"), 1, was_called=True) for k in range(800))
    uncalled = sum(not nature.lets_in(order(f"o-{k}"), 1, was_called=False) for k in range(800))
    assert 0 < called < uncalled
