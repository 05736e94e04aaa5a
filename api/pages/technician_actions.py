"""What technicians do on the page of a visit; each form has an id of its own, so that a second tap does nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final, cast, get_args

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from api.pages.customer import once
from api.pages.page_means import PageMeans, PageMeansDep, see_other
from api.pages.page_route import PageRoute
from api.pages.technician import Technician, technician_of, visit_page
from api.sessions import SessionFormDep
from dispatch.domain.records.contact import ContactResult
from dispatch.domain.records.convenience import ConvenienceItem, ConvenienceResult
from dispatch.domain.records.question import QuestionCategory, QuestionKind
from dispatch.domain.request import Location
from dispatch.errors import AlreadyThereError, BadInputError, NotFoundError, Problem
from dispatch.usecases.messages.notes import write_note
from dispatch.usecases.privacy.customers import reveal_customer
from dispatch.usecases.quality.at_visit import record_convenience, record_speed_test, tick
from dispatch.usecases.quality.questions import ask
from dispatch.usecases.visit_sheet import visit_sheet
from dispatch.usecases.work_orders.closing import close
from dispatch.usecases.work_orders.contact import record_contact
from dispatch.usecases.work_orders.taking_on import accept, reject
from dispatch.usecases.work_orders.visit import arrive, finish, no_access, set_out
from dispatch.usecases.work_orders.withdrawal import cannot_install

router = APIRouter(prefix="/visits/{order_id}", route_class=PageRoute, include_in_schema=False)

KBPS_OF_MBPS: Final = 1_000
PURPOSE: Final = "visit"
"""What a technician sees the customer's data for, as it is written down."""


class Tapped:
    """A form that was sent from the page of a visit."""

    def __init__(self, order_id: str, form: FormData, means: PageMeans) -> None:
        self.order_id = order_id
        self.form = form
        self.means = means
        self.action_id = self.text("action_id")[:100]

    def text(self, field: str) -> str:
        """Return a field's text; "" if it was left empty."""
        value = self.form.get(field)
        return value.strip() if isinstance(value, str) else ""

    def one_of(self, field: str, known: tuple[str, ...]) -> str:
        """Return a field that is one of some codes; raises `BadInputError` if it is none."""
        value = self.text(field)
        if value not in known:
            problem = Problem(path=field, message=f"{value!r} is not known", remedy=f"choose one of {', '.join(known)}")
            raise BadInputError([problem])
        return value

    def new_id(self) -> str:
        """Return the id of what the form adds: the same for the same form."""
        return once(self.action_id, self.order_id, self.means.principal.actor)


def _accept(tapped: Tapped) -> None:
    accept(tapped.order_id, **tapped.means.life(tapped.action_id))


def _reject(tapped: Tapped) -> None:
    reject(tapped.order_id, reason=tapped.text("reason") or None, **tapped.means.life(tapped.action_id))


def _call(tapped: Tapped) -> None:
    result = cast("ContactResult", tapped.one_of("result", get_args(ContactResult)))
    agreed = tapped.means.local_moment(tapped.text("agreed_start"), field="agreed_start")
    record_contact(
        tapped.order_id,
        result=result,
        agreed_start=agreed if result == "agreed" else None,
        note=tapped.text("note") or None,
        **tapped.means.life(tapped.action_id),
    )


def _set_out(tapped: Tapped) -> None:
    set_out(tapped.order_id, **tapped.means.life(tapped.action_id))


def _arrive(tapped: Tapped) -> None:
    arrive(tapped.order_id, position=_position(tapped), **tapped.means.life(tapped.action_id))


def _tick(tapped: Tapped) -> None:
    items = [item for item in tapped.form.getlist("item") if isinstance(item, str)]
    means = tapped.means
    if items:
        tick(
            tapped.order_id,
            items=items,
            store=means.store,
            clock=means.service.clock,
            actor=means.principal.actor,
            policy=means.policy,
        )


def _speed_test(tapped: Tapped) -> None:
    means = tapped.means
    measured = [_kbps(value, "measured") for value in tapped.form.getlist("measured") if str(value).strip()]
    record_speed_test(
        tapped.order_id,
        measured_kbps=measured,
        contracted_kbps=_kbps(tapped.text("contracted"), "contracted"),
        is_wired=tapped.text("is_wired") == "yes",
        store=means.store,
        clock=means.service.clock,
        new_id=tapped.new_id,
        actor=means.principal.actor,
        policy=means.policy,
    )


def _convenience(tapped: Tapped) -> None:
    means = tapped.means
    has_consent = tapped.text("consent") == "yes"
    order = visit_sheet(
        tapped.order_id, technician=technician_of(means.principal), store=means.store, policy=means.policy
    ).stop.order
    record_convenience(
        tapped.order_id,
        item=cast("ConvenienceItem", tapped.one_of("item", get_args(ConvenienceItem))),
        result=cast("ConvenienceResult", tapped.one_of("result", get_args(ConvenienceResult))),
        consent_by=(order.customer or f"household of {order.id}") if has_consent else None,
        consent_at=means.now if has_consent else None,
        text_version=tapped.text("text_version") or None,
        language=means.language,
        store=means.store,
        clock=means.service.clock,
        actor=means.principal.actor,
        policy=means.policy,
    )


def _finish(tapped: Tapped) -> None:
    finish(tapped.order_id, parts_used=_parts(tapped), **tapped.means.life(tapped.action_id))


def _note(tapped: Tapped) -> None:
    means = tapped.means
    technician = technician_of(means.principal)
    sheet = visit_sheet(tapped.order_id, technician=technician, store=means.store, policy=means.policy)
    write_note(
        tapped.order_id,
        tapped.text("text"),
        note_id=once(tapped.action_id, tapped.order_id, tapped.text("text")),
        author="technician",
        actor=means.principal.actor,
        customer=sheet.stop.order.customer,
        zone=means.zone,
        settings=means.policy.messages,
        store=means.store,
        clock=means.service.clock,
    )


def _question(tapped: Tapped) -> None:
    means = tapped.means
    technician = technician_of(means.principal)
    sheet = visit_sheet(tapped.order_id, technician=technician, store=means.store, policy=means.policy)
    if not tapped.text("text"):
        raise BadInputError([Problem(path="text", message="is empty", remedy="write what the customer says")])
    ask(
        text=tapped.text("text"),
        kind=cast("QuestionKind", tapped.one_of("kind", ("question", "complaint"))),
        category=cast("QuestionCategory", tapped.one_of("category", get_args(QuestionCategory))),
        channel="technician",
        customer=sheet.stop.order.customer,
        order=tapped.order_id,
        store=means.store,
        clock=means.service.clock,
        new_id=tapped.new_id,
        actor=means.principal.actor,
        policy=means.policy,
    )


def _no_access(tapped: Tapped) -> None:
    no_access(tapped.order_id, **tapped.means.life(tapped.action_id))


def _cannot_install(tapped: Tapped) -> None:
    cannot_install(
        tapped.order_id,
        reason=tapped.text("reason") or None,
        text=tapped.text("text") or None,
        **tapped.means.life(tapped.action_id),
    )


def _close(tapped: Tapped) -> None:
    close(tapped.order_id, **tapped.means.life(tapped.action_id))


ACTIONS: Final[dict[str, Callable[[Tapped], None]]] = {
    "accept": _accept,
    "reject": _reject,
    "call": _call,
    "set-out": _set_out,
    "arrive": _arrive,
    "tick": _tick,
    "speed-test": _speed_test,
    "convenience": _convenience,
    "finish": _finish,
    "note": _note,
    "question": _question,
    "no-access": _no_access,
    "cannot-install": _cannot_install,
    "close": _close,
}
_LEADS_AWAY: Final = {"reject": "given_back", "close": "closed", "cannot-install": "done", "no-access": "done"}
"""Actions after which the visit is over for its technician, and what the route says then."""


@router.post("/person")
def show_person(principal: Technician, means: PageMeansDep, form: SessionFormDep, order_id: str) -> Response:  # noqa: ARG001
    """Show the visit with the customer's name, phone and address; that somebody saw them is written down."""
    technician = technician_of(principal)
    sheet = visit_sheet(order_id, technician=technician, store=means.store, policy=means.policy)
    customer = sheet.stop.order.customer
    if customer is None:
        msg = f"the customer of order {order_id} is not known"
        raise NotFoundError(msg)
    revealed = reveal_customer(
        customer,
        purpose=PURPOSE,
        order=order_id,
        principal=principal,
        store=means.store,
        clock=means.service.clock,
        new_id=means.service.new_id,
        settings=means.policy.privacy,
    )
    return visit_page(means, technician, order_id, person=revealed.details)


@router.post("/{action}")
def do_action(principal: Technician, means: PageMeansDep, form: SessionFormDep, order_id: str, action: str) -> Response:
    """Do what a form of the visit's page asks for, and show the page, or the route if the visit is over."""
    technician_of(principal)
    if action not in ACTIONS:
        msg = f"there is no action {action!r}"
        raise NotFoundError(msg)
    with suppress(AlreadyThereError):  # the same form, sent a second time
        ACTIONS[action](Tapped(order_id, form, means))
    if action in _LEADS_AWAY:
        return see_other("/visits", told=_LEADS_AWAY[action])
    return see_other(f"/visits/{order_id}", told="done")


def _position(tapped: Tapped) -> Location | None:
    """Return where the phone is, if it says so; what is no position counts as a tap."""
    try:
        return Location(lat=float(tapped.text("lat")), lon=float(tapped.text("lon")))
    except ValueError:
        return None


def _kbps(value: object, field: str) -> int:
    try:
        return round(float(str(value).replace(",", ".")) * KBPS_OF_MBPS)
    except (ValueError, OverflowError):
        problem = Problem(path=field, message=f"{value!r} is no speed", remedy="write Mbit/s as a number, like 98.5")
        raise BadInputError([problem]) from None


def _parts(tapped: Tapped) -> dict[str, int]:
    """Return the parts used: those planned, each with its field, and further ones, one a line."""
    planned = [(name, str(value)) for name, value in tapped.form.items() if name.startswith("part ")]
    lines = [(name.removeprefix("part "), number) for name, number in planned]
    for line in filter(str.strip, tapped.text("more_parts").splitlines()):
        name, _, number = line.partition("=")
        lines.append((name.strip(), number.strip()))
    parts: dict[str, int] = {}
    for name, number in lines:
        if not name or not number.isdecimal() or int(number) > 1_000:
            message = f"{name!r} = {number!r} is no number of parts"
            raise BadInputError([Problem(path="parts", message=message, remedy="write a line like: onu = 1")])
        parts[name] = parts.get(name, 0) + int(number)
    return {name: number for name, number in parts.items() if number}
