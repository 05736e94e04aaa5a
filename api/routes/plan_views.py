"""Plans from all sides: versions of a day, differences, explanations, files; calendars of technicians.

An answer that holds the secret address of a calendar is not remembered for `Idempotency-Key`.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from api.body import json_body, read_as
from api.deps import CentreStoreDep, ServiceDep, allowed
from api.openapi import BODY_ERRORS, errors
from api.schemas.planning import (
    FeedBody,
    FeedDocument,
    FeedList,
    NewFeedDocument,
    PlanVersions,
)
from api.schemas.plans import PlanSummary
from dispatch.bootstrap import Service
from dispatch.domain.records.access import Principal
from dispatch.domain.values import Day, Identifier
from dispatch.exports.schedules import ScheduleFormat, calendar_export, empty_calendar, schedule_export
from dispatch.travel_sources import TravelSources
from dispatch.usecases.planning.explain import explain_order, plan_difference
from dispatch.usecases.planning.feeds import list_feeds, make_feed, read_feed, revoke_feed
from dispatch.usecases.plans import plan_and_request, plan_versions

CALENDAR: Final = "text/calendar"
DOCUMENTS: Final = (FeedBody,)
router = APIRouter(prefix="/v1", tags=["plans"])
Viewer = Annotated[Principal, allowed("integration", "dispatcher", "supervisor")]
_TEXT: Final[dict[str, Any]] = {"schema": {"type": "string"}}
_OBJECT: Final[dict[str, Any]] = {"schema": {"type": "object"}}


@router.get(
    "/plans",
    operation_id="list_plans",
    response_model=PlanVersions,
    response_model_exclude_none=True,
    summary="List the plans of a day",
    responses=errors("bad_input"),
)
def read_plans(
    _: Viewer,
    store: CentreStoreDep,
    dispatch_day: Annotated[Day, Query(description="Local day.", examples=["2026-03-10"])],
) -> PlanVersions:
    """Return the versions of a dispatch day: drafts, the one in force, those it superseded."""
    return PlanVersions(items=[PlanSummary.of(version) for version in plan_versions(dispatch_day, store=store)])


@router.get(
    "/plans/{plan_id}/diff",
    operation_id="diff_plans",
    response_model=dict[str, Any],
    summary="What a plan changes",
    responses=errors("bad_input", "not_found"),
)
def read_diff(
    _: Viewer,
    plan_id: Identifier,
    store: CentreStoreDep,
    against: Annotated[
        Identifier | None, Query(description="Id of the plan before; none = the one it took the place of.")
    ] = None,
) -> dict[str, Any]:
    """Return whom a plan disturbs against another one, which promises it keeps, and what it costs by term."""
    return plan_difference(plan_id, against=against, store=store)


@router.get(
    "/plans/{plan_id}/orders/{order_id}/explanation",
    operation_id="explain_order",
    response_model=dict[str, Any],
    summary="Explain an order of a plan",
    responses=errors("bad_input", "not_found", "travel_unavailable"),
)
def read_explanation(
    _: Viewer,
    plan_id: Identifier,
    order_id: Identifier,
    service: ServiceDep,
    store: CentreStoreDep,
    why_not: Annotated[
        Identifier | None, Query(description="Id of a technician: what it would cost if this one went.")
    ] = None,
) -> dict[str, Any]:
    """Return why an order is where it is, where else it could go, and what would help; takes seconds for a late one."""
    return explain_order(plan_id, order_id, store=store, explain=service.explain, why_not=why_not)


@router.get(
    "/plans/{plan_id}/export/{file_format}",
    operation_id="export_plan",
    response_class=Response,
    summary="Get a plan as a file",
    responses={
        200: {
            "description": "The plan as JSON, tables (CSV, as Excel opens them) or a map (GeoJSON).",
            "content": {"application/json": _OBJECT, "text/csv": _TEXT, "application/geo+json": _OBJECT},
        },
        **errors("bad_input", "not_found", "travel_unavailable"),
    },
)
def read_export(
    _: Viewer, plan_id: Identifier, file_format: ScheduleFormat, service: ServiceDep, store: CentreStoreDep
) -> Response:
    """Return a plan for spreadsheets, maps and other programs."""
    found = plan_and_request(plan_id, store=store)
    export = schedule_export(found.request, found.plan, file_format, policy=service.policy, sources=_sources(service))
    named = {"Content-Disposition": f'attachment; filename="{export.file_name}"'}
    return Response(export.text, media_type=export.media_type, headers=named)


@router.post(
    "/feeds",
    operation_id="add_feed",
    tags=["feeds"],
    status_code=201,
    response_model=NewFeedDocument,
    response_model_exclude_none=True,
    summary="Make a calendar feed",
    responses=errors("not_found", *BODY_ERRORS),
    openapi_extra=json_body(FeedBody, example={"technician": "t-1"}),
)
def post_feed(principal: Viewer, service: ServiceDep, body: Annotated[FeedBody, read_as(FeedBody)]) -> NewFeedDocument:
    """Make a secret address of a technician's schedule, for calendar programs; it is shown this once."""
    made = make_feed(
        body.technician,
        store=service.store.of(principal.centre),
        clock=service.clock,
        new_id=service.new_id,
        actor=principal.actor,
    )
    return NewFeedDocument(feed=FeedDocument.model_validate(made.feed), path=f"/calendars/{made.token}.ics")


@router.get(
    "/feeds",
    operation_id="list_feeds",
    tags=["feeds"],
    response_model=FeedList,
    response_model_exclude_none=True,
    summary="List calendar feeds",
    responses=errors("bad_input"),
)
def read_feeds(
    _: Viewer,
    store: CentreStoreDep,
    technician: Annotated[Identifier | None, Query(description="Only of this technician.")] = None,
) -> FeedList:
    """Return the calendar feeds, without their secrets."""
    return FeedList(items=[FeedDocument.model_validate(one) for one in list_feeds(store=store, technician=technician)])


@router.delete(
    "/feeds/{feed_id}",
    operation_id="revoke_feed",
    tags=["feeds"],
    response_model=FeedDocument,
    response_model_exclude_none=True,
    summary="Revoke a calendar feed",
    responses=errors("bad_input", "not_found"),
)
def delete_feed(_: Viewer, feed_id: Identifier, service: ServiceDep, store: CentreStoreDep) -> FeedDocument:
    """Make a secret address worthless; revoking it again changes nothing, so no version has to be named."""
    return FeedDocument.model_validate(revoke_feed(feed_id, store=store, clock=service.clock))


calendars = APIRouter(tags=["feeds"])


@calendars.get(
    "/calendars/{token}.ics",
    operation_id="read_calendar",
    response_class=Response,
    summary="Read a technician's calendar",
    responses={
        200: {"description": "iCalendar.", "content": {CALENDAR: _TEXT}},
        **errors("bad_input", "not_found", "travel_unavailable"),
    },
)
def read_calendar(token: Identifier, service: ServiceDep) -> Response:
    """Return a technician's visits: those of the plan in force, and those of today that have begun.

    Who has the address may read it until it is revoked.
    """
    shown = read_feed(token, store=service.store, clock=service.clock)
    text = empty_calendar()
    if shown.request is not None and shown.plan is not None:
        text = calendar_export(
            shown.request,
            shown.plan,
            shown.technician,
            begun=shown.begun,
            policy=service.policy,
            sources=_sources(service),
        ).text
    return Response(text, media_type=CALENDAR, headers={"Cache-Control": "private, no-store"})


def _sources(service: Service) -> TravelSources:
    return TravelSources(folder=service.settings.map_dir, confined=True)
