"""What customers do on the pages of their order: write, choose another time, report a fault, rate the visit."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form
from fastapi import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from api.deps import ServiceDep
from api.pages.customer_links import ACTOR, CustomersOrder, open_order
from api.pages.languages import language_of
from api.pages.page_route import PageRoute
from api.pages.rendering import page
from dispatch.bootstrap import Service
from dispatch.domain.records.note import NOTE_LIMIT
from dispatch.domain.records.survey import Survey, SurveyAnswer, survey_id
from dispatch.errors import BadInputError, Problem, TransitionError
from dispatch.translations.catalogue import N_, translations
from dispatch.usecases.access.links import link_token
from dispatch.usecases.messages.notes import write_note
from dispatch.usecases.quality.surveys import answer_survey
from dispatch.usecases.report_fault import report_fault
from dispatch.usecases.work_orders.turn import Means

router = APIRouter(prefix="/c/{token}", route_class=PageRoute, include_in_schema=False)

SYMPTOMS: Final = {
    "no_connection": N_("No connection at all"),
    "slow": N_("The connection is slow"),
    "breaks_off": N_("The connection breaks off"),
    "device": N_("The modem or router shows a fault"),
    "other": N_("Something else"),
}
"""What customers can say of a fault; the words become the first note on the repair order."""
SCORES: Final = {
    5: N_("Very satisfied"),
    4: N_("Satisfied"),
    3: N_("Neither"),
    2: N_("Dissatisfied"),
    1: N_("Very dissatisfied"),
}
SOURCE: Final = "customer page"
Action = Annotated[str, Form(min_length=1, max_length=100)]
"""Made with the form, so that a second tap does nothing."""


@router.post("/notes")
def send_note(
    http: HttpRequest, service: ServiceDep, token: str, action: Action, text: Annotated[str, Form()]
) -> Response:
    """Store what the customer writes."""
    opened = open_order(token, service=service)
    _write(opened, text, note_id=once(action, opened.order, text), order=opened.order, service=service)
    return back_to_status(http, token, told="note")


@router.get("/fault")
def show_fault(http: HttpRequest, service: ServiceDep, token: str) -> Response:
    """Show the form for a fault (R36)."""
    opened = open_order(token, service=service)
    language = language_of(http, service.settings)
    texts = translations(language)
    return page(
        "fault.html.j2",
        language=language,
        zone=opened.zone,
        path=f"/c/{token}/fault",
        back=f"/c/{token}",
        brand=opened.brand,
        symptoms=[(code, texts.gettext(text)) for code, text in SYMPTOMS.items()],
        action=service.new_id(),
    )


@router.post("/fault")
def do_report(
    http: HttpRequest,
    service: ServiceDep,
    token: str,
    action: Action,
    symptom: Annotated[str, Form(max_length=40)],
    text: Annotated[str, Form(max_length=NOTE_LIMIT)] = "",
) -> Response:
    """Make a repair order of a fault, and lead to its own page."""
    opened = open_order(token, service=service)
    if symptom not in SYMPTOMS:
        message = f"{symptom!r} is not known"
        raise BadInputError([Problem(path="symptom", message=message, remedy=f"choose one of {', '.join(SYMPTOMS)}")])
    repair = report_fault(
        opened.order, repair_id=f"fault-{once(action, opened.order)[:12]}", **customer_means(opened, service)
    )
    words = translations(language_of(http, service.settings)).gettext(SYMPTOMS[symptom])
    said = f"{words}\n{text}".strip()[:NOTE_LIMIT]
    _write(opened, said, note_id=once(action, repair.id), order=repair.id, service=service)
    now = service.clock.now()
    with opened.store.write() as transaction:
        new_token = link_token(
            transaction,
            "order_page",
            repair.id,
            customer=opened.customer,
            valid_s=service.settings.customer_link_valid_s,
            now=now,
            signer=service.signer,
        )
    return back_to_status(http, new_token, told="fault")


@router.get("/rating")
def show_rating(http: HttpRequest, service: ServiceDep, token: str) -> Response:
    """Show the survey of the visit (R37)."""
    opened = open_order(token, service=service)
    with opened.store.read() as transaction:
        survey = transaction.records(Survey).get(survey_id(opened.order))
    language = language_of(http, service.settings)
    texts = translations(language)
    return page(
        "rating.html.j2",
        language=language,
        zone=opened.zone,
        path=f"/c/{token}/rating",
        back=f"/c/{token}",
        brand=opened.brand,
        order=opened.order,
        scores=[(score, texts.gettext(text)) for score, text in SCORES.items()],
        asks_about_gifts=survey.asks_about_gifts,
        action=service.new_id(),
    )


@router.post("/rating")
def do_rate(
    http: HttpRequest,
    service: ServiceDep,
    token: str,
    score: Annotated[int, Form(ge=1, le=5)],
    gifts: Annotated[Literal["", "yes", "no"], Form()] = "",
    text: Annotated[str, Form(max_length=NOTE_LIMIT)] = "",
) -> Response:
    """Store the customer's answer to the survey; the same one a second time changes nothing."""
    opened = open_order(token, service=service)
    answer = SurveyAnswer(
        channel="web",
        source=SOURCE,
        score=score,
        comment=text.strip() or None,
        gifts_taken={"yes": True, "no": False}.get(gifts),
    )
    try:
        answer_survey(opened.order, answer=answer, **customer_means(opened, service))
    except TransitionError:
        with opened.store.read() as transaction:
            there = transaction.records(Survey).get(survey_id(opened.order)).answer
        if there != answer:
            raise
    return back_to_status(http, token, told="rating")


def once(*parts: str) -> str:
    """Return an id that is the same for the same form with the same content."""
    return sha256("\n".join(parts).encode()).hexdigest()[:32]


def back_to_status(http: HttpRequest, token: str, *, told: str) -> Response:
    """Lead to the page of the order, which shows what has just changed."""
    http.app.state.customers.forget(token)
    return RedirectResponse(f"/c/{token}?told={told}", status_code=303)


def _write(opened: CustomersOrder, text: str, *, note_id: str, order: str, service: Service) -> None:
    write_note(
        order,
        text,
        note_id=note_id,
        author="customer",
        actor=ACTOR,
        customer=opened.customer,
        zone=opened.zone,
        settings=opened.policy.messages,
        store=opened.store,
        clock=service.clock,
    )


def customer_means(opened: CustomersOrder, service: Service, *, action_id: str | None = None) -> Means:
    """Return what the use cases of the life cycle are handed by a customer."""
    return Means(
        store=opened.store,
        clock=service.clock,
        new_id=service.new_id,
        actor=ACTOR,
        policy=opened.policy,
        action_id=action_id,
    )
