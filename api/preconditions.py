"""Changes name the version they were made against: `If-Match`, checked in the transaction that changes."""

from __future__ import annotations

import re
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Header, Response

from api.errors import PreconditionRequiredError
from dispatch.domain.records.record import Record
from dispatch.errors import BadInputError, Problem
from dispatch.ports import Store
from dispatch.usecases.guarded_store import GuardedStore, is_at

_VERSION_TAG: Final = re.compile(r'(?:W/)?"([1-9][0-9]{0,8})"')


async def _seen_version(
    if_match: Annotated[
        str | None,
        Header(description='The version you have seen, as in `"3"` (its `ETag`); `*` = whatever it is now.'),
    ] = None,
) -> int | None:
    """Return the version that a change was made against; None if the sender wants to change whatever is there.

    Raises
    ------
    PreconditionRequiredError
        If the header is missing.
    BadInputError
        If it holds no version.
    """
    if if_match is None:
        msg = 'the header If-Match is missing\nMaybe send the ETag you have seen, as in "3", or * to change any version'
        raise PreconditionRequiredError(msg)
    if if_match.strip() == "*":
        return None
    tag = _VERSION_TAG.fullmatch(if_match.strip())
    if tag is None:
        problem = Problem(
            path="header.if-match",
            message=f"{if_match[:80]!r} is no version",
            remedy='send one in double quotes, like "3", or *',
        )
        raise BadInputError([problem])
    return int(tag[1])


SeenVersion = Annotated[int | None, Depends(_seen_version)]
"""The version that a change was made against; None = any."""


def against(store: Store, kind: type[Record], record_id: str, seen: int | None) -> Store:
    """Return the store to change a record with: it refuses if the record has another version by then."""
    return store if seen is None else GuardedStore(store, [is_at(kind, record_id, seen)])


def tagged(response: Response, record: Record) -> None:
    """Set the `ETag` of an answer that is a record."""
    response.headers["ETag"] = f'"{record.version}"'


def located(response: Response, many: str, record_id: str) -> None:
    """Set the `Location` of an answer about something new; ids may hold any letters, headers may not."""
    response.headers["Location"] = f"/v1/{many}/{quote(record_id, safe='')}"
