"""Renders pages: one compiled set of templates a language, the style sheet by the digest of its content."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.pages import names
from api.pages.constant_texts import ConstantTexts
from dispatch.translations.catalogue import LANG_TAG, LANGUAGES, Language, translations
from dispatch.translations.moments import NOTHING, moments_in

NAME_OF_LANGUAGE: Final[Mapping[Language, str]] = {"en": "English", "zh": "中文"}


def render(template: str, *, language: Language, zone: ZoneInfo, path: str, **values: Any) -> bytes:
    """Return a page.

    Parameters
    ----------
    template
        Name of the template, as `status.html.j2`.
    zone
        Moments are written in its local time.
    path
        The page's own path; the links to other languages lead there.
    """
    text = _environment(language).get_template(template).render(at=moments_in(language, zone), path=path, **values)
    return text.encode()


def page(
    template: str, *, language: Language, zone: ZoneInfo, path: str, http_status: int = 200, **values: Any
) -> HTMLResponse:
    """Return a page as an answer; the service's other headers are added to all answers."""
    body = render(template, language=language, zone=zone, path=path, **values)
    return HTMLResponse(body, status_code=http_status, headers={"Content-Language": LANG_TAG[language]})


@cache
def style() -> bytes:
    """Return the style sheet of all pages."""
    return (files("api.pages") / "static" / "pages.css").read_bytes()


@cache
def style_name() -> str:
    """Return the name that the style sheet has as long as its content is this one."""
    return f"pages-{sha256(style()).hexdigest()[:12]}.css"


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("api.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", ConstantTexts],
        auto_reload=False,
    )
    texts = translations(language)
    environment.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]  # by the extension
    environment.globals.update(
        language=language,
        lang_tag=LANG_TAG[language],
        languages=[(one, LANG_TAG[one], NAME_OF_LANGUAGE[one]) for one in LANGUAGES],
        style_name=style_name(),
        nothing=NOTHING,
    )
    named = {kind: {code: texts.gettext(name) for code, name in of.items()} for kind, of in names.NAMES.items()}
    environment.filters["named"] = lambda code, kind: named[kind].get(code, code)
    return environment
