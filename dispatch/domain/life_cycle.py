"""The life cycle: one table of what may be done to an order in which state, where it leads, and who may do it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal, cast, get_args

from pydantic import ValidationError

from dispatch.domain.problems import located_problems, shown
from dispatch.domain.records.order_state import STATES, State
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import BadInputError, ForbiddenError, TransitionError

Party = Literal["integration", "dispatcher", "technician", "supervisor", "admin", "customer", "system"]
"""Who acts: the part of an actor before its colon."""

PARTIES: Final[tuple[Party, ...]] = get_args(Party)

Action = Literal[
    "receive",
    "qualify",
    "refuse",
    "amend",
    "propose",
    "book",
    "plan",
    "replan",
    "unplan",
    "dispatch",
    "accept",
    "reject",
    "give_back",
    "record_contact",
    "agree",
    "set_out",
    "overrun",
    "arrive",
    "tick",
    "finish",
    "close",
    "record_survey",
    "hold",
    "no_access",
    "break_off",
    "resume",
    "cannot_install",
    "withdraw",
    "verify_withdrawal",
    "keep",
    "close_withdrawal",
    "reopen",
    "join_outage",
    "leave_outage",
    "restore_by_parent",
    "operator_change",
]
"""What can be done to an order."""

_SAME: Final = "the same"
_GROUPS: Final[Mapping[str, tuple[Party, ...]]] = {
    "desk": ("dispatcher", "supervisor", "admin"),
    "intake": ("integration", "dispatcher", "supervisor", "admin"),
}


@dataclass(frozen=True, kw_only=True)
class Transition:
    """A line of the table: an action, where from, where to, by whom.

    Attributes
    ----------
    sources
        States it is possible in; None = there is no order yet.
    targets
        States it may lead to; which one is decided by what is known of the order. Empty = the state stays.
    """

    action: Action
    sources: frozenset[State | None]
    targets: frozenset[State]
    who: frozenset[Party]

    def leads(self, source: State | None, target: State) -> bool:
        """Tell whether it leads from one state to another."""
        return source in self.sources and (target in self.targets if self.targets else target == source)


def _line(action: Action, sources: str | None, targets: str, who: str) -> Transition:
    return Transition(
        action=action,
        sources=frozenset({None}) if sources is None else _states(sources),
        targets=frozenset() if targets == _SAME else _states(targets),
        who=frozenset(party for name in who.split() for party in _GROUPS.get(name, (cast("Party", name),))),
    )


def _states(names: str) -> frozenset[State]:
    return frozenset(cast("State", name) for name in names.split())


_OPENED = "qualified booked"
_TOLD = "dispatched accepted contacted agreed"
_BEFORE_VISIT = f"qualified booked planned {_TOLD}"
_WAITING = "held no_access"

TRANSITIONS: Final[tuple[Transition, ...]] = (
    # ---- intake and booking
    _line("receive", None, "received qualified booked rejected", "intake customer technician system"),
    _line("qualify", "received", "qualified booked", "intake system"),
    _line("refuse", "received qualified booked", "rejected", "desk"),
    _line("amend", f"received {_BEFORE_VISIT} {_WAITING} waiting_for_parent", _SAME, "intake system"),
    _line("operator_change", f"{_BEFORE_VISIT} en_route on_site {_WAITING}", _SAME, "desk system"),
    _line("propose", "qualified booked", _SAME, "desk system"),
    _line("book", f"{_BEFORE_VISIT} {_WAITING}", "booked", "intake customer system"),
    # ---- the plan
    _line("plan", _BEFORE_VISIT, "planned", "desk system"),
    _line("replan", f"planned {_TOLD} en_route", _SAME, "desk system"),
    _line("unplan", f"planned {_TOLD}", _OPENED, "desk system"),
    _line("dispatch", "planned", "dispatched", "desk system"),
    # ---- the technician
    _line("accept", "dispatched", "accepted agreed", "technician desk"),
    _line("reject", _TOLD, _OPENED, "technician desk"),
    _line("give_back", "dispatched", _OPENED, "system desk"),
    _line("record_contact", "accepted contacted agreed", "accepted contacted agreed held", "technician desk"),
    _line("agree", "accepted contacted agreed", "agreed", "technician desk customer"),
    _line("agree", "qualified booked planned dispatched", _SAME, "desk customer system"),
    _line("set_out", "accepted contacted agreed", "en_route", "technician desk"),
    _line("overrun", "en_route on_site", _SAME, "technician desk"),
    _line("arrive", "accepted contacted agreed en_route", "on_site", "technician desk"),
    _line("tick", "accepted contacted agreed en_route on_site done", _SAME, "technician desk"),
    _line("break_off", "en_route on_site", _OPENED, "intake technician system"),
    _line("finish", "on_site", "done", "technician desk"),
    _line("close", "done", "closed", "technician desk system"),
    _line("record_survey", "closed", "surveyed", "intake customer system"),
    # ---- waiting for the customer
    _line("hold", f"received {_BEFORE_VISIT} {_WAITING}", "held", "intake customer system"),
    _line("no_access", "en_route on_site", "no_access", "technician desk"),
    _line("resume", _WAITING, _OPENED, "intake customer system"),
    # ---- giving up
    _line("cannot_install", "accepted contacted agreed en_route on_site", "withdrawal_requested", "technician desk"),
    _line(
        "withdraw",
        f"received {_BEFORE_VISIT} en_route on_site {_WAITING} waiting_for_parent",
        "withdrawal_requested",
        "intake customer technician",
    ),
    _line("verify_withdrawal", "withdrawal_requested", "withdrawal_verified", "desk"),
    _line("keep", "withdrawal_requested withdrawal_verified", "received qualified booked", "desk customer"),
    _line("close_withdrawal", "withdrawal_verified", "withdrawn", "desk system"),
    _line("reopen", "done closed surveyed withdrawn rejected", "received qualified", "intake customer"),
    # ---- mass outage
    _line("join_outage", f"{_BEFORE_VISIT} {_WAITING}", "waiting_for_parent", "desk system"),
    _line("leave_outage", "waiting_for_parent", _OPENED, "desk system"),
    _line("restore_by_parent", "waiting_for_parent", "done", "technician desk system"),
)
"""Every transition there is; what is not here is refused."""


def party_of(actor: str) -> Party:
    """Return who acts; raises `ForbiddenError` if the actor is none that the life cycle knows."""
    name = actor.partition(":")[0]
    if name not in PARTIES:
        msg = f"actor {shown(actor)} is none of {', '.join(PARTIES)}"
        raise ForbiddenError(msg)
    return name


@cache
def allowed_actions(state: State | None, party: Party | None = None) -> Mapping[Action, frozenset[State]]:
    """Return what may be done in a state, each with the states it may lead to.

    Parameters
    ----------
    state
        None = there is no order yet.
    party
        Only what this party may do; None = anybody.
    """
    found: dict[Action, frozenset[State]] = {}
    for line in TRANSITIONS:
        if state in line.sources and (party is None or party in line.who):
            targets = line.targets or frozenset({state} if state is not None else ())
            found[line.action] = found.get(line.action, frozenset()) | targets
    return MappingProxyType(found)


def require_allowed(order: WorkOrder, action: Action, actor: str) -> None:
    """Refuse an action that is not possible in an order's state, or not for this actor.

    Raises
    ------
    TransitionError
        If it is not possible now; the message says what is.
    ForbiddenError
        If somebody else may do it, or the order is another technician's.
    """
    party = party_of(actor)
    if action not in allowed_actions(order.state):
        raise TransitionError(_refusal(order, action, party))
    if action not in allowed_actions(order.state, party):
        who = ", ".join(sorted({one for line in TRANSITIONS if line.action == action for one in line.who}))
        msg = f"{party} may not {_words(action)} order {shown(order.id)}\nMaybe ask one of: {who}"
        raise ForbiddenError(msg)
    if party == "technician" and actor != f"technician:{order.technician}":
        msg = f"order {shown(order.id)} is not with {actor}\nMaybe it was given to somebody else meanwhile"
        raise ForbiddenError(msg)


def apply(order: WorkOrder, action: Action, /, *, to: State, actor: str, now: datetime, **changes: Any) -> WorkOrder:
    """Return an order after a transition, other fields changed as given; its version counts up when it is saved.

    Raises
    ------
    TransitionError
        If the table has no such transition; the message says what is possible.
    ForbiddenError
        If it is not for this actor.
    BadInputError
        If a field would have a value that it cannot have.
    """
    require_allowed(order, action, actor)
    if to != "accepted":  # whoever has the order next calls anew: a window that was set belongs to those calls (R10)
        changes.setdefault("next_contact", None)
    if not any(line.action == action and line.leads(order.state, to) for line in TRANSITIONS):
        msg = f"order {shown(order.id)}: {_words(action)} does not lead from {order.state} to {to}"
        raise TransitionError(msg)
    return _checked(order.changed(now, state=to, **changes))


def _checked(order: WorkOrder) -> WorkOrder:
    """Return an order that can be read again once it is stored; copies are not validated by themselves."""
    try:
        return WorkOrder.model_validate_json(order.model_dump_json(by_alias=True, exclude_none=True))
    except ValidationError as error:
        raise BadInputError(located_problems(error), source=f"order {order.id}") from None


def _refusal(order: WorkOrder, action: Action, party: Party) -> str:
    possible = allowed_actions(order.state, party)
    names = ", ".join(_words(one) for one in sorted(possible)) or "nothing"
    states = _listed(source for line in TRANSITIONS if line.action == action for source in line.sources if source)
    message = f"order {shown(order.id)} is {order.state}: {_words(action)} is not possible; {party} may: {names}"
    return f"{message}\nMaybe it was done already: {_words(action)} is for orders that are {states}"


def _listed(states: Iterable[State]) -> str:
    found = set(states)
    return ", ".join(state for state in STATES if state in found)


def _words(action: Action) -> str:
    return action.replace("_", " ")
