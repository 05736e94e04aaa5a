"""Tables of one kind of document: which columns they have, and how rows become documents."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from dispatch.domain.problems import problems_of, shown
from dispatch.errors import Problem
from dispatch.imports.cells import BadCellError, Reader
from dispatch.imports.csv_rows import csv_rows
from dispatch.imports.limits import Cell, ImportLimits, SheetRow, refused_file
from dispatch.imports.xlsx_rows import XLS_START, XLSX_START, xlsx_rows

_IGNORED: Final = frozenset(" \t\r\n_-*.:()/")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    field
        Where its value goes in the document, as in `location.lat`.
    headings
        How it may be called; the first is the English one of the template, the second the Chinese one.
    read
        Makes the value of a cell.
    example
        What the template shows.
    is_personal
        What is wrong with a cell is told without the cell: the report may be kept.
    """

    field: str
    headings: tuple[str, ...]
    read: Reader
    example: str
    is_required: bool = False
    is_personal: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """A kind of table: its name and its columns."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, kw_only=True)
class ImportedRow:
    """One row and what became of it.

    Attributes
    ----------
    number
        As the spreadsheet counts it.
    document
        What it says, as JSON would; only what could be read.
    problems
        What is wrong with it; the row must not be used unless there are none.
    """

    number: int
    document: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_table(
    data: bytes, table: Table, *, model: type[BaseModel], zone: ZoneInfo, limits: ImportLimits, source: str
) -> tuple[ImportedRow, ...]:
    """Return the rows of a CSV or XLSX file as documents, each with its problems.

    Parameters
    ----------
    data
        The file; its content tells what it is, not its name.
    model
        What every document must be.
    zone
        The dispatch centre's: times in the file are local.
    source
        The file's name, for errors.

    Raises
    ------
    BadInputError
        If the file as a whole cannot be read: too large, unknown encoding, broken, no heading, unknown columns.
    """
    if len(data) > limits.file_bytes:
        message = f"is longer than {limits.file_bytes} bytes"
        raise refused_file(message, "split it into several files", source=source)
    if data.startswith(XLS_START):
        raise refused_file("is an XLS or protected workbook", "save it as XLSX without a password", source=source)
    rows = (xlsx_rows if data.startswith(XLSX_START) else csv_rows)(data, limits=limits, source=source)
    if not rows:
        raise refused_file("is empty", "begin with a row of headings: the template has them", source=source)
    columns = _columns_of(rows[0], table, source=source)
    return tuple(_imported(row, columns, model=model, zone=zone) for row in rows[1:])


def _columns_of(heading: SheetRow, table: Table, *, source: str) -> tuple[Column | None, ...]:
    """Return the column under each heading; None = nothing is written above it."""
    known = {_plain(name): column for column in table.columns for name in (*column.headings, column.field)}
    found: list[Column | None] = []
    for cell in heading.cells:
        name = "" if cell is None else str(cell)
        column = known.get(_plain(name))
        path = f"row {heading.number}"
        if column is None and name.strip():
            raise refused_file(
                f"{shown(name)} is no column of {table.name}", _remedy(name, table), source=source, path=path
            )
        if column is not None and column in found:
            raise refused_file(f"{shown(name)} stands twice", "keep one of the columns", source=source, path=path)
        found.append(column)
    missing = [column for column in table.columns if column.is_required and column not in found]
    if missing:
        names = ", ".join("/".join(column.headings[:2]) for column in missing)
        raise refused_file(
            f"has no column {names}",
            "add it: the template has all columns",
            source=source,
            path=f"row {heading.number}",
        )
    return tuple(found)


def _remedy(name: str, table: Table) -> str:
    names = [heading for column in table.columns for heading in column.headings]
    similar = difflib.get_close_matches(name, names, n=1)
    return f'did you mean "{similar[0]}"?' if similar else "remove it: the template has all columns"


def _imported(
    row: SheetRow, columns: Sequence[Column | None], *, model: type[BaseModel], zone: ZoneInfo
) -> ImportedRow:
    document: dict[str, Any] = {}
    problems: list[Problem] = []
    place = f"row {row.number}"
    for column, cell in zip(columns, row.cells, strict=False):
        if column is None or _is_blank(cell):
            continue
        try:
            _put(document, column.field, column.read(cell, zone))
        except BadCellError as error:
            problems.append(Problem(path=f"{place}.{column.field}", message=error.message, remedy=error.remedy))
    if any(not _is_blank(cell) for cell in row.cells[len(columns) :]):
        problems.append(Problem(path=place, message="has more cells than headings", remedy="check its separators"))
    if not problems:
        try:
            model.model_validate(document)
        except ValidationError as error:
            found = problems_of(error, document, model=model)
            personal = {column.field for column in columns if column is not None and column.is_personal}
            problems.extend(_told(problem, place, personal) for problem in found)
    return ImportedRow(number=row.number, document=document, problems=tuple(problems))


def _told(problem: Problem, place: str, personal: Collection[str]) -> Problem:
    """Return a problem of a row with its place, and without the value if that is personal."""
    message = "cannot be used as it is written" if problem.path in personal else problem.message
    return replace(problem, path=f"{place}.{problem.path}", message=message)


def _put(document: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        document = document.setdefault(parent, {})
    document[last] = value


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _plain(name: str) -> str:
    """Return a heading as it is compared: width, case, spaces and marks make no difference."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter not in _IGNORED)
