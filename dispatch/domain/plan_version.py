"""Requests and plans as the service keeps them: plans numbered per dispatch day, drafts until they are published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from dispatch.domain.plan import PlanRoute
from dispatch.domain.records.order_state import State
from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.domain.request import OrderKind, Request

PlanState = Literal["draft", "published", "superseded"]


@dataclass(frozen=True, kw_only=True)
class StoredRequest:
    """What the service knows of a planning request beside its document."""

    id: str
    digest: str
    created_at: datetime
    centre: str = MAIN_CENTRE


@dataclass(frozen=True, kw_only=True)
class PlanVersion:
    """One version of the plan of a dispatch day, beside its document.

    Attributes
    ----------
    run_id
        The run that made it.
    dispatch_day
        First local day of the plan's horizon: versions are counted per dispatch day.
    last_day
        Last local day of the horizon; later than `dispatch_day` if the plan looks ahead.
    version
        1, 2, 3 ... per dispatch day; never used twice.
    state
        At most one version of a dispatch day is published.
    centre
        The dispatch centre it belongs to; a store seen by one sets its own.
    """

    id: str
    request_id: str
    run_id: str
    dispatch_day: date
    last_day: date
    version: int
    state: PlanState
    created_at: datetime
    published_at: datetime | None = None
    superseded_at: datetime | None = None
    centre: str = MAIN_CENTRE


@dataclass(frozen=True, kw_only=True)
class VisitBegun:
    """A visit of a day that has begun or is over, so that no later plan of the day has it.

    Attributes
    ----------
    place
        Name of the community.
    start, end
        Of the service as it was; what is not known of it as it is expected or was planned.
    """

    technician: str
    order: str
    kind: OrderKind
    community: str
    place: str
    state: State
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Who goes where on one day, out of the published plan in force that day.

    Attributes
    ----------
    day
        The day asked for.
    dispatch_day, version, plan_id
        The published plan it comes from; an earlier `dispatch_day` means that only a look-ahead exists for `day`.
    routes
        Routes of the shifts that start on `day`, by technician and shift: what is to come as of the plan.
    begun
        Visits of the day that have begun; none of them is in a plan that was made since.
    """

    day: date
    dispatch_day: date
    plan_id: str
    version: int
    published_at: datetime
    time_zone: str
    routes: tuple[PlanRoute, ...]
    begun: tuple[VisitBegun, ...] = ()


def dispatch_day_of(request: Request) -> date:
    """Return the first local day of the request's horizon: the day its plan is for."""
    return request.horizon.start.astimezone(request.zone).date()


def last_day_of(request: Request) -> date:
    """Return the last local day of the horizon; an end at midnight belongs to the day before."""
    last = max(request.horizon.start, request.horizon.end - timedelta(seconds=1))
    return last.astimezone(request.zone).date()
