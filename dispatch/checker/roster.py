"""What the shift of a route allows, apart from times."""

from __future__ import annotations

from dispatch.checker.findings import Findings, second_of
from dispatch.checker.locks import Locks
from dispatch.checker.reading import ReadRoute
from dispatch.domain.request import Request


def check_roster(route: ReadRoute, request: Request, locks: Locks, findings: Findings) -> None:
    """Note too many visits, and a route on a shift outside the horizon, unless locked visits keep it there."""
    shift, most = route.shift, route.shift.max_visits
    if most is not None and len(route.visits) > most:
        findings.add("max_visits", route=route.route, expected=f"at most {most} visits", found=str(len(route.visits)))
    begins, ends = second_of(request.horizon.start), second_of(request.horizon.end)
    is_outside = second_of(shift.start) > ends or second_of(shift.latest_end) < begins
    if is_outside and not locks.has_locked_visit(route.technician.id, shift.id):
        expected = f"a shift between {findings.moment(begins)} and {findings.moment(ends)}"
        found = f"{findings.moment(second_of(shift.start))} to {findings.moment(second_of(shift.latest_end))}"
        findings.add("horizon", route=route.route, expected=expected, found=found)
