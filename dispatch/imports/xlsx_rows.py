"""The rows of an XLSX file, which is a compressed archive of XML: nothing unpacks beyond the limits."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from xml.etree.ElementTree import ParseError
from zlib import error as ZlibError  # noqa: N812 # an exception, named like one

from defusedxml import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from dispatch.imports.limits import Cell, ImportLimits, SheetRow, bounded, refused_file

MAX_PARTS: Final = 1_000
"""Files inside the archive; a workbook has some dozens."""
XLSX_START: Final = b"PK\x03\x04"
XLS_START: Final = b"\xd0\xcf\x11\xe0"
_KNOWN: Final = (str, int, float, bool, datetime, date, time, timedelta)
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    InvalidFileException,
    DefusedXmlException,
    ParseError,
    ZlibError,
    KeyError,
    ValueError,
    IndexError,
    TypeError,
    AttributeError,
    OverflowError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
"""What openpyxl and the standard library raise about an archive that is no workbook."""


def xlsx_rows(data: bytes, *, limits: ImportLimits, source: str) -> tuple[SheetRow, ...]:
    """Return the rows of the first sheet of a workbook that are not blank.

    Formulas are texts: nothing is calculated, and no value that a program left behind is believed.

    Raises
    ------
    BadInputError
        If the file is no workbook, or is larger than the limits allow, packed or unpacked.
    """
    try:
        _require_bounded(data, limits=limits, source=source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that do not matter here
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            if not book.worksheets:
                raise refused_file("has no sheet", "put the table into its first sheet", source=source)
            return bounded(_rows(book.worksheets[0]), limits=limits, source=source)
        finally:
            book.close()
    except _UNREADABLE as error:
        message = f"is no readable XLSX workbook ({type(error).__name__})"
        raise refused_file(message, "save it anew in Excel, or as CSV UTF-8", source=source) from None


def _require_bounded(data: bytes, *, limits: ImportLimits, source: str) -> None:
    """Refuse an archive by what its directory says; a part that unpacks to more than it says is cut off there."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    unpacked_bytes = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked_bytes > limits.unpacked_bytes:
        message = f"unpacks to {unpacked_bytes} bytes in {len(parts)} parts; {limits.unpacked_bytes} are read at most"
        raise refused_file(message, "remove pictures and other sheets, or save it as CSV UTF-8", source=source)


def _rows(sheet: Any) -> Iterator[SheetRow]:
    sheet.reset_dimensions()  # what the file says of its size may be a lie: count what is there
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        yield SheetRow(number=number, cells=tuple(map(_cell, cells)))


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, _KNOWN):
        return value
    return str(getattr(value, "text", "="))  # a formula over several cells
