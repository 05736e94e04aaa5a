"""What customers do on the pages of their order: write, choose another time, report a fault, rate the visit."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from api.deps import ServiceDep
from api.pages.customer_links import ACTOR, open_order
from api.pages.page_route import PageRoute
from dispatch.usecases.messages.notes import write_note

router = APIRouter(prefix="/c/{token}", route_class=PageRoute, include_in_schema=False)

Action = Annotated[str, Form(min_length=1, max_length=100)]
"""Made with the form, so that a second tap does nothing."""


@router.post("/notes")
def send_note(
    http: HttpRequest, service: ServiceDep, token: str, action: Action, text: Annotated[str, Form()]
) -> Response:
    """Store what the customer writes."""
    opened = open_order(token, service=service)
    write_note(
        opened.order,
        text,
        note_id=once(action, opened.order, text),
        author="customer",
        actor=ACTOR,
        customer=opened.customer,
        zone=opened.zone,
        settings=service.policy.messages,
        store=opened.store,
        clock=service.clock,
    )
    return back_to_status(http, token, told="note")


def once(*parts: str) -> str:
    """Return an id that is the same for the same form with the same content."""
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def back_to_status(http: HttpRequest, token: str, *, told: str) -> Response:
    """Lead to the page of the order, which shows what has just changed."""
    http.app.state.status_cache.forget(token)
    return RedirectResponse(f"/c/{token}?told={told}", status_code=303)
