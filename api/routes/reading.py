"""The two routes by which any kind of record is read: a list in pages, and a single one.

Annotations are evaluated where they stand here, since they are made of arguments.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.deps import CentreStoreDep, allowed
from api.openapi import errors
from api.paging import ListPage, ListQuery
from api.preconditions import tagged
from dispatch.domain.records.access import Principal, Role
from dispatch.domain.records.record import Record
from dispatch.domain.values import Identifier
from dispatch.usecases.master_data import get_record, list_records


@dataclass(frozen=True, kw_only=True)
class Readable:
    """A kind of record that can be looked at.

    Attributes
    ----------
    one, many
        What to call it in the description.
    path
        Behind the prefix of its router.
    about
        What it is, for the description: a sentence.
    """

    one: str
    many: str
    kind: type[Record]
    query: type[ListQuery]
    readers: tuple[Role, ...]
    path: str = ""
    about: str = ""


def add_list(router: APIRouter, of: Readable) -> None:
    """Add the route of a list."""
    kind = of.kind
    reader = Annotated[Principal, allowed(*of.readers)]

    @router.get(
        of.path,
        operation_id=f"list_{_plain(of.many)}",
        response_model=ListPage[kind],  # type: ignore[valid-type]
        response_model_exclude_none=True,
        summary=f"List {of.many}",
        description=f"Return {of.many}, page by page; filters that are given all have to hold. {of.about}".strip(),
        responses=errors("bad_input"),
    )
    def read_list(_: reader, store: CentreStoreDep, query: Annotated[of.query, Query()]) -> Any:  # type: ignore[name-defined]
        page = list_records(
            kind, where=query.where(), sort=query.sort, after=query.cursor, limit=query.limit, store=store
        )
        return ListPage[Any].of(page)


def add_get(router: APIRouter, of: Readable) -> None:
    """Add the route of a single record."""
    kind = of.kind
    reader = Annotated[Principal, allowed(*of.readers)]

    @router.get(
        f"{of.path}/{{record_id}}",
        operation_id=f"get_{_plain(of.one)}",
        response_model=kind,
        response_model_exclude_none=True,
        summary=f"Get a {of.one}",
        description=f"Return a {of.one}; its `ETag` is the version to change it against. {of.about}".strip(),
        responses=errors("bad_input", "not_found"),
    )
    def read_one(_: reader, record_id: Identifier, response: Response, store: CentreStoreDep) -> Any:
        record = get_record(kind, record_id, store=store)
        tagged(response, record)
        return record


def _plain(words: str) -> str:
    return words.replace(" ", "_").replace("-", "_")
