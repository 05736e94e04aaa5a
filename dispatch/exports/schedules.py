"""A plan that is in force, in the formats that people and programs ask a service for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from dispatch.domain.files import to_json
from dispatch.domain.plan import Plan
from dispatch.domain.plan_version import VisitBegun
from dispatch.domain.request import Request
from dispatch.exports.calendars import calendar_of
from dispatch.exports.csv_tables import csv_files
from dispatch.exports.exported_plan import ExportedPlan, exported_plan
from dispatch.exports.geojson import geojson_text
from dispatch.policy.settings import Policy
from dispatch.travel_sources import TravelSources

ScheduleFormat = Literal["json", "csv", "routes.csv", "unassigned.csv", "geojson"]


@dataclass(frozen=True, kw_only=True)
class ExportedText:
    """An export as one text.

    Attributes
    ----------
    file_name
        What it may be called where it is saved.
    """

    text: str
    media_type: str
    file_name: str


_MEDIA_TYPE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "json": "application/json",
        "csv": "text/csv; charset=utf-8",
        "routes.csv": "text/csv; charset=utf-8",
        "unassigned.csv": "text/csv; charset=utf-8",
        "geojson": "application/geo+json",
    }
)
_TEXT: Final[Mapping[ScheduleFormat, Callable[[ExportedPlan], str]]] = MappingProxyType(
    {
        "json": lambda exported: to_json(exported.plan),
        "csv": lambda exported: csv_files(exported)["visits.csv"],
        "routes.csv": lambda exported: csv_files(exported)["routes.csv"],
        "unassigned.csv": lambda exported: csv_files(exported)["unassigned.csv"],
        "geojson": geojson_text,
    }
)
_FILE_NAME: Final[Mapping[str, str]] = MappingProxyType(
    {
        "json": "plan.json",
        "csv": "visits.csv",
        "routes.csv": "routes.csv",
        "unassigned.csv": "unassigned.csv",
        "geojson": "plan.geojson",
    }
)


def schedule_export(
    request: Request, plan: Plan, to: ScheduleFormat, *, policy: Policy, sources: TravelSources
) -> ExportedText:
    """Return a plan in a format.

    Parameters
    ----------
    policy
        The operator's.

    Raises
    ------
    BadInputError
        If the plan was made for another request.
    """
    exported = exported_plan(request, plan, policy=policy, sources=sources)
    return ExportedText(text=_TEXT[to](exported), media_type=_MEDIA_TYPE[to], file_name=_FILE_NAME[to])


def calendar_export(
    request: Request,
    plan: Plan,
    technician: str,
    *,
    begun: Sequence[VisitBegun] = (),
    policy: Policy,
    sources: TravelSources,
) -> ExportedText:
    """Return a technician's calendar; one who is not in the plan has an empty one. Raises as `schedule_export`.

    Parameters
    ----------
    begun
        Visits of the day that have begun: a plan made since has them no more, the calendar has.
    """
    exported = exported_plan(request, plan, policy=policy, sources=sources)
    found = request.technicians_by_id.get(technician)
    is_empty = found is None and not begun
    name = None if found is None else found.name
    text = empty_calendar() if is_empty else calendar_of(exported, technician, name=name, begun=begun)
    return ExportedText(text=text, media_type="text/calendar; charset=utf-8", file_name="schedule.ics")


def empty_calendar() -> str:
    """Return a calendar without events."""
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//field-dispatch//plan//EN\r\nEND:VCALENDAR\r\n"
