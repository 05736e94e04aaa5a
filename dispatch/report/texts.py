"""The words of a report in its language, from `texts.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, Literal

Language = Literal["en", "zh"]
LANG_TAG: Final[Mapping[Language, str]] = {"en": "en", "zh": "zh-Hans"}


class Texts:
    """Texts of one language by key, with their placeholders filled in.

    Parameters
    ----------
    language
        `en` (English) or `zh` (simplified Chinese).
    """

    def __init__(self, language: Language) -> None:
        self.language: Final[Language] = language
        self._text_of_key = {key: translations[language] for key, translations in catalogue().items()}

    def __call__(self, key: str, **values: object) -> str:
        """Return the text of a key; `values` are those of its placeholders.

        Raises
        ------
        KeyError
            If there is no such text, or a placeholder has no value.
        """
        return self._text_of_key[key].format_map(values)

    def known(self, key: str, otherwise: str) -> str:
        """Return the text of a key that comes from a document, or `otherwise` if there is none."""
        return self._text_of_key.get(key, otherwise)

    def words(self, key: str) -> list[str]:
        """Return a text that is a list of words, such as the names of the weekdays."""
        return self._text_of_key[key].split()

    def starting_with(self, prefix: str) -> dict[str, str]:
        """Return the texts whose keys start with `prefix`, unfilled; what the page's script needs."""
        return {key: text for key, text in self._text_of_key.items() if key.startswith(prefix)}

    def count(self, key: str, number: int) -> str:
        """Return the text of a number of things: `key_one` for 1, `key_other` for every other number."""
        return self(f"{key}_{'one' if number == 1 else 'other'}", n=f"{number:,}")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Return every text by key and language."""
    return tomllib.loads((files("dispatch.report") / "texts.toml").read_text(encoding="utf-8"))
