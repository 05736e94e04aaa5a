"""Plans and schedules over the wire."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Strict

from dispatch.domain.plan import Plan, PlanRoute
from dispatch.domain.plan_version import PlanState, PlanVersion, Schedule
from dispatch.domain.records.order_state import State
from dispatch.domain.values import Document


class PublishOrder(Document):
    """Which plan the caller has seen in force."""

    replaces: Annotated[int, Strict(), Field(ge=1, le=999_999_999)] | None = Field(
        description="Version in force for the dispatch day; null = none is."
    )


class PlanSummary(BaseModel):
    """What is known of a plan version beside its content."""

    id: str = Field(description="Its id.")
    request_id: str = Field(description="The request it answers.")
    run_id: str = Field(description="The run that made it.")
    dispatch_day: date = Field(description="The day it is for; versions are counted per dispatch day.")
    last_day: date = Field(description="The last day it looks ahead to.")
    version: int = Field(description="1, 2, 3 ... per dispatch day.")
    state: PlanState = Field(description="draft, published or superseded.")
    created_at: datetime = Field(description="When it was made.")
    published_at: datetime | None = Field(description="When it was put in force.")
    superseded_at: datetime | None = Field(description="When another version took its place.")

    @classmethod
    def of(cls, version: PlanVersion) -> PlanSummary:
        """Return the summary of a plan version."""
        return cls.model_validate(version, from_attributes=True)


class PlanDocument(BaseModel):
    """A stored plan."""

    summary: PlanSummary = Field(description="What is known of it.")
    published_version: int | None = Field(
        description="Version in force for its dispatch day now; what publishing it would replace. null = none."
    )
    plan: Plan = Field(description="The plan itself.")


class VisitBegunDocument(BaseModel):
    """A visit that has begun or is over."""

    model_config = ConfigDict(from_attributes=True)

    order: str = Field(description="Id of the order.")
    state: State = Field(description="Where the order stands.")
    start: datetime = Field(description="When service began; on the way: when it is expected to.")
    end: datetime = Field(description="When it ended, or is expected to.")


class TechnicianSchedule(BaseModel):
    """One technician's day."""

    technician: str = Field(description="Id of the technician.")
    begun: tuple[VisitBegunDocument, ...] = Field(
        description="Visits of the day that have begun or are over: a plan made since then has them no more."
    )
    routes: tuple[PlanRoute, ...] = Field(description="One per shift of the day: what is to come.")


class ScheduleDocument(BaseModel):
    """Who goes where on one day."""

    day: date = Field(description="The day asked for.")
    dispatch_day: date = Field(description="The day the plan in force was made for; earlier = it only looks ahead.")
    plan_id: str = Field(description="The plan in force.")
    version: int = Field(description="Its version.")
    published_at: datetime = Field(description="When it was put in force.")
    time_zone: str = Field(description="Time zone of the dispatch centre.")
    technicians: tuple[TechnicianSchedule, ...] = Field(description="Those with a visit, by id.")

    @classmethod
    def of(cls, schedule: Schedule) -> ScheduleDocument:
        """Return a schedule, its routes and the visits that have begun by technician."""
        routes: dict[str, list[PlanRoute]] = {}
        begun: dict[str, list[VisitBegunDocument]] = {}
        planned = {visit.order for route in schedule.routes for visit in route.visits}
        for route in schedule.routes:
            routes.setdefault(route.technician, []).append(route)
        for visit in schedule.begun:
            if visit.order not in planned:
                begun.setdefault(visit.technician, []).append(VisitBegunDocument.model_validate(visit))
        return cls(
            day=schedule.day,
            dispatch_day=schedule.dispatch_day,
            plan_id=schedule.plan_id,
            version=schedule.version,
            published_at=schedule.published_at,
            time_zone=schedule.time_zone,
            technicians=tuple(
                TechnicianSchedule(
                    technician=name, begun=tuple(begun.get(name, ())), routes=tuple(routes.get(name, ()))
                )
                for name in sorted(routes.keys() | begun.keys())
            ),
        )
