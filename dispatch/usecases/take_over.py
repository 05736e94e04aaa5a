"""Fill a dispatch centre with what a planning request holds: communities, technicians, shifts, open orders."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.domain.records.centre import Centre, NightlyRules
from dispatch.domain.records.roster import CommunityRecord, ShiftRecord, TechnicianRecord
from dispatch.domain.request import Request
from dispatch.policy.settings import Policy
from dispatch.ports import Clock, NewId, Store
from dispatch.usecases.work_orders.receive import NewOrder, receive_many


@dataclass(frozen=True, kw_only=True)
class TakenOver:
    """How much a dispatch centre got."""

    communities: int
    technicians: int
    shifts: int
    orders: int


def take_over(
    request: Request,
    *,
    centre: str,
    name: str,
    store: Store,
    clock: Clock,
    new_id: NewId,
    actor: str,
    policy: Policy,
    nightly: NightlyRules | None = None,
) -> TakenOver | None:
    """Make a dispatch centre of a planning request; None if the centre has communities or technicians already.

    Parameters
    ----------
    centre
        Its id.
    store
        Of no centre, or of this one.
    nightly
        When and how it plans by itself; None = as the policy says.

    Raises
    ------
    ForbiddenError
        If the actor may not take in orders.
    """
    own, now = store.of(centre), clock.now()
    with own.write() as transaction:
        if transaction.records(CommunityRecord).count() or transaction.records(TechnicianRecord).count():
            return None
        if transaction.records(Centre).find(centre) is None:
            record = Centre(
                id=centre,
                created_at=now,
                changed_at=now,
                name=name,
                time_zone=request.time_zone,
                nightly=nightly or NightlyRules(),
                travel=request.travel,
                depots=request.depots,
                policy=request.policy,
            )
            transaction.records(Centre).add(record)
        transaction.records(CommunityRecord).add_all(
            [
                CommunityRecord(id=community.id, created_at=now, changed_at=now, community=community)
                for community in request.communities
            ]
        )
        transaction.records(TechnicianRecord).add_all(
            [
                TechnicianRecord(
                    id=technician.id,
                    created_at=now,
                    changed_at=now,
                    technician=technician.model_copy(update={"shifts": (), "available": None}),
                    name=technician.name or technician.id,
                    badge=technician.id,
                )
                for technician in request.technicians
            ]
        )
        shifts = [
            ShiftRecord(
                id=f"{technician.id}:{shift.id}",
                created_at=now,
                changed_at=now,
                technician=technician.id,
                shift=shift,
            )
            for technician in request.technicians
            for shift in technician.shifts
        ]
        transaction.records(ShiftRecord).add_all(shifts)
    intake = receive_many(
        [NewOrder(order=order) for order in request.orders],
        store=own,
        clock=clock,
        new_id=new_id,
        actor=actor,
        policy=policy,
    )
    return TakenOver(
        communities=len(request.communities),
        technicians=len(request.technicians),
        shifts=len(shifts),
        orders=len(intake.received),
    )
