"""Several text files of one export: their names and how they get into a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from dispatch.domain.files import write_text
from dispatch.errors import OutputError

MAX_STEM_BYTES: Final = 150
"""With suffix and the name of a file half written this stays below the 255 bytes that file systems allow."""
_PLAIN: Final = frozenset("-_.")


def write_files(folder: Path, text_of_name: Mapping[str, str]) -> None:
    """Put texts into files of a folder, which is made if it is missing; each file is written whole or not at all.

    Other files in the folder are left alone.

    Raises
    ------
    OutputError
        If the folder cannot be made or a file cannot be written.
    """
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        message = f"{folder}: cannot be made: {error.strerror or error}. Maybe name a folder in one that exists."
        raise OutputError(message) from error
    for name, text in text_of_name.items():
        write_text(folder / name, text)


def stems_of(ids: Iterable[str]) -> dict[str, str]:
    """Return a file name, without suffix, for each id: the id itself wherever that is a good name on every system.

    Letters and digits of any script, and inner `-`, `_`, `.` stay; anything else becomes `_`. An id that is changed or
    shortened by that, or that differs from another one in upper and lower case only, gets eight hexadecimal digits of
    its SHA-256 behind it.
    """
    ids = list(ids)
    folded = [one.casefold() for one in ids]
    is_alone = {one: folded.count(one) == 1 for one in set(folded)}
    return {one: _stem(one, is_alone=is_alone[one.casefold()]) for one in ids}


def _stem(text: str, *, is_alone: bool) -> str:
    stem = "".join(letter if letter.isalnum() or letter in _PLAIN else "_" for letter in text).strip(".")
    while len(stem.encode()) > MAX_STEM_BYTES:
        stem = stem[:-1]
    if stem == text and is_alone:
        return stem
    return f"{stem}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
