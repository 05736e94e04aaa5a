"""The rules by name, and the list in which violations are collected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import Final

from dispatch.domain.plan import PlanRoute, Violation

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)

RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # The documents
        "request_digest": "the plan answers this request",
        "travel_source": "travel comes from where the request says, or the plan says why not",
        "unknown_order": "every order of the plan is in the request",
        "unknown_technician": "every technician of the plan is in the request",
        "unknown_shift": "the technician of a route has its shift",
        "unknown_depot": "every depot of the plan is in the request",
        "order_lost": "every order is visited or listed as unassigned",
        "order_doubled": "no order is visited or listed twice",
        "shift_doubled": "a shift has at most one route",
        "sequence": "a route is start, then visits, breaks and depot stops in the order of time, then end",
        "empty_route": "a route has a visit",
        "unassigned_reason": "every unassigned order has a reason",
        # Who goes
        "skill": "the technician has every skill at the level asked",
        "territory": "the technician covers the community's territory",
        "excluded": "an excluded technician does not go",
        "required_technician": "the required technician goes",
        # With what
        "parts": "parts on board suffice until the depot stop",
        "tools": "tools needed are on board, or a depot stop came before",
        "depot_doubled": "a route has at most one depot stop",
        "depot_time": "a depot stop takes no time",
        # When a visit may start
        "resource": "an order whose resources are not ready is not planned",
        "not_before": "no start before now, earliest_start, hold_until",
        "horizon": "no start after the horizon, no route on a shift outside it",
        "window": "a visit starts inside a booked window",
        "agreed_window": "a visit starts close enough to the agreed time",
        # The times of a route
        "shift_start": "no departure before the shift's start",
        "available": "no departure before the technician is free, or before now",
        "departure": "the departure is as late as delays no start",
        "travel_time": "travel takes as long as the provider says",
        "distance": "a way is as long as the provider says",
        "unreachable": "there is a way",
        "arrival": "arrival = previous end + travel + breaks in between",
        "wait": "the wait is the time from arrival to start",
        "start_too_early": "no start before the technician can be there",
        "start_too_late": "a visit starts as early as is feasible",
        "service_duration": "service lasts as long as the technician needs",
        "shift_end": "a route ends by the end of the shift and its overtime",
        "max_visits": "a route has at most as many visits as the shift allows",
        # Breaks
        "break_missing": "every break that is needed is taken",
        "break_doubled": "no break is taken twice",
        "break_window": "a break lies between its earliest start and its latest end",
        "break_duration": "a break lasts as long as it should",
        "break_overlaps_visit": "a break interrupts no visit and no other break",
        # Locks of the plan in force
        "lock_technician": "a locked visit stays with its technician and shift",
        "lock_time": "a visit locked in time starts when it did",
        "lock_dropped": "a lock is carried over",
        "status": "the status of a visit is carried over",
        # Promises and cost
        "due": "the due time is the earliest of the promises",
        "tardiness": "tardiness is how much later than due the visit ends",
        "cost_term": "a cost term is what the documents say",
        "cost_total": "the total is the sum of the terms",
        "bound": "a lower bound does not exceed the cost",
        # Declared violations
        "declared_not_found": "a declared violation is there",
    }
)
"""What each rule asks for. The names are part of the plan format: plans declare violations by them."""


def second_of(moment: datetime) -> int:
    """Return a moment as whole seconds since 1970 (UTC)."""
    return (moment - EPOCH) // SECOND


@dataclass
class Findings:
    """Violations found so far, in the order of the plan.

    Attributes
    ----------
    zone
        Moments are told in its local time.
    """

    zone: tzinfo
    violations: list[Violation] = field(default_factory=list)

    def add(
        self,
        rule: str,
        *,
        expected: str,
        found: str,
        route: PlanRoute | None = None,
        order: str | None = None,
        detail: str = "",
    ) -> None:
        """Note a violation of one of `RULES`; without `detail`, the rule's own words stand there."""
        self.violations.append(
            Violation(
                rule=rule,
                order=order,
                technician=route.technician if route else None,
                shift=route.shift if route else None,
                expected=expected,
                found=found,
                detail=detail or RULES[rule],
            )
        )

    def moment(self, second: int) -> str:
        """Return a second as local time, like `2026-03-10 08:05:00+08:00`."""
        try:
            return (EPOCH + second * SECOND).astimezone(self.zone).isoformat(sep=" ")
        except OverflowError:
            return f"{second} s after 1970"
