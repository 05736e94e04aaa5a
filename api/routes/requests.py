"""Planning requests: in, and out again."""

from __future__ import annotations

from functools import partial

from anyio import to_thread
from fastapi import APIRouter, Response
from fastapi import Request as HttpRequest

from api.body import SOURCE, json_body, read_body
from api.deps import CentreStoreDep, ParseLimiterDep, ServiceDep, allowed
from api.idempotency import OnceRoute
from api.openapi import errors
from api.schemas.requests import RequestDocument, RequestReceipt, WarningDocument
from dispatch.domain.request import Request
from dispatch.domain.values import Identifier
from dispatch.usecases.submit_request import get_request, submit_request

router = APIRouter(
    prefix="/v1/requests",
    tags=["requests"],
    route_class=OnceRoute,
    dependencies=[allowed("integration", "dispatcher", "supervisor")],
)

EXAMPLE = {
    "format": "field-dispatch/request/1",
    "now": "2026-03-09T20:00:00+08:00",
    "horizon": {"start": "2026-03-10T00:00:00+08:00", "end": "2026-03-11T00:00:00+08:00"},
    "time_zone": "Asia/Shanghai",
    "communities": [{"id": "c-1", "location": {"lat": 34.26, "lon": 117.18}}],
    "technicians": [
        {
            "id": "t-1",
            "skills": {"fiber": 1},
            "home": {"lat": 34.25, "lon": 117.2},
            "shifts": [{"id": "s-1", "start": "2026-03-10T08:30:00+08:00", "end": "2026-03-10T18:00:00+08:00"}],
        }
    ],
    "orders": [
        {
            "id": "o-1",
            "kind": "install",
            "community": "c-1",
            "accepted_at": "2026-03-09T10:00:00+08:00",
            "duration": "PT75M",
            "skills": {"fiber": 1},
        }
    ],
}


@router.post(
    "",
    status_code=201,
    response_model=RequestReceipt,
    summary="Submit a planning request",
    responses=errors("bad_input", "bad_policy", "body_too_large", "unsupported_media_type"),
    openapi_extra=json_body(Request, example=EXAMPLE),
)
async def post_request(
    http: HttpRequest, response: Response, service: ServiceDep, store: CentreStoreDep, limiter: ParseLimiterDep
) -> RequestReceipt:
    """Store a whole planning request: orders, technicians with rosters, communities, travel, policy overrides.

    It is read and checked exactly as by the command line; all faults found are listed. Odd but possible values are
    accepted with a warning.
    """
    body = await read_body(http)
    submit = partial(
        submit_request,
        body,
        name=SOURCE,
        store=store,
        policy=service.policy,
        clock=service.clock,
        new_id=service.new_id,
        map_dir=service.settings.map_dir,
    )
    receipt = await to_thread.run_sync(submit, limiter=limiter)
    response.headers["Location"] = f"/v1/requests/{receipt.stored.id}"
    return RequestReceipt(
        id=receipt.stored.id,
        digest=receipt.stored.digest,
        created_at=receipt.stored.created_at,
        warnings=[WarningDocument.model_validate(warning) for warning in receipt.warnings],
    )


@router.get(
    "/{request_id}",
    response_model=RequestDocument,
    response_model_exclude_none=True,
    summary="Get a planning request",
    responses=errors("bad_input", "not_found"),
)
def read_request(request_id: Identifier, store: CentreStoreDep) -> RequestDocument:
    """Return a stored planning request as it was understood."""
    view = get_request(request_id, store=store)
    return RequestDocument(
        id=view.stored.id, digest=view.stored.digest, created_at=view.stored.created_at, request=view.request
    )
