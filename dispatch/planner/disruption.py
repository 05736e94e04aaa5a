"""The prices of changing the plan in force, as the solver's arrays; whom another plan disturbs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dispatch.domain.plan import PlanRoute
from dispatch.domain.request import Request
from dispatch.planner.epoch import Epoch
from dispatch.planner.roster import PlannedShift
from dispatch.policy.commitment import Change, Commitment, changes_of
from solver.problem import NEVER_S, Disruption


def disruption_of(
    commitments: Sequence[Commitment], request: Request, shifts: Sequence[PlannedShift], epoch: Epoch
) -> Disruption | None:
    """Return what changes to the visits of the plan in force cost; None if nothing does.

    Parameters
    ----------
    commitments
        Of the request; those that are not taxed have no price.
    shifts
        The problem's shifts. The day of a shift is the local day on which it starts.
    """
    taxed = [commitment for commitment in commitments if commitment.hold == "taxed"]
    if not taxed:
        return None
    n, n_shifts = len(request.orders), len(shifts)
    number_of_order = {order.id: number for number, order in enumerate(request.orders)}
    assignment_cost = np.zeros((n, n_shifts), np.int32)
    moved_from_s = np.full(n, NEVER_S, np.int64)
    moved_cost, dropped_cost = np.zeros(n, np.int64), np.zeros(n, np.int64)
    technician = np.array([planned.technician.id for planned in shifts], np.str_)
    day = np.array([planned.shift.start.astimezone(request.zone).toordinal() for planned in shifts], np.int64)
    shift_of_key = {planned.key: number for number, planned in enumerate(shifts)}
    for commitment in taxed:
        order, prices = number_of_order[commitment.order], commitment.prices
        assignment_cost[order] = prices.technician * (technician != commitment.technician)
        assignment_cost[order] += (prices.day * (day != commitment.day.toordinal())).astype(np.int32)
        published = shift_of_key.get((commitment.technician, commitment.shift))
        if published is not None:
            assignment_cost[order, published] = 0
        if prices.later_from is not None:
            moved_from_s[order], moved_cost[order] = epoch.second_of(prices.later_from), prices.later
        dropped_cost[order] = prices.dropped
    if not (assignment_cost.any() or moved_cost.any() or dropped_cost.any()):
        return None
    return Disruption(
        assignment_cost=assignment_cost, moved_from_s=moved_from_s, moved_cost=moved_cost, dropped_cost=dropped_cost
    )


def disturbed_of(
    commitments: Sequence[Commitment], routes: Sequence[PlanRoute], request: Request
) -> dict[str, int] | None:
    """Return how many customers of the plan in force another plan disturbs; None if no visit is taxed.

    Returns
    -------
    dict
        `technician`, `day`, `later`, `dropped`: visits with that change, each as often as it has changes.
        `agreed`: customers who were told an exact time and have any of them.
    """
    taxed = [commitment for commitment in commitments if commitment.hold == "taxed"]
    if not taxed:
        return None
    place_of_order = {visit.order: (route, visit) for route in routes for visit in route.visits}
    counts: dict[str, int] = {"technician": 0, "day": 0, "later": 0, "dropped": 0, "agreed": 0}
    for commitment in taxed:
        changes: tuple[Change, ...] = ("dropped",)
        if commitment.order in place_of_order:
            route, visit = place_of_order[commitment.order]
            shift = request.technicians_by_id[route.technician].shifts_by_id[route.shift]
            changes = changes_of(
                commitment, technician=route.technician, shift=shift, start=visit.start, zone=request.zone
            )
        for change in changes:
            counts[change] += 1
        counts["agreed"] += bool(changes) and commitment.told == "exact"
    return counts
