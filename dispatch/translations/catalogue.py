"""The texts of pages and messages in a person's language, from gettext catalogues.

Texts stand in English in the source and are their own catalogue; every other language has a `.po` file beside this
module, which is compiled when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import Final, Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

Language = Literal["en", "zh"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
LOCALE_OF: Final[Mapping[Language, str]] = {"en": "en", "zh": "zh_CN"}
"""Name of the catalogue, and of the locale that numbers and moments are written in."""
LANG_TAG: Final[Mapping[Language, str]] = {"en": "en", "zh": "zh-Hans"}
"""What a page says its language is."""


def N_(text: str) -> str:  # noqa: N802 - the name by which gettext finds texts that are translated later
    """Return a text as it is; marks it as one that is translated where it is shown."""
    return text


@cache
def translations(language: Language) -> NullTranslations:
    """Return the texts of a language; English is the language of the source.

    Raises
    ------
    ValueError
        If the catalogue's file is broken.
    """
    if language == "en":
        return NullTranslations()
    source = (files("dispatch.translations") / f"{LOCALE_OF[language]}.po").read_bytes()
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source), locale=LOCALE_OF[language], abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)


def known_language(name: str | None) -> Language | None:
    """Return the language that a name such as `zh`, `zh-CN` or `en_GB` stands for; None = not one of ours."""
    start = (name or "").strip().lower().replace("_", "-").partition("-")[0]
    return next((language for language in LANGUAGES if language == start), None)


def wished_language(accept_language: str | None, *, default: Language) -> Language:
    """Return the first of our languages that a browser's header `Accept-Language` names, by its order of wishes."""
    wishes: list[tuple[float, int, str]] = []
    for number, wish in enumerate((accept_language or "").split(",")[:20]):
        name, _, weight = wish.partition(";")
        try:
            share = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        wishes.append((-share, number, name))
    found = (known_language(name) for share, _, name in sorted(wishes) if share < 0)
    return next((language for language in found if language is not None), default)
