"""Due times and tardiness of the visits."""

from __future__ import annotations

from dispatch.checker.findings import Findings, second_of
from dispatch.checker.reading import ReadVisit
from dispatch.domain.plan import PlanRoute
from dispatch.policy.promise import DueTimes


def check_promise(
    route: PlanRoute, visit: ReadVisit, due_times: DueTimes, right_end_s: int, findings: Findings
) -> None:
    """Note a due time that no promise makes, and tardiness that does not follow from it.

    Parameters
    ----------
    right_end_s
        The end of the visit as it should be; tardiness may follow from it or from the stated end.
    """
    stop, order = visit.stop, visit.order
    due = None if due_times.due is None else second_of(due_times.due)
    stated = None if stop.due is None else second_of(stop.due)
    if stated != due:
        expected = "none" if due is None else findings.moment(due)
        why = next((promise for promise in due_times.promises if promise.due == due_times.due), None)
        findings.add(
            "due",
            route=route,
            order=order.id,
            expected=expected,
            found="none" if stated is None else findings.moment(stated),
            detail=f"{why.rule}: {why.reason}" if why else "",
        )
    possible = {
        0 if moment is None else max(0, end - moment) for moment in (due, stated) for end in (visit.end_s, right_end_s)
    }
    if stop.tardiness_s not in possible:
        tardiness_s = 0 if due is None else max(0, visit.end_s - due)
        expected, found = f"{tardiness_s} s", f"{stop.tardiness_s} s"
        findings.add("tardiness", route=route, order=order.id, expected=expected, found=found)
