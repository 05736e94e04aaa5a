"""Communities, technicians, shifts, skills: what dispatch centres keep by hand."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter

from api.deps import CentreStoreDep, ServiceDep, allowed
from api.means import PolicyDep, ZoneDep
from api.openapi import errors
from api.routes.resource import Resource, router_of
from api.schemas.roster import (
    CommunityBody,
    CommunityQuery,
    ExpiringSkills,
    ShiftBody,
    ShiftQuery,
    SkillBody,
    SkillQuery,
    TechnicianBody,
    TechnicianQuery,
)
from dispatch.domain.records.access import Principal, Role
from dispatch.domain.records.roster import CommunityRecord, ShiftRecord, TechnicianRecord
from dispatch.domain.records.skill import TechnicianSkill
from dispatch.usecases.quality.skills import skills_lost_soon

READERS: Final[tuple[Role, ...]] = ("integration", "dispatcher", "supervisor")
WRITERS: Final[tuple[Role, ...]] = ("integration", "dispatcher", "supervisor")

RESOURCES: Final = (
    Resource(
        one="community",
        many="communities",
        kind=CommunityRecord,
        body=CommunityBody,
        query=CommunityQuery,
        id_of=lambda body: body.community.id,
        fields_of=dict,
        readers=READERS,
        writers=WRITERS,
        example={
            "community": {"id": "c-1", "name": "Garden Court", "location": {"lat": 34.26, "lon": 117.18}},
            "households": 800,
        },
    ),
    Resource(
        one="technician",
        many="technicians",
        kind=TechnicianRecord,
        body=TechnicianBody,
        query=TechnicianQuery,
        id_of=lambda body: body.technician.id,
        fields_of=dict,
        readers=READERS,
        writers=WRITERS,
        example={
            "technician": {"id": "t-1", "skills": {"fiber": 1}, "home": {"lat": 34.25, "lon": 117.2}},
            "name": "Li Lei",
            "badge": "XZ-0017",
            "relay_phone": "400 555 0101",
        },
    ),
    Resource(
        one="shift",
        many="shifts",
        kind=ShiftRecord,
        body=ShiftBody,
        query=ShiftQuery,
        id_of=lambda body: body.shift.id,
        fields_of=dict,
        readers=READERS,
        writers=WRITERS,
        example={
            "technician": "t-1",
            "shift": {"id": "s-1", "start": "2026-03-10T08:30:00+08:00", "end": "2026-03-10T18:00:00+08:00"},
        },
    ),
    Resource(
        one="skill",
        many="skills",
        kind=TechnicianSkill,
        body=SkillBody,
        query=SkillQuery,
        id_of=lambda body: body.id,
        fields_of=lambda body: without_id(dict(body)),
        readers=READERS,
        writers=WRITERS,
        example={"id": "k-1", "technician": "t-1", "skill": "fiber", "level": 2, "expires_on": "2027-06-30"},
    ),
)
DOCUMENTS: Final = tuple(resource.body for resource in RESOURCES)


def without_id(fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields without the id, which is handed over by itself."""
    return {name: value for name, value in fields.items() if name != "id"}


router = APIRouter()
for _resource in RESOURCES:
    router.include_router(router_of(_resource))


@router.get(
    "/v1/expiring-skills",
    operation_id="list_expiring_skills",
    tags=["skills"],
    response_model=ExpiringSkills,
    response_model_exclude_none=True,
    summary="List the skills that are lost soon",
    responses=errors(),
)
def read_expiring_skills(
    _: Annotated[Principal, allowed(*READERS)],
    service: ServiceDep,
    store: CentreStoreDep,
    policy: PolicyDep,
    zone: ZoneDep,
) -> ExpiringSkills:
    """Return whose skills end within the days that the policy warns before, unless they are renewed already (R27)."""
    today = service.clock.now().astimezone(zone).date()
    return ExpiringSkills(items=list(skills_lost_soon(today, store=store, policy=policy)))
