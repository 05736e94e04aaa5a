"""Edits golden plans as a person would: the JSON document, by hand."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from dispatch.check import CheckReport, check
from dispatch.domain.files import parse_request
from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from tests.golden.cases import Case, case_named

PLAIN = case_named("A plain route leaves when the shift starts and returns after its last visit")
WAITING = case_named("A route leaves as late as delays no start and waits only between visits")
BREAK_ON_WAY = case_named("A break interrupts the way to a visit")
BREAK_IN_WAIT = case_named("A break taken while waiting counts before the arrival")
BREAK_BEFORE = case_named("A break before the first visit: the route leaves so that way and break end in time")
BREAK_ON_WAY_HOME = case_named("A route that ends a second too late for that takes its break on the way home")
TWO_BREAKS = case_named("Two breaks are taken in different places")
RESTOCK = case_named("A restock between two visits where there is no time before the first")
LATE = case_named("A missed promise costs the price of its tier")
AGREED = case_named("A start beyond the buffer costs its seconds")
TWO_SHIFTS = case_named("Every shift with a visit costs its price")

Edit = Callable[[dict[str, Any]], object]


def edited(case: Case, *edits: Edit) -> Plan:
    """Return the plan of a case after edits of its JSON document."""
    document = case.plan().model_dump(mode="json")
    for edit in edits:
        edit(document)
    return Plan.model_validate(document)


def with_request(case: Case, edit: Edit) -> Case:
    """Return a case whose request was edited; its plan answers the edited request."""
    document = case.request.model_dump(mode="json", by_alias=True, exclude_none=True)
    edit(document)
    return replace(case, request=parse_request(json.dumps(document)))


def stops(document: dict[str, Any], route: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["routes"][route]["stops"]
    return found


def shift_by(entry: dict[str, Any], seconds: int, *fields: str) -> None:
    """Move times of a stop; without names, all of them."""
    names = fields or tuple(name for name in ("departure", "arrival", "start", "end") if name in entry)
    for name in names:
        entry[name] = (datetime.fromisoformat(entry[name]) + timedelta(seconds=seconds)).isoformat()


def price(document: dict[str, Any], **terms: int) -> None:
    """Set cost terms, and the total to their sum."""
    document["cost"]["terms"].update(terms)
    document["cost"]["total"] = sum(document["cost"]["terms"].values())


def broken(request: Request, plan: Plan) -> list[tuple[str, str | None]]:
    """Return rule and order of every violation."""
    return [(violation.rule, violation.order) for violation in report(request, plan).violations]


def broken_by(case: Case, *edits: Edit) -> list[tuple[str, str | None]]:
    """Return rule and order of every violation of an edited golden plan."""
    return broken(case.request, edited(case, *edits))


def report(request: Request, plan: Plan) -> CheckReport:
    return check(request, plan)
