"""Which technicians cannot serve an order, each by the first rule that excludes them, proved rule by rule."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dispatch.domain.plan import ReasonCode
from dispatch.domain.request import Order, Request
from dispatch.domain.values import LAST_MOMENT
from dispatch.planner.capability import Demand, demand_of
from dispatch.planner.encode import Encoded
from dispatch.planner.lone_visit import LoneVisit
from dispatch.policy.eligibility import exclusions
from dispatch.policy.settings import Policy
from dispatch.policy.windows import hard_hold, start_windows
from solver.cost import RouteTimer
from solver.problem import I64, Bool


@dataclass(frozen=True, kw_only=True, eq=False)
class RuledOut:
    """Why technicians cannot serve an order.

    Attributes
    ----------
    technicians
        By rule the numbers of the technicians that it is the first to exclude.
    able_shifts
        Shifts of everybody else that could serve the order besides their locked visits.
    """

    technicians: dict[ReasonCode, list[int]]
    able_shifts: I64


@dataclass(frozen=True, kw_only=True, eq=False)
class Exclusions:
    """Answers for one request and its problem; keeps what orders of the same demand share."""

    request: Request
    policy: Policy
    encoded: Encoded
    timer: RouteTimer
    technician_of_shift: I64
    _by_demand: dict[Demand, list[tuple[ReasonCode, ...]]] = field(default_factory=dict)

    @classmethod
    def of(cls, request: Request, policy: Policy, encoded: Encoded, timer: RouteTimer) -> Exclusions:
        """Return the answers for a request."""
        number = {technician.id: number for number, technician in enumerate(request.technicians)}
        owners = np.array([number[shift.technician.id] for shift in encoded.shifts], np.int64)
        return cls(request=request, policy=policy, encoded=encoded, timer=timer, technician_of_shift=owners)

    def ruled_out(self, number: int) -> RuledOut:
        """Return who cannot serve order `number`, and by which rule.

        The rules are looked at in the order of docs/model.md: skill, territory, excluded; then window, horizon or hold
        if the order has no start at all; shift, reach, stock; locked.
        """
        order = self.request.orders[number]
        found: dict[ReasonCode, list[int]] = {}
        left: list[int] = []
        codes_of = self._exclusions(order)
        for technician, codes in enumerate(codes_of):
            code = next((code for code in codes if code != "stock"), None)
            found.setdefault(code, []).append(technician) if code else left.append(technician)
        obstacle = self._obstacle(number, order)
        if obstacle is not None:
            found.setdefault(obstacle, []).extend(left)
            left = []
        lacks_equipment = {technician for technician in left if "stock" in codes_of[technician]}
        able = self._judge_shifts(number, found, left, lacks_equipment)
        return RuledOut(technicians={code: who for code, who in found.items() if who}, able_shifts=np.flatnonzero(able))

    def _exclusions(self, order: Order) -> list[tuple[ReasonCode, ...]]:
        demand = demand_of(order, self.request)
        if demand not in self._by_demand:
            technicians = self.request.technicians
            self._by_demand[demand] = [exclusions(order, technician, self.request) for technician in technicians]
        return self._by_demand[demand]

    def _obstacle(self, number: int, order: Order) -> ReasonCode | None:
        """What keeps an order without any start from having one; proved by asking what a longer horizon would give."""
        if self.encoded.terms[number].windows:
            return None
        if hard_hold(order, self.request):
            return "hold"
        endless = self.request.horizon.model_copy(update={"end": LAST_MOMENT})
        longer = self.request.model_copy(update={"horizon": endless})
        return "horizon" if start_windows(order, longer, self.policy) else "window"

    def _judge_shifts(
        self, number: int, found: dict[ReasonCode, list[int]], left: list[int], lacks_equipment: set[int]
    ) -> Bool:
        """Add the technicians in `left` whose shifts do not allow the visit to `found`; return the shifts that do."""
        visit = LoneVisit(self.timer, number)
        wanted = np.isin(self.technician_of_shift, left)
        is_equipped = ~np.isin(self.technician_of_shift, list(lacks_equipment))
        able = visit.feasible_shifts(wanted & is_equipped)
        stuck = ~np.isin(self.technician_of_shift, self.technician_of_shift[able]) & wanted
        reachable = visit.feasible_shifts(stuck, with_equipment=False)
        workable = visit.feasible_shifts(stuck, with_travel=False, with_equipment=False)
        beside_locked = self._beside_locked(number, able)
        for technician in left:
            own = self.technician_of_shift == technician
            code: ReasonCode | None = None
            if not able[own].any():
                code = "stock" if reachable[own].any() else "reach" if workable[own].any() else "shift"
            elif not beside_locked[own].any():
                code = "locked"
            if code:
                found.setdefault(code, []).append(technician)
        return beside_locked

    def _beside_locked(self, number: int, able: Bool) -> Bool:
        """Return which of the able shifts have room for the order between their locked visits."""
        beside = able.copy()
        for shift in np.flatnonzero(able):
            locked = self.encoded.problem.locked_routes[shift]
            if locked:
                tries = ((*locked[:at], number, *locked[at:]) for at in range(len(locked) + 1))
                beside[shift] = any(self.timer.time_route(int(shift), orders) for orders in tries)
        return beside
