"""Puts translated texts into templates when they are compiled: a template is compiled once for each language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from dispatch.translations.catalogue import Language, translations

_CALL: Final = ("name", "lparen", "string", "rparen")


class ConstantTexts(Extension):
    """Replaces each `_("text")` by the text in the language that the environment's globals name."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Return the tokens of a template, with its constant texts translated."""
        language: Language = self.environment.globals["language"]  # type: ignore[assignment]  # set before a template
        gettext = translations(language).gettext
        held: list[Token] = []
        for token in stream:
            held.append(token)
            if token.type != _CALL[len(held) - 1] or held[0].value != "_":
                yield from held[:-1]
                is_start = token.type == "name" and token.value == "_"
                held = [token] if is_start else []
                if not is_start:
                    yield token
            elif len(held) == len(_CALL):
                yield Token(token.lineno, "string", gettext(held[2].value))
                held = []
        yield from held
