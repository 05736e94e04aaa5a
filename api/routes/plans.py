"""Plans: look at them, publish them; the schedule of a day."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi import Request as HttpRequest
from fastapi.concurrency import run_in_threadpool

from api.body import json_body, parse_body, read_body
from api.deps import CentreStoreDep, ServiceDep, allowed
from api.errors import PreconditionRequiredError
from api.idempotency import OnceRoute
from api.openapi import errors
from api.schemas.plans import PlanDocument, PlanSummary, PublishOrder, ScheduleDocument
from dispatch.domain.values import Day, Identifier
from dispatch.errors import BadInputError, Problem
from dispatch.usecases.plans import get_plan, publish_plan, schedule

router = APIRouter(
    prefix="/v1",
    tags=["plans"],
    route_class=OnceRoute,
    dependencies=[allowed("integration", "dispatcher", "supervisor")],
)

_VERSION_TAG = re.compile(r'"([1-9][0-9]{0,8})"')


@router.get(
    "/plans/{plan_id}",
    response_model=PlanDocument,
    response_model_exclude_none=True,
    summary="Get a plan",
    responses=errors("bad_input", "not_found"),
)
def read_plan(plan_id: Identifier, store: CentreStoreDep) -> PlanDocument:
    """Return a plan, its version and state, and the version that is in force for its dispatch day."""
    view = get_plan(plan_id, store=store)
    return PlanDocument(summary=PlanSummary.of(view.version), published_version=view.published_version, plan=view.plan)


@router.post(
    "/plans/{plan_id}/publish",
    response_model=PlanSummary,
    summary="Publish a plan",
    responses=errors(
        "bad_input",
        "body_too_large",
        "check_failed",
        "not_found",
        "precondition_required",
        "stale_plan",
        "travel_unavailable",
        "unsupported_media_type",
    ),
    openapi_extra=json_body(PublishOrder, example={"replaces": 3}),
)
async def post_publish(
    plan_id: Identifier,
    http: HttpRequest,
    service: ServiceDep,
    store: CentreStoreDep,
    if_match: Annotated[str | None, Header(description='Version it replaces, as in `"3"`; instead of a body.')] = None,
    if_none_match: Annotated[
        str | None, Header(description="`*`: nothing is published yet; instead of a body.")
    ] = None,
) -> PlanSummary:
    """Put a draft in force for its dispatch day.

    Name the version you have seen in force, by the body `{"replaces": 3}` (null = none) or by `If-Match: "3"`
    (`If-None-Match: *` = none). If another one is in force by now, nothing is changed. The plan is checked once more.
    """
    replaces = _replaces(if_match, if_none_match)
    if replaces is None and if_none_match is None:
        replaces = await _replaces_of_body(http)
    version = await run_in_threadpool(
        publish_plan,
        plan_id,
        replaces=replaces,
        store=store,
        checker=service.checker,
        clock=service.clock,
        new_id=service.new_id,
    )
    return PlanSummary.of(version)


@router.get(
    "/schedule",
    response_model=ScheduleDocument,
    response_model_exclude_none=True,
    summary="Get the schedule of a day",
    responses=errors("bad_input", "not_found"),
)
def read_schedule(
    response: Response,
    store: CentreStoreDep,
    day: Annotated[Day, Query(description="Local day of the dispatch centre.", examples=["2026-03-10"])],
) -> ScheduleDocument:
    """Return who goes where on a day, out of the published plan in force.

    That is the plan of the day itself, else one of an earlier day that looks ahead so far. `ETag` is the version to
    publish against.
    """
    found = schedule(day, store=store)
    if found.dispatch_day == day:
        response.headers["ETag"] = f'"{found.version}"'
    return ScheduleDocument.of(found)


def _replaces(if_match: str | None, if_none_match: str | None) -> int | None:
    """Return the version that the headers say is in force; None if they name none."""
    if if_none_match is not None and if_none_match.strip() != "*":
        raise _bad_header("if-none-match", if_none_match, "send *, which means that nothing is published yet")
    if if_match is None:
        return None
    tag = _VERSION_TAG.fullmatch(if_match.strip())
    if tag is None or if_none_match is not None:
        raise _bad_header("if-match", if_match, 'send one version in double quotes, like "3", and no If-None-Match')
    return int(tag[1])


async def _replaces_of_body(http: HttpRequest) -> int | None:
    """Return the version that the body says is in force."""
    if http.headers.get("content-length", "0") == "0" and "transfer-encoding" not in http.headers:
        msg = 'neither a body like {"replaces": 3} nor If-Match nor If-None-Match\nMaybe look up the version in force'
        raise PreconditionRequiredError(msg)
    return parse_body(await read_body(http), PublishOrder).replaces


def _bad_header(name: str, value: str, remedy: str) -> BadInputError:
    return BadInputError([Problem(path=f"header.{name}", message=f"{value!r} is no version", remedy=remedy)])
