"""Records in the database: a document with its version, and columns to find it by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, Generic

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from dispatch.domain.portions import portions
from dispatch.domain.problems import shown
from dispatch.domain.records.record import Page, R, View, Where
from dispatch.errors import AlreadyThereError, NotFoundError, StaleRecordError
from dispatch.store.cursors import after_cursor, cursor_of
from dispatch.store.record_queries import Lock, form_of, listing, values_of
from dispatch.store.record_row import RecordRow
from dispatch.store.record_tables import ROW_OF

ANY: Final[Where] = {}

VIEWS_AT_A_TIME: Final = 1_000
"""So many documents are fetched at once where all are read one after the other."""


class SqlRecords(Generic[R]):
    """The records of one kind, inside one transaction; one that writes locks each record it gets."""

    def __init__(self, connection: Connection, kind: type[R], *, centre: str | None, is_writing: bool) -> None:
        self._connection = connection  # not a session: half the time of a query
        self._kind = kind
        self._row: type[RecordRow] = ROW_OF[kind]
        self._table: Table = self._row.__table__  # type: ignore[attr-defined] # past the mapper: twice as fast
        self._columns = self._table.columns
        self._centre = centre
        self._is_writing = is_writing

    def add(self, record: R) -> None:
        """Store a new record; raises `AlreadyThereError` if its id is taken."""
        self.add_all([record])

    def add_all(self, records: Sequence[R]) -> None:
        """Store new records at once; raises `AlreadyThereError` if an id is taken, and stores none."""
        if not records:
            return
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(self._table), [self._values(record) for record in records])
        except IntegrityError as error:
            taken = self._taken([record.id for record in records])
            if not taken:
                raise
            raise self._already_there(taken) from error

    def get(self, record_id: str) -> R:
        """Return a record; raises `NotFoundError` if there is none."""
        found = self.find(record_id)
        if found is None:
            raise self._no_record(record_id)
        return found

    def find(self, record_id: str) -> R | None:
        """Return a record; None if there is none."""
        query, values = self._asked({"id": record_id}, lock=self._lock)
        document = self._connection.execute(query, values).scalar_one_or_none()
        return None if document is None else self._read(document)

    def find_all(self, record_ids: Collection[str]) -> dict[str, R]:
        """Return those of many records that exist, by id."""
        found: dict[str, R] = {}
        for some in portions(record_ids):
            query, values = self._asked({"id": some}, "id", lock=self._lock)
            records = (self._read(document) for document in self._connection.execute(query, values).scalars())
            found |= {record.id: record for record in records}
        return found

    def save(self, record: R) -> R:
        """Write a changed record in place of the version it was made from; return it with its new version."""
        saved = record.model_copy(update={"version": record.version + 1})
        statement = (
            update(self._table)
            .where(self._is(record.id), self._columns["version"] == record.version)
            .values(self._values(saved))
        )
        if self._changed_rows(statement) == 1:
            return saved
        raise self._not_at(record, self._versions([record.id]))

    def save_all(self, records: Sequence[R]) -> tuple[R, ...]:
        """Write changed records at once, each as `save` does; raises as that does, and writes none then."""
        if len(records) < 2:
            return tuple(self.save(record) for record in records)
        saved = tuple(record.model_copy(update={"version": record.version + 1}) for record in records)
        rows = [
            {f"new_{name}": value for name, value in self._values(after).items()}
            | {"old_id": before.id, "old_version": before.version}
            for before, after in zip(records, saved, strict=True)
        ]
        with self._connection.begin_nested() as savepoint:
            if self._changed_rows(self._update_one(), rows) == len(records):
                return saved
            savepoint.rollback()
        versions = self._versions([record.id for record in records])
        wrong = (record for record in records if versions.get(record.id) != record.version)
        raise self._not_at(next(wrong, records[0]), versions)

    def delete(self, record_id: str) -> None:
        """Remove a record; raises `NotFoundError` if there is none."""
        if self._changed_rows(delete(self._table).where(self._is(record_id))) == 0:
            raise self._no_record(record_id)

    def all(self, *, where: Where = ANY, sort: str = "id", limit: int | None = None) -> tuple[R, ...]:
        """Return records by a column, `-column` for the greatest first; ids break ties."""
        query, values = self._asked(where, sort, limit=limit)
        return tuple(self._read(document) for document in self._connection.execute(query, values).scalars())

    def page(self, *, where: Where = ANY, sort: str = "id", after: str | None = None, limit: int) -> Page[R]:
        """Return the records of a list that follow a cursor; raises `BadInputError` if the cursor is none of it."""
        query, values = self._asked(where, sort, limit=limit + 1)
        if after is not None:
            query = query.where(after_cursor(after, sort, self._column(sort.removeprefix("-")), self._columns["id"]))
        found = [self._read(document) for document in self._connection.execute(query, values).scalars()]
        if len(found) <= limit:
            return Page(records=tuple(found))
        last = found[limit - 1]
        cursor = cursor_of(sort, getattr(last, sort.removeprefix("-")), last.id)
        return Page(records=tuple(found[:limit]), next_cursor=cursor)

    def count(self, where: Where = ANY) -> int:
        """Return how many records there are."""
        query, values = self._asked(where, columns=())
        found: int = self._connection.execute(query, values).scalar_one()
        return found

    def all_views(self, view: type[View], *, where: Where) -> tuple[View, ...]:
        """Return records as a smaller model of the same document, in no order. Locks nothing."""
        query, values = self._asked(where)
        return tuple(view.model_validate_json(found) for found in self._connection.execute(query, values).scalars())

    def views(self, view: type[View], *, where: Where = ANY) -> Iterator[View]:
        """Read records one after the other as a smaller model of the same document; for figures over many."""
        query, values = self._asked(where)
        rows = self._connection.execute(query, values, execution_options={"yield_per": VIEWS_AT_A_TIME})
        for document in rows.scalars():
            yield view.model_validate_json(document)

    def count_across(self, where: Where = ANY) -> int:
        """Return how many records of all dispatch centres there are; for what the service does by itself."""
        self._require_unscoped()
        self._require_columns(where, None)
        query = listing(self._table, form_of(where), columns=(), sort=None, is_own=False)
        found: int = self._connection.execute(query, values_of(where, centre=None)).scalar_one()
        return found

    def across(
        self, *, where: Where = ANY, sort: str = "id", limit: int | None = None, skip_locked: bool = False
    ) -> tuple[tuple[str, R], ...]:
        """Return records of all dispatch centres, each with its centre; for what the service does by itself."""
        self._require_unscoped()
        self._require_columns(where, sort)
        query = listing(
            self._table,
            form_of(where),
            columns=("centre", "document"),
            sort=sort,
            is_own=False,
            is_limited=limit is not None,
            lock="skip" if self._is_writing and skip_locked else "none",
        )
        rows = self._connection.execute(query, values_of(where, centre=None, limit=limit))
        return tuple((centre, self._read(document)) for centre, document in rows)

    def _require_unscoped(self) -> None:
        if self._centre is not None:
            msg = f"this transaction is of dispatch centre {self._centre!r}: it sees no others"
            raise ValueError(msg)

    @property
    def _name(self) -> str:
        return str(self._row.__tablename__).removesuffix("s").replace("_", " ")

    def _values(self, record: R) -> dict[str, Any]:
        scope = {"centre": self._own_centre(), "document": record.model_dump_json(by_alias=True, exclude_none=True)}
        return {name: scope[name] if name in scope else getattr(record, name) for name in self._columns.keys()}  # noqa: SIM118 - iterates over columns

    def _read(self, document: str) -> R:
        return self._kind.model_validate_json(document)

    def _taken(self, ids: Sequence[str]) -> list[str]:
        """Return those of the ids that exist or are given twice."""
        twice = {found for found, times in Counter(ids).items() if times > 1}
        exist: set[str] = set()
        for some in portions(ids):
            query = select(self._columns["id"]).where(self._in_scope(), self._columns["id"].in_(some))
            exist.update(self._connection.execute(query).scalars())
        return sorted(exist | twice)

    def _is(self, record_id: str) -> ColumnElement[bool]:
        return and_(self._in_scope(), col(self._row.id) == record_id)

    def _in_scope(self) -> ColumnElement[bool]:
        return col(self._row.centre) == self._own_centre()

    def _own_centre(self) -> str:
        if self._centre is None:
            msg = f"{self._name}: no dispatch centre is given; ask store.of(centre)"
            raise ValueError(msg)
        return self._centre

    @property
    def _lock(self) -> Lock:
        return "wait" if self._is_writing else "none"

    def _asked(
        self,
        where: Where,
        sort: str | None = None,
        *,
        columns: tuple[str, ...] = ("document",),
        limit: int | None = None,
        lock: Lock = "none",
    ) -> tuple[Select[Any], dict[str, object]]:
        """Return the query for own records, and what it is asked with."""
        self._require_columns(where, sort)
        query = listing(
            self._table,
            form_of(where),
            columns=columns,
            sort=sort,
            is_own=True,
            is_limited=limit is not None,
            lock=lock,
        )
        return query, values_of(where, centre=self._own_centre(), limit=limit)

    def _require_columns(self, where: Where, sort: str | None) -> None:
        for name in where if sort is None else (*where, sort.removeprefix("-")):
            self._column(name)

    def _column(self, name: str) -> Any:
        if name not in self._columns or name == "document":
            msg = f"{self._name} has no column {name!r}; there are {', '.join(sorted(self._columns.keys()))}"
            raise ValueError(msg)
        return self._columns[name]

    def _update_one(self) -> Update:
        """Return the statement that writes a row in place of the version it was made from."""
        columns = self._columns
        return (
            update(self._table)
            .where(
                self._in_scope(),
                columns["id"] == bindparam("old_id"),
                columns["version"] == bindparam("old_version"),
            )
            .values({name: bindparam(f"new_{name}", type_=column.type) for name, column in columns.items()})
        )

    def _versions(self, ids: Sequence[str]) -> dict[str, int]:
        """Return the versions of those of some records that exist."""
        found: dict[str, int] = {}
        for some in portions(ids):
            query = select(self._columns["id"], self._columns["version"])
            query = query.where(self._in_scope(), self._columns["id"].in_(some))
            found |= {row.id: row.version for row in self._connection.execute(query)}
        return found

    def _not_at(self, record: R, versions: Mapping[str, int]) -> NotFoundError | StaleRecordError:
        """Return what is wrong with a change of a record that has another version than it was made to."""
        if record.id not in versions:
            return self._no_record(record.id)
        is_at = f"{self._name} {shown(record.id)} is at version {versions[record.id]}"
        msg = f"{is_at}, this change was made to version {record.version}\nMaybe read it again and repeat the change"
        return StaleRecordError(msg)

    def _changed_rows(self, statement: Any, rows: Sequence[dict[str, Any]] | None = None) -> int:
        return self._connection.execute(statement, rows).rowcount

    def _no_record(self, record_id: str) -> NotFoundError:
        return NotFoundError(f"there is no {self._name} {shown(record_id)}")

    def _already_there(self, ids: Sequence[str]) -> AlreadyThereError:
        first = ", ".join(shown(found) for found in ids[:5]) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
        return AlreadyThereError(f"{self._name} {first} exists already\nMaybe give each one its own id")
