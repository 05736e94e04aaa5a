"""Questions and complaints of all channels, surveys and follow-ups."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Response

from api.body import json_body, read_as
from api.deps import CentreStoreDep, ServiceDep, allowed
from api.idempotency import OnceRoute
from api.means import MeansDep, PolicyDep
from api.openapi import BODY_ERRORS, errors
from api.preconditions import SeenVersion, against, tagged
from api.routes.reading import Readable, add_get, add_list
from api.schemas.order_actions import SurveyBody
from api.schemas.quality import (
    CallBody,
    FollowUpQuery,
    HandoverAnswerBody,
    HandoverBody,
    QuestionBody,
    QuestionQuery,
    ReplyBody,
    SurveyQuery,
)
from dispatch.domain.records.access import Principal
from dispatch.domain.records.follow_up import FollowUp
from dispatch.domain.records.question import Question
from dispatch.domain.records.survey import Survey
from dispatch.domain.values import Identifier
from dispatch.usecases.quality import questions as desk
from dispatch.usecases.quality.follow_ups import record_call
from dispatch.usecases.quality.surveys import answer_survey

DOCUMENTS: Final = (QuestionBody, HandoverBody, HandoverAnswerBody, ReplyBody, CallBody, SurveyBody)
router = APIRouter(prefix="/v1", tags=["questions"], route_class=OnceRoute)
Hears = Annotated[Principal, allowed("integration", "technician", "dispatcher", "supervisor")]
Answers = Annotated[Principal, allowed("technician", "dispatcher", "supervisor")]
Surveys = Annotated[Principal, allowed("integration", "dispatcher", "supervisor")]
Calls = Annotated[Principal, allowed("dispatcher", "supervisor")]
_CHANGE_ERRORS: Final = errors("not_allowed", "not_found", "precondition_required", "stale_record", *BODY_ERRORS)


@router.post(
    "/questions",
    operation_id="ask",
    status_code=201,
    response_model=Question,
    response_model_exclude_none=True,
    summary="Take in a question or complaint",
    responses=errors(*BODY_ERRORS),
    openapi_extra=json_body(QuestionBody, example={"text": "Why is it slow at night?", "channel": "phone"}),
)
def post_question(
    _: Hears,
    response: Response,
    body: Annotated[QuestionBody, read_as(QuestionBody)],
    means: MeansDep,
) -> Question:
    """Take in what a customer asks or complains about; a technician who heard it owns it, else the desk (R28, R30)."""
    question = desk.ask(
        text=body.text,
        channel=body.channel,
        kind=body.kind,
        category=body.category,
        customer=body.customer,
        order=body.order,
        **means,
    )
    response.headers["Location"] = f"/v1/questions/{question.id}"
    tagged(response, question)
    return question


@router.post(
    "/questions/{question_id}/take",
    operation_id="take_question",
    response_model=Question,
    response_model_exclude_none=True,
    summary="Take a question from the desk",
    responses=_CHANGE_ERRORS,
)
def post_take(
    principal: Answers,
    question_id: Identifier,
    response: Response,
    seen: SeenVersion,
    service: ServiceDep,
    store: CentreStoreDep,
    policy: PolicyDep,
) -> Question:
    """Become the owner of a question that waits at the desk."""
    question = desk.take(
        question_id,
        actor=principal.actor,
        store=against(store, Question, question_id, seen),
        clock=service.clock,
        policy=policy,
    )
    tagged(response, question)
    return question


@router.post(
    "/questions/{question_id}/handover",
    operation_id="offer_question",
    response_model=Question,
    response_model_exclude_none=True,
    summary="Ask somebody to take a question",
    responses=_CHANGE_ERRORS,
    openapi_extra=json_body(HandoverBody, example={"to": "dispatcher:li"}),
)
def post_handover(
    principal: Answers,
    question_id: Identifier,
    response: Response,
    seen: SeenVersion,
    body: Annotated[HandoverBody, read_as(HandoverBody)],
    service: ServiceDep,
    store: CentreStoreDep,
) -> Question:
    """Ask somebody else to answer; you stay the owner until that is accepted (R28)."""
    question = desk.offer_handover(
        question_id,
        to=body.to,
        actor=principal.actor,
        store=against(store, Question, question_id, seen),
        clock=service.clock,
    )
    tagged(response, question)
    return question


@router.post(
    "/questions/{question_id}/handover/answer",
    operation_id="answer_handover",
    response_model=Question,
    response_model_exclude_none=True,
    summary="Accept or decline a question",
    responses=_CHANGE_ERRORS,
    openapi_extra=json_body(HandoverAnswerBody, example={"answer": "accepted"}),
)
def post_handover_answer(
    principal: Answers,
    question_id: Identifier,
    response: Response,
    seen: SeenVersion,
    body: Annotated[HandoverAnswerBody, read_as(HandoverAnswerBody)],
    service: ServiceDep,
    store: CentreStoreDep,
    policy: PolicyDep,
) -> Question:
    """Accept or decline a question that was offered to you."""
    question = desk.answer_handover(
        question_id,
        answer=body.answer,
        actor=principal.actor,
        store=against(store, Question, question_id, seen),
        clock=service.clock,
        policy=policy,
    )
    tagged(response, question)
    return question


@router.post(
    "/questions/{question_id}/reply",
    operation_id="reply",
    response_model=Question,
    response_model_exclude_none=True,
    summary="Record the reply",
    responses=_CHANGE_ERRORS,
    openapi_extra=json_body(ReplyBody, example={"text": "The gateway was replaced; it is fast now."}),
)
def post_reply(
    principal: Answers,
    question_id: Identifier,
    response: Response,
    seen: SeenVersion,
    body: Annotated[ReplyBody, read_as(ReplyBody)],
    service: ServiceDep,
    store: CentreStoreDep,
) -> Question:
    """Record what the customer was told (R29); out of scope, with an explanation."""
    question = desk.reply(
        question_id,
        text=body.text,
        is_in_scope=body.is_in_scope,
        explanation=body.explanation,
        actor=principal.actor,
        store=against(store, Question, question_id, seen),
        clock=service.clock,
    )
    tagged(response, question)
    return question


@router.post(
    "/follow-ups/{follow_up_id}/call",
    operation_id="record_call",
    tags=["follow-ups"],
    response_model=FollowUp,
    response_model_exclude_none=True,
    summary="Record a follow-up call",
    responses=_CHANGE_ERRORS,
    openapi_extra=json_body(CallBody, example={"result": "satisfied"}),
)
def post_call(
    principal: Calls,
    follow_up_id: Identifier,
    response: Response,
    seen: SeenVersion,
    body: Annotated[CallBody, read_as(CallBody)],
    service: ServiceDep,
    store: CentreStoreDep,
    policy: PolicyDep,
) -> FollowUp:
    """Record what a call to a premium customer came to (R23)."""
    follow_up = record_call(
        follow_up_id,
        result=body.result,
        store=against(store, FollowUp, follow_up_id, seen),
        clock=service.clock,
        new_id=service.new_id,
        actor=principal.actor,
        policy=policy,
    )
    tagged(response, follow_up)
    return follow_up


@router.post(
    "/orders/{order_id}/survey",
    operation_id="answer_survey",
    tags=["surveys"],
    response_model=Survey,
    response_model_exclude_none=True,
    summary="Record the answer to a survey",
    responses=errors("not_allowed", "not_found", *BODY_ERRORS),
    openapi_extra=json_body(
        SurveyBody, example={"answer": {"channel": "phone", "source": "voice-1", "score": 5, "comment": "quick"}}
    ),
)
def post_survey(
    _: Surveys,
    order_id: Identifier,
    response: Response,
    body: Annotated[SurveyBody, read_as(SurveyBody)],
    means: MeansDep,
) -> Survey:
    """Record the one answer to the survey of a closed order, with its channel and source (R37)."""
    survey = answer_survey(
        order_id,
        answer=body.answer,
        **means,
        at=body.at,
        action_id=body.action_id,
    )
    tagged(response, survey)
    return survey


_READABLE: Final = (
    Readable(
        one="question",
        many="questions",
        kind=Question,
        query=QuestionQuery,
        readers=("dispatcher", "supervisor"),
        path="/questions",
        about="One list for all channels, one owner each (R30).",
    ),
    Readable(
        one="survey",
        many="surveys",
        kind=Survey,
        query=SurveyQuery,
        readers=("integration", "dispatcher", "supervisor"),
        path="/surveys",
        about="Closing an order begins one (R37).",
    ),
    Readable(
        one="follow-up",
        many="follow-ups",
        kind=FollowUp,
        query=FollowUpQuery,
        readers=("dispatcher", "supervisor"),
        path="/follow-ups",
        about="Premium customers are called again from time to time (R23).",
    ),
)
for _readable in _READABLE:
    add_list(router, _readable)
    add_get(router, _readable)
