"""Empty tables to fill in: headings in English or Chinese, and one row that shows how."""

from __future__ import annotations

from typing import Literal

from dispatch.exports.csv_tables import table_text
from dispatch.exports.xlsx_tables import workbook_bytes
from dispatch.imports.tables import Table

Language = Literal["en", "zh"]


def csv_template(table: Table, *, language: Language) -> str:
    """Return the template of a table as the text of a CSV file."""
    return table_text(_headings(table, language), [_example(table)])


def xlsx_template(table: Table, *, language: Language) -> bytes:
    """Return the template of a table as a workbook."""
    return workbook_bytes(table.name, _headings(table, language), [_example(table)])


def _headings(table: Table, language: Language) -> tuple[str, ...]:
    return tuple(column.headings[0 if language == "en" else 1] for column in table.columns)


def _example(table: Table) -> tuple[str, ...]:
    return tuple(column.example for column in table.columns)
