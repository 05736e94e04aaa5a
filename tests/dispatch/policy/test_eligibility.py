"""Who may go to an order."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.policy.eligibility import exclusions, is_preferred
from tests.dispatch.domain.documents import (
    HOME,
    PLACE,
    community_document,
    order_document,
    request_with,
    technician_document,
)


def reasons(
    order: dict[str, Any] | None = None,
    technician: dict[str, Any] | None = None,
    territory: str | None = "north",
    **request: Any,
) -> tuple[str, ...]:
    found = request_with(
        orders=[order_document(**order or {})],
        technicians=[technician_document(**technician or {}), {"id": "t-2", "home": HOME}],
        communities=[community_document(territory=territory)],
        **{"depots": [], **request},
    )
    return exclusions(found.orders[0], found.technicians[0], found)


CASES: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]] = {
    "nothing asked": ({}, {}, ()),
    "skill held above the level": ({"skills": {"fiber": 1}}, {"skills": {"fiber": 2}}, ()),
    "skill held at the level": ({"skills": {"fiber": 2}}, {"skills": {"fiber": 2}}, ()),
    "skill below the level": ({"skills": {"fiber": 3}}, {"skills": {"fiber": 2}}, ("skill",)),
    "one of two skills": ({"skills": {"fiber": 1, "copper": 1}}, {"skills": {"fiber": 1}}, ("skill",)),
    "inside the territories": ({}, {"territories": ["south", "north"]}, ()),
    "outside the territories": ({}, {"territories": ["south"]}, ("territory",)),
    "required": ({"required_technician": "t-1"}, {}, ()),
    "another one required": ({"required_technician": "t-2"}, {}, ("excluded",)),
    "excluded": ({"excluded_technicians": ["t-1"]}, {}, ("excluded",)),
    "another one excluded": ({"excluded_technicians": ["t-2"]}, {}, ()),
    "tool carried": ({"tools": ["splicer"]}, {"tools": ["splicer"]}, ()),
    "tool not carried": ({"tools": ["splicer"]}, {}, ("stock",)),
    "parts enough": ({"parts": {"ont": 2}}, {"stock": {"ont": 2}}, ()),
    "parts short": ({"parts": {"ont": 3}}, {"stock": {"ont": 2}}, ("stock",)),
    "everything wrong": (
        {"skills": {"fiber": 1}, "required_technician": "t-2", "tools": ["splicer"]},
        {"territories": ["south"]},
        ("skill", "territory", "excluded", "stock"),
    ),
}


@pytest.mark.parametrize(("order", "technician", "expected"), CASES.values(), ids=CASES.keys())
def test_exclusions(order: dict[str, Any], technician: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert reasons(order, technician) == expected


def test_community_without_territory_is_anybodys() -> None:
    assert reasons({}, {"territories": ["south"]}, territory=None) == ()


def test_depot_has_every_part_and_tool() -> None:
    depots = [{"id": "p-1", "location": PLACE}]
    assert reasons({"tools": ["splicer"], "parts": {"ont": 3}}, {}, depots=depots) == ()


def test_anybody_is_preferred_if_nobody_is_named() -> None:
    request = request_with(
        orders=[order_document(), order_document(id="o-2", preferred_technicians=["t-2"])],
        technicians=[technician_document(), {"id": "t-2", "home": HOME}],
    )
    preferred = [[is_preferred(order, technician) for technician in request.technicians] for order in request.orders]
    assert preferred == [[True, True], [False, True]]
