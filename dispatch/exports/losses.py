"""What a request or plan holds that neither routing tool can be told, in words and with counts."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.domain.request import Shift
from dispatch.exports.exported_plan import ExportedPlan
from dispatch.policy.promise import due_times


def losses_of(exported: ExportedPlan) -> tuple[str, ...]:
    """Return one line for each thing that is lost, with how often it occurs."""
    counted = ((number, text) for number, text in _counted(exported) if number)
    return tuple(f"{number} {text}" for number, text in counted)


def _counted(exported: ExportedPlan) -> Iterator[tuple[int, str]]:
    request, plan = exported.request, exported.plan
    dues = [due_times(order, request, exported.policy).due for order in request.orders]
    yield sum(due is not None for due in dues), "orders are due at some time: lateness is allowed and has no price"
    agreed = sum(order.agreed_start is not None for order in request.orders)
    yield agreed, "orders have an agreed time: only its window is told, not what lateness inside it costs"
    preferred = sum(bool(order.preferred_technicians) for order in request.orders)
    yield preferred, "orders prefer technicians: anybody able may go at no price"
    if request.depots:
        equipped = sum(bool(order.parts or order.tools) for order in request.orders)
        yield equipped, "orders need parts or tools: not limited, as a depot can be visited for them"
    overtime = sum(shift.latest_end > shift.end for shift in _shifts(exported))
    yield overtime, "shifts allow overtime: it has no price"
    locked = sum(visit.effective_lock != "free" for _, visit in exported.visits)
    yield locked, "visits are locked: they may move"
    yield len(plan.violations), "rules are broken by locks: the other tool may refuse the solution"


def _shifts(exported: ExportedPlan) -> Iterator[Shift]:
    for technician in exported.request.technicians:
        yield from technician.shifts
