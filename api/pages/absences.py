"""The page on which a dispatcher says that somebody fell ill, and is back (R32)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData

from api.pages.customer import once
from api.pages.page_means import PageMeans, PageMeansDep, see_other
from api.pages.page_route import PageRoute
from api.sessions import SessionFormDep, page_allowed
from dispatch.domain.events import ReportedEvent
from dispatch.domain.problems import located_problems
from dispatch.domain.records.access import Principal
from dispatch.errors import BadInputError
from dispatch.translations.catalogue import N_
from dispatch.usecases.attendance import attendance
from dispatch.usecases.work_orders.field_news import report_event

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Desk = Annotated[Principal, page_allowed("dispatcher", "supervisor")]
PATH: Final = "/board/technicians"
TOLD: Final = {
    "off": N_("Noted. What is left of the day is planned anew without this technician."),
    "back": N_("Noted. What is left of the day is planned anew with this technician."),
}

_EVENT: Final[TypeAdapter[ReportedEvent]] = TypeAdapter(ReportedEvent)


@router.get(PATH)
def show_technicians(principal: Desk, means: PageMeansDep) -> Response:  # noqa: ARG001 - only these roles
    """Show who works today, who is off, and who is under way to whom."""
    found = attendance(means.now, zone=means.zone, store=means.store)
    text = TOLD.get(means.http.query_params.get("told", ""))
    return means.show("technicians.html.j2", attendance=found, told=None if text is None else means.text(text))


@router.post(f"{PATH}/off")
def do_off(principal: Desk, means: PageMeansDep, form: SessionFormDep) -> Response:
    """Write down that somebody fell ill or left; a visit under way goes to somebody else."""
    until = str(form.get("until", ""))
    given = {"kind": "technician_off", "until": means.local_moment(until, field="until")}
    return _reported(given, until, form, principal, means, told="off")


@router.post(f"{PATH}/back")
def do_back(principal: Desk, means: PageMeansDep, form: SessionFormDep) -> Response:
    """Write down that somebody works again."""
    return _reported({"kind": "technician_back"}, "", form, principal, means, told="back")


def _reported(
    given: dict[str, Any], detail: str, form: FormData, principal: Principal, means: PageMeans, *, told: str
) -> Response:
    technician = str(form.get("technician", ""))
    event_id = once(str(form.get("action_id", "")), technician, detail)
    fields = {**given, "id": event_id, "at": means.now.replace(microsecond=0), "technician": technician}
    try:
        event = _EVENT.validate_python(fields)
    except ValidationError as error:
        raise BadInputError(located_problems(error)) from None
    report_event(
        event,
        zone=means.zone,
        store=means.store,
        clock=means.service.clock,
        new_id=means.service.new_id,
        actor=principal.actor,
        policy=means.policy,
    )
    return see_other(PATH, told=told)
