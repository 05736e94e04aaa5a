"""Take orders in, one or thousands: scope gate, due times, first timers, news for the running day (R04, R33)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, Unpack
from zoneinfo import ZoneInfo

from dispatch.domain.events import OrderAccepted
from dispatch.domain.files import order_digest
from dispatch.domain.life_cycle import allowed_actions, party_of
from dispatch.domain.portions import portions
from dispatch.domain.problems import shown
from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.centre import Centre
from dispatch.domain.records.record import R, id_problems
from dispatch.domain.records.roster import CommunityRecord, TechnicianRecord
from dispatch.domain.records.timer import Timer
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Horizon, Order, Request
from dispatch.domain.validation import order_problems
from dispatch.errors import AlreadyThereError, BadInputError, ForbiddenError, Problem
from dispatch.policy.intake import Origin, taken_in
from dispatch.policy.reach import moments_too_far
from dispatch.ports import Transaction
from dispatch.usecases.messages.announce import announce_new
from dispatch.usecases.work_orders.kept_timers import first_timers
from dispatch.usecases.work_orders.turn import Means, Turn, turn_of

AT_A_TIME: Final = 500
"""Orders of one transaction: other writers get their turn in between."""
NO_ORIGIN: Final = Origin()


@dataclass(frozen=True, kw_only=True)
class NewOrder:
    """An order to be taken in, and where it comes from."""

    order: Order
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True, kw_only=True)
class IntakeFailure:
    """An order that was not taken in.

    Attributes
    ----------
    index
        Its place in the list, from 0.
    code
        `already_there` or `bad_input`.
    """

    index: int
    order: str
    code: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What became of a list of orders: each one was taken in, was there before, or failed.

    Attributes
    ----------
    received
        Those taken in now, in the list's order.
    known
        Ids of those that were taken in before just like this; nothing was changed.
    """

    received: tuple[WorkOrder, ...]
    known: tuple[str, ...]
    failures: tuple[IntakeFailure, ...]


def receive(order: Order, *, origin: Origin = NO_ORIGIN, **means: Unpack[Means]) -> WorkOrder:
    """Take in an order; one that was taken in just like this before changes nothing.

    Raises
    ------
    BadInputError
        If the order cannot be used: its community is not known, or a window ends before it begins.
    AlreadyThereError
        If its id belongs to another order.
    ForbiddenError
        If the actor may not take in orders.
    """
    _require_intake(means["actor"])
    with turn_of(means) as turn:
        return receive_in(turn, NewOrder(order=order, origin=origin))


def receive_in(turn: Turn, new: NewOrder, *, is_told: bool = True) -> WorkOrder:
    """Take in an order as a part of a turn; raises as `receive` does.

    Parameters
    ----------
    is_told
        Whether the running day is told of it; False = by an event of the caller's.
    """
    done = _receive_some([new], 0, turn, is_told=is_told)
    for failure in done.failures:
        if failure.code == "already_there":
            problem = failure.problems[0]
            raise AlreadyThereError(f"{problem.message}\nMaybe {problem.remedy}")
        raise BadInputError([replace(problem, path=f"order.{problem.path}") for problem in failure.problems])
    return done.received[0] if done.received else turn.order(new.order.id)


def receive_many(orders: Sequence[NewOrder], **means: Unpack[Means]) -> Intake:
    """Take in many orders; those that cannot be are listed, and keep no other one back.

    Raises
    ------
    ForbiddenError
        If the actor may not take in orders.
    """
    _require_intake(means["actor"])
    received: list[WorkOrder] = []
    known: list[str] = []
    failures: list[IntakeFailure] = []
    for first in range(0, len(orders), AT_A_TIME):
        part = _receive_part(orders[first : first + AT_A_TIME], first, means)
        received += part.received
        known += part.known
        failures += part.failures
    return Intake(received=tuple(received), known=tuple(known), failures=tuple(failures))


def _require_intake(actor: str) -> None:
    if "receive" not in allowed_actions(None, party_of(actor)):
        msg = f"{actor} may not take in orders\nMaybe use a key for integration"
        raise ForbiddenError(msg)


def _receive_part(orders: Sequence[NewOrder], first: int, means: Means) -> Intake:
    """Take in a part of the list; once more if somebody else took one of its orders in at the same moment."""
    try:
        with turn_of(means) as turn:
            return _receive_some(orders, first, turn)
    except AlreadyThereError:
        with turn_of(means) as turn:
            return _receive_some(orders, first, turn)


def _receive_some(orders: Sequence[NewOrder], first: int, turn: Turn, *, is_told: bool = True) -> Intake:
    """Store a part of the list in one transaction; what is no order, or is one already, is left out."""
    desk = Desk(orders, turn)
    there = _by_id(turn.transaction, WorkOrder, {new.order.id for new in orders})
    received: dict[str, WorkOrder] = {}
    known: list[str] = []
    failures: list[IntakeFailure] = []
    for index, new in enumerate(orders, start=first):
        same = there.get(new.order.id) or received.get(new.order.id)
        if same is not None and _is_same(same, new.order):
            known.append(same.id)
            continue
        if same is not None:
            problem = _id_taken(same, new.order)
            failures.append(IntakeFailure(index=index, order=same.id, code="already_there", problems=(problem,)))
            continue
        problems = tuple(desk.problems(new.order))
        if problems:
            failures.append(IntakeFailure(index=index, order=new.order.id, code="bad_input", problems=problems))
        else:
            received[new.order.id] = desk.taken_in(new)
    _store(tuple(received.values()), turn, is_told=is_told)
    return Intake(received=tuple(received.values()), known=tuple(known), failures=tuple(failures))


def _store(orders: Sequence[WorkOrder], turn: Turn, *, is_told: bool) -> None:
    if not orders:
        return
    settings, transaction = turn.policy.life, turn.transaction
    transaction.records(WorkOrder).add_all(orders)
    transaction.records(AuditEvent).add_all(
        [turn.audit_event(None, order, "receive", why=order.reason) for order in orders]
    )
    transaction.records(Timer).add_all(
        [
            timer
            for order in orders
            for timer in first_timers(order, settings=settings, new_id=turn.new_id, now=turn.now)
        ]
    )
    announce_new(transaction, orders, policy=turn.policy, now=turn.now)
    for order in orders:
        if is_told and order.state != "rejected":
            turn.tell(order, OrderAccepted(id=turn.new_id(), at=max(turn.at, order.accepted_at), order=order.order))


class Desk:
    """What intake looks orders up in: the centre's zone, the communities and technicians that the orders name."""

    def __init__(self, orders: Sequence[NewOrder], turn: Turn) -> None:
        centres = turn.transaction.records(Centre).all(limit=1)
        self._turn = turn
        self._zone = ZoneInfo(centres[0].time_zone if centres else Request.model_fields["time_zone"].default)
        self._records = _by_id(turn.transaction, CommunityRecord, {new.order.community for new in orders})
        named = {name for new in orders for name in _technicians_of(new.order)}
        technicians = _by_id(turn.transaction, TechnicianRecord, named)
        # An order may be accepted a little after our now: the sender's clock is ahead, as a phone's may be.
        ahead = turn.at + timedelta(minutes=turn.policy.life.ahead_min)
        self._request = Request(
            now=ahead,
            horizon=Horizon(start=turn.at, end=ahead),
            communities=tuple(record.community for record in self._records.values()),
            technicians=tuple(record.technician for record in technicians.values()),
        )

    def problems(self, order: Order) -> Iterator[Problem]:
        """Yield what is wrong with an order, paths as in its document."""
        yield from id_problems(order.id)
        for problem in order_problems("order", order, self._request):
            remedy = self._remedy(problem, order)
            yield replace(problem, path=problem.path.removeprefix("order."), remedy=remedy)
        yield from moments_too_far(order, at=self._turn.at, settings=self._turn.policy.life)

    def _remedy(self, problem: Problem, order: Order) -> str:
        """Return a remedy in the service's words where a planning request's would mislead."""
        field = problem.path.removeprefix("order.").partition("[")[0]
        if field == "community" and order.community not in self._request.communities_by_id:
            return "enter the community first, or correct its id"
        if field.endswith(("_technician", "_technicians")):
            return "enter the technician first, or correct the id"
        return "correct it: nothing was accepted yet that is to come" if field == "accepted_at" else problem.remedy

    def taken_in(self, new: NewOrder) -> WorkOrder:
        """Return the work order of an order without faults."""
        record = self._records[new.order.community]
        order = new.order
        if order.resource_ready and not record.resource_ready:
            order = order.model_copy(update={"resource_ready": False})
        received = taken_in(
            order,
            record.community,
            policy=self._turn.policy,
            zone=self._zone,
            now=self._turn.now,
            at=self._turn.at,
            origin=new.origin,
        )
        return received.model_copy(update={"sent_digest": order_digest(new.order)})


def _technicians_of(order: Order) -> Iterator[str]:
    yield from (*order.preferred_technicians, *order.excluded_technicians)
    if order.required_technician is not None:
        yield order.required_technician


def _by_id(transaction: Transaction, kind: type[R], ids: Collection[str]) -> Mapping[str, R]:
    records = transaction.records(kind)
    return {record.id: record for some in portions(ids) for record in records.all(where={"id": some})}


def _is_same(there: WorkOrder, order: Order) -> bool:
    """Tell whether an order is the one that was sent before; of one stored without its digest, as far as is known."""
    if there.sent_digest is None:
        return _is_same_promise(there, order)
    return there.sent_digest == order_digest(order)


def _is_same_promise(there: WorkOrder, order: Order) -> bool:
    """Tell whether what the promise hangs on is the same: what was asked for, where and when."""
    kept = there.order
    return (kept.kind, kept.community, kept.accepted_at) == (order.kind, order.community, order.accepted_at)


def _id_taken(there: WorkOrder, order: Order) -> Problem:
    """Say that an id belongs to an order that was sent otherwise."""
    message = f"order {shown(there.id)} exists already, of {there.accepted_at.isoformat()}"
    if not _is_same_promise(there, order):
        return Problem(path="id", message=message, remedy="give each order its own id")
    return Problem(path="id", message=f"{message}, and was sent otherwise", remedy="change it by its action amend")
