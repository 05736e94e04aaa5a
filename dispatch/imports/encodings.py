"""The text of a CSV file, in the encodings that Excel writes in China: UTF-8, UTF-16 and GB 18030."""

from __future__ import annotations

import codecs
import unicodedata
from typing import Final

from dispatch.imports.limits import refused_file

_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_REMEDY: Final = 'save it in Excel as "CSV UTF-8", or as XLSX'
_NO_TEXT: Final = frozenset({"Cn", "Co", "Cs"})
"""Unicode categories: not assigned, private use, half of a surrogate pair."""
_SPACES: Final = frozenset("\t\n\r\f\v")


def text_of(data: bytes, *, source: str) -> str:
    """Return the text of a CSV file whose encoding it does not name.

    A byte order mark decides; without one the bytes are UTF-8 if they can be, else UTF-16 if every other byte of
    their beginning is 0, else GB 18030 (of which GBK and GB 2312 are parts).

    Raises
    ------
    BadInputError
        If they are none of these.
    """
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None) or _guessed(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"is not text in {encoding} (byte {error.start + 1}: 0x{data[error.start]:02x})"
        if encoding == "gb18030":
            message = f"is neither UTF-8 nor UTF-16 nor GB 18030 (byte {error.start + 1}: 0x{data[error.start]:02x})"
        raise refused_file(message, _REMEDY, source=source) from None
    odd = next((letter for letter in text if not _is_text(letter)), None)
    if odd is not None:
        message = f"holds the character U+{ord(odd):04X}, which no text has: its encoding is not {encoding}"
        raise refused_file(message, _REMEDY, source=source)
    return text


def _guessed(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if b"\0" not in data:
            return "utf-8"
    head = data[:1000]
    if head[1::2].count(0) * 2 > len(head[1::2]):
        return "utf-16-le"
    if head[0::2].count(0) * 2 > len(head[0::2]):
        return "utf-16-be"
    return "gb18030"


def _is_text(letter: str) -> bool:
    if letter < " ":
        return letter in _SPACES
    return letter < "\x7f" or unicodedata.category(letter) not in _NO_TEXT
