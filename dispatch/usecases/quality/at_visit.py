"""What the technician writes down at a visit: ticks, speed tests, convenience items (R14, R21, R22, R25)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dispatch.domain.problems import shown
from dispatch.domain.records.checklist import Checklist, Tick, visit_id
from dispatch.domain.records.convenience import (
    Consent,
    Convenience,
    ConvenienceItem,
    ConvenienceResult,
    Language,
)
from dispatch.domain.records.made import made
from dispatch.domain.records.speed_test import SpeedTest
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import BadInputError, ForbiddenError, Problem, TransitionError
from dispatch.policy import speed_test as speed_rules
from dispatch.policy.quality_settings import ChecklistSettings, RiskText
from dispatch.policy.settings import Policy
from dispatch.ports import Clock, NewId, Store, Transaction


def visit_of(order: WorkOrder) -> int:
    """Return the number of an order's present visit: 1, and one more with each reopening and each broken-off visit."""
    return 1 + order.reopened + order.broken_off


def tick(
    order_id: str,
    *,
    items: Sequence[str],
    store: Store,
    clock: Clock,
    actor: str,
    policy: Policy,
    at: datetime | None = None,
) -> Checklist:
    """Tick items of a visit's checklist; what is ticked already stays as it is, so a second tap does no harm.

    Parameters
    ----------
    at
        When it was done, if the device was offline then; None = now.

    Raises
    ------
    BadInputError
        If the checklist has no such item, or `at` lies in the future.
    TransitionError
        If the order is closed.
    ForbiddenError
        If another technician goes to it.
    """
    with store.write() as transaction:
        order = _order_at_hand(transaction, order_id, actor)
        now = clock.now()
        return tick_in(transaction, order, items=items, at=_not_later(at, now), by=actor, now=now, policy=policy)


def tick_in(
    transaction: Transaction,
    order: WorkOrder,
    *,
    items: Sequence[str],
    at: datetime,
    by: str,
    now: datetime,
    policy: Policy,
) -> Checklist:
    """Tick items inside a transaction that does more; raises `BadInputError` if the checklist has no such item."""
    new = _ticks(items, at=at, by=by, settings=policy.quality.checklist)
    checklists, name = transaction.records(Checklist), visit_id(order.id, visit_of(order))
    found = checklists.find(name)
    if found is None:
        empty = Checklist(id=name, order=order.id, created_at=now, changed_at=now)
        checklist = empty.with_ticks(new, now=now)
        checklists.add(checklist)
        return checklist
    if all(one.item in found.items for one in new):
        return found
    return checklists.save(found.with_ticks(new, now=now))


def record_speed_test(
    order_id: str,
    *,
    measured_kbps: Sequence[int],
    contracted_kbps: int,
    store: Store,
    clock: Clock,
    new_id: NewId,
    actor: str,
    policy: Policy,
    is_wired: bool = True,
    tested_at: datetime | None = None,
) -> SpeedTest:
    """Record a series of tests and judge it; the last series that proves something decides when the order is closed.

    Raises
    ------
    BadInputError
        If a value is impossible, or `tested_at` lies in the future.
    TransitionError
        If the order is closed.
    ForbiddenError
        If another technician goes to it.
    """
    settings = policy.quality.speed_test
    with store.write() as transaction:
        order = _order_at_hand(transaction, order_id, actor)
        now = clock.now()
        test = made(
            SpeedTest,
            id=new_id(),
            created_at=now,
            changed_at=now,
            order=order.id,
            visit=visit_of(order),
            tested_by=actor,
            tested_at=_not_later(tested_at, now, path="tested_at"),
            is_wired=is_wired,
            contracted_kbps=contracted_kbps,
            measured_kbps=tuple(measured_kbps),
            least_permille=settings.least_permille,
        )
        passed = speed_rules.passes(
            test.measured_kbps, contracted_kbps=test.contracted_kbps, is_wired=is_wired, settings=settings
        )
        test = test.model_copy(update={"passed": passed})
        transaction.records(SpeedTest).add(test)
        return test


def record_convenience(
    order_id: str,
    *,
    item: ConvenienceItem,
    result: ConvenienceResult,
    store: Store,
    clock: Clock,
    actor: str,
    policy: Policy,
    consent_by: str | None = None,
    consent_at: datetime | None = None,
    text_version: str | None = None,
    language: Language = "zh",
) -> Convenience:
    """Record a convenience item that was offered; a risky one that was done only with consent (R22).

    The text is kept as it was shown. A consent to another version than the present one is refused: the customer has to
    see the text that is in force.

    Raises
    ------
    BadInputError
        If consent is missing, incomplete or to another text, or the visit has its most items already.
    TransitionError
        If the order is closed.
    ForbiddenError
        If another technician goes to it.
    """
    with store.write() as transaction:
        order = _order_at_hand(transaction, order_id, actor)
        now, visit = clock.now(), visit_of(order)
        conveniences = transaction.records(Convenience)
        name = f"{visit_id(order.id, visit)}-{item}"
        found = conveniences.find(name)
        if found is not None and found.result == result:
            return found
        if result == "done":
            _require_room(transaction, order, item, policy)
        consent, text = None, policy.quality.convenience.risk_texts.of(item)
        if result == "done" and text is not None:
            at = None if consent_at is None else _not_later(consent_at, now, path="consent_at")
            consent = _consent(text, item, by=consent_by, at=at, version=text_version, language=language)
        record = made(
            Convenience,
            id=name,
            version=1 if found is None else found.version,
            created_at=now,
            changed_at=now,
            order=order.id,
            visit=visit,
            item=item,
            result=result,
            recorded_by=actor,
            consent=consent,
        )
        if found is not None:
            return conveniences.save(record)
        conveniences.add(record)
        return record


def _consent(
    text: RiskText, item: str, *, by: str | None, at: datetime | None, version: str | None, language: Language
) -> Consent:
    problems = [
        Problem(path=path, message=f"is missing: {item} needs consent", remedy=remedy)
        for path, value, remedy in (
            ("consent_by", by, "say who agreed"),
            ("consent_at", at, "say when the customer agreed"),
            ("text_version", version, "show the risk text and send its version"),
        )
        if value is None
    ]
    if version is not None and version != text.version:
        message = f"{shown(version)} is not the risk text in force, {shown(text.version)}"
        problems.append(Problem(path="text_version", message=message, remedy="show that one and ask again"))
    if problems or by is None or at is None:
        raise BadInputError(problems)
    return Consent(
        given_by=by, given_at=at, text_version=text.version, language=language, text=text.in_language(language)
    )


def _require_room(transaction: Transaction, order: WorkOrder, item: str, policy: Policy) -> None:
    most = policy.quality.convenience.most_items
    visit = visit_of(order)
    recorded = transaction.records(Convenience).all(where={"order": order.id})
    others = {record.item for record in recorded if record.visit == visit and record.result == "done"} - {item}
    if len(others) >= most:
        message = f"{len(others)} items were done at this visit already, at most {most} are"
        raise BadInputError([Problem(path="item", message=message, remedy="record it as declined, or leave it out")])


def _ticks(items: Sequence[str], *, at: datetime, by: str, settings: ChecklistSettings) -> list[Tick]:
    ticks, problems = [], []
    for number, item in enumerate(items):
        stage = settings.stage_of(item)
        if stage is None:
            message = f"the checklist has no item {shown(item)}"
            problems.append(Problem(path=f"items[{number}]", message=message, remedy="name one of the policy's"))
        else:
            ticks.append(Tick(stage=stage, item=item, at=at, by=by))
    if problems:
        raise BadInputError(problems)
    return ticks


def _order_at_hand(transaction: Transaction, order_id: str, actor: str) -> WorkOrder:
    """Return an order about which something may be written down."""
    order = transaction.records(WorkOrder).get(order_id)
    if order.is_final:
        raise TransitionError(f"order {order.id} is {order.state}: nothing is added to its visit\nMaybe reopen it")
    if actor.startswith("technician:") and actor != f"technician:{order.technician}":
        who = f"technician {order.technician} goes" if order.technician else "nobody goes"
        raise ForbiddenError(f"{actor} may not write about order {order.id}: {who} to it")
    return order


def _not_later(moment: datetime | None, now: datetime, *, path: str = "at") -> datetime:
    """Return a moment told by a device, or now, in whole seconds; refuse one in the future."""
    if moment is None:
        return now.replace(microsecond=0)
    if moment > now:
        message = f"{moment.isoformat()} lies after now, {now.isoformat()}"
        raise BadInputError([Problem(path=path, message=message, remedy="correct the clock of the device")])
    return moment.replace(microsecond=0)
