"""Every route of the service, in the order in which the description shows them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import BaseModel

from api.routes import (
    centres,
    customers,
    health,
    imports,
    incidents,
    keys,
    message_wishes,
    messages,
    order_actions,
    order_links,
    orders,
    plan_views,
    plans,
    questions,
    receipts,
    requests,
    roster,
    runs,
    slots,
    visits,
    webhooks,
)
from api.schemas.customers import CustomerBody, CustomersBody, RevealBody
from api.schemas.keys import KeyBody
from api.schemas.plans import PublishOrder
from api.schemas.runs import RunOrder
from dispatch.domain.request import Request

ROUTERS: Final[tuple[APIRouter, ...]] = (
    orders.router,
    orders.bulk,
    order_actions.router,
    order_links.links,
    order_links.revocations,
    roster.router,
    imports.router,
    visits.router,
    questions.router,
    requests.router,
    runs.router,
    slots.router,
    plans.router,
    plan_views.router,
    plan_views.calendars,
    messages.router,
    incidents.router,
    message_wishes.router,
    centres.router,
    receipts.router,
    webhooks.router,
    customers.router,
    keys.router,
    health.router,
)


def operation_id(route: APIRoute) -> str:
    """Return what clients call an operation that gives no id itself: its function's name."""
    return route.name


ALL: Final = APIRouter(generate_unique_id_function=operation_id)
"""Includes them once in a process: what the framework works out of a route at its first request is kept for the next
application, of which tests make hundreds."""
for _router in ROUTERS:
    ALL.include_router(_router)
DOCUMENTS: Final[tuple[type[BaseModel], ...]] = (
    *orders.DOCUMENTS,
    *order_actions.DOCUMENTS,
    *roster.DOCUMENTS,
    *visits.DOCUMENTS,
    *questions.DOCUMENTS,
    *slots.DOCUMENTS,
    *plan_views.DOCUMENTS,
    *messages.DOCUMENTS,
    *incidents.DOCUMENTS,
    *message_wishes.DOCUMENTS,
    *centres.DOCUMENTS,
    *webhooks.DOCUMENTS,
    Request,
    RunOrder,
    PublishOrder,
    CustomerBody,
    CustomersBody,
    RevealBody,
    KeyBody,
)
"""What routes read as bodies by themselves."""
