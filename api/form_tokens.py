"""Form tokens: proof that a form was sent from a page of ours, and not from another site in the same browser (CSRF)."""

from __future__ import annotations

from typing import Final

from fastapi import Request as HttpRequest
from starlette.datastructures import FormData

from dispatch.errors import ForbiddenError
from dispatch.signing import Signer

FIELD: Final = "csrf"
"""Name of the hidden field of every form."""
MOST_FIELDS: Final = 500
MOST_FILES: Final = 20
_PURPOSE: Final = "form"


def form_token(holder: str, *, signer: Signer) -> str:
    """Return the token for the forms of a page.

    Parameters
    ----------
    holder
        Something that only the person in front of the page has: the id of a session, the token of a link.
    """
    return signer.mark(holder, purpose=_PURPOSE)


async def checked_form(http: HttpRequest, holder: str, *, signer: Signer) -> FormData:
    """Return the fields of a form that was sent from a page of ours.

    Raises
    ------
    ForbiddenError
        If its token is missing or belongs to somebody else, or the browser says that another site sent it.
    """
    form = await http.form(max_files=MOST_FILES, max_fields=MOST_FIELDS)
    token = form.get(FIELD)
    is_foreign = http.headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
    if is_foreign or not isinstance(token, str) or not signer.is_mark(token, holder, purpose=_PURPOSE):
        msg = "this form was not sent from a page of this service, or the page was too old\nMaybe open the page again"
        raise ForbiddenError(msg)
    return form
