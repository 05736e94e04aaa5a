"""Files of named arrays (numpy's npz): there whole or not at all, and read with one kind of error.

Not compressed: coordinates and travel hardly shrink, and a compressor of another version would change the bytes. Each
array carries a check sum (CRC-32).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

WHAT_NUMPY_RAISES: Final = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    AttributeError,
    TypeError,
    SyntaxError,
    NotImplementedError,
    RuntimeError,
    MemoryError,
    zipfile.BadZipFile,
    zlib.error,
)
"""`np.load` has no error of its own: which one comes depends on where the bytes are wrong."""


class ArrayFileError(Exception):
    """A file that holds no named arrays, or not the whole of them."""


def read_arrays(stream: BinaryIO) -> dict[str, NDArray[Any]]:
    """Return all arrays of a file; objects that would run code are refused.

    Raises
    ------
    ArrayFileError
        If it is another kind of file, cut off or changed.
    """
    try:
        archive = np.load(stream, allow_pickle=False)
        return {name: archive[name] for name in archive.files}
    except WHAT_NUMPY_RAISES as error:
        raise ArrayFileError(f"{type(error).__name__}: {error}") from error


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Put arrays into a file: either the whole of it is there afterwards, or what was there before.

    The same arrays give the same bytes.

    Raises
    ------
    OSError
        If the folder is missing or not writable, or the disk is full.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with partial.open("xb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except BaseException:  # an interrupt, too
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
