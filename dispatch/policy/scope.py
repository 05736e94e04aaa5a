"""The scope gate: whether the public promise applies to an order, and what the customer is told (R04, T8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from dispatch.domain.request import Community, Order
from dispatch.policy.life_settings import LifeSettings

OUTSIDE_CITY: Final = "The community lies outside the urban area to which the public promise of time applies."
NO_NETWORK: Final = "There is no network in this community yet, so the order cannot be carried out."
NOT_READY: Final = (
    "The line for this address is not ready yet. The promised time counts from the acceptance of the order, "
    "and applies as soon as the line is ready."
)
"""What customers are told; the pages translate these sentences."""


@dataclass(frozen=True, kw_only=True)
class ScopeDecision:
    """What the gate says of an order.

    Attributes
    ----------
    state
        Where the order goes: qualified; received, to wait for its line; or rejected.
    in_scope
        Whether the public promise applies.
    reason
        Why not, for the customer; None if it applies.
    code
        Why it is rejected; None if it is not.
    """

    state: Literal["qualified", "received", "rejected"]
    in_scope: bool
    reason: str | None = None
    code: str | None = None


def scope_of(order: Order, community: Community, settings: LifeSettings) -> ScopeDecision:
    """Return whether the public promise applies to an order (T8): community urban and served, line ready.

    A line that is not ready is no reason to reject: the order waits.
    """
    if not community.served:
        is_refused = settings.refuses != "never"
        return _outside(order, NO_NETWORK, "no_network" if is_refused else None)
    if not community.urban:
        is_refused = settings.refuses == "out_of_scope"
        return _outside(order, OUTSIDE_CITY, "outside_city" if is_refused else None)
    if not order.resource_ready:
        return ScopeDecision(state="received", in_scope=False, reason=NOT_READY)
    return ScopeDecision(state="qualified", in_scope=True)


def _outside(order: Order, reason: str, code: str | None) -> ScopeDecision:
    if code is not None:
        return ScopeDecision(state="rejected", in_scope=False, reason=reason, code=code)
    return ScopeDecision(state="qualified" if order.resource_ready else "received", in_scope=False, reason=reason)
