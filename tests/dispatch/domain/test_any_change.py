"""Whatever is done to a request, it is either refused in the proper way or can be worked with."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.domain.files import parse_request, request_digest, to_json
from dispatch.errors import BadInputError
from dispatch.policy.commitment import locked_visits
from dispatch.policy.eligibility import exclusions
from dispatch.policy.prices import unassigned_price
from dispatch.policy.promise import due_times
from dispatch.policy.settings import effective_policy
from dispatch.policy.warnings import request_warnings
from dispatch.policy.windows import start_windows
from tests.dispatch.domain.documents import (
    at,
    order_document,
    plan_document,
    request_document,
    shift_document,
    technician_document,
    visit_document,
)

FULL = request_document(
    travel={"provider": "straight_line", "profiles": {"car": {"durations_s": [[0]], "distances_m": [[0]]}}},
    policy={"prices": {"travel": 2}},
    technicians=[
        technician_document(
            skills={"fiber": 1},
            available={"from": at(9, "21:00")},
            shifts=[
                shift_document(
                    overtime_until=at(10, "20:00"),
                    breaks=[{"earliest": at(10, "11:00"), "latest": at(10, "14:00"), "duration": "PT1H"}],
                )
            ],
        )
    ],
    orders=[
        order_document(
            skills={"fiber": 1},
            windows=[{"start": at(10, "08:30"), "end": at(10, "12:00")}],
            hold_until=at(9, "21:00"),
            due=at(12, "12:00"),
        )
    ],
    current_plan=plan_document(visit_document(lock="technician")),
)
ODD_VALUES: list[Any] = [
    *(
        None,
        True,
        0,
        -1,
        1,
        3,
        10**6,
        10**30,
        0.5,
        -1e308,
        "",
        "x",
        "o-1",
        "t-9",
        "\x00",
        "\u202e小区",
        [],
        [[]],
        [None],
    ),
    *({}, {"": 1}, {"kind": "end"}, "PT0S", "PT1S", "P366D", "P1Y", "last_stop", "UTC", "2026-03-10T00:00:00Z"),
    *("1970-01-01T00:00:00+14:00", "2999-12-31T23:59:59-12:00", "2026-03-10T00:00:00+24:00", "2026-03-10T24:00:00Z"),
]


def places_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in entries:
        yield (*path, step)
        yield from places_in(part, (*path, step))


def changed(path: tuple[str | int, ...], value: Any) -> Any:
    document: Any = copy.deepcopy(FULL)
    here = document
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return document


PLACES = st.sampled_from(list(places_in(FULL)))


@settings(max_examples=300, deadline=None)
@given(place=PLACES, value=st.sampled_from(ODD_VALUES))
def test_changed_request_is_refused_or_usable(place: tuple[str | int, ...], value: Any) -> None:
    try:
        request = parse_request(json.dumps(changed(place, value)))
        policy = effective_policy(request)
    except BadInputError:
        return
    for order in request.orders:
        unassigned_price(order, request, policy, due_times(order, request, policy).due)
        start_windows(order, request, policy)
        for technician in request.technicians:
            exclusions(order, technician, request)
    locked_visits(request.current_plan)
    request_warnings(request, policy)
    again = parse_request(to_json(request))
    assert again == request
    assert request_digest(again) == request_digest(request)


def test_request_to_be_changed_is_sound() -> None:
    assert parse_request(json.dumps(FULL)).orders[0].id == "o-1"
