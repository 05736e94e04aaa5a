"""The visit: set out, delay, arrive, tick the stages, finish, find nobody in, break off (R09, R25, R32, T4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Unpack

from dispatch.domain.events import Arrived, Done, EnRoute, NoAccess, OrderChanged, Overrun
from dispatch.domain.problems import shown
from dispatch.domain.records.order_changes import (
    LEFT_ROUTE,
    REACHED,
    ended_holds,
    opened_state,
    waiting_ended,
    with_operator_change,
)
from dispatch.domain.records.order_state import UNDER_WAY_STATES
from dispatch.domain.records.roster import CommunityRecord
from dispatch.domain.records.work_order import Hold, Stage, WorkOrder
from dispatch.domain.request import Location
from dispatch.errors import BadInputError, Problem, TransitionError
from dispatch.policy.geofence import distance_m
from dispatch.usecases.quality.at_visit import tick_in
from dispatch.usecases.quality.late_routes import drop_items_of_late_route
from dispatch.usecases.work_orders.outage import restore_children
from dispatch.usecases.work_orders.turn import Means, Turn, turn_of


def set_out(order_id: str, *, expected_arrival: datetime | None = None, **means: Unpack[Means]) -> WorkOrder:
    """Set out for a visit. A second tap changes nothing.

    Parameters
    ----------
    expected_arrival
        None = after the travel that the plan has.

    Raises
    ------
    BadInputError
        If `expected_arrival` is too far away.
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, nobody has accepted it, it is another technician's, or the technician is at another.
    """
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        if turn.was_done(order, "set_out") or order.state == "en_route":
            return order
        turn.require(order, "set_out")
        _require_free(order, turn)
        turn.require_to_come("expected_arrival", expected_arrival, may_be_over=True)
        arrival = expected_arrival or order.planned_start
        event = EnRoute(
            id=turn.new_id(),
            at=turn.at,
            technician=str(order.technician),
            order=order.id,
            expected_arrival=max(arrival, turn.at) if arrival is not None else None,
        )
        return turn.step(
            order, "set_out", to="en_route", event=event, en_route_at=turn.at, expected_arrival=event.expected_arrival
        )


def report_overrun(order_id: str, expected_end: datetime, **means: Unpack[Means]) -> WorkOrder:
    """Say that a visit under way will end at another time than expected; the items of later visits go first (R21).

    Raises
    ------
    BadInputError
        If that time is over or too far away.
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, nobody is under way to it, or it is another technician's.
    """
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        if turn.was_done(order, "overrun") or order.expected_end == expected_end:
            return order
        turn.require(order, "overrun")
        turn.require_to_come("expected_end", expected_end)
        event = Overrun(id=turn.new_id(), at=turn.at, order=order.id, expected_end=expected_end)
        longer = turn.step(order, "overrun", to=order.state, event=event, expected_end=expected_end)
        drop_items_of_late_route(turn, longer, expected_end=expected_end)
        return longer


def arrive(order_id: str, *, position: Location | None = None, **means: Unpack[Means]) -> WorkOrder:
    """Arrive at the customer; how far from the agreed time that is, is kept (R09). A second tap changes nothing.

    Parameters
    ----------
    position
        Where the phone is. Inside the geofence it proves the arrival; outside, or without one, the tap counts.

    Raises
    ------
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, nobody has accepted it, it is another technician's, or the technician is at another.
    """
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        if turn.was_done(order, "arrive") or order.state == "on_site":
            return order
        turn.require(order, "arrive")
        _require_free(order, turn)
        distance = None if position is None else distance_m(position, _place_of(order, turn))
        is_at_door = distance is not None and distance <= turn.policy.life.geofence_m
        agreed = order.agreed_start
        return turn.step(
            order,
            "arrive",
            to="on_site",
            event=Arrived(id=turn.new_id(), at=turn.at, technician=str(order.technician), order=order.id),
            arrived_at=turn.at,
            arrival_source="position" if is_at_door else "tap",
            arrival_distance_m=distance,
            arrival_deviation_s=None if agreed is None else round((turn.at - agreed).total_seconds()),
            holds=ended_holds(order.holds, turn.at, "customer_unreachable"),
            stages={**order.stages, "arrival": turn.at},
            **REACHED,
        )


def tick(order_id: str, stage: Stage, **means: Unpack[Means]) -> WorkOrder:
    """Tick a stage of the visit with all its items (R25); its first tick is its time.

    Raises
    ------
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, nobody has accepted it, or it is another technician's.
    """
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        if turn.was_done(order, "tick"):
            return order
        turn.require(order, "tick")
        items = turn.policy.quality.checklist.items_of(stage)
        tick_in(turn.transaction, order, items=items, at=turn.at, by=turn.actor, now=turn.now, policy=turn.policy)
        if stage in order.stages:
            return order
        return turn.step(order, "tick", to=order.state, why=stage, stages={**order.stages, stage: turn.at})


def finish(
    order_id: str,
    *,
    restored_at: datetime | None = None,
    parts_used: Mapping[str, int] | None = None,
    **means: Unpack[Means],
) -> WorkOrder:
    """End the work: the service is restored (T4), and with it that of all orders of its mass outage (R03).

    A second tap changes nothing.

    Parameters
    ----------
    restored_at
        When the service worked, if that was before the work ended.
    parts_used
        None = those planned.

    Raises
    ------
    BadInputError
        If `restored_at` is not within the visit.
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, nobody is there, or it is another technician's.
    """
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        if turn.was_done(order, "finish") or order.state == "done":
            return order
        turn.require(order, "finish")
        restored = restored_at or turn.at
        if restored > turn.at or (order.arrived_at is not None and restored < order.arrived_at):
            message = f"{restored.isoformat()} is not within the visit"
            raise BadInputError([Problem(path="restored_at", message=message, remedy="correct it, or leave it out")])
        done = turn.step(
            order,
            "finish",
            to="done",
            event=Done(id=turn.new_id(), at=turn.at, order=order.id),
            restored_at=restored,
            expected_end=turn.at,
            parts_used=dict(order.order.parts if parts_used is None else parts_used),
        )
        restore_children(done, turn)
        return done


def no_access(
    order_id: str, *, retry_at: datetime | None = None, note: str | None = None, **means: Unpack[Means]
) -> WorkOrder:
    """Find nobody who opens: the order waits, at the customer's time (T7). A second tap changes nothing.

    Parameters
    ----------
    retry_at
        The order goes on by itself then; None = when it is booked anew.

    Raises
    ------
    BadInputError
        If `retry_at` is over or too far away.
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, nobody is under way to it, or it is another technician's.
    """
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        if turn.was_done(order, "no_access") or order.state == "no_access":
            return order
        turn.require(order, "no_access")
        turn.require_to_come("retry_at", retry_at)
        hold = Hold(cause="no_access", start=turn.at, end=retry_at, note=note)
        changes: dict[str, Any] = {**LEFT_ROUTE, **REACHED}
        return turn.step(
            order,
            "no_access",
            to="no_access",
            why=note,
            event=NoAccess(id=turn.new_id(), at=turn.at, order=order.id, retry_at=retry_at),
            **changes,
            order=order.order.model_copy(update={"agreed_start": None, "hold_until": retry_at, "windows": ()}),
            holds=(*waiting_ended(order.holds, turn.at), hold),
            held_until=retry_at,
            agreed_at=None,
        )


def broken_off(order: WorkOrder, turn: Turn) -> WorkOrder:
    """End a visit under way whose technician can do no more: the order is planned anew, and the customer is told.

    The agreed time stays while somebody else can keep it (R09); afterwards it is given up, at the operator's account
    (T7), as are bookings that are over. The next visit has a checklist and a speed test of its own.
    """
    tolerance = timedelta(minutes=turn.policy.life.arrival_error_min)
    agreed = order.order.agreed_start
    is_kept = agreed is not None and turn.at < agreed + tolerance
    changes = with_operator_change(
        order.operator_changes, "no_technician" if agreed is not None and not is_kept else None, turn.at
    )
    windows = tuple(window for window in order.order.windows if window.end > turn.at)
    document = order.order.model_copy(update={"agreed_start": agreed if is_kept else None, "windows": windows})
    told = OrderChanged(id=turn.new_id(), at=turn.at, order=document) if document != order.order else None
    return turn.step(
        order,
        "break_off",
        to=opened_state(order.model_copy(update={"order": document})),
        why="technician_off",
        event=told,
        **LEFT_ROUTE,
        order=document,
        agreed_at=order.agreed_at if is_kept else None,
        stages={stage: at for stage, at in order.stages.items() if stage == "appointment" and is_kept},
        operator_changes=changes,
        broken_off=order.broken_off + 1,
    )


def _require_free(order: WorkOrder, turn: Turn) -> None:
    """Refuse a visit while its technician is at another one: the running day could make nothing of it."""
    where = {"technician": order.technician, "state": tuple(sorted(UNDER_WAY_STATES))}
    others = [one.id for one in turn.transaction.records(WorkOrder).all(where=where) if one.id != order.id]
    if others:
        msg = f"technician {order.technician} is under way to order {shown(others[0])} or there"
        raise TransitionError(f"{msg}\nMaybe end that visit first")


def _place_of(order: WorkOrder, turn: Turn) -> Location:
    """Return where an order is: its own place, else its community's."""
    if order.order.location is not None:
        return order.order.location
    return turn.transaction.records(CommunityRecord).get(order.community).community.location
