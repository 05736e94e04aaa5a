"""Further faults of a request some of whose orders cannot be read: the others are checked all the same.

Whoever repairs an export of two thousand orders wants to hear of all faults at once, not of the next kind of fault
after each repair.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from dispatch.domain.request import Request
from dispatch.domain.validation import request_problems
from dispatch.errors import Problem

_ORDER = re.compile(r"\borders\[(\d+)\]")


def problems_of_readable_orders(document: object, error: ValidationError) -> list[Problem]:
    """Return the faults across fields that the orders without an error of their own have.

    Parameters
    ----------
    document
        The request as plain dicts and lists.
    error
        What validating it raised.

    Returns
    -------
    list of Problem
        [] if anything but single orders is at fault: what refers to it could not be judged. The plan in force is
        left out of this check, as it may name an order that cannot be read.
    """
    places = [detail["loc"] for detail in error.errors(include_url=False, include_context=False, include_input=False)]
    unreadable = {place[1] for place in places if len(place) > 1 and place[0] == "orders"}
    if not isinstance(document, dict) or len({place[:2] for place in places}) > len(unreadable):
        return []
    numbers = [number for number in range(len(document["orders"])) if number not in unreadable]
    readable: dict[str, Any] = {**document, "orders": [document["orders"][number] for number in numbers]}
    readable.pop("current_plan", None)
    return [_renumbered(problem, numbers) for problem in request_problems(Request.model_validate(readable))]


def _renumbered(problem: Problem, numbers: Sequence[int]) -> Problem:
    def as_in_document(text: str) -> str:
        return _ORDER.sub(lambda found: f"orders[{numbers[int(found[1])]}]", text)

    return replace(problem, path=as_in_document(problem.path), message=as_in_document(problem.message))
