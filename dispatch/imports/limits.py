"""How large an imported file may be, and its rows before anything is made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from dispatch.errors import BadInputError, Problem

Cell = str | int | float | bool | datetime | date | time | timedelta | None
"""What a cell of a table can hold; CSV has texts only."""
LAST_ROW: Final = 1_048_576
"""Of a sheet in Excel."""


@dataclass(frozen=True, kw_only=True)
class ImportLimits:
    """What a file may hold at most; more is refused before it is worked on.

    Attributes
    ----------
    file_bytes
        Size of the file as it is sent.
    unpacked_bytes
        Size of everything inside an XLSX file, which is a compressed archive.
    rows
        Rows below the heading that are not blank.
    cells
        Cells of all rows, the blank ones included.
    """

    file_bytes: int
    unpacked_bytes: int
    rows: int
    cells: int


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """One row of a sheet.

    Attributes
    ----------
    number
        As the spreadsheet counts it, from 1 on; for CSV the number of the line it ends in.
    cells
        Its cells from the left; blank ones at the end may be left out.
    """

    number: int
    cells: tuple[Cell, ...]

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in it."""
        return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in self.cells)


def refused_file(message: str, remedy: str, *, source: str, path: str = "") -> BadInputError:
    """Return the error of a file that cannot be read at all."""
    return BadInputError([Problem(path=path, message=message, remedy=remedy)], source=source)


def bounded(rows: Iterable[SheetRow], *, limits: ImportLimits, source: str) -> tuple[SheetRow, ...]:
    """Return the rows that are not blank, the heading first.

    Raises
    ------
    BadInputError
        If they are more than the limits allow; nothing further is read then.
    """
    kept: list[SheetRow] = []
    cells = 0
    for row in rows:
        cells += len(row.cells)
        if cells > limits.cells or row.number > LAST_ROW:
            message = f"holds more than {limits.cells} cells or {LAST_ROW} lines"
            raise refused_file(message, "split it, and delete empty columns and rows", source=source)
        if not row.is_blank:
            kept.append(row)
        if len(kept) > limits.rows + 1:
            raise refused_file(f"holds more than {limits.rows} rows", "split it into several files", source=source)
    return tuple(kept)
