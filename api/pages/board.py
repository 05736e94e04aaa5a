"""Pages of dispatchers and supervisors: the board, the plan, the figures (R38)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.deps import RunnerDep
from api.pages.customer import once
from api.pages.page_means import PageMeans, PageMeansDep, see_other
from api.pages.page_route import PageRoute
from api.sessions import SessionFormDep, page_allowed
from dispatch.domain.records.access import ROLES, Principal
from dispatch.domain.records.order_state import STATES
from dispatch.domain.values import read_day
from dispatch.errors import BadInputError, Problem
from dispatch.translations.catalogue import N_
from dispatch.usecases.board import OrderFilter, board, plan_board
from dispatch.usecases.messages.notes import mark_read, notes_of, write_note
from dispatch.usecases.planning.nightly import Office, plan_day
from dispatch.usecases.plans import publish_plan
from dispatch.usecases.quality.kpis import coverage_now, figures
from dispatch.usecases.work_orders.look_up import history, take_up

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Desk = Annotated[Principal, page_allowed("dispatcher", "supervisor")]
Word = Annotated[str, Query(max_length=200)]
TOLD: Final = {
    "done": N_("Saved."),
    "published": N_("The plan is in force."),
    "begun": N_("A new plan is being made. It appears here as a draft."),
}
FIGURE_DAYS: Final = 7
"""Days that the figures begin with."""


@router.get("/")
def start(principal: Annotated[Principal, page_allowed(*ROLES)]) -> Response:
    """Lead to the page that somebody works with."""
    return see_other("/visits" if principal.technician is not None else "/board")


@router.get("/board")
def show_board(
    principal: Desk,  # noqa: ARG001 - only these roles
    means: PageMeansDep,
    state: Word = "",
    community: Word = "",
    technician: Word = "",
    order: Word = "",
    after: Annotated[str | None, Query(max_length=500)] = None,
    renews: Word = "",
) -> Response:
    """Show orders, countdowns, promises at risk and what waits for somebody."""
    wanted = OrderFilter(state=state, community=community.strip(), technician=technician.strip(), order=order.strip())
    found = board(wanted=wanted, after=after, store=means.store, clock=means.service.clock, policy=means.policy)
    query = urlencode({"state": state, "community": community, "technician": technician, "order": order})
    return means.show(
        "board.html.j2", board=found, wanted=wanted, states=STATES, told=_told(means), renews=bool(renews), query=query
    )


@router.post("/board/escalations/{escalation_id}")
def do_take_up(principal: Desk, means: PageMeansDep, form: SessionFormDep, escalation_id: str) -> Response:  # noqa: ARG001
    """Write down who sees to an escalation."""
    take_up(escalation_id, store=means.store, clock=means.service.clock, actor=principal.actor)
    return see_other("/board", told="done")


@router.get("/board/orders/{order_id}")
def show_order(principal: Desk, means: PageMeansDep, order_id: str) -> Response:  # noqa: ARG001
    """Show all that was recorded of an order; what the customer wrote counts as read then."""
    found = history(order_id, store=means.store)
    with means.store.read() as transaction:
        notes = notes_of(transaction, order_id)
    answer = means.show("order.html.j2", history=found, order=found.order, notes=notes, told=_told(means))
    mark_read(order_id, by="dispatcher", store=means.store, now=means.now)
    return answer


@router.post("/board/orders/{order_id}/note")
def send_note(principal: Desk, means: PageMeansDep, form: SessionFormDep, order_id: str) -> Response:
    """Write to the customer of an order."""
    order = history(order_id, store=means.store).order
    text = str(form.get("text", ""))
    write_note(
        order_id,
        text,
        note_id=once(str(form.get("action_id", "")), order_id, text),
        author="dispatcher",
        actor=principal.actor,
        customer=order.customer,
        zone=means.zone,
        settings=means.policy.messages,
        store=means.store,
        clock=means.service.clock,
    )
    return see_other(f"/board/orders/{order_id}", told="done")


@router.get("/board/plan")
def show_plan(principal: Desk, means: PageMeansDep, day: Word = "") -> Response:  # noqa: ARG001
    """Show the plans of a day, and what the youngest draft would change."""
    chosen = _day(day, "day") or means.now.astimezone(means.zone).date()
    return means.show("plan.html.j2", day=chosen, plans=plan_board(chosen, store=means.store), told=_told(means))


@router.post("/board/plan/{day}/publish")
def do_publish(principal: Desk, means: PageMeansDep, form: SessionFormDep, day: str) -> Response:
    """Put a draft in force in place of the version that the page showed."""
    replaces = str(form.get("replaces", ""))
    publish_plan(
        str(form.get("plan", "")),
        replaces=int(replaces) if replaces.isdecimal() else None,
        store=means.store,
        checker=means.service.checker,
        clock=means.service.clock,
        new_id=means.service.new_id,
        actor=principal.actor,
    )
    return see_other(_plan_path(day), told="published")


@router.post("/board/plan/{day}/new")
def do_plan(principal: Desk, means: PageMeansDep, form: SessionFormDep, runner: RunnerDep, day: str) -> Response:  # noqa: ARG001
    """Begin a new plan of a day; it waits as a draft."""
    chosen = _day(day, "day") or means.now.astimezone(means.zone).date()
    office = Office(
        store=means.service.store,
        policy=means.service.policy,
        clock=means.service.clock,
        new_id=means.service.new_id,
        code_version=means.service.planner.version,
    )
    plan_day(chosen, centre=principal.centre, publishes=False, office=office)
    runner.wake()
    return see_other(_plan_path(day), told="begun")


@router.get("/board/figures")
def show_figures(
    principal: Desk,  # noqa: ARG001
    means: PageMeansDep,
    first: Word = "",
    last: Word = "",
    community: Word = "",
) -> Response:
    """Show how well promises were kept over some days; coverage stands apart (R06)."""
    today = means.now.astimezone(means.zone).date()
    last_day = _day(last, "last") or today
    first_day = _day(first, "first") or last_day - timedelta(days=FIGURE_DAYS - 1)
    found = figures(
        first_day,
        last_day,
        store=means.store,
        clock=means.service.clock,
        policy=means.policy,
        zone=means.zone,
        community=community.strip() or None,
    )
    coverage = coverage_now(store=means.store, policy=means.policy)
    return means.show("figures.html.j2", figures=found, coverage=coverage, community=community.strip())


def _told(means: PageMeans) -> str | None:
    text = TOLD.get(means.http.query_params.get("told", ""))
    return None if text is None else means.text(text)


def _day(text: str, field: str) -> date | None:
    """Return a day; None = none was given; raises `BadInputError` if it is none."""
    if not text.strip():
        return None
    try:
        return read_day(text.strip())
    except ValueError:
        problem = Problem(path=field, message=f"{text!r} is no day", remedy="write it like 2026-03-10")
        raise BadInputError([problem]) from None


def _plan_path(day: str) -> str:
    return f"/board/plan?day={day}"
