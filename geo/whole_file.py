"""Files that are there whole or not at all, whenever the process or the machine stops."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

PARTIAL_SUFFIX: Final = ".part"
"""Ends the name of a file that is being written; one that stays behind is of no use to anybody."""


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Write to a file beside `path`, and put it in its place when the block ends well.

    Raises
    ------
    OSError
        If the folder is missing or not writable, or the disk is full. What was at `path` is untouched then.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PARTIAL_SUFFIX}")
    try:
        with partial.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
