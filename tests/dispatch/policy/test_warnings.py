"""Odd requests and policies are used, and told."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.policy.settings import effective_policy, load_policy
from dispatch.policy.warnings import request_warnings
from dispatch.policy.weights import trip_price, weights_warnings
from tests.dispatch.domain.documents import (
    at,
    community_document,
    order_document,
    request_with,
    shift_document,
    technician_document,
)


def warned_of(**request: Any) -> list[str]:
    found = request_with(**request)
    return [str(warning) for warning in request_warnings(found, effective_policy(found))]


def test_ordinary_request_and_policy_are_not_odd() -> None:
    assert warned_of() == []


def test_price_of_one_trip_is_the_sum_of_its_limits() -> None:
    # 4 h of travel at 1, 100 km at 0, 8 h of work time at 0, 4 h of overtime at 2: 14,400 + 28,800
    assert trip_price(load_policy()) == 43_200


WEIGHTS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "fast24 below five standard": (
        {"prices": {"promise_missed": {"fast24": 499_999}}},
        ["prices.promise_missed.fast24"],
    ),
    "premium below five fast24": (
        {"prices": {"promise_missed": {"premium": 2_499_999}}},
        ["prices.promise_missed.premium"],
    ),
    "agreed time below five premium": (
        {"prices": {"agreed_broken": 1_000_000}, "appointment": {"agreed_window": "priced"}},
        ["prices.agreed_broken"],
    ),
    "agreed time is hard": ({"prices": {"agreed_broken": 1_000_000}}, []),
    "remedy below premium": (
        {"prices": {"promise_missed": {"speed_remedy": 100_000}}},
        ["prices.promise_missed.speed_remedy"],
    ),
    "standard below a trip": (
        {"prices": {"promise_missed": {"standard": 43_200}}},
        ["prices.promise_missed.standard"],
    ),
    # 14,400 x 3 + 28,800 = 72,000 for a trip; with 86,400 + 7,200 + 600 + 1,800 of lateness 168,000
    "leaving out cheaper than late": ({"prices": {"travel": 3}}, ["prices.unassigned.base"]),
    "moving as dear as breaking": ({"disruption": {"dropped": {"half_day": 2_500_000}}}, ["disruption"]),
    # 30,000 + 30,000 + 2,440,000 = 2,500,000
    "moving later as dear as breaking": ({"disruption": {"later": 2_440_000}}, ["disruption"]),
    "moving dearer than a standard promise": ({"disruption": {"later": 2_439_999}}, []),
    # 100,000 + 150,000
    "reserve as dear as an order that is due": ({"reserve": {"share": 1.0, "worth": 250_000}}, ["reserve.worth"]),
    "no reserve however dear": ({"reserve": {"worth": 250_000}}, []),
    "deferring as dear as breaking": (
        {"prices": {"unassigned": {"defer_base": 230_000}}},
        ["prices.unassigned.defer_base"],
    ),
}


@pytest.mark.parametrize(("changes", "paths"), WEIGHTS.values(), ids=WEIGHTS.keys())
def test_broken_order_of_prices(changes: dict[str, Any], paths: list[str]) -> None:
    assert [warning.path for warning in weights_warnings(load_policy().overridden(changes))] == paths


ODD: dict[str, tuple[dict[str, Any], str]] = {
    "weights": (
        {"policy": {"prices": {"promise_missed": {"fast24": 1}}}},
        (
            "policy.prices.promise_missed.fast24: 1 is less than 5 x prices.promise_missed.standard (100000): "
            "several of those will be preferred to it"
        ),
    ),
    "long visit": ({"orders": [order_document(duration="PT9H")]}, "orders[0].duration: longer than 8 hours"),
    "urgent follow-up": (
        {"orders": [order_document(kind="follow_up", priority=1)]},
        "orders[0].priority: has no effect on a follow-up, which is filler work",
    ),
    "follow-up with due": (
        {"orders": [order_document(kind="follow_up", due=at(11, "08:00"))]},
        "orders[0].due: a follow-up has a filler's price whatever its due time",
    ),
    "due before acceptance": (
        {"orders": [order_document(due=at(1, "08:00"))]},
        "orders[0].due: lies before accepted_at",
    ),
    "windows in the past": (
        {"orders": [order_document(windows=[{"start": at(1, "08:00"), "end": at(1, "12:00")}])]},
        "orders[0].windows: all over by now: the order cannot be planned",
    ),
    "agreed after the horizon": (
        {"orders": [order_document(agreed_start=at(20, "08:00"))]},
        "orders[0].agreed_start: lies before now or after the horizon",
    ),
    "required and excluded": (
        {"orders": [order_document(required_technician="t-1", excluded_technicians=["t-1"])]},
        "orders[0].excluded_technicians: also required or preferred",
    ),
    "several alike": (
        {"orders": [order_document(id=f"o-{number}", duration="PT9H") for number in range(3)]},
        "orders[0].duration: longer than 8 hours (and 2 more like it)",
    ),
    "shift outside the horizon": (
        {"technicians": [technician_document(shifts=[shift_document(start=at(13, "08:00"), end=at(13, "18:00"))])]},
        "technicians[0].shifts[0]: lies outside the horizon and is ignored",
    ),
    "territory of nowhere": (
        {
            "technicians": [technician_document(territories=["west"])],
            "communities": [community_document(territory="north")],
        },
        "technicians[0].territories: covers no community's territory: the technician cannot be used",
    ),
    "horizon over": (
        {"horizon": {"start": at(8, "00:00"), "end": at(9, "20:00")}, "technicians": []},
        "horizon.end: lies before now: nothing can be planned",
    ),
    "endless horizon": (
        {"horizon": {"start": at(10, "00:00"), "end": "2027-01-01T00:00:00Z"}},
        "horizon: longer than 31 days: planning will be slow",
    ),
    "matrix that is not used": (
        {"travel": {"profiles": {"car": {"durations_s": [[0]], "distances_m": [[0]]}}}},
        "travel.profiles: not used by provider straight_line",
    ),
    "server that is not used": (
        {"travel": {"url": "http://roads.example"}},
        "travel.url: not used by provider straight_line",
    ),
    "file beside a server": (
        {"travel": {"provider": "osrm", "url": "http://roads.example", "path": "roads.npz"}},
        "travel.path: not used by provider osrm",
    ),
    "digest beside a server": (
        {"travel": {"provider": "valhalla", "url": "http://roads.example", "sha256": "0" * 64}},
        "travel.sha256: not used by provider valhalla",
    ),
    "server beside a file": (
        {"travel": {"provider": "road_graph", "path": "roads.npz", "url": "http://roads.example"}},
        "travel.url: not used by provider road_graph",
    ),
    "matrix with a way to itself": (
        {
            "travel": {"provider": "matrix", "profiles": {"ebike": {"durations_s": [[5]], "distances_m": [[0]]}}},
            "communities": [community_document(location={"index": 0})],
            "technicians": [technician_document(home={"index": 0})],
            "depots": [],
        },
        "travel.profiles.ebike.durations_s: the way from a place to itself takes time; rows and columns may be shifted",
    ),
}


@pytest.mark.parametrize(("request_changes", "warning"), ODD.values(), ids=ODD.keys())
def test_odd_request_is_told(request_changes: dict[str, Any], warning: str) -> None:
    assert warning in warned_of(**request_changes)
