"""Why orders are in no route: proved reasons, each with how many technicians it rules out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, get_args

import numpy as np

from dispatch.domain.plan import Reason, ReasonCode, Unassigned
from dispatch.domain.request import Request
from dispatch.planner.displacement import Gaps, Insertion
from dispatch.planner.encode import Encoded
from dispatch.planner.reason_details import Exclusion, detail_of, local_text
from dispatch.planner.ruled_out import Exclusions
from dispatch.policy.settings import Policy
from solver.cost import RouteTimer
from solver.solution import Routes

REASON_ORDER: Final[tuple[ReasonCode, ...]] = get_args(ReasonCode)
"""Of rules that exclude the same technician the first is told; reasons are listed in this order."""


def reasons_for_unassigned(
    encoded: Encoded, request: Request, policy: Policy, routes: Routes, *, timer: RouteTimer | None = None
) -> tuple[Unassigned, ...]:
    """Return the orders in none of `routes`, each with proved reasons that account for every technician."""
    explainer = _Explainer.of(encoded, request, policy, routes, timer or RouteTimer(encoded.problem))
    served = {order for route in routes for order in route}
    return tuple(
        Unassigned(order=order, reasons=tuple(explainer.reasons(number)))
        for number, order in enumerate(encoded.order_ids)
        if number not in served
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Explainer:
    encoded: Encoded
    request: Request
    exclusions: Exclusions
    gaps: Gaps

    @classmethod
    def of(cls, encoded: Encoded, request: Request, policy: Policy, routes: Routes, timer: RouteTimer) -> _Explainer:
        return cls(
            encoded=encoded,
            request=request,
            exclusions=Exclusions.of(request, policy, encoded, timer),
            gaps=Gaps(encoded.problem, routes, timer),
        )

    def reasons(self, number: int) -> Iterator[Reason]:
        """Reasons of order `number` in the order of `REASON_ORDER`."""
        if number in self.encoded.relaxations.unkeepable:
            everybody = len(self.request.technicians)
            detail = "locked to a shift that cannot take it: there is no way, or more than a week of room is lacking"
            yield Reason(code="locked", detail=detail, technicians=everybody)
            return
        ruled_out = self.exclusions.ruled_out(number)
        able = {int(technician) for technician in self.exclusions.technician_of_shift[ruled_out.able_shifts]}
        for code in REASON_ORDER:
            who = ruled_out.technicians.get(code, [])
            if who:
                yield Reason(code=code, detail=detail_of(code, self._exclusion(number, who)), technicians=len(who))
            elif able and code == self._code_of_able(number):
                detail = self._price_of_serving(number, self.gaps.cheapest(number, ruled_out.able_shifts))
                yield Reason(code=code, detail=detail, technicians=len(able))
        if not self.request.technicians:
            yield Reason(code="shift", detail="the request has no technicians", technicians=0)

    def _exclusion(self, number: int, technicians: Sequence[int]) -> Exclusion:
        shifts = np.flatnonzero(np.isin(self.exclusions.technician_of_shift, technicians))
        return Exclusion(
            order=self.request.orders[number],
            request=self.request,
            technicians=[self.request.technicians[one] for one in technicians],
            windows=self.encoded.terms[number].windows,
            shifts=[self.encoded.shifts[shift] for shift in shifts],
        )

    def _code_of_able(self, number: int) -> ReasonCode:
        """Return why nobody goes though somebody could: waiting breaks no promise, or others are more important."""
        order, due = self.request.orders[number], self.encoded.terms[number].due.due
        is_due = due is not None and due <= max(self.request.horizon.end, self.request.now)
        return "capacity" if is_due and order.kind != "follow_up" else "deferred"

    def _price_of_serving(self, number: int, insertion: Insertion | None) -> str:
        """Return what serving the order would cost against what leaving it out costs, as a sentence."""
        left_out_cost = self.encoded.problem.order_left_out_cost
        left_out = int(left_out_cost[number])
        waiting = f"{self._due_text(number)}; leaving it out costs {left_out}"
        if insertion is None:
            return f"{waiting}; no room was found in the routes nearest to it, even in place of one of their visits"
        technician, shift = self.encoded.shifts[insertion.shift].key
        where = f"technician {technician} on shift {shift}"
        extra = self.gaps.price(insertion)
        if insertion.displaced is None:
            return f"{waiting}; the cheapest way found, {where}, costs {extra}" + _verdict(extra, left_out)
        displaced_cost = int(left_out_cost[insertion.displaced])
        return (
            f"{waiting}; the cheapest way found, {where}, displaces order {self.encoded.order_ids[insertion.displaced]}"
            f" (leaving that out costs {displaced_cost}) and costs {extra} in all" + _verdict(extra, left_out)
        )

    def _due_text(self, number: int) -> str:
        due = self.encoded.terms[number].due.due
        if due is None:
            return "nothing is promised"
        is_later = due > max(self.request.horizon.end, self.request.now)
        return f"due {local_text(due, self.request)}, {'after' if is_later else 'inside'} the horizon"


def _verdict(extra: int, left_out: int) -> str:
    return "" if extra >= left_out else ", which is less: a longer search can be expected to plan it"
