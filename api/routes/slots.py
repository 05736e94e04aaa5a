"""Windows and exact times that can really be kept for an order, and their booking."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Response

from api.body import json_body, read_as
from api.deps import ServiceDep, allowed
from api.idempotency import OnceRoute
from api.means import MeansDep
from api.openapi import BODY_ERRORS, errors
from api.preconditions import SeenVersion, tagged
from api.schemas.planning import BookedDocument, BookTimeBody, BookWindowBody, SlotDocument, SlotList
from dispatch.domain.records.access import Principal
from dispatch.domain.values import Identifier
from dispatch.usecases.planning.slots import Booked, book_time, book_window, offers_for, times_for

DOCUMENTS: Final = (BookWindowBody, BookTimeBody)
router = APIRouter(prefix="/v1/orders/{order_id}", tags=["slots"], route_class=OnceRoute)
Counter = Annotated[Principal, allowed("integration", "dispatcher", "supervisor")]
_LOOK_ERRORS: Final = errors("bad_input", "bad_policy", "not_found", "travel_unavailable")
_BOOK_ERRORS: Final = errors(
    "bad_policy",
    "not_allowed",
    "not_found",
    "precondition_required",
    "stale_offer",
    "stale_record",
    "travel_unavailable",
    *BODY_ERRORS,
)


@router.get(
    "/slots",
    operation_id="list_slots",
    response_model=SlotList,
    response_model_exclude_none=True,
    summary="List the windows that can be kept",
    responses=_LOOK_ERRORS,
)
def read_slots(principal: Counter, order_id: Identifier, service: ServiceDep) -> SlotList:
    """Return half-days and finer windows in which somebody can come without breaking anything else (R07)."""
    offers = offers_for(order_id, centre=principal.centre, books=service.books)
    return SlotList(items=[SlotDocument.of(offer) for offer in offers])


@router.get(
    "/times",
    operation_id="list_times",
    response_model=SlotList,
    response_model_exclude_none=True,
    summary="List the exact times to propose",
    responses=_LOOK_ERRORS,
)
def read_times(principal: Counter, order_id: Identifier, service: ServiceDep) -> SlotList:
    """Return the exact times for the call, the cheapest first (R08)."""
    offers = times_for(order_id, centre=principal.centre, books=service.books)
    return SlotList(items=[SlotDocument.of(offer) for offer in offers])


@router.post(
    "/slots",
    operation_id="book_slot",
    response_model=BookedDocument,
    response_model_exclude_none=True,
    summary="Book a window that was offered",
    responses=_BOOK_ERRORS,
    openapi_extra=json_body(
        BookWindowBody, example={"window": {"start": "2026-03-10T08:30:00+08:00", "end": "2026-03-10T12:00:00+08:00"}}
    ),
)
def post_slot(
    principal: Counter,
    order_id: Identifier,
    response: Response,
    seen: SeenVersion,
    body: Annotated[BookWindowBody, read_as(BookWindowBody)],
    service: ServiceDep,
    means: MeansDep,
) -> BookedDocument:
    """Book a window; the last place is given once. 409 `stale_offer` if it can no longer be kept."""
    booked = book_window(
        order_id,
        body.window,
        centre=principal.centre,
        books=service.books,
        **means,
        at=body.at,
        action_id=body.action_id,
        version=seen,
    )
    return _answer(booked, response)


@router.post(
    "/times",
    operation_id="book_time",
    response_model=BookedDocument,
    response_model_exclude_none=True,
    summary="Agree an exact time that was offered",
    responses=_BOOK_ERRORS,
    openapi_extra=json_body(BookTimeBody, example={"start": "2026-03-10T09:30:00+08:00"}),
)
def post_time(
    principal: Counter,
    order_id: Identifier,
    response: Response,
    seen: SeenVersion,
    body: Annotated[BookTimeBody, read_as(BookTimeBody)],
    service: ServiceDep,
    means: MeansDep,
) -> BookedDocument:
    """Agree an exact time; 409 `stale_offer` if it can no longer be kept."""
    booked = book_time(
        order_id,
        body.start,
        centre=principal.centre,
        books=service.books,
        **means,
        at=body.at,
        action_id=body.action_id,
        version=seen,
    )
    return _answer(booked, response)


def _answer(booked: Booked, response: Response) -> BookedDocument:
    tagged(response, booked.order)
    return BookedDocument(order=booked.order, technician=booked.insertion.technician, start=booked.insertion.start)
