"""Why a run failed, as a stable code."""

from __future__ import annotations

from typing import Final

from dispatch.domain.run import RunFailure
from dispatch.errors import BadInputError, BadPolicyError, CheckFailedError, DispatchError, TravelError

_CODE_OF_ERROR: Final[tuple[tuple[type[Exception], str], ...]] = (
    (BadPolicyError, "bad_policy"),
    (BadInputError, "bad_input"),
    (CheckFailedError, "check_failed"),
    (TravelError, "travel"),
    (DispatchError, "refused"),
)


def failure_of(error: Exception) -> RunFailure:
    """Return why a run failed; `internal` stands for an error that nobody foresaw."""
    code = next((code for kind, code in _CODE_OF_ERROR if isinstance(error, kind)), None)
    if code is None:
        detail = f"unexpected {type(error).__name__}: {error}\nMaybe the log of the service says more"
        return RunFailure(code="internal", detail=detail)
    return RunFailure(code=code, detail=str(error))
