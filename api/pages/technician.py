"""Pages of a technician on a phone: the route of today, one visit (R31)."""

from __future__ import annotations

from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter
from fastapi.responses import Response

from api.pages.page_means import PageMeans, PageMeansDep
from api.pages.page_route import PageRoute
from api.sessions import page_allowed
from dispatch.domain.records.access import Principal
from dispatch.domain.records.contact import ContactResult
from dispatch.domain.records.convenience import ConvenienceItem
from dispatch.domain.records.question import QuestionCategory
from dispatch.domain.records.work_order import STAGES, WorkOrder
from dispatch.errors import ForbiddenError
from dispatch.policy.privacy import is_in_hand
from dispatch.policy.withdrawal import WITHDRAWAL_REASONS
from dispatch.translations.catalogue import N_
from dispatch.usecases.messages.notes import mark_read
from dispatch.usecases.visit_sheet import VisitSheet, route_of_day, visit_sheet

router = APIRouter(prefix="/visits", route_class=PageRoute, include_in_schema=False)

Technician = Annotated[Principal, page_allowed("technician")]
TOLD: Final = {"done": N_("Saved."), "given_back": N_("The order is given back."), "closed": N_("The order is closed.")}


def technician_of(principal: Principal) -> str:
    """Return the id of the technician who has logged in.

    Raises
    ------
    ForbiddenError
        If it is somebody else.
    """
    if principal.technician is None:
        msg = f"{principal.name} is no technician\nMaybe look at the board"
        raise ForbiddenError(msg)
    return principal.technician


@router.get("")
def show_route(principal: Technician, means: PageMeansDep) -> Response:
    """Show the visits of today."""
    technician = technician_of(principal)
    stops = route_of_day(technician, store=means.store, now=means.now, zone=means.zone)
    return means.show("route.html.j2", stops=stops, told=told(means))


@router.get("/{order_id}")
def show_visit(principal: Technician, means: PageMeansDep, order_id: str) -> Response:
    """Show one visit; what the customer wrote counts as read then."""
    answer = visit_page(means, technician_of(principal), order_id)
    mark_read(order_id, by="technician", store=means.store, now=means.now)
    return answer


def told(means: PageMeans) -> str | None:
    """Return what a page says after something was done; None = nothing was."""
    text = TOLD.get(means.http.query_params.get("told", ""))
    return None if text is None else means.text(text)


def visit_page(means: PageMeans, technician: str, order_id: str, **more: Any) -> Response:
    """Return the page of a visit."""
    sheet = visit_sheet(order_id, technician=technician, store=means.store, policy=means.policy)
    order = sheet.stop.order
    checklist = means.policy.quality.checklist
    start = order.agreed_start or order.planned_start
    values: dict[str, Any] = {
        "sheet": sheet,
        "told": told(means),
        "map_url": _map_url(means, sheet),
        "suggested": "" if start is None else f"{start.astimezone(means.zone):%Y-%m-%dT%H:%M}",
        "checklist": [
            {"name": stage, "items": checklist.items_of(stage), "count": len(checklist.items_of(stage))}
            for stage in STAGES
        ],
        "least_tests": means.policy.quality.speed_test.least_tests,
        "conveniences": _conveniences(means, order),
        "call_results": get_args(ContactResult),
        "categories": get_args(QuestionCategory),
        "withdrawal_reasons": WITHDRAWAL_REASONS,
        "parts": sorted(order.order.parts.items()),
        "person": None,
        "may_reveal": order.customer is not None
        and is_in_hand(order, means.principal, now=means.now, settings=means.policy.privacy),
    }
    return means.show("visit.html.j2", **{**values, **more})


def _map_url(means: PageMeans, sheet: VisitSheet) -> str | None:
    place = sheet.stop.place
    if place is None:
        return None
    url = means.service.settings.map_url
    return url.replace("{lat}", f"{place.lat:.6f}").replace("{lon}", f"{place.lon:.6f}")


def _conveniences(means: PageMeans, order: WorkOrder) -> list[dict[str, str | None]]:
    """Return the items that may be offered, each with the text about its risk (R21, R22)."""
    settings = means.policy.quality.convenience
    if order.tier not in settings.tiers or order.kind not in settings.kinds:
        return []
    found: list[dict[str, str | None]] = []
    for item in get_args(ConvenienceItem):
        text = settings.risk_texts.of(item)
        risk = None if text is None else text.in_language(means.language)
        found.append({"item": item, "risk": risk, "version": None if text is None else text.version})
    return found
