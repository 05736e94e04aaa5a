"""The tables of records: the document, and columns named like the record's attributes to find it by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dispatch.domain.records.record import Record
from dispatch.store.access_tables import ACCESS_ROWS
from dispatch.store.answer_table import ANSWER_ROWS
from dispatch.store.life_tables import LIFE_ROWS
from dispatch.store.message_tables import MESSAGE_ROWS
from dispatch.store.planning_tables import PLANNING_ROWS
from dispatch.store.privacy_tables import PRIVACY_ROWS
from dispatch.store.quality_tables import QUALITY_ROWS
from dispatch.store.record_row import RecordRow
from dispatch.store.webhook_tables import WEBHOOK_ROWS

ROW_OF: Final[Mapping[type[Record], type[RecordRow]]] = {
    **ACCESS_ROWS,
    **ANSWER_ROWS,
    **LIFE_ROWS,
    **MESSAGE_ROWS,
    **PLANNING_ROWS,
    **PRIVACY_ROWS,
    **QUALITY_ROWS,
    **WEBHOOK_ROWS,
}
"""The row of each kind of record."""
