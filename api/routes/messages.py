"""Messages, notes, events of the running day, plans that were made by themselves and what they changed."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from api.body import json_body, read_as
from api.deps import CentreStoreDep, RunnerDep, ServiceDep, allowed
from api.idempotency import OnceRoute
from api.means import PolicyDep, ZoneDep
from api.openapi import BODY_ERRORS, errors
from api.paging import ListPage
from api.preconditions import tagged
from api.routes.orders import visible_order
from api.routes.reading import Readable, add_get, add_list
from api.schemas.centre import (
    AutomaticPlanQuery,
    FieldEventQuery,
    MessageQuery,
    NoteBody,
    NoteQuery,
    PlanChangeQuery,
)
from dispatch.domain.records.access import Principal
from dispatch.domain.records.automatic_plan import AutomaticPlan
from dispatch.domain.records.field_event import FieldEvent
from dispatch.domain.records.message import Message
from dispatch.domain.records.note import Note
from dispatch.domain.records.running_day import PlanChange
from dispatch.domain.values import Day, Identifier
from dispatch.usecases.master_data import list_records
from dispatch.usecases.messages.notes import write_note
from dispatch.usecases.planning.nightly import Office, plan_day

DOCUMENTS: Final = (NoteBody,)
router = APIRouter(prefix="/v1", route_class=OnceRoute)
Writer = Annotated[Principal, allowed("technician", "dispatcher", "supervisor")]
Planner = Annotated[Principal, allowed("integration", "dispatcher", "supervisor")]


@router.get(
    "/orders/{order_id}/notes",
    operation_id="list_notes",
    tags=["messages"],
    response_model=ListPage[Note],
    response_model_exclude_none=True,
    summary="List the notes on an order",
    responses=errors("bad_input", "not_found"),
)
def read_notes(
    principal: Writer, order_id: Identifier, store: CentreStoreDep, query: Annotated[NoteQuery, Query()]
) -> Any:
    """Return what the customer and the operator's people wrote to each other (R35)."""
    visible_order(order_id, principal, store)
    page = list_records(
        Note, where={"order": order_id}, sort=query.sort, after=query.cursor, limit=query.limit, store=store
    )
    return ListPage[Note].of(page)


@router.post(
    "/orders/{order_id}/notes",
    operation_id="write_note",
    tags=["messages"],
    status_code=201,
    response_model=Note,
    response_model_exclude_none=True,
    summary="Write a note to the customer",
    responses=errors("already_there", "not_found", *BODY_ERRORS),
    openapi_extra=json_body(NoteBody, example={"id": "n-1", "text": "We ring twice."}),
)
def post_note(
    principal: Writer,
    order_id: Identifier,
    response: Response,
    body: Annotated[NoteBody, read_as(NoteBody)],
    service: ServiceDep,
    store: CentreStoreDep,
    policy: PolicyDep,
    zone: ZoneDep,
) -> Note:
    """Write to the customer of an order, who is told of it."""
    order = visible_order(order_id, principal, store)
    note = write_note(
        order_id,
        body.text,
        note_id=body.id,
        author="technician" if principal.role == "technician" else "dispatcher",
        actor=principal.actor,
        customer=order.customer,
        zone=zone,
        settings=policy.messages,
        store=store,
        clock=service.clock,
    )
    tagged(response, note)
    return note


@router.post(
    "/days/{day}/plan",
    operation_id="plan_day",
    tags=["plans"],
    status_code=202,
    response_model=AutomaticPlan,
    response_model_exclude_none=True,
    summary="Plan a day",
    responses=errors("bad_input", "bad_policy", "not_found"),
)
def post_plan(
    principal: Planner,
    day: Day,
    response: Response,
    service: ServiceDep,
    store: CentreStoreDep,
    runner: RunnerDep,
    *,
    publish: Annotated[bool, Query(description="Put the plan in force by itself; else it is a draft.")] = False,
) -> AutomaticPlan:
    """Begin the plan of a dispatch day out of what the dispatch centre keeps; its id is that of the run."""
    office = Office(
        store=store,
        policy=service.policy,
        clock=service.clock,
        new_id=service.new_id,
        code_version=service.planner.version,
    )
    begun = plan_day(day, centre=principal.centre, publishes=publish, office=office)
    runner.wake()
    response.headers["Location"] = f"/v1/runs/{begun.id}"
    return begun


_READERS: Final = ("dispatcher", "supervisor", "integration")
for _readable, _is_single in (
    (
        Readable(
            one="message",
            many="messages",
            kind=Message,
            query=MessageQuery,
            readers=("dispatcher", "supervisor"),
            path="/messages",
            about="The outbox with delivery receipts (R34); addresses are not in it.",
        ),
        True,
    ),
    (
        Readable(
            one="field event",
            many="field events",
            kind=FieldEvent,
            query=FieldEventQuery,
            readers=_READERS,
            path="/events",
            about="What happened on a running day, numbered without gaps.",
        ),
        False,
    ),
    (
        Readable(
            one="plan change",
            many="plan changes",
            kind=PlanChange,
            query=PlanChangeQuery,
            readers=_READERS,
            path="/plan-changes",
            about="What publishing a plan changed against the one before; its id is that of the plan.",
        ),
        True,
    ),
    (
        Readable(
            one="automatic plan",
            many="automatic plans",
            kind=AutomaticPlan,
            query=AutomaticPlanQuery,
            readers=_READERS,
            path="/automatic-plans",
            about="Plans that the service makes by itself: nights, and what is left of a running day.",
        ),
        True,
    ),
):
    add_list(router, _readable)
    if _is_single:
        add_get(router, _readable)
