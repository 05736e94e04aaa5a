"""The documents name every setting and every problem code, so that nobody has to read the code for them."""

from __future__ import annotations

import re
from pathlib import Path

from api.errors import STATUS_OF
from dispatch.settings import Settings


def words_in_code(text: str) -> set[str]:
    return {word for code in re.findall(r"`([^`\n]+)`", text) for word in re.findall(r"\w+", code)}


def test_every_setting_is_named_in_a_document(root: Path) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((root / "docs").glob("*.md")))
    named = words_in_code(text)
    missing = [
        name.upper() for name in Settings.model_fields if not {name.upper(), f"FIELD_DISPATCH_{name.upper()}"} & named
    ]
    assert missing == []


def test_every_problem_code_is_named_where_the_service_is_described(root: Path) -> None:
    named = words_in_code((root / "docs/service.md").read_text(encoding="utf-8"))
    assert [code for code in STATUS_OF if code not in named] == []
