"""The catalogues: complete, nothing left over, the same placeholders; and which language a browser wishes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from dispatch.translations.catalogue import (
    LANGUAGES,
    LOCALE_OF,
    Language,
    known_language,
    translations,
    wished_language,
)

ROOT = Path(__file__).parents[3]
KEYWORDS = {"N_": None, "_": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [("**.py", "python"), ("**.j2", "jinja2")]
OPTIONS = {"**.j2": {"silent": "false"}}  # a template that cannot be read is an error
PLACEHOLDER = re.compile(r"%\((\w+)\)")
TRANSLATED = [language for language in LANGUAGES if language != "en"]


def texts_in_the_source() -> set[str]:
    found: set[str] = set()
    for folder in ("api", "dispatch"):
        for _, _, text, _, _ in extract_from_dir(ROOT / folder, METHODS, OPTIONS, keywords=KEYWORDS):
            found.add(text[0] if isinstance(text, tuple) else text)
    return found


def forms(text: object) -> tuple[str, ...]:
    """A text and its plural, or a text alone."""
    return tuple(text) if isinstance(text, list | tuple) else (str(text),)


def catalogue(language: Language) -> Catalog:
    with (ROOT / "dispatch/translations" / f"{LOCALE_OF[language]}.po").open("rb") as file:
        return read_po(file)


@pytest.mark.parametrize("language", TRANSLATED)
def test_r34_no_text_lacks_a_translation_and_none_is_left_over(language: Language) -> None:
    translated = {
        forms(one.id)[0] for one in catalogue(language) if one.id and not one.fuzzy and all(forms(one.string))
    }
    assert sorted(texts_in_the_source() ^ translated) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_placeholders_of_its_text(language: Language) -> None:
    for one in catalogue(language):
        expected = set(PLACEHOLDER.findall(forms(one.id)[-1]))
        assert all(set(PLACEHOLDER.findall(text)) == expected for text in forms(one.string) if one.id), one.id


def test_a_text_is_translated() -> None:
    assert translations("zh").gettext("Sign in") == "登录"
    assert translations("en").gettext("Sign in") == "Sign in"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("fr, zh-TW;q=0.5, en;q=0.7", "en"),
        ("en;q=0, *;q=0.5", "zh"),
        ("en;q=much", "zh"),
    ],
)
def test_the_first_known_wish_of_a_browser_is_taken(header: str | None, expected: str) -> None:
    assert wished_language(header, default="zh") == expected


def test_a_language_is_known_by_its_variants() -> None:
    assert [known_language(name) for name in ("zh_CN", "EN-us", "de", "", None)] == ["zh", "en", None, None, None]
