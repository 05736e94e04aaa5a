"""The page on which customers choose another time, out of those that can be kept (R07, R34)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi import Request as HttpRequest
from fastapi.responses import Response

from api.deps import ServiceDep
from api.pages.customer import Action, back_to_status, customer_means
from api.pages.customer_links import open_order
from api.pages.languages import language_of
from api.pages.page_route import PageRoute
from api.pages.rendering import page
from dispatch.domain.offers import SlotOffer
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Window
from dispatch.errors import BadInputError, Problem
from dispatch.usecases.planning.slots import book_window, offers_for

router = APIRouter(prefix="/c/{token}/times", route_class=PageRoute, include_in_schema=False)


@router.get("")
def show_times(http: HttpRequest, service: ServiceDep, token: str) -> Response:
    """Show the windows that are offered for the order."""
    opened = open_order(token, service=service)
    offers = offers_for(opened.order, centre=opened.centre, books=service.books)
    return page(
        "times.html.j2",
        language=language_of(http, service.settings),
        zone=opened.zone,
        path=f"/c/{token}/times",
        back=f"/c/{token}",
        brand=opened.brand,
        order=opened.order,
        offers=[
            {
                "value": _value(offer),
                "start": offer.slot.window.start,
                "end": offer.slot.window.end,
                "beyond_due": offer.beyond_due,
            }
            for offer in offers
        ],
        action=service.new_id(),
    )


@router.post("")
def do_choose(
    http: HttpRequest, service: ServiceDep, token: str, action: Action, slot: Annotated[str, Form(max_length=100)]
) -> Response:
    """Book a window that was offered; a second tap changes nothing."""
    opened = open_order(token, service=service)
    start, _, end = slot.partition("/")
    try:
        window = Window.model_validate({"start": start, "end": end})
    except ValueError:
        problem = Problem(path="slot", message=f"{slot!r} is no window", remedy="choose one that is offered")
        raise BadInputError([problem]) from None
    with opened.store.read() as transaction:
        order = transaction.records(WorkOrder).get(opened.order)
    if order.state != "booked" or order.order.windows != (window,):
        means = customer_means(opened, service, action_id=action)
        book_window(opened.order, window, centre=opened.centre, books=service.books, **means)
    return back_to_status(http, token, told="time")


def _value(offer: SlotOffer) -> str:
    return f"{offer.slot.window.start.isoformat()}/{offer.slot.window.end.isoformat()}"
