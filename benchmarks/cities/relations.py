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
    """Return the order with preferred, required and excluded technicians drawn among those who can do it.

    At least one technician of skill and territory is left for every order.
    """
    able = [technician.id for technician in technicians if can_do(technician, order, community)]
    if len(able) < 2:
        return order
    rng = streams.of("orders.relations", index)
    drawn, first, second = rng.random(), *(able[k] for k in rng.choice(len(able), size=2, replace=False))
    if order.kind == "follow_up" or community.tier == "premium":
        names = (first, second) if rng.random() < 0.3 else (first,)
        return order.model_copy(update={"preferred_technicians": names}) if drawn < PREFERRED_SHARE else order
    if order.kind == "speed_remedy" and not order.windows and order.agreed_start is None:
        return order.model_copy(update={"required_technician": first}) if drawn < REQUIRED_SHARE else order
    return order.model_copy(update={"excluded_technicians": (first,)}) if drawn < EXCLUDED_SHARE else order


def can_do(technician: Technician, order: Order, community: Community) -> bool:
    """Return whether skills and territory allow it; parts and tools can be had at a depot."""
    is_skilled = all(technician.skills.get(skill, 0) >= level for skill, level in order.skills.items())
    return is_skilled and (not technician.territories or community.territory in technician.territories)
