"""The states of a work order, and the groups of them that others ask for."""

from __future__ import annotations

from typing import Final, Literal, get_args

State = Literal[
    "received",
    "qualified",
    "booked",
    "planned",
    "dispatched",
    "accepted",
    "contacted",
    "agreed",
    "en_route",
    "on_site",
    "done",
    "closed",
    "surveyed",
    "held",
    "no_access",
    "withdrawal_requested",
    "withdrawal_verified",
    "withdrawn",
    "rejected",
    "waiting_for_parent",
]
"""Where an order stands in its life; docs/life-cycle.md says what each means."""

STATES: Final[tuple[State, ...]] = get_args(State)
"""Every state, in the order of the normal path, the side ways behind it."""

FINAL_STATES: Final[frozenset[State]] = frozenset({"closed", "surveyed", "withdrawn", "rejected"})
"""Nothing is left to do; only a reopening leads out (and, from closed, the survey)."""

SERVED_STATES: Final[frozenset[State]] = frozenset({"done", "closed", "surveyed"})
"""The work is done and the service restored."""

OPEN_STATES: Final[frozenset[State]] = frozenset(STATES) - FINAL_STATES
"""Something is left to do."""

PLANNABLE_STATES: Final[frozenset[State]] = frozenset(
    {"qualified", "booked", "planned", "dispatched", "accepted", "contacted", "agreed"}
)
"""A visit is still to be planned, or planned and not begun: what a planning request holds as open orders.

Orders that are received (resources not ready) or held may be in a request too; planning leaves them out with the
reason hold.
"""

ASSIGNED_STATES: Final[frozenset[State]] = frozenset(
    {"planned", "dispatched", "accepted", "contacted", "agreed", "en_route", "on_site"}
)
"""A technician is named; before `dispatched` the technician does not know it."""

UNDER_WAY_STATES: Final[frozenset[State]] = frozenset({"en_route", "on_site"})
"""The visit has begun: the technician is on the way or there."""
