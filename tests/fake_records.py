"""Records in memory, as a stand-in for those of a database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Generic

from dispatch.domain.records.record import Below, Between, From, Page, R, Record, View, Where
from dispatch.errors import AlreadyThereError, NotFoundError, StaleRecordError


class FakeRecords(Generic[R]):
    def __init__(self, rows: dict[tuple[str, str], R], name: str, centre: str | None) -> None:
        self._rows = rows
        self._name = name
        self._centre = centre

    def add(self, record: R) -> None:
        self.add_all([record])

    def add_all(self, records: Sequence[R]) -> None:
        new: dict[tuple[str, str], R] = {}
        for record in records:
            key = self._key(record.id)
            if key in self._rows or key in new:
                raise AlreadyThereError(f"{self._name} {record.id!r} exists already")
            new[key] = record
        self._rows.update(new)

    def get(self, record_id: str) -> R:
        found = self.find(record_id)
        if found is None:
            raise NotFoundError(f"there is no {self._name} {record_id!r}")
        return found

    def find(self, record_id: str) -> R | None:
        return self._rows.get(self._key(record_id))

    def all_views(self, view: type[View], *, where: Where) -> tuple[View, ...]:
        return tuple(self.views(view, where=where))

    def find_all(self, record_ids: Collection[str]) -> dict[str, R]:
        found = {record_id: self.find(record_id) for record_id in sorted(record_ids)}
        return {record_id: record for record_id, record in found.items() if record is not None}

    def save(self, record: R) -> R:
        return self.save_all([record])[0]

    def save_all(self, records: Sequence[R]) -> tuple[R, ...]:
        if len({record.id for record in records}) < len(records):
            raise StaleRecordError(f"a {self._name} is given twice")
        for record in records:
            found = self.get(record.id)
            if found.version != record.version:
                raise StaleRecordError(f"{self._name} {record.id!r} is at version {found.version}")
        saved = tuple(record.model_copy(update={"version": record.version + 1}) for record in records)
        self._rows.update({self._key(record.id): record for record in saved})
        return saved

    def delete(self, record_id: str) -> None:
        self.get(record_id)
        del self._rows[self._key(record_id)]

    def all(self, *, where: Where = {}, sort: str = "id", limit: int | None = None) -> tuple[R, ...]:  # noqa: B006
        own = [record for (centre, _), record in self._rows.items() if centre == self._key("")[0]]
        return tuple(_sorted([record for record in own if _holds(record, where)], sort)[:limit])

    def page(
        self,
        *,
        where: Where = {},  # noqa: B006
        sort: str = "id",
        after: str | None = None,
        limit: int,
    ) -> Page[R]:
        records = self.all(where=where, sort=sort)
        first = 0 if after is None else [record.id for record in records].index(after) + 1
        page = records[first : first + limit]
        is_last = first + limit >= len(records)
        return Page(records=page, next_cursor=None if is_last else page[-1].id)

    def count(self, where: Where = {}) -> int:  # noqa: B006
        return len(self.all(where=where))

    def views(self, view: type[View], *, where: Where = {}) -> Iterator[View]:  # noqa: B006
        for record in self.all(where=where):
            yield view.model_validate_json(record.model_dump_json(by_alias=True, exclude_none=True))

    def count_across(self, where: Where = {}) -> int:  # noqa: B006
        return len(self.across(where=where))

    def across(
        self,
        *,
        where: Where = {},  # noqa: B006
        sort: str = "id",
        limit: int | None = None,
        skip_locked: bool = False,
    ) -> tuple[tuple[str, R], ...]:
        if self._centre is not None:
            raise ValueError("this transaction is of one dispatch centre: it sees no others")
        centre_of = {id(record): centre for (centre, _), record in self._rows.items()}
        found = _sorted([record for record in self._rows.values() if _holds(record, where)], sort)
        return tuple((centre_of[id(record)], record) for record in found[:limit])

    def _key(self, record_id: str) -> tuple[str, str]:
        if self._centre is None:
            raise ValueError("no dispatch centre is given; ask store.of(centre)")
        return self._centre, record_id


def _sorted(records: list[R], sort: str) -> list[R]:
    name = sort.removeprefix("-")
    known = [record for record in records if getattr(record, name) is not None]
    known.sort(key=lambda record: (getattr(record, name), record.id), reverse=sort.startswith("-"))
    unknown = [record for record in records if getattr(record, name) is None]
    return known + sorted(unknown, key=lambda record: record.id, reverse=sort.startswith("-"))


def _holds(record: Record, where: Where) -> bool:
    return all(_is(getattr(record, name), value) for name, value in where.items())


def _is(found: Any, value: object) -> bool:
    if isinstance(value, Below):
        return found is not None and bool(found < value.value)
    if isinstance(value, From):
        return found is not None and bool(found >= value.value)
    if isinstance(value, Between):
        return found is not None and bool(value.first <= found < value.below)
    return found in value if isinstance(value, tuple) else found == value
