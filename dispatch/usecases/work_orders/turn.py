"""One turn of orders: a transaction in which they change state, with audit, timers and news for the running day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NotRequired, TypedDict
from zoneinfo import ZoneInfo

from dispatch.domain.audit_trail import changes_between
from dispatch.domain.events import Event
from dispatch.domain.life_cycle import Action, apply, party_of, require_allowed
from dispatch.domain.problems import shown
from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.escalation import Audience, Escalation, EscalationKind, EscalationLevel
from dispatch.domain.records.order_state import State
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import BadInputError, ForbiddenError, Problem, StaleRecordError
from dispatch.policy.reach import too_far
from dispatch.policy.settings import Policy
from dispatch.ports import Clock, NewId, Store, Transaction
from dispatch.usecases.messages.announce import announce
from dispatch.usecases.webhooks.tell import Event as WebhookNews
from dispatch.usecases.webhooks.tell import escalation_raised, order_changed, tell
from dispatch.usecases.work_orders.field_log import store_field_events
from dispatch.usecases.work_orders.kept_timers import keep_timers


class ActorMeans(TypedDict):
    """What a use case is handed, by keyword, in which somebody acts.

    Attributes
    ----------
    store
        As the dispatch centre sees it.
    actor
        Who acts, as `technician:t-1`, `dispatcher:li`, `customer`, `system:accept_timer`.
    policy
        The centre's effective one.
    """

    store: Store
    clock: Clock
    new_id: NewId
    actor: str
    policy: Policy


class Means(ActorMeans):
    """What every use case of the life cycle is handed.

    Attributes
    ----------
    at
        When it happened, if that was before now: a phone without signal tells later (R31).
    action_id
        The client's id of the action; one that comes twice counts once.
    version
        Version of the order that the caller has seen; another one is refused. Left out = any.
    """

    at: NotRequired[datetime | None]
    action_id: NotRequired[str | None]
    version: NotRequired[int | None]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A transition that an order is to be taken through; see `Turn.step`."""

    order: WorkOrder
    action: Action
    to: State
    why: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)


class Turn:
    """A writing transaction, and what is recorded of it at its end.

    Attributes
    ----------
    now
        When it is recorded.
    at
        When it happened, in whole seconds.
    """

    def __init__(self, transaction: Transaction, means: Means) -> None:
        self.transaction = transaction
        self.now = means["clock"].now()
        self.actor = means["actor"]
        self.policy = means["policy"]
        self.new_id = means["new_id"]
        self.at = self._moment(means.get("at"))
        self._action_id = means.get("action_id")
        self._version = means.get("version")
        self._events: list[Event] = []
        self._told: list[WebhookNews] = []
        self._day = self.now.date()

    def order(self, order_id: str) -> WorkOrder:
        """Return an order, locked until the end; raises `NotFoundError` if there is none."""
        return self.transaction.records(WorkOrder).get(order_id)

    def order_in_hand(self, order_id: str) -> WorkOrder:
        """Return an order that the actor is to do something to, locked until the end.

        A technician may look at it who has it or has done something to it: a second tap is answered as the first.

        Raises
        ------
        NotFoundError
            If there is none.
        ForbiddenError
            If a technician asks for what is and was another one's, whatever its state.
        """
        order = self.order(order_id)
        is_technician = party_of(self.actor) == "technician"
        if is_technician and self.actor != f"technician:{order.technician}" and not self._has_acted(order):
            msg = f"order {shown(order.id)} is not with {self.actor}\nMaybe it was given to somebody else meanwhile"
            raise ForbiddenError(msg)
        return order

    def orders(self, order_ids: Collection[str]) -> Mapping[str, WorkOrder]:
        """Return orders by id, locked until the end; raises `NotFoundError` if one is not there."""
        found = self.transaction.records(WorkOrder).find_all(order_ids)
        return {order_id: found.get(order_id) or self.order(order_id) for order_id in sorted(order_ids)}

    def was_done(self, order: WorkOrder, action: Action) -> bool:
        """Tell whether the client's action was done to this order before."""
        if self._action_id is None:
            return False
        where = {"order": order.id, "action": action, "action_id": self._action_id}
        return self.transaction.records(AuditEvent).count(where) > 0

    def require(self, order: WorkOrder, action: Action) -> None:
        """Refuse a stale version, and an action before its details are looked at; see `require_allowed`."""
        self._require_version(order)
        require_allowed(order, action, self.actor)

    def step(
        self,
        order: WorkOrder,
        action: Action,
        /,
        *,
        to: State,
        why: str | None = None,
        event: Event | None = None,
        actor: str | None = None,
        **changes: Any,
    ) -> WorkOrder:
        """Take an order through a transition and return it as it is stored then.

        Parameters
        ----------
        why
            Code or words for the audit.
        event
            News for the running day.
        actor
            Who acts; None = the actor of the turn.
        **changes
            Fields that change beside the state.
        """
        step = Step(order=order, action=action, to=to, why=why, changes=changes)
        saved = self.steps([step], actor=actor)[0]
        if event is not None:
            self.tell(saved, event)
        return saved

    def steps(self, steps: Sequence[Step], *, actor: str | None = None) -> tuple[WorkOrder, ...]:
        """Take different orders through transitions at once, and return them as they are stored then; see `step`."""
        who, transaction = actor or self.actor, self.transaction
        for step in steps:
            self._require_version(step.order)
        changed = [apply(one.order, one.action, to=one.to, actor=who, now=self.now, **one.changes) for one in steps]
        saved = transaction.records(WorkOrder).save_all(changed)
        pairs = tuple(zip(steps, saved, strict=True))
        transaction.records(AuditEvent).add_all(
            [self.audit_event(one.order, after, one.action, why=one.why, actor=actor) for one, after in pairs]
        )
        keep_timers(saved, transaction=transaction, settings=self.policy.life, new_id=self.new_id, now=self.now)
        announce(transaction, [(one.order, after) for one, after in pairs], policy=self.policy, now=self.now)
        return saved

    def audit_event(
        self,
        before: WorkOrder | None,
        after: WorkOrder,
        action: str,
        *,
        why: str | None = None,
        actor: str | None = None,
    ) -> AuditEvent:
        """Return the audit's event of a change; it is stored by whoever asks for it."""
        changes = changes_between(before, after)
        audited = AuditEvent(
            id=self.new_id(),
            created_at=self.now,
            changed_at=self.now,
            order=after.id,
            order_version=after.version,
            action=action,
            at=self.at,
            actor=actor or self.actor,
            action_id=self._action_id,
            from_state=before.state if before is not None else None,
            to_state=after.state,
            reason=why,
            before=changes.before,
            after=changes.after,
        )
        if audited.from_state != audited.to_state:
            self._told.append(order_changed(audited))
        return audited

    def require_to_come(self, path: str, moment: datetime | None, *, may_be_over: bool = False) -> None:
        """Refuse a moment that is over, or that nobody can plan for; raises `BadInputError`."""
        problems = () if moment is None else tuple(self.problems_to_come(path, moment, may_be_over=may_be_over))
        if problems:
            raise BadInputError(problems)

    def problems_to_come(self, path: str, moment: datetime, *, may_be_over: bool = False) -> Iterator[Problem]:
        """Yield why a moment cannot be one to come: it is over, or further away than the policy allows."""
        if moment <= self.at and not may_be_over:
            yield Problem(path=path, message=f"{moment.isoformat()} is over", remedy="choose a later one")
        yield from too_far(path, moment, at=self.at, settings=self.policy.life)

    def tell(self, order: WorkOrder, event: Event) -> None:
        """Keep news for the running day, on the local day of now, until the end of the turn."""
        self.report(event, order.zone)

    def report(self, event: Event, zone: ZoneInfo) -> None:
        """Keep news for the running day of a zone until the end of the turn; it need not be of an order."""
        self._events.append(event)
        self._day = self.now.astimezone(zone).date()

    def escalate(
        self,
        order: WorkOrder,
        kind: EscalationKind,
        level: EscalationLevel,
        text: str,
        *,
        audience: Audience = "supervisor",
        due_at: datetime | None = None,
    ) -> None:
        """Hand a warning, an escalation or a request for a message over to whoever is to know."""
        escalation = Escalation(
            id=self.new_id(),
            created_at=self.now,
            changed_at=self.now,
            order=order.id,
            kind=kind,
            level=level,
            audience=audience,
            at=self.at,
            due_at=due_at,
            technician=order.technician,
            text=text,
        )
        self.transaction.records(Escalation).add(escalation)
        if level != "message":
            self._told.append(escalation_raised(escalation))

    def end(self) -> None:
        """Store the news for the running day and for webhooks."""
        store_field_events(self._events, day=self._day, transaction=self.transaction, now=self.now, actor=self.actor)
        tell(self._told, transaction=self.transaction, now=self.now)
        self._events, self._told = [], []

    def _has_acted(self, order: WorkOrder) -> bool:
        return self.transaction.records(AuditEvent).count({"order": order.id, "actor": self.actor}) > 0

    def _require_version(self, order: WorkOrder) -> None:
        """Refuse the first change of an order of another version than the caller has seen."""
        if self._version is not None and order.version != self._version:
            msg = (
                f"order {shown(order.id)} is at version {order.version}, this change was made to version "
                f"{self._version}\nMaybe read it again and repeat the change"
            )
            raise StaleRecordError(msg)
        self._version = None

    def _moment(self, at: datetime | None) -> datetime:
        now = self.now.astimezone(UTC).replace(microsecond=0)
        if at is None:
            return now
        settings = self.policy.life
        if at > now + timedelta(minutes=settings.ahead_min) or at < now - timedelta(minutes=settings.offline_min):
            message = f"{at.isoformat()} is not within the last {settings.offline_min} minutes before {now.isoformat()}"
            raise BadInputError([Problem(path="at", message=message, remedy="correct it, or leave it out for now")])
        return min(at, now).replace(microsecond=0)


@contextmanager
def turn_of(means: Means) -> Iterator[Turn]:
    """Open a turn; it is stored whole at its end, or not at all if an exception leaves it."""
    with means["store"].write() as transaction:
        turn = Turn(transaction, means)
        yield turn
        turn.end()
