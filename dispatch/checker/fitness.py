"""Whether the technician of a route may serve its orders, and has the parts and tools for them."""

from __future__ import annotations

from collections import Counter

from dispatch.checker.findings import Findings
from dispatch.checker.reading import ReadRoute, ReadVisit
from dispatch.domain.plan import DepotStop
from dispatch.domain.request import Request


def check_technician(route: ReadRoute, visit: ReadVisit, request: Request, findings: Findings) -> None:
    """Note a visit that the technician may not make."""
    technician, order = route.technician, visit.order
    for skill, level in order.skills.items():
        held = technician.skills.get(skill, 0)
        if held < level:
            expected, found = f"{skill} at level {level} or above", f"level {held}" if held else "none"
            findings.add("skill", route=route.route, order=order.id, expected=expected, found=found)
    territory = request.community_of(order).territory
    if technician.territories and territory is not None and territory not in technician.territories:
        found = f"{technician.id} covers {', '.join(technician.territories)}"
        findings.add("territory", route=route.route, order=order.id, expected=territory, found=found)
    if technician.id in order.excluded_technicians:
        expected = f"anybody but {', '.join(order.excluded_technicians)}"
        findings.add("excluded", route=route.route, order=order.id, expected=expected, found=technician.id)
    required = order.required_technician
    if required is not None and required != technician.id:
        findings.add("required_technician", route=route.route, order=order.id, expected=required, found=technician.id)


def check_equipment(route: ReadRoute, findings: Findings) -> None:
    """Note parts that run out and tools that are not there before the depot stop, and a second depot stop."""
    n_depot_stops = 0
    used: Counter[str] = Counter()
    stock, tools = route.technician.stock, route.technician.tools
    for gap, visit in zip(route.gaps, (*route.visits, None), strict=True):
        n_depot_stops += sum(isinstance(stop, DepotStop) for stop in gap)
        if visit is None or n_depot_stops:
            continue  # from the depot on every part and tool is there
        order = visit.order
        for part, number in order.parts.items():
            is_already_short = used[part] > stock.get(part, 0)
            used[part] += number
            if used[part] > stock.get(part, 0) and not is_already_short:
                expected, found = f"at most {stock.get(part, 0)} x {part}", f"{used[part]} used by now, no depot stop"
                findings.add("parts", route=route.route, order=order.id, expected=expected, found=found)
        for tool in order.tools:
            if tool not in tools:
                found = f"{', '.join(tools) or 'no tool'} on board, no depot stop"
                findings.add("tools", route=route.route, order=order.id, expected=tool, found=found)
    if n_depot_stops > 1:
        findings.add("depot_doubled", route=route.route, expected="at most 1 depot stop", found=str(n_depot_stops))
