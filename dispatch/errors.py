"""Everything that can go wrong across layers, by name; nothing else is raised on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dispatch.domain.plan import Violation

MAX_PROBLEMS: Final = 50
"""So many problems of one document are told; further ones are counted."""


class DispatchError(Exception):
    """Root of all errors that this project raises on purpose."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault of an input document.

    Attributes
    ----------
    path
        Where it is, as in `orders[17].windows[0].end`; for text that is not JSON `line 3, column 14`.
    message
        What is wrong, with the value.
    remedy
        What to do about it; "" if that is plain.
    """

    path: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.path}: " if self.path else ""
        return f"{place}{self.message}{'; ' + self.remedy if self.remedy else ''}"


@dataclass(frozen=True, kw_only=True)
class InputWarning:
    """Something possible but odd in an input document, which is used all the same.

    Attributes
    ----------
    path
        Where it is, as in `orders[17].duration`.
    message
        What is odd and what it leads to.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class BadInputError(DispatchError):
    """A document cannot be used; holds all its problems (up to `MAX_PROBLEMS`).

    Attributes
    ----------
    problems : tuple of Problem
        At least one.
    source : str
        File name or other origin of the document; "" = unknown.
    left_out : int
        How many further problems were found and are not in `problems`.
    """

    def __init__(self, problems: Sequence[Problem], *, source: str = "") -> None:
        self.problems = tuple(problems[:MAX_PROBLEMS])
        self.left_out = max(0, len(problems) - MAX_PROBLEMS)
        self.source = source
        super().__init__(str(self))

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems]
        if self.left_out:
            lines.append(f"... and {self.left_out} more")
        if self.source:
            lines = [f"{self.source}: {line}" for line in lines]
        return "\n".join(lines)


class BadPolicyError(BadInputError):
    """A policy file, or the policy section of a request, cannot be used."""


class OutputError(DispatchError):
    """A file could not be written; what was there before is untouched."""


class TravelError(DispatchError):
    """Travel times cannot be had: unknown place or profile, unreadable graph, server that does not answer."""


class RoutingServerError(TravelError):
    """A routing server does not answer: the one fault of travel that the straight line may stand in for."""


class CheckFailedError(DispatchError):
    """A plan breaks the rules and was therefore neither written nor published.

    Attributes
    ----------
    violations : tuple of Violation
        What the checker found.
    """

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        shown = "\n".join(str(violation) for violation in self.violations[:MAX_PROBLEMS])
        super().__init__(f"the plan breaks {len(self.violations)} rules:\n{shown}")


class NotFoundError(DispatchError):
    """No such request, run, plan or order."""


class RunStateError(DispatchError):
    """A planning run is not in a state that allows what was asked of it."""


class StalePlanError(DispatchError):
    """Another plan was published since the version this one was made against."""


class StaleOfferError(DispatchError):
    """What was offered cannot be had any more."""


class AlreadyThereError(DispatchError):
    """Something with this id exists already; nothing was changed."""


class StaleRecordError(DispatchError):
    """Somebody has changed a record since the version this change was made against; nothing was changed."""


class KeyReusedError(DispatchError):
    """The key of a request that may be sent again came with another body before."""


class KeyInUseError(DispatchError):
    """The same request is being carried out, or was, and its answer is not known."""


class TransitionError(DispatchError):
    """What was asked is not possible in the state something is in; the message says what is."""


class UnauthenticatedError(DispatchError):
    """Nobody says who asks, or what they show is not valid."""


class ForbiddenError(DispatchError):
    """Who asks may not do this."""


class ThrottledError(DispatchError):
    """Somebody asks too often.

    Attributes
    ----------
    retry_after_s : int
        After so many seconds it may be tried again.
    """

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(f"{message}\nMaybe try again in {retry_after_s} s")


class InUseError(DispatchError):
    """Another process holds what only one may hold."""


class StoreError(DispatchError):
    """The database cannot be used now: it cannot be reached, is busy, or its disk is full; nothing was changed."""


class BackupError(DispatchError):
    """A backup cannot be made, or cannot be used; the database is as it was unless the message says otherwise."""


class NotReadyError(DispatchError):
    """The process is not fit for work: its database, its tables or its planner fails a check."""


class SchemaError(DispatchError):
    """A database's tables are not at the revision that this program has."""
