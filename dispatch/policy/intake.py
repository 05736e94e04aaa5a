"""An order as it is taken in: scope gate, tier, due times, booking (R04, R07, R16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from dispatch.domain.records.order_state import State
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Community, Order
from dispatch.policy.convenience import convenience_s, longer
from dispatch.policy.later_slot import booked_holds
from dispatch.policy.privacy import without_personal_data
from dispatch.policy.promise import due_times_in
from dispatch.policy.scope import scope_of
from dispatch.policy.settings import Policy


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where an order comes from.

    Attributes
    ----------
    customer
        Id of the customer record; None = unknown.
    channel
        How it came: counter, hotline, page, import ...
    remedy_of
        The order whose speed test it mends (R15).
    """

    customer: str | None = None
    channel: str | None = None
    remedy_of: str | None = None


def taken_in(
    order: Order,
    community: Community,
    *,
    policy: Policy,
    zone: ZoneInfo,
    now: datetime,
    at: datetime,
    origin: Origin,
) -> WorkOrder:
    """Return the work order of an order that comes in: qualified or booked, waiting for its line, or rejected.

    Address and the sender's own data go: they belong to the customer's record. The tier is fixed as that of the day of
    acceptance (R16). A premium visit is longer by its convenience items (R21).

    Parameters
    ----------
    now, at
        When it is recorded; when it came.
    """
    tier = order.tier or community.tier_on(order.accepted_at.astimezone(zone).date())
    extra_s = convenience_s(order.kind, tier, policy.quality.convenience)
    order = longer(without_personal_data(order).model_copy(update={"tier": tier}), extra_s)
    decision = scope_of(order, community, policy.life)
    undated = order if order.due is None else order.model_copy(update={"due": None})
    promised = due_times_in(undated, community, tier, policy, zone)
    due = promised.due
    if order.due is not None and (due is None or order.due < due):
        due = order.due
    booked = booked_holds((), order.windows, due)
    state: State = decision.state
    if state == "qualified" and order.windows:
        state = "booked"
    is_rejected = decision.state == "rejected"
    return WorkOrder(
        id=order.id,
        created_at=now,
        changed_at=now,
        state=state,
        order=order.model_copy(update={"due": booked.due}) if booked.due is not None else order,
        time_zone=zone.key,
        customer=origin.customer,
        channel=origin.channel,
        remedy_of=origin.remedy_of,
        convenience_s=extra_s,
        received_at=at,
        in_scope=decision.in_scope,
        scope_reason=decision.reason,
        due=None if is_rejected else due,
        soft_due=None if is_rejected else promised.soft_due,
        rules=tuple(promise.rule for promise in promised.promises),
        booked_at=at if order.windows else None,
        holds=booked.holds,
        outcome="rejected" if is_rejected else None,
        reason=decision.code,
        reason_text=decision.reason if is_rejected else None,
        closed_at=at if is_rejected else None,
    )
