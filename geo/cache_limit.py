"""The size limit of cache folders that several processes use at once."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

MAX_BYTES: Final = 2 * 2**30


def delete_oldest(folder: Path, *, suffix: str, max_bytes: int) -> None:
    """Delete files of a folder, those used least lately first, until the others take at most `max_bytes`.

    When a file was used is its time of modification: whoever reads one sets it.

    Parameters
    ----------
    suffix
        Of the names of the files that count. What a crash left behind has it inside its name and counts too; what is
        being written now is the newest. All else in the folder is left alone.

    Raises
    ------
    OSError
        If the folder cannot be read or written.
    """
    used = []
    for path in folder.iterdir():
        if suffix in path.name:
            with contextlib.suppress(FileNotFoundError):  # another process was faster
                status = path.stat()
                used.append((status.st_mtime_ns, status.st_size, path))
    total = sum(size for _, size, _ in used)
    for _, size, path in sorted(used):
        if total <= max_bytes:
            return
        path.unlink(missing_ok=True)
        total -= size
