"""Who may go where, as sets of tags: a vehicle may do a task if it has all of the task's tags.

A level of skill becomes a tag for each level that some order asks for: who holds level 2 has the tags of 1 and 2. An
excluded technician becomes a tag that everybody else has.
"""

from __future__ import annotations

from typing import Final

from dispatch.domain.request import Order, Request, Technician

NOBODY: Final = "cannot be planned"
"""Of orders that wait for something, or whose windows lie outside the horizon: no vehicle has it."""


def tags_of_order(order: Order, request: Request, *, is_plannable: bool) -> frozenset[str]:
    """Return what an order asks of who goes there; tools count only where no depot has them."""
    tags = {f"skill {name} level {level}" for name, level in order.skills.items() if level > 0}
    territory = request.community_of(order).territory
    if territory is not None and any(technician.territories for technician in request.technicians):
        tags.add(f"territory {territory}")
    if order.required_technician is not None:
        tags.add(f"technician {order.required_technician}")
    tags |= {f"not technician {excluded}" for excluded in order.excluded_technicians}
    if not request.depots:
        tags |= {f"tool {tool}" for tool in order.tools}
    if not is_plannable:
        tags.add(NOBODY)
    return frozenset(tags)


def tag_of_technician(technician: Technician) -> str:
    """Return the tag of what only one technician may do."""
    return f"technician {technician.id}"


def tags_of_technician(technician: Technician, request: Request) -> frozenset[str]:
    """Return the tags that a technician has, of those that orders of the request can ask for."""
    asked = {(name, level) for order in request.orders for name, level in order.skills.items()}
    tags = {tag_of_technician(technician)}
    tags |= {f"skill {name} level {level}" for name, level in asked if 0 < level <= technician.skills.get(name, 0)}
    tags |= {f"tool {tool}" for tool in technician.tools}
    excluded = {one for order in request.orders for one in order.excluded_technicians}
    tags |= {f"not technician {other}" for other in excluded if other != technician.id}
    territories = technician.territories or [one.territory for one in request.communities if one.territory is not None]
    tags |= {f"territory {territory}" for territory in territories}
    return frozenset(tags)
