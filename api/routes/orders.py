"""Orders: taken in, looked at, with their audit, contacts and countdowns."""

from __future__ import annotations

from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Query, Response
from fastapi import Request as HttpRequest

from api.body import json_body, parse_body, read_as, read_body
from api.bulk_intake import received, require_few
from api.deps import CentreStoreDep, ParseLimiterDep, ServiceDep, allowed
from api.idempotency import OnceRoute, RepeatableRoute
from api.means import MeansDep
from api.openapi import BODY_ERRORS, errors
from api.paging import ListPage
from api.preconditions import SeenVersion, against, located, tagged
from api.routes.order_actions import PATH_OF
from api.routes.reading import Readable, add_list
from api.schemas.orders import (
    AuditQuery,
    BulkBody,
    BulkReport,
    ContactQuery,
    Countdown,
    CountdownQuery,
    Countdowns,
    EscalationQuery,
    OrderBody,
    OrderPage,
    OrderQuery,
    PossibleAction,
    PossibleActions,
    RawBulkBody,
)
from dispatch.domain.life_cycle import allowed_actions, party_of
from dispatch.domain.problems import shown
from dispatch.domain.records.access import Principal
from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.contact import ContactAttempt
from dispatch.domain.records.escalation import Escalation
from dispatch.domain.records.timer import Timer
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.values import Identifier
from dispatch.errors import NotFoundError
from dispatch.policy.intake import Origin
from dispatch.ports import Store
from dispatch.usecases.master_data import get_record, list_records
from dispatch.usecases.work_orders.look_up import take_up
from dispatch.usecases.work_orders.receive import receive

DOCUMENTS: Final = (OrderBody, BulkBody)
EXAMPLE: Final[dict[str, Any]] = {
    "order": {
        "id": "o-1",
        "kind": "install",
        "community": "c-1",
        "accepted_at": "2026-03-09T10:00:00+08:00",
        "duration": "PT75M",
        "skills": {"fiber": 1},
    },
    "channel": "counter",
}
router = APIRouter(prefix="/v1", tags=["orders"], route_class=OnceRoute)
bulk = APIRouter(prefix="/v1", tags=["orders"], route_class=RepeatableRoute)
Sender = Annotated[Principal, allowed("integration", "dispatcher", "supervisor")]
Viewer = Annotated[Principal, allowed("integration", "technician", "dispatcher", "supervisor")]
Desk = Annotated[Principal, allowed("dispatcher", "supervisor")]
Board = Annotated[Principal, allowed("technician", "dispatcher", "supervisor")]


@router.post(
    "/orders",
    operation_id="receive_order",
    status_code=201,
    response_model=WorkOrder,
    response_model_exclude_none=True,
    summary="Take in an order",
    responses=errors("already_there", *BODY_ERRORS),
    openapi_extra=json_body(OrderBody, example=EXAMPLE),
)
def post_order(
    _: Sender,
    response: Response,
    body: Annotated[OrderBody, read_as(OrderBody)],
    means: MeansDep,
) -> WorkOrder:
    """Take in an order: scope gate, due times, first timers; it is on the board at once (R04, R33).

    One that was taken in just like this before changes nothing.
    """
    order = receive(
        body.order,
        origin=Origin(customer=body.customer, channel=body.channel),
        **means,
    )
    located(response, "orders", order.id)
    tagged(response, order)
    return order


@bulk.post(
    "/orders/bulk",
    operation_id="receive_orders",
    response_model=BulkReport,
    summary="Take in many orders",
    responses=errors(*BODY_ERRORS),
    openapi_extra=json_body(BulkBody, example={"orders": [EXAMPLE]}),
)
async def post_orders(
    _: Sender,
    http: HttpRequest,
    service: ServiceDep,
    means: MeansDep,
    limiter: ParseLimiterDep,
) -> BulkReport:
    """Take in thousands of orders; each is judged by itself, those that cannot be taken in are listed, none is lost.

    Cut off in the middle, send the same list again: what was taken in is `known` then.
    """
    body = await read_body(http)

    def take_in() -> BulkReport:
        raw = parse_body(body, RawBulkBody)
        require_few(raw, service.settings.bulk_orders)
        return received(
            raw.orders,
            **means,
        )

    return await to_thread.run_sync(take_in, limiter=limiter)


@router.get(
    "/orders",
    operation_id="list_orders",
    response_model=OrderPage,
    response_model_exclude_none=True,
    summary="List orders",
    responses=errors("bad_input"),
)
def read_orders(principal: Viewer, store: CentreStoreDep, query: Annotated[OrderQuery, Query()]) -> Any:
    """Return orders, page by page; a technician sees those in hand."""
    where = {**query.where(), **own_only(principal)}
    page = list_records(WorkOrder, where=where, sort=query.sort, after=query.cursor, limit=query.limit, store=store)
    return OrderPage.model_construct(items=list(page.records), next_cursor=page.next_cursor)


@router.get(
    "/orders/{order_id}",
    operation_id="get_order",
    response_model=WorkOrder,
    response_model_exclude_none=True,
    summary="Get an order",
    responses=errors("bad_input", "not_found"),
)
def read_order(principal: Viewer, order_id: Identifier, response: Response, store: CentreStoreDep) -> WorkOrder:
    """Return an order and where it stands; its `ETag` is the version to change it against."""
    order = visible_order(order_id, principal, store)
    tagged(response, order)
    return order


@router.get(
    "/orders/{order_id}/actions",
    operation_id="list_actions",
    response_model=PossibleActions,
    summary="What can be done to an order",
    responses=errors("bad_input", "not_found"),
)
def read_actions(principal: Viewer, order_id: Identifier, store: CentreStoreDep) -> PossibleActions:
    """Return what the life cycle allows who asks to do now, and where it leads."""
    order = visible_order(order_id, principal, store)
    found = allowed_actions(order.state, party_of(principal.actor))
    return PossibleActions(
        state=order.state,
        actions=[
            PossibleAction(action=name, path=PATH_OF.get(name), leads_to=sorted(states))
            for name, states in sorted(found.items())
        ],
    )


@router.get(
    "/orders/{order_id}/audit",
    operation_id="read_audit",
    response_model=ListPage[AuditEvent],
    response_model_exclude_none=True,
    summary="Read an order's audit",
    responses=errors("bad_input", "not_found"),
)
def read_audit(
    principal: Board, order_id: Identifier, store: CentreStoreDep, query: Annotated[AuditQuery, Query()]
) -> Any:
    """Return everything that happened to an order: who, when, before, after (R32)."""
    visible_order(order_id, principal, store)
    where = {**query.where(), "order": order_id}
    page = list_records(AuditEvent, where=where, sort=query.sort, after=query.cursor, limit=query.limit, store=store)
    return ListPage[AuditEvent].of(page)


@router.get(
    "/countdowns",
    operation_id="list_countdowns",
    response_model=Countdowns,
    response_model_exclude_none=True,
    summary="List countdowns",
    responses=errors("bad_input"),
)
def read_countdowns(
    principal: Board, service: ServiceDep, store: CentreStoreDep, query: Annotated[CountdownQuery, Query()]
) -> Countdowns:
    """Return what has to happen by when, the most urgent first; a technician sees that of the orders in hand."""
    where = {**query.where(), **own_only(principal)}
    page = list_records(Timer, where=where, sort=query.sort, after=query.cursor, limit=query.limit, store=store)
    now = service.clock.now()
    items = [Countdown(timer=timer, left_s=int((timer.due_at - now).total_seconds())) for timer in page.records]
    return Countdowns(items=items, next_cursor=page.next_cursor)


@router.post(
    "/escalations/{escalation_id}/take-up",
    operation_id="take_up_escalation",
    response_model=Escalation,
    response_model_exclude_none=True,
    summary="Take up an escalation",
    responses=errors("bad_input", "not_found", "precondition_required", "stale_record"),
)
def post_take_up(
    principal: Desk,
    escalation_id: Identifier,
    response: Response,
    seen: SeenVersion,
    service: ServiceDep,
    store: CentreStoreDep,
) -> Escalation:
    """Say that you see to it; it stays with whoever said so first."""
    guarded = against(store, Escalation, escalation_id, seen)
    escalation = take_up(escalation_id, store=guarded, clock=service.clock, actor=principal.actor)
    tagged(response, escalation)
    return escalation


for _readable in (
    Readable(
        one="escalation",
        many="escalations",
        kind=Escalation,
        query=EscalationQuery,
        readers=("dispatcher", "supervisor"),
        path="/escalations",
        about="What is about to run out, and what has.",
    ),
    Readable(
        one="contact attempt",
        many="contact attempts",
        kind=ContactAttempt,
        query=ContactQuery,
        readers=("dispatcher", "supervisor"),
        path="/contact-attempts",
        about="Each call to a customer and what came of it (R08, R10).",
    ),
):
    add_list(router, _readable)


def own_only(principal: Principal) -> dict[str, object]:
    """Return the filter that a technician's role adds to every list."""
    return {"technician": principal.technician or ""} if principal.role == "technician" else {}


def visible_order(order_id: str, principal: Principal, store: Store) -> WorkOrder:
    """Return an order that who asks may see.

    Raises
    ------
    NotFoundError
        If there is none, or it is another technician's.
    """
    order = get_record(WorkOrder, order_id, store=store)
    if principal.role == "technician" and order.technician != principal.technician:
        msg = f"there is no work order {shown(order_id)}"
        raise NotFoundError(msg)
    return order
