"""When the service of an order may start: the checker's own reading of docs/model.md, apart from policy/windows.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dispatch.checker.findings import Findings, second_of
from dispatch.domain.plan import PlanRoute
from dispatch.domain.request import Order, Request
from dispatch.policy.settings import Policy

FOR_EVER_S: Final = 2**62
"""Later than every moment a document can hold."""


@dataclass(frozen=True, kw_only=True)
class Starts:
    """When the service of an order may start; seconds since 1970, both ends included.

    Attributes
    ----------
    bounds
        (second, its name) of what no start may precede.
    wanted
        Bookings, or the time around an agreed start; ascending by opening.
    horizon_end_s
        No start after it.
    locked_s
        The visit may start at no other moment, whatever the rest says; None = not locked in time.
    """

    bounds: tuple[tuple[int, str], ...]
    wanted: tuple[tuple[int, int], ...]
    horizon_end_s: int
    locked_s: int | None

    def allowed(self) -> list[tuple[int, int]]:
        """Return the intervals in which the visit may start; a locked one, once late, starts as soon as it can."""
        if self.locked_s is not None:
            return [(self.locked_s, FOR_EVER_S)]
        earliest = max((second for second, _ in self.bounds), default=0)
        cut = [(max(opens, earliest), min(closes, self.horizon_end_s)) for opens, closes in self.wanted]
        return sorted((opens, closes) for opens, closes in cut if opens <= closes)

    def is_allowed(self, start_s: int) -> bool:
        """Tell whether service may start at this second."""
        return any(opens <= start_s <= closes for opens, closes in self.allowed())

    def is_over(self, ready_s: int) -> bool:
        """Tell whether every wanted interval, or the horizon, is over at this second."""
        return ready_s > self.horizon_end_s or all(ready_s > closes for _, closes in self.wanted)

    def earliest_from(self, ready_s: int) -> int:
        """Return the first second at or after `ready_s` at which service may start.

        Where there is none (a lock may force such a visit) it is as soon as the bounds allow.
        """
        starts = [max(opens, ready_s) for opens, closes in self.allowed() if ready_s <= closes]
        return min(starts, default=max([ready_s, *(second for second, _ in self.bounds)]))


def starts_of(order: Order, request: Request, policy: Policy, *, locked_s: int | None) -> Starts:
    """Return when an order's service may start; `locked_s` is its start in the plan in force, if that is locked."""
    bounds = [] if locked_s is not None else [(second_of(request.now), "now")]
    for name, moment in (("earliest_start", order.earliest_start), ("hold_until", order.hold_until)):
        if moment is not None:
            bounds.append((second_of(moment), name))
    return Starts(
        bounds=tuple(bounds),
        wanted=_wanted(order, policy),
        horizon_end_s=second_of(request.horizon.end),
        locked_s=locked_s,
    )


def _wanted(order: Order, policy: Policy) -> tuple[tuple[int, int], ...]:
    if order.agreed_start is not None:
        agreed, appointment = second_of(order.agreed_start), policy.appointment
        is_priced = appointment.agreed_window == "priced"
        return ((agreed - appointment.early_s, FOR_EVER_S if is_priced else agreed + appointment.late_s),)
    if order.windows:
        return tuple(sorted((second_of(window.start), second_of(window.end)) for window in order.windows))
    return ((0, FOR_EVER_S),)


def check_start(route: PlanRoute, order: Order, starts: Starts, start_s: int, findings: Findings) -> None:
    """Note a start that the order does not allow."""
    found = findings.moment(start_s)
    if not order.resource_ready:
        findings.add("resource", route=route, order=order.id, expected="no visit", found=f"a visit at {found}")
    for bound_s, name in sorted(starts.bounds, reverse=True):
        if start_s < bound_s:
            expected = f"not before {findings.moment(bound_s)} ({name})"
            findings.add("not_before", route=route, order=order.id, expected=expected, found=found)
            break
    if start_s > starts.horizon_end_s:
        expected = f"not after {findings.moment(starts.horizon_end_s)}"
        findings.add("horizon", route=route, order=order.id, expected=expected, found=found)
    if not any(opens <= start_s <= closes for opens, closes in starts.wanted):
        spans = ", ".join(
            f"{findings.moment(opens)} to {_closing(closes, findings)}" for opens, closes in starts.wanted
        )
        rule = "window" if order.agreed_start is None else "agreed_window"
        findings.add(rule, route=route, order=order.id, expected=f"a start in {spans}", found=found)


def _closing(closes_s: int, findings: Findings) -> str:
    return "any time" if closes_s == FOR_EVER_S else findings.moment(closes_s)
