"""Communities, technicians, shifts, skills: kept as they are told, one by one or as whole tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from dispatch.domain.problems import problems_of, shown
from dispatch.domain.records.record import Page, Record, Where, id_problems
from dispatch.domain.records.roster import ShiftRecord, TechnicianRecord
from dispatch.domain.records.skill import TechnicianSkill
from dispatch.errors import BadInputError, Problem
from dispatch.ports import Clock, Store, Transaction

R = TypeVar("R", bound=Record)

_NAMED_BY: Final[dict[type[Record], str]] = {ShiftRecord: "technician", TechnicianSkill: "technician"}
"""Records that name a technician, who has to be there."""


@dataclass(frozen=True, kw_only=True)
class KeptTable:
    """What became of a table of records.

    Attributes
    ----------
    added, replaced, unchanged
        How many are new, took the place of one that was there, and were there before just like this.
    problems
        What keeps the others from being stored, each with its place in the table, from 0.
    """

    added: int
    replaced: int
    unchanged: int
    problems: tuple[tuple[int, Problem], ...]


def get_record(kind: type[R], record_id: str, *, store: Store) -> R:
    """Return a record; raises `NotFoundError` if there is none."""
    with store.read() as transaction:
        return transaction.records(kind).get(record_id)


def list_records(kind: type[R], *, where: Where, sort: str, after: str | None, limit: int, store: Store) -> Page[R]:
    """Return one page of records; raises `BadInputError` if `after` is no place in that list."""
    with store.read() as transaction:
        return transaction.records(kind).page(where=where, sort=sort, after=after, limit=limit)


def add_record(kind: type[R], record_id: str, fields: dict[str, Any], *, store: Store, clock: Clock) -> R:
    """Store a new record.

    Raises
    ------
    AlreadyThereError
        If its id is taken.
    BadInputError
        If it contradicts itself, or names a technician that is not there.
    """
    record = made_record(kind, record_id, fields, clock=clock)
    with store.write() as transaction:
        _require_named(transaction, record)
        transaction.records(kind).add(record)
    return record


def replace_record(kind: type[R], record_id: str, fields: dict[str, Any], *, store: Store, clock: Clock) -> R:
    """Write a record anew in place of the one that is there.

    Raises
    ------
    NotFoundError
        If there is none.
    BadInputError
        If it contradicts itself, or names a technician that is not there.
    """
    record = made_record(kind, record_id, fields, clock=clock)
    with store.write() as transaction:
        known = transaction.records(kind).get(record_id)
        _require_named(transaction, record)
        return transaction.records(kind).save(_in_place_of(known, record))


def remove_record(kind: type[R], record_id: str, *, store: Store) -> None:
    """Remove a record; raises `NotFoundError` if there is none."""
    with store.write() as transaction:
        transaction.records(kind).delete(record_id)


def keep_table(records: Sequence[R], *, kind: type[R], replaces: bool, store: Store) -> KeptTable:
    """Store the records of a table in one transaction: those that can be stored; the others are listed.

    Parameters
    ----------
    replaces
        Whether records whose ids are there already are replaced; else they are problems, unless they are the same.
    """
    added: list[R] = []
    replaced: list[R] = []
    unchanged = 0
    problems: list[tuple[int, Problem]] = []
    with store.write() as transaction:
        repository = transaction.records(kind)
        seen: set[str] = set()
        for index, record in enumerate(records):
            known = repository.find(record.id)
            is_twice = record.id in seen
            seen.add(record.id)
            if known is not None and not is_twice and _is_same(known, record):
                unchanged += 1
                continue
            problem = _problem_of(transaction, record, is_twice=is_twice, may_exist=replaces or known is None)
            if problem is not None:
                problems.append((index, problem))
            elif known is None:
                added.append(record)
            else:
                replaced.append(_in_place_of(known, record))
        repository.add_all(added)
        for record in replaced:
            repository.save(record)
    return KeptTable(added=len(added), replaced=len(replaced), unchanged=unchanged, problems=tuple(problems))


def made_record(kind: type[R], record_id: str, fields: dict[str, Any], *, clock: Clock) -> R:
    """Return a new record; raises `BadInputError` if it contradicts itself or no address leads to it."""
    now = clock.now()
    problems = tuple(id_problems(record_id))
    if problems:
        raise BadInputError(problems)
    try:
        return kind(id=record_id, created_at=now, changed_at=now, **fields)
    except ValidationError as error:
        raise BadInputError(problems_of(error, fields, model=kind)) from None


def _in_place_of(known: R, record: R) -> R:
    return record.model_copy(update={"version": known.version, "created_at": known.created_at})


def _is_same(known: R, record: R) -> bool:
    return known == _in_place_of(known, record).model_copy(update={"changed_at": known.changed_at})


def _require_named(transaction: Transaction, record: Record) -> None:
    problem = _missing_technician(transaction, record)
    if problem is not None:
        raise BadInputError([problem])


def _problem_of(transaction: Transaction, record: Record, *, is_twice: bool, may_exist: bool) -> Problem | None:
    if is_twice:
        return Problem(path="id", message=f"{shown(record.id)} stands twice", remedy="keep one of them")
    if not may_exist:
        return Problem(path="id", message=f"{shown(record.id)} exists already", remedy="say that it is to be replaced")
    return _missing_technician(transaction, record)


def _missing_technician(transaction: Transaction, record: Record) -> Problem | None:
    path = _NAMED_BY.get(type(record))
    if path is None:
        return None
    technician = getattr(record, path)
    if transaction.records(TechnicianRecord).find(technician) is not None:
        return None
    return Problem(
        path=path, message=f"there is no technician {shown(technician)}", remedy="store the technician first"
    )
