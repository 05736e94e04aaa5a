"""Orders that belong to certain technicians: who was there before, who must not come again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from benchmarks.cities.streams import Streams
from dispatch.domain.request import Community, Order, Technician

PREFERRED_SHARE: Final = 0.25
"""Of follow-ups and of all visits to premium communities: the customer knows somebody."""
REQUIRED_SHARE: Final = 0.10
"""Of speed remedies without appointment: who measured comes back."""
EXCLUDED_SHARE: Final = 0.02
"""Customers who complained about a technician."""


def with_relations(
    order: Order, index: int, community: Community, technicians: Sequence[Technician], streams: Streams
) -> Order:
    """Return the order with a preferred, required or excluded technician, drawn among those who can do it.

    At least one technician of skill and territory is left for every order.
    """
    rng = streams.of("orders.relations", index)
    drawn = rng.random()
    if order.kind == "follow_up" or community.tier == "premium":
        field, share = "preferred_technicians", PREFERRED_SHARE
    elif order.kind == "speed_remedy" and not order.windows and order.agreed_start is None:
        field, share = "required_technician", REQUIRED_SHARE
    else:
        field, share = "excluded_technicians", EXCLUDED_SHARE
    if drawn >= share:
        return order
    able = [technician.id for technician in technicians if can_do(technician, order, community)]
    if len(able) < 2:
        return order
    chosen = able[int(rng.integers(len(able)))]
    return order.model_copy(update={field: chosen if field == "required_technician" else (chosen,)})


def can_do(technician: Technician, order: Order, community: Community) -> bool:
    """Return whether skills and territory allow it; parts and tools can be had at a depot."""
    is_skilled = all(technician.skills.get(skill, 0) >= level for skill, level in order.skills.items())
    return is_skilled and (not technician.territories or community.territory in technician.territories)
