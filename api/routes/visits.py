"""What a technician writes down at a visit: ticks, speed tests, convenience items."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter

from api.body import json_body, read_as
from api.deps import CentreStoreDep, ServiceDep, allowed
from api.idempotency import OnceRoute
from api.means import MeansDep, PolicyDep
from api.openapi import BODY_ERRORS, errors
from api.routes.reading import Readable, add_get, add_list
from api.schemas.quality import ConvenienceBody, ConvenienceQuery, SpeedTestBody, SpeedTestQuery, TickBody
from dispatch.domain.records.access import Principal
from dispatch.domain.records.checklist import Checklist
from dispatch.domain.records.convenience import Convenience
from dispatch.domain.records.speed_test import SpeedTest
from dispatch.domain.values import Identifier
from dispatch.usecases.quality.at_visit import record_convenience, record_speed_test, tick

DOCUMENTS: Final = (TickBody, SpeedTestBody, ConvenienceBody)
router = APIRouter(prefix="/v1", tags=["visits"], route_class=OnceRoute)
AtVisit = Annotated[Principal, allowed("technician", "dispatcher", "supervisor")]


@router.post(
    "/orders/{order_id}/ticks",
    operation_id="tick",
    response_model=Checklist,
    response_model_exclude_none=True,
    summary="Tick items of the checklist",
    responses=errors("not_allowed", "not_found", *BODY_ERRORS),
    openapi_extra=json_body(TickBody, example={"items": ["badge_shown"]}),
)
def post_ticks(
    principal: AtVisit,
    order_id: Identifier,
    body: Annotated[TickBody, read_as(TickBody)],
    service: ServiceDep,
    store: CentreStoreDep,
    policy: PolicyDep,
) -> Checklist:
    """Tick items of the five stages of a visit (R25); what is ticked already stays as it is."""
    return tick(
        order_id,
        items=body.items,
        at=body.at,
        store=store,
        clock=service.clock,
        actor=principal.actor,
        policy=policy,
    )


@router.post(
    "/orders/{order_id}/speed-tests",
    operation_id="record_speed_test",
    status_code=201,
    response_model=SpeedTest,
    response_model_exclude_none=True,
    summary="Record speed tests",
    responses=errors("not_allowed", "not_found", *BODY_ERRORS),
    openapi_extra=json_body(
        SpeedTestBody, example={"measured_kbps": [96_000, 98_500, 97_200], "contracted_kbps": 100_000}
    ),
)
def post_speed_test(
    _: AtVisit,
    order_id: Identifier,
    body: Annotated[SpeedTestBody, read_as(SpeedTestBody)],
    means: MeansDep,
) -> SpeedTest:
    """Record a series of tests at the customer's line, and judge it (R14); one that fails leads to a remedy (R15)."""
    return record_speed_test(
        order_id,
        measured_kbps=body.measured_kbps,
        contracted_kbps=body.contracted_kbps,
        is_wired=body.is_wired,
        tested_at=body.tested_at,
        **means,
    )


@router.post(
    "/orders/{order_id}/conveniences",
    operation_id="record_convenience",
    status_code=201,
    response_model=Convenience,
    response_model_exclude_none=True,
    summary="Record a convenience item",
    responses=errors("not_allowed", "not_found", *BODY_ERRORS),
    openapi_extra=json_body(ConvenienceBody, example={"item": "gateway_setup", "result": "done"}),
)
def post_convenience(
    principal: AtVisit,
    order_id: Identifier,
    body: Annotated[ConvenienceBody, read_as(ConvenienceBody)],
    service: ServiceDep,
    store: CentreStoreDep,
    policy: PolicyDep,
) -> Convenience:
    """Record an item that was offered (R21); a risky one that was done needs consent to the text in force (R22)."""
    return record_convenience(
        order_id,
        item=body.item,
        result=body.result,
        consent_by=body.consent_by,
        consent_at=body.consent_at,
        text_version=body.text_version,
        language=body.language,
        store=store,
        clock=service.clock,
        actor=principal.actor,
        policy=policy,
    )


_SPEED_TESTS = Readable(
    one="speed test",
    many="speed tests",
    kind=SpeedTest,
    query=SpeedTestQuery,
    readers=("dispatcher", "supervisor", "integration"),
    path="/speed-tests",
    about="Each is a series at one visit, judged under the policy of its day (R14).",
)
_CONVENIENCES = Readable(
    one="convenience item",
    many="convenience items",
    kind=Convenience,
    query=ConvenienceQuery,
    readers=("dispatcher", "supervisor"),
    path="/conveniences",
)
for _readable in (_SPEED_TESTS, _CONVENIENCES):
    add_list(router, _readable)
    add_get(router, _readable)
