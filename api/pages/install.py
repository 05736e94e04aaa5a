"""Puts the pages into the application."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from api.pages import absences, board, customer, customer_status_page, customer_times, technician, technician_actions
from api.pages.customer_links import CustomersOffice
from api.pages.rendering import style, style_name
from dispatch.bootstrap import Service

_PAGES: Final = APIRouter()
for _pages in (customer, customer_times, technician, technician_actions, board, absences):
    _PAGES.include_router(_pages.router)


def install_pages(app: FastAPI, service: Service) -> None:
    """Give an application its pages, their style and what they keep in memory."""
    app.state.customers = CustomersOffice(service)
    app.state.status_pages = customer_status_page.StatusPages(service, app.state.customers)
    # First of all routes: looking through the hundred others costs more than a page that was just made.
    app.router.routes[:0] = [*customer_status_page.ROUTES, Route(f"/pages/{style_name()}", _style, methods=["GET"])]
    app.router.routes.extend(_PAGES.routes)


async def _style(_: HttpRequest) -> Response:
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}  # its name changes with its content
    return Response(style(), media_type="text/css", headers=headers)
