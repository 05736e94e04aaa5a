"""Incidents: what happens to technicians, to the roads, or to many orders at once."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Response

from api.body import json_body, read_as
from api.deps import allowed
from api.idempotency import OnceRoute
from api.means import MeansDep, ZoneDep
from api.openapi import BODY_ERRORS, errors
from api.preconditions import located, tagged
from api.schemas.incidents import EventBody, NewOutageBody
from dispatch.domain.records.access import Principal
from dispatch.domain.records.field_event import FieldEvent
from dispatch.domain.records.work_order import WorkOrder
from dispatch.policy.intake import Origin
from dispatch.usecases.work_orders.field_news import report_event
from dispatch.usecases.work_orders.outage import mass_outage

DOCUMENTS: Final = (EventBody, NewOutageBody)
router = APIRouter(prefix="/v1", route_class=OnceRoute)
Reporter = Annotated[Principal, allowed("integration", "technician", "dispatcher", "supervisor")]
Desk = Annotated[Principal, allowed("dispatcher", "supervisor")]


@router.post(
    "/events",
    operation_id="report_event",
    tags=["plans"],
    status_code=201,
    response_model=FieldEvent,
    response_model_exclude_none=True,
    summary="Tell what happened on the running day",
    responses=errors("already_there", *BODY_ERRORS),
    openapi_extra=json_body(
        EventBody,
        example={
            "event": {
                "kind": "technician_off",
                "id": "ill-1",
                "at": "2026-03-10T08:00:00+08:00",
                "technician": "t-1",
            }
        },
    ),
)
def post_event(
    _: Reporter,
    body: Annotated[EventBody, read_as(EventBody)],
    means: MeansDep,
    zone: ZoneDep,
) -> FieldEvent:
    """Tell that somebody is ill, back or at a break, or that the roads are slow; what is left is planned anew (R32).

    A technician tells of nobody else. What becomes of orders is told by the actions on them.
    """
    return report_event(
        body.event,
        zone=zone,
        **means,
    )


@router.post(
    "/outages",
    operation_id="receive_outage",
    tags=["orders"],
    status_code=201,
    response_model=WorkOrder,
    response_model_exclude_none=True,
    summary="Take in the order of a mass outage",
    responses=errors("already_there", "not_allowed", "not_found", *BODY_ERRORS),
    openapi_extra=json_body(
        NewOutageBody,
        example={
            "order": {
                "id": "outage-1",
                "kind": "repair",
                "community": "c-1",
                "accepted_at": "2026-03-09T10:00:00+08:00",
                "duration": "PT120M",
                "priority": 3,
            },
            "children": ["o-1"],
            "channel": "monitoring",
        },
    ),
)
def post_outage(
    _: Desk,
    response: Response,
    body: Annotated[NewOutageBody, read_as(NewOutageBody)],
    means: MeansDep,
) -> WorkOrder:
    """Take in the order that mends a fault, and let those that report it wait for it: all of them, or none (R03).

    Their clocks run on; they are restored when it is. The same again changes nothing.
    """
    order = mass_outage(
        body.order,
        body.children,
        origin=Origin(customer=body.customer, channel=body.channel),
        **means,
    )
    located(response, "orders", order.id)
    tagged(response, order)
    return order
