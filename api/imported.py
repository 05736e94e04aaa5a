"""What becomes of the rows of an imported file, kind by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from api.schemas.imports import Outcome, TableName
from api.schemas.orders import OrderBody
from api.schemas.roster import CommunityBody, ShiftBody, TechnicianBody
from dispatch.bootstrap import Service
from dispatch.domain.records.record import Record
from dispatch.domain.records.roster import CommunityRecord, ShiftRecord, TechnicianRecord
from dispatch.domain.values import Document
from dispatch.errors import BadInputError, Problem
from dispatch.imports.tables import ImportedRow
from dispatch.policy.intake import Origin
from dispatch.policy.settings import Policy
from dispatch.ports import Store
from dispatch.usecases.master_data import keep_table, made_record
from dispatch.usecases.work_orders.receive import NewOrder, receive_many


@dataclass(frozen=True, kw_only=True)
class ImportMeans:
    """What an import works with."""

    service: Service
    store: Store
    policy: Policy
    actor: str
    replaces: bool


@dataclass(frozen=True, kw_only=True)
class Import:
    """What the rows of a kind of table are, and how they are kept.

    Attributes
    ----------
    body
        What each row must be, as it would be sent by itself.
    """

    body: type[Document]
    keep: Callable[[Sequence[ImportedRow], ImportMeans], Outcome]


def keeper(kind: type[Record], body: type[Document], id_of: Callable[[Any], str]) -> Import:
    """Return the import of a kind of record that people keep by hand."""

    def keep(rows: Sequence[ImportedRow], means: ImportMeans) -> Outcome:
        records: dict[int, Record] = {}
        failed: dict[int, tuple[Problem, ...]] = {}
        for row in rows:
            fields = body.model_validate(row.document)
            try:
                records[row.number] = made_record(kind, id_of(fields), dict(fields), clock=means.service.clock)
            except BadInputError as error:
                failed[row.number] = error.problems
        kept = keep_table(tuple(records.values()), kind=kind, replaces=means.replaces, store=means.store)
        numbers = tuple(records)
        for index, problem in kept.problems:
            failed[numbers[index]] = (problem,)
        return Outcome(added=kept.added, replaced=kept.replaced, unchanged=kept.unchanged, failed=failed)

    return Import(body=body, keep=keep)


def _keep_orders(rows: Sequence[ImportedRow], means: ImportMeans) -> Outcome:
    """Take in orders; one that was taken in just like this before is left as it is."""
    bodies = [OrderBody.model_validate(row.document) for row in rows]
    intake = receive_many(
        [NewOrder(order=body.order, origin=Origin(customer=body.customer, channel=body.channel)) for body in bodies],
        store=means.store,
        clock=means.service.clock,
        new_id=means.service.new_id,
        actor=means.actor,
        policy=means.policy,
    )
    failed = {
        rows[failure.index].number: tuple(
            replace(problem, path=f"order.{problem.path}") for problem in failure.problems
        )
        for failure in intake.failures
    }
    return Outcome(added=len(intake.received), unchanged=len(intake.known), failed=failed)


IMPORTS: Final[Mapping[TableName, Import]] = {
    "orders": Import(body=OrderBody, keep=_keep_orders),
    "communities": keeper(CommunityRecord, CommunityBody, lambda body: body.community.id),
    "technicians": keeper(TechnicianRecord, TechnicianBody, lambda body: body.technician.id),
    "shifts": keeper(ShiftRecord, ShiftBody, lambda body: body.shift.id),
}
