"""What the user sees when a command fails: one line a problem, no traceback."""

from __future__ import annotations

import errno
import sys
from typing import Final

from dispatch.errors import (
    BadInputError,
    CheckFailedError,
    DispatchError,
    InUseError,
    NotFoundError,
    OutputError,
    TravelError,
)

BAD_INPUT: Final = 2
"""Exit code: the input, the policy or the place for the output is wrong; the user can mend it."""
FAILED: Final = 3
"""Exit code: everything else, an error of ours included."""
MENDABLE: Final = (BadInputError, InUseError, NotFoundError, OutputError, TravelError)


def report_failure(error: Exception) -> int:
    """Print what went wrong to stderr and return the exit code."""
    for line in failure_lines(error):
        print(line, file=sys.stderr)
    return BAD_INPUT if isinstance(error, MENDABLE) or _is_disk_full(error) else FAILED


def failure_lines(error: Exception) -> list[str]:
    """Return what is to be said about `error`: one line for each problem or violation."""
    if isinstance(error, CheckFailedError):
        first = "The plan breaks a rule and was not written; this is a fault of the planner, please report it:"
        return [first, *map(str, error.violations)]
    if isinstance(error, DispatchError):
        return [str(error)]
    if _is_disk_full(error):
        return [f"the output cannot be written: {error}. Maybe send it to another disk."]
    return [f"Unexpected {type(error).__name__}: {error}. Maybe `dispatch --debug ...` shows where."]


def _is_disk_full(error: Exception) -> bool:
    """Tell whether standard output goes to a disk that is full; files have their own error."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}
