"""Who may go to an order, whatever the time."""

from __future__ import annotations

from collections.abc import Mapping

from dispatch.domain.plan import ReasonCode
from dispatch.domain.request import Order, Request, Technician


def exclusions(order: Order, technician: Technician, request: Request) -> tuple[ReasonCode, ...]:
    """Return the reasons why a technician may not serve an order; () = eligible.

    `skill`: a required skill is missing or its level too low. `territory`: the technician lists territories, and the
    community's is not among them (a community without territory is anybody's). `excluded`: named as excluded, or
    somebody else is required. `stock`: a tool is not carried or a part short from the shift's start on, and there is
    no depot to fetch it from; what several visits use up together is the planner's concern.
    """
    reasons: list[ReasonCode] = []
    if not _covers(technician.skills, order.skills):
        reasons.append("skill")
    if technician.territories and not _is_inside_territories(order, technician, request):
        reasons.append("territory")
    if order.required_technician not in (None, technician.id) or technician.id in order.excluded_technicians:
        reasons.append("excluded")
    if not request.depots and not _carries_what_is_needed(order, technician):
        reasons.append("stock")
    return tuple(reasons)


def is_preferred(order: Order, technician: Technician) -> bool:
    """Tell whether a technician may go without the price of `preference`; True if nobody is named."""
    return not order.preferred_technicians or technician.id in order.preferred_technicians


def _is_inside_territories(order: Order, technician: Technician, request: Request) -> bool:
    territory = request.communities_by_id[order.community].territory
    return territory is None or territory in technician.territories


def _carries_what_is_needed(order: Order, technician: Technician) -> bool:
    return _covers(technician.stock, order.parts) and all(tool in technician.tools for tool in order.tools)


def _covers(held: Mapping[str, int], needed: Mapping[str, int]) -> bool:
    """Tell whether every level or number needed is held; a need of 0 is none."""
    for name, level in needed.items():  # noqa: SIM110 -- called for every pair of order and technician: twice as fast
        if held.get(name, 0) < level:
            return False
    return True
