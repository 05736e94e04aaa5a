"""Orders follow the published plan: planned, changed, left out, told to the technician."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, Unpack

from dispatch.domain.records.order_changes import LEFT_ROUTE, opened_state
from dispatch.domain.records.order_state import UNDER_WAY_STATES
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Window
from dispatch.usecases.work_orders.turn import Means, Step, turn_of

AT_A_TIME: Final = 400
"""Orders of one transaction: other writers get their turn in between."""
NONE_KNOWN: Final[Mapping[str, WorkOrder]] = {}
_TOLD: Final = frozenset({"dispatched", "accepted", "contacted", "agreed"})
_Change = Literal["planned", "moved", "unplanned", "unchanged", "skipped"]


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a plan serves an order.

    Attributes
    ----------
    start, end
        Of the service.
    p_on_time
        Chance that the visit is on time; None = not known.
    arrival_window
        10 % to 90 % of the arrivals; None = not known.
    """

    order: str
    technician: str
    start: datetime
    end: datetime
    p_on_time: float | None = None
    arrival_window: Window | None = None


@dataclass(frozen=True, kw_only=True)
class FollowedPlan:
    """What a plan did to orders, by id.

    Attributes
    ----------
    planned
        They have another technician than before; they are to be dispatched, except those whose calls go on.
    moved
        They keep their technician at another time.
    unplanned
        They are in no route any more.
    skipped
        Their visit has begun, they wait, or they are closed: the plan is out of date for them.
    """

    planned: tuple[str, ...]
    moved: tuple[str, ...]
    unplanned: tuple[str, ...]
    skipped: tuple[str, ...]


def follow_plan(
    plan_id: str,
    placements: Sequence[Placement],
    left_out: Sequence[str] = (),
    known: Mapping[str, WorkOrder] = NONE_KNOWN,
    **means: Unpack[Means],
) -> FollowedPlan:
    """Take orders where the published plan has them. Doing it again, or going on after a crash, changes nothing twice.

    An order keeps what it has if technician and times are the same, its `plan` included. One whose technician changes
    is planned anew, with the time agreed with the customer. While calls go on (R10) an order stays accepted: left out
    of the plan it stays with whoever calls; given to somebody else it goes over with its calls and timers as they are,
    so that the next one is due in the same window, and the new technician or the dispatch desk records it.

    Parameters
    ----------
    left_out
        Open orders that the plan serves nowhere.
    known
        Orders that were read before, by id; the others are read.

    Raises
    ------
    NotFoundError
        If there is no such order.
    ForbiddenError
        If the actor may not do it.
    StaleRecordError
        If a known order was changed meanwhile.
    """
    found: dict[_Change, list[str]] = {"planned": [], "moved": [], "unplanned": [], "unchanged": [], "skipped": []}
    places: list[tuple[str, Placement | None]] = [(place.order, place) for place in placements]
    places += [(order_id, None) for order_id in left_out]
    places.sort(key=lambda pair: pair[0])
    for first in range(0, len(places), AT_A_TIME):
        some = places[first : first + AT_A_TIME]
        with turn_of(means) as turn:
            orders = {**known, **turn.orders([order_id for order_id, _ in some if order_id not in known])}
            steps: list[Step] = []
            for order_id, place in some:
                order = orders[order_id]
                change, step = _unplanned(order) if place is None else _placed(order, place, plan_id)
                found[change].append(order_id)
                steps += () if step is None else (step,)
            turn.steps(steps)
    return FollowedPlan(
        planned=tuple(found["planned"]),
        moved=tuple(found["moved"]),
        unplanned=tuple(found["unplanned"]),
        skipped=tuple(found["skipped"]),
    )


def plan(order_id: str, placement: Placement, *, plan_id: str, **means: Unpack[Means]) -> WorkOrder:
    """Take an order where a plan has it; see `follow_plan`. Raises as that does."""
    with turn_of(means) as turn:
        order = turn.order(order_id)
        _, step = _placed(order, placement, plan_id)
        return order if step is None else turn.steps([step])[0]


def dispatch(order_id: str, **means: Unpack[Means]) -> WorkOrder:
    """Tell the technician of a planned order; the accept limit begins (R08).

    Raises
    ------
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, it is not planned, or the actor may not do it.
    """
    with turn_of(means) as turn:
        order = turn.order(order_id)
        if turn.was_done(order, "dispatch") or order.state == "dispatched":
            return order
        return turn.step(order, "dispatch", to="dispatched", dispatched_at=turn.at)


def dispatch_many(order_ids: Sequence[str], **means: Unpack[Means]) -> tuple[str, ...]:
    """Tell the technicians of planned orders; return the ids of those told now. Others are left as they are."""
    told: list[str] = []
    in_order = sorted(order_ids)
    for first in range(0, len(in_order), AT_A_TIME):
        with turn_of(means) as turn:
            orders = turn.orders(in_order[first : first + AT_A_TIME])
            changes = {"dispatched_at": turn.at}
            steps = [
                Step(order=order, action="dispatch", to="dispatched", changes=changes)
                for order in orders.values()
                if order.state == "planned"
            ]
            told += [order.id for order in turn.steps(steps)]
    return tuple(told)


def _placed(order: WorkOrder, place: Placement, plan_id: str) -> tuple[_Change, Step | None]:
    """Return what a plan does to an order that it serves."""
    times: dict[str, Any] = {
        "plan": plan_id,
        "planned_start": place.start,
        "planned_end": place.end,
        "p_on_time": place.p_on_time,
        "arrival_window": place.arrival_window,
    }
    is_same_technician = order.technician == place.technician
    if order.state in _TOLD or order.state in ("planned", "en_route"):
        if is_same_technician:
            if (order.planned_start, order.planned_end) == (place.start, place.end):
                return "unchanged", None
            return "moved", Step(order=order, action="replan", to=order.state, changes=times)
        if order.state == "en_route":
            return "skipped", None
    elif order.state not in ("qualified", "booked"):
        return "skipped", None
    if order.is_called_again:
        changes = {**times, "technician": place.technician}
        return "planned", Step(order=order, action="replan", to=order.state, why="calls_go_on", changes=changes)
    changes = {**LEFT_ROUTE, **times, "technician": place.technician}
    return "planned", Step(order=order, action="plan", to="planned", changes=changes)


def _unplanned(order: WorkOrder) -> tuple[_Change, Step | None]:
    """Return what a plan does to an order that it leaves out."""
    if order.state in ("qualified", "booked") or order.is_called_again:
        return "unchanged", None
    if order.state in UNDER_WAY_STATES or order.state not in (*_TOLD, "planned"):
        return "skipped", None
    return "unplanned", Step(order=order, action="unplan", to=opened_state(order), changes=LEFT_ROUTE)
