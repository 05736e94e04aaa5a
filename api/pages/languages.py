"""Which language a page is in: the one chosen last, else the browser's wish, else the operator's."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from dispatch.settings import Settings
from dispatch.translations.catalogue import Language, known_language, wished_language

COOKIE: Final = "lang"
YEAR_S: Final = 365 * 86_400


def language_of(http: HttpRequest, settings: Settings) -> Language:
    """Return the language for a page: `?lang=`, the cookie, the header, the operator's."""
    chosen = known_language(http.query_params.get("lang")) or known_language(http.cookies.get(COOKIE))
    return chosen or wished_language(http.headers.get("accept-language"), default=settings.default_language)


def remember_language(http: HttpRequest, answer: Response, settings: Settings) -> None:
    """Keep the language that a link `?lang=` chose."""
    chosen = known_language(http.query_params.get("lang"))
    if chosen is not None:
        answer.set_cookie(
            COOKIE,
            chosen,
            max_age=YEAR_S,
            httponly=True,
            samesite="lax",
            secure=settings.is_public_url_encrypted,
        )
