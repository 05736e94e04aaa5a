"""A note on an order: what the customer and the operator's people write to each other (R35)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, Strict

from dispatch.domain.records.record import Moment, Record
from dispatch.domain.values import Identifier, refusal

Author = Literal["customer", "technician", "dispatcher"]
NOTE_LIMIT: Final = 1000
"""Characters of one note."""


def _says_something(text: str) -> str:
    cleaned = "".join(letter for letter in text.replace("\r\n", "\n") if letter == "\n" or letter.isprintable()).strip()
    if not cleaned:
        raise refusal("the note is empty", "write what it should say")
    return cleaned


NoteText = Annotated[str, Strict(), Field(max_length=NOTE_LIMIT), AfterValidator(_says_something)]


class Note(Record):
    """One note; written once, never changed but for being read.

    Attributes
    ----------
    order
        The work order it belongs to.
    author
        Which side wrote it.
    actor
        Who did, as in the audit.
    read_at
        When the other side first saw it; None = not yet.
    """

    order: Identifier
    author: Author
    actor: Identifier
    text: NoteText
    read_at: Moment | None = None

    @property
    def is_unread(self) -> bool:
        """Whether the other side has not seen it yet."""
        return self.read_at is None
