"""A customer's page about the own order, and the same as JSON: asked for often, so the answers are kept for seconds."""

from __future__ import annotations

from typing import Final

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from api.pages.customer_links import JSON, CustomersOffice
from api.pages.languages import language_of, remember_language
from api.pages.page_route import with_refusals
from api.pages.rendering import page
from dispatch.bootstrap import Service
from dispatch.translations.catalogue import N_, Language, translations

TOLD: Final = {
    "note": N_("Your message has been sent."),
    "time": N_("Your new time is noted."),
    "rating": N_("Thank you for your rating."),
    "fault": N_("The fault is reported. This is its repair order."),
}
"""What a page says after something was done, by the word in `?told=`."""


async def show_status(http: HttpRequest) -> Response:
    """Answer with the page of the order behind the link."""
    service: Service = http.app.state.service
    token, language = http.path_params["token"], language_of(http, service.settings)
    told = TOLD.get(http.query_params.get("told", ""))
    office: CustomersOffice = http.app.state.customers
    if told is not None or "lang" in http.query_params:
        answer = await run_in_threadpool(_page, http, token, language, told)
        remember_language(http, answer, service.settings)
        return answer
    found = office.pages.find((token, language))
    if found is None:
        made_at_s = office.pages.now_s()
        found = await run_in_threadpool(_page, http, token, language, None)
        office.pages.put((token, language), found, made_at_s=made_at_s)
    return found


async def show_status_json(http: HttpRequest) -> Response:
    """Answer with the state of the order behind the link, as JSON."""
    token = http.path_params["token"]
    office: CustomersOffice = http.app.state.customers
    found = office.pages.find((token, JSON))
    if found is None:
        made_at_s = office.pages.now_s()
        found = await run_in_threadpool(_json, http, token)
        office.pages.put((token, JSON), found, made_at_s=made_at_s)
    return found


def _page(http: HttpRequest, token: str, language: Language, told: str | None) -> Response:
    service: Service = http.app.state.service
    office: CustomersOffice = http.app.state.customers
    manner, status = office.status(token)
    return page(
        "status.html.j2",
        language=language,
        zone=manner.zone,
        path=f"/c/{token}",
        brand=manner.brand,
        status=status,
        told=translations(language).gettext(told) if told is not None else None,
        action=service.new_id(),
        fee_url=service.settings.fee_url,
    )


def _json(http: HttpRequest, token: str) -> Response:
    office: CustomersOffice = http.app.state.customers
    _, status = office.status(token)
    return Response(status.model_dump_json(), media_type="application/json")


ROUTES = [
    Route("/c/{token}", with_refusals(show_status), methods=["GET"]),
    Route("/c/{token}/status.json", with_refusals(show_status_json), methods=["GET"]),
]
