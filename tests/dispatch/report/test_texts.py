"""The texts: both languages have every key with the same placeholders, and none is superfluous."""

from __future__ import annotations

import re
from importlib.resources import files
from string import Formatter

import pytest

from dispatch.domain.plan import COST_TERMS
from dispatch.domain.request import OrderKind, Tier, TravelSource
from dispatch.domain.unassigned_kinds import UNASSIGNED_KINDS
from dispatch.planner.explain import REASON_ORDER
from dispatch.report.texts import Texts, catalogue

FROM_DOCUMENTS = {
    "kind_": OrderKind.__args__,
    "letter_": OrderKind.__args__,
    "tier_": Tier.__args__,
    "reason_": REASON_ORDER,
    "unassigned_": UNASSIGNED_KINDS,
    "cost_": COST_TERMS,
    "provider_": TravelSource.__args__,
}
BUILT_NAMES = (*FROM_DOCUMENTS, "lock_", "status_", "stopped_")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", catalogue())
def test_both_languages_have_the_text_with_the_same_placeholders(key: str) -> None:
    translations = catalogue()[key]
    assert set(translations) == {"en", "zh"}
    assert placeholders(translations["en"]) == placeholders(translations["zh"])


@pytest.mark.parametrize("prefix", FROM_DOCUMENTS)
def test_every_word_of_the_documents_has_a_text(prefix: str) -> None:
    assert [name for name in FROM_DOCUMENTS[prefix] if f"{prefix}{name}" not in catalogue()] == []


def test_no_text_is_superfluous() -> None:
    folder = files("dispatch.report")
    code = "".join(
        path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.endswith((".py", ".j2", ".js"))
    )
    stems = {re.sub("_(one|other)$", "", key) for key in catalogue() if not key.startswith(BUILT_NAMES)}
    assert [stem for stem in stems if not re.search(rf'"{stem}"|\btexts\.{stem}\b', code)] == []


def test_chinese_texts_are_chinese() -> None:
    has_words = re.compile("[a-z]{2}")
    words = {key: text["zh"] for key, text in catalogue().items() if has_words.search(re.sub("{.*?}", "", text["en"]))}
    del words["provider_osm"]
    assert [key for key, text in words.items() if not re.search("[\u4e00-\u9fff]", text)] == []


def test_one_and_many_differ_in_english() -> None:
    assert [Texts("en").count("visits", n) for n in (1, 2, 1200)] == ["1 visit", "2 visits", "1,200 visits"]
