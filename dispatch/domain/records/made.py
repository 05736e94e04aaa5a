"""Records made of what somebody sent."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from dispatch.domain.problems import problems_of
from dispatch.domain.records.record import R
from dispatch.errors import BadInputError


def made(kind: type[R], **fields: Any) -> R:
    """Return a record of checked fields.

    Raises
    ------
    BadInputError
        If a field is missing or impossible; each with its name, value and remedy.
    """
    try:
        return kind(**fields)
    except ValidationError as error:
        raise BadInputError(problems_of(error, fields, model=kind)) from None
