"""The rows of a CSV file, whatever separator its program wrote."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from dispatch.imports.encodings import text_of
from dispatch.imports.limits import ImportLimits, SheetRow, bounded, refused_file

SEPARATORS: Final = ("\t", ";", ",")
_DECLARATION: Final = "sep="
"""Excel reads and writes a first line such as `sep=;`."""


def csv_rows(data: bytes, *, limits: ImportLimits, source: str) -> tuple[SheetRow, ...]:
    """Return the rows of a CSV file that are not blank.

    The separator is the one that the first line declares (`sep=;`), else the one that the heading has most of.

    Raises
    ------
    BadInputError
        If the file is no text, is broken or is larger than the limits allow.
    """
    text = text_of(data, source=source)
    start = 0
    first, _, rest = text.partition("\n")
    declared = first.strip().strip('"').lower()
    if declared.startswith(_DECLARATION) and len(declared) == len(_DECLARATION) + 1:
        separator, text, start = declared[-1], rest, 1
    elif first.strip().lower() == _DECLARATION:
        separator, text, start = "\t", rest, 1
    else:
        heading = next((line for line in text.splitlines() if line.strip()), "")
        separator = max(SEPARATORS, key=heading.count) if any(map(heading.count, SEPARATORS)) else ","
    return bounded(_rows(text, separator, start, source), limits=limits, source=source)


def _rows(text: str, separator: str, start: int, source: str) -> Iterator[SheetRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            yield SheetRow(number=start + reader.line_num, cells=tuple(cells))
    except csv.Error as error:
        place = f"line {start + reader.line_num}"
        raise refused_file(f"is broken: {error}", "check its quotes there", source=source, path=place) from None
