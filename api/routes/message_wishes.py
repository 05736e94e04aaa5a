"""How customers and technicians want to be written to: language and channels."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Response

from api.body import json_body, read_as
from api.deps import CentreStoreDep, ServiceDep, allowed
from api.openapi import BODY_ERRORS, errors
from api.preconditions import tagged
from api.schemas.message_wishes import MessageWishesBody
from dispatch.domain.records.access import Principal
from dispatch.domain.records.message_wishes import MessageWishes
from dispatch.domain.values import Identifier
from dispatch.usecases.messages.wishes import keep_wishes, wishes_of

DOCUMENTS: Final = (MessageWishesBody,)
router = APIRouter(prefix="/v1/message-wishes", tags=["messages"])
Reader = Annotated[Principal, allowed("integration", "dispatcher", "supervisor")]
Writer = Annotated[Principal, allowed("integration", "dispatcher")]


@router.get(
    "/{person}",
    operation_id="get_message_wishes",
    response_model=MessageWishes,
    response_model_exclude_none=True,
    summary="Get how somebody wants to be written to",
    responses=errors("bad_input", "not_found"),
)
def read_wishes(
    principal: Reader,  # noqa: ARG001 - checks the role
    person: Identifier,
    response: Response,
    service: ServiceDep,
    store: CentreStoreDep,
) -> MessageWishes:
    """Return the wishes of a customer or technician; without any, the operator's language and channels count."""
    wishes = wishes_of(person, store=store, clock=service.clock)
    tagged(response, wishes)
    return wishes


@router.put(
    "/{person}",
    operation_id="put_message_wishes",
    response_model=MessageWishes,
    response_model_exclude_none=True,
    summary="Set how somebody wants to be written to",
    responses=errors("not_found", "stale_record", *BODY_ERRORS),
    openapi_extra=json_body(MessageWishesBody, example={"language": "en", "channels": ["wechat", "sms"]}),
)
def put_wishes(
    principal: Writer,  # noqa: ARG001 - checks the role
    person: Identifier,
    response: Response,
    body: Annotated[MessageWishesBody, read_as(MessageWishesBody)],
    service: ServiceDep,
    store: CentreStoreDep,
) -> MessageWishes:
    """Store the wishes of a customer or technician, in place of earlier ones; messages that still wait obey them."""
    wishes = keep_wishes(person, language=body.language, channels=body.channels, store=store, clock=service.clock)
    tagged(response, wishes)
    return wishes
