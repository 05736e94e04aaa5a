"""The five routes of a plain resource: list, add, get, replace, remove.

Annotations are evaluated where they stand here, since they are made of arguments.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Response

from api.body import json_body, read_as
from api.deps import CentreStoreDep, ServiceDep, allowed
from api.idempotency import OnceRoute
from api.openapi import BODY_ERRORS, errors
from api.paging import ListQuery
from api.preconditions import SeenVersion, against, located, tagged
from api.routes.reading import Readable, add_get, add_list
from dispatch.domain.records.access import Principal, Role
from dispatch.domain.records.record import Record
from dispatch.domain.values import Document, Identifier
from dispatch.errors import BadInputError, Problem
from dispatch.usecases.master_data import add_record, remove_record, replace_record


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A kind of record that people keep by hand.

    Attributes
    ----------
    one, many
        What to call it; `many` is also its path.
    body
        What is sent to add or to replace one.
    id_of
        Returns the id that a body has.
    example
        A body, for the description.
    """

    one: str
    many: str
    kind: type[Record]
    body: type[Document]
    query: type[ListQuery]
    id_of: Callable[[Any], str]
    fields_of: Callable[[Any], dict[str, Any]]
    readers: tuple[Role, ...]
    writers: tuple[Role, ...]
    example: dict[str, Any]


def router_of(resource: Resource) -> APIRouter:
    """Return the routes of a resource."""
    router = APIRouter(prefix=f"/v1/{resource.many}", tags=[resource.many], route_class=OnceRoute)
    kind, one, many = resource.kind, resource.one, resource.many
    writer = Annotated[Principal, allowed(*resource.writers)]
    body_type = Annotated[Any, read_as(resource.body)]
    written = json_body(resource.body, example=resource.example)

    readable = Readable(one=one, many=many, kind=kind, query=resource.query, readers=resource.readers)
    add_list(router, readable)
    add_get(router, readable)

    @router.post(
        "",
        operation_id=f"add_{one}",
        status_code=201,
        response_model=kind,
        response_model_exclude_none=True,
        summary=f"Add a {one}",
        description=f"Store a new {one}; `Location` says where it is.",
        responses=errors("already_there", *BODY_ERRORS),
        openapi_extra=written,
    )
    def post_one(_: writer, response: Response, service: ServiceDep, store: CentreStoreDep, body: body_type) -> Any:
        record = add_record(kind, resource.id_of(body), resource.fields_of(body), store=store, clock=service.clock)
        located(response, many, record.id)
        tagged(response, record)
        return record

    @router.put(
        "/{record_id}",
        operation_id=f"replace_{one}",
        response_model=kind,
        response_model_exclude_none=True,
        summary=f"Replace a {one}",
        description=f"Write a {one} anew. `If-Match` names the version you have seen.",
        responses=errors("not_found", "precondition_required", "stale_record", *BODY_ERRORS),
        openapi_extra=written,
    )
    def put_one(
        _: writer,
        record_id: Identifier,
        response: Response,
        service: ServiceDep,
        store: CentreStoreDep,
        seen: SeenVersion,
        body: body_type,
    ) -> Any:
        _require_id(resource.id_of(body), record_id)
        record = replace_record(
            kind,
            record_id,
            resource.fields_of(body),
            store=against(store, kind, record_id, seen),
            clock=service.clock,
        )
        tagged(response, record)
        return record

    @router.delete(
        "/{record_id}",
        operation_id=f"remove_{one}",
        status_code=204,
        summary=f"Remove a {one}",
        description=f"Remove a {one}. `If-Match` names the version you have seen.",
        responses=errors(
            "bad_input", "not_found", "precondition_required", "stale_record", "forbidden", "unauthenticated"
        ),
    )
    def delete_one(_: writer, record_id: Identifier, store: CentreStoreDep, seen: SeenVersion) -> None:
        remove_record(kind, record_id, store=against(store, kind, record_id, seen))

    return router


def _require_id(found: str, wanted: str) -> None:
    if found != wanted:
        problem = Problem(path="id", message=f"the body is of {found!r}", remedy=f"send that of {wanted!r}")
        raise BadInputError([problem])
