"""What becomes of the rows of an imported file, kind by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.schemas.imports import Outcome, TableName
from api.schemas.roster import CommunityBody, ShiftBody, TechnicianBody
from dispatch.bootstrap import Service
from dispatch.domain.records.record import Record
from dispatch.domain.records.roster import CommunityRecord, ShiftRecord, TechnicianRecord
from dispatch.domain.values import Document
from dispatch.errors import BadInputError, Problem
from dispatch.imports.tables import ImportedRow
from dispatch.policy.settings import Policy
from dispatch.ports import Store
from dispatch.usecases.master_data import keep_table, made_record


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
        return Outcome(added=kept.added, replaced=kept.replaced, failed=failed)

    return Import(body=body, keep=keep)


IMPORTS: Final[Mapping[TableName, Import]] = {
    "communities": keeper(CommunityRecord, CommunityBody, lambda body: body.community.id),
    "technicians": keeper(TechnicianRecord, TechnicianBody, lambda body: body.technician.id),
    "shifts": keeper(ShiftRecord, ShiftBody, lambda body: body.shift.id),
}
