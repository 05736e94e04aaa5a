"""The table of answers to requests that may be sent again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dispatch.domain.records.answer import RememberedAnswer
from dispatch.domain.records.record import Record
from dispatch.store.record_row import RecordRow


class RememberedAnswerRow(RecordRow, table=True):
    """The answer to a request with a key."""

    __tablename__ = "answers"


ANSWER_ROWS: Final[Mapping[type[Record], type[RecordRow]]] = {RememberedAnswer: RememberedAnswerRow}
"""The row of each kind of record."""
