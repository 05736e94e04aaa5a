"""Routes whose refusals are pages, in the reader's language, instead of problem details."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from api.errors import STATUS_OF, HttpError, code_of, retry_header
from api.pages.languages import language_of
from api.pages.rendering import page
from api.schemas.problem import ProblemCode
from dispatch.bootstrap import Service
from dispatch.errors import DispatchError, ThrottledError
from dispatch.translations.catalogue import N_, translations

UTC: Final = ZoneInfo("UTC")
WORDS_OF: Final[Mapping[ProblemCode, tuple[str, str]]] = {
    "already_there": (N_("This was done already"), N_("Go back and look at the present state.")),
    "bad_input": (N_("Something is missing or wrong"), N_("Go back, correct it and send it again.")),
    "forbidden": (N_("You may not do this"), N_("Ask your supervisor.")),
    "not_allowed": (N_("This is not possible now"), N_("The order has changed meanwhile. Go back and look at it.")),
    "not_found": (N_("There is nothing here"), N_("The link may be old, or not complete. Ask us for a new one.")),
    "stale_offer": (N_("This time is no longer free"), N_("Go back and choose another one.")),
    "stale_plan": (N_("Another plan is in force by now"), N_("Go back and look at it.")),
    "stale_record": (N_("Somebody else was faster"), N_("Go back and look at the present state.")),
    "store_unavailable": (N_("We cannot answer just now"), N_("Nothing was changed. Try again in a minute.")),
    "too_many_requests": (N_("That was too often"), N_("Wait a little and try again.")),
    "unauthenticated": (N_("Please sign in"), N_("Your session has ended.")),
}
"""Heading and advice by the code of an error."""
FAILED: Final = (N_("Something went wrong"), N_("Nothing was changed. Try again in a minute."))

_log: Final = logging.getLogger(__name__)
_Handler = Callable[[HttpRequest], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route that answers errors with a page."""

    def get_route_handler(self) -> _Handler:
        """Return the handler of the route, with its refusals as pages."""
        return with_refusals(super().get_route_handler())


def with_refusals(handle: _Handler) -> _Handler:
    """Return a handler that answers errors with a page."""

    async def answer(http: HttpRequest) -> Response:
        try:
            return await handle(http)
        except RequestValidationError as error:
            return refusal(http, "bad_input", [_line(detail) for detail in error.errors()])
        except HttpError as error:
            return refusal(http, error.code, str(error).splitlines())
        except DispatchError as error:
            code = code_of(error)
            if code in {None, "store_unavailable", "internal"}:
                _log.error("%s %s: %s", http.method, http.url.path.partition("/c/")[0], error)
            answer = refusal(http, code, str(error).splitlines())
            if isinstance(error, ThrottledError):
                answer.headers.update(retry_header(error))
            return answer

    return answer


def refusal(http: HttpRequest, code: ProblemCode | None, lines: list[str]) -> Response:
    """Return the page that says why something was refused.

    Parameters
    ----------
    lines
        Details in English; not shown to customers.
    """
    service: Service = http.app.state.service
    language = language_of(http, service.settings)
    heading, advice = (translations(language).gettext(text) for text in WORDS_OF.get(code or "internal", FAILED))
    is_ours = not http.url.path.startswith("/c/")
    return page(
        "refused.html.j2",
        language=language,
        zone=UTC,
        path=http.url.path,
        http_status=STATUS_OF[code or "internal"],
        brand=service.settings.brand,
        heading=heading,
        lines=[advice, *(lines if is_ours and code not in {None, "internal", "store_unavailable"} else [])],
        back=None,
    )


def _line(detail: Mapping[str, Any]) -> str:
    return f"{'.'.join(str(step) for step in detail['loc'])}: {detail['msg']}"
