"""Dispatch centres: themselves, the policy in force, the figures of their days."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from api.body import json_body, read_as
from api.deps import CentreStoreDep, ServiceDep, allowed
from api.idempotency import OnceRoute
from api.means import PolicyDep, ZoneDep
from api.openapi import BODY_ERRORS, errors
from api.preconditions import SeenVersion, against, tagged
from api.schemas.centre import (
    CentreBody,
    FiguresDocument,
    FiguresQuery,
    NewCentreBody,
    OverridesBody,
    PolicyDocument,
)
from dispatch.domain.records.access import Principal
from dispatch.domain.records.centre import Centre
from dispatch.policy.coverage import Coverage
from dispatch.usecases.centres import add_centre, change_centre, override_policy
from dispatch.usecases.master_data import get_record
from dispatch.usecases.quality.kpis import coverage_now, figures

DOCUMENTS: Final = (CentreBody, NewCentreBody, OverridesBody)
router = APIRouter(prefix="/v1", tags=["centres"], route_class=OnceRoute)
Admin = Annotated[Principal, allowed("admin")]
Viewer = Annotated[Principal, allowed("integration", "dispatcher", "supervisor")]
_EXAMPLE: Final = {"name": "Xuzhou", "time_zone": "Asia/Shanghai", "nightly": {"cron": "30 20 * * *", "search_s": 120}}
_CHANGE_ERRORS: Final = errors("not_found", "precondition_required", "stale_record", *BODY_ERRORS)


@router.post(
    "/centres",
    operation_id="add_centre",
    status_code=201,
    response_model=Centre,
    response_model_exclude_none=True,
    summary="Add a dispatch centre",
    responses=errors("already_there", *BODY_ERRORS),
    openapi_extra=json_body(NewCentreBody, example={"id": "xuzhou", **_EXAMPLE}),
)
def post_centre(
    _: Admin,
    response: Response,
    body: Annotated[NewCentreBody, read_as(NewCentreBody)],
    service: ServiceDep,
    store: CentreStoreDep,
) -> Centre:
    """Make a dispatch centre; administrators act for it with the header `Dispatch-Centre`."""
    fields = {name: value for name, value in body if name != "id"}
    centre = add_centre(body.id, fields, store=store, clock=service.clock)
    tagged(response, centre)
    return centre


@router.get(
    "/centre",
    operation_id="get_centre",
    response_model=Centre,
    response_model_exclude_none=True,
    summary="Get your dispatch centre",
    responses=errors("not_found"),
)
def read_centre(principal: Viewer, response: Response, store: CentreStoreDep) -> Centre:
    """Return the dispatch centre of who asks."""
    centre = get_record(Centre, principal.centre, store=store)
    tagged(response, centre)
    return centre


@router.put(
    "/centre",
    operation_id="replace_centre",
    response_model=Centre,
    response_model_exclude_none=True,
    summary="Change your dispatch centre",
    responses=_CHANGE_ERRORS,
    openapi_extra=json_body(CentreBody, example=_EXAMPLE),
)
def put_centre(
    principal: Admin,
    response: Response,
    seen: SeenVersion,
    body: Annotated[CentreBody, read_as(CentreBody)],
    service: ServiceDep,
    store: CentreStoreDep,
) -> Centre:
    """Write the dispatch centre of who asks anew; its policy overrides stay."""
    centre = change_centre(
        principal.centre, dict(body), store=against(store, Centre, principal.centre, seen), clock=service.clock
    )
    tagged(response, centre)
    return centre


@router.get(
    "/policy",
    operation_id="get_policy",
    tags=["policy"],
    response_model=PolicyDocument,
    summary="Get the policy in force",
    responses=errors("not_found"),
)
def read_policy(principal: Viewer, response: Response, store: CentreStoreDep, policy: PolicyDep) -> PolicyDocument:
    """Return what the dispatch centre overrides, and every rule that is in force (R39)."""
    centre = get_record(Centre, principal.centre, store=store)
    tagged(response, centre)
    return PolicyDocument(overrides=centre.policy, effective=policy)


@router.put(
    "/policy",
    operation_id="override_policy",
    tags=["policy"],
    response_model=PolicyDocument,
    summary="Override the policy",
    responses=errors("bad_policy", "not_found", "precondition_required", "stale_record", *BODY_ERRORS),
    openapi_extra=json_body(OverridesBody, example={"overrides": {"promise": {"repair_h": 12}}}),
)
def put_policy(
    principal: Admin,
    response: Response,
    seen: SeenVersion,
    body: Annotated[OverridesBody, read_as(OverridesBody)],
    service: ServiceDep,
    store: CentreStoreDep,
) -> PolicyDocument:
    """Replace the overrides of the dispatch centre; refused unless the policy can be used with them."""
    found = override_policy(
        principal.centre,
        body.overrides,
        store=against(store, Centre, principal.centre, seen),
        clock=service.clock,
        policy=service.policy,
    )
    tagged(response, found.centre)
    return PolicyDocument(overrides=found.centre.policy, effective=found.policy)


@router.get(
    "/kpis",
    operation_id="get_figures",
    tags=["figures"],
    response_model=FiguresDocument,
    summary="Get the figures of some days",
    responses=errors("bad_input"),
)
def read_figures(
    _: Viewer,
    query: Annotated[FiguresQuery, Query()],
    service: ServiceDep,
    store: CentreStoreDep,
    policy: PolicyDep,
    zone: ZoneDep,
) -> FiguresDocument:
    """Return promises kept gross and net of customer-caused time with the causes of breaches (T7), visits, speeds."""
    found = figures(*query.days, community=query.community, store=store, clock=service.clock, policy=policy, zone=zone)
    return FiguresDocument(figures=found, orders_per_technician_day=found.orders_per_technician_day)


@router.get(
    "/kpis/coverage",
    operation_id="get_coverage",
    tags=["figures"],
    response_model=Coverage,
    summary="Get the coverage",
    responses=errors(),
)
def read_coverage(_: Viewer, store: CentreStoreDep, policy: PolicyDep) -> Coverage:
    """Return how many qualified urban communities are under promise (R06); no rate of promises kept."""
    return coverage_now(store=store, policy=policy)
