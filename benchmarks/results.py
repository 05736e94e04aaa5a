"""Reads results of benchmark runs (results.jsonl) as typed records; docs/benchmarking.md states the protocol."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import TypeAdapter, ValidationError

from dispatch.errors import BadInputError, Problem


class RunKey(NamedTuple):
    """What two runs have in common that may be compared: all but the solver."""

    suite: str
    instance: str
    seed: int
    limit_s: float
    threads: int

    def __str__(self) -> str:
        return f"{self.suite} {self.instance}, seed {self.seed}, {self.limit_s:g} s, {self.threads} thread(s)"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of one solver: a line of results.jsonl.

    Attributes
    ----------
    suite, instance, group
        The instance, and its class inside the suite (C1, PR, "district 0.9").
    solver, version, commit, machine, started_at
        Who ran: solver and its version, this repository's commit, the machine, ISO 8601 moment.
    seed, limit_s, threads
        What the solver was given; seconds of wall clock.
    runtime_s
        Seconds that it took.
    iterations
        As the solver counts them; None = it does not tell.
    cost
        Integer cost as the one evaluator found it, not as the solver claims it; None = no answer.
    constant_cost
        Part of `cost` that every answer has: prices of orders that nobody can serve; None = not found out.
    reported, best_known
        The same cost and the best known one in the suite's published unit; None = none.
    gap
        `reported / best_known - 1`; None = one of them is missing.
    unassigned, missed
        Orders in no route, promises broken; None = no answer.
    routes
        Routes with a visit; None = no answer.
    violations
        Hard rules that the answer breaks; it counts as none then.
    cannot
        Features of the model that the solver could not be told.
    note
        Free words: what was repaired, why there is no answer.
    trajectory
        (seconds, claimed integer cost) of each better solution; () = the solver does not tell.
    may_tune
        Whether tuning may look at the instance; None = not said.
    """

    suite: str
    instance: str
    group: str
    solver: str
    version: str
    seed: int
    limit_s: float
    threads: int
    commit: str
    machine: str
    started_at: str
    runtime_s: float
    iterations: int | None
    cost: int | None
    reported: float | None
    best_known: float | None
    gap: float | None
    unassigned: int | None
    missed: int | None
    routes: int | None
    violations: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()
    note: str = ""
    trajectory: tuple[tuple[float, int], ...] = ()
    may_tune: bool | None = None
    constant_cost: int | None = None

    @property
    def key(self) -> RunKey:
        """What makes runs of two solvers a pair."""
        return RunKey(self.suite, self.instance, self.seed, self.limit_s, self.threads)

    @property
    def variable_cost(self) -> int | None:
        """The cost without what every answer has."""
        return None if self.cost is None else self.cost - (self.constant_cost or 0)

    @property
    def is_feasible(self) -> bool:
        """Whether there is an answer and it keeps every hard rule."""
        return self.cost is not None and not self.violations


@dataclass(frozen=True, kw_only=True)
class Results:
    """The runs of one or several files; `torn` names files whose last line a killed run left unfinished."""

    runs: tuple[Run, ...]
    torn: tuple[Path, ...] = ()


_RUN: Final = TypeAdapter(Run)


def read_results(files: Sequence[Path]) -> Results:
    """Read files of runs, one JSON object a line; an unfinished last line is left out and named.

    Raises
    ------
    BadInputError
        If a file cannot be read, a line is no run, or a run of the same solver occurs twice.
    """
    runs: list[Run] = []
    torn: list[Path] = []
    place_of_run: dict[tuple[RunKey, str], str] = {}
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInputError([Problem(path="", message=f"cannot be read: {error}")], source=str(file)) from error
        filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
        for number, line in filled:
            if not _is_json(line) and number == filled[-1][0]:
                torn.append(file)
                continue
            run = _parse(line, file=file, number=number)
            place = f"{file}: line {number}"
            first = place_of_run.setdefault((run.key, run.solver), place)
            if first != place:
                raise _bad(file, number, f"repeats the run of {first} ({run.solver}, {run.key})", "keep one of them")
            runs.append(run)
    if not runs:
        raise BadInputError([Problem(path="", message="no finished run")], source=", ".join(map(str, files)))
    return Results(runs=tuple(runs), torn=tuple(torn))


def require_same(name: str, values: Iterable[str], *, what: str) -> None:
    """Refuse runs that differ in something that figures must not be mixed over.

    Parameters
    ----------
    name
        What must be the same, as in "commit".
    values
        Its value for each run.
    what
        Whose runs these are, for the message.

    Raises
    ------
    BadInputError
        If there is more than one value.
    """
    counted = Counter(values)
    if len(counted) > 1:
        found = ", ".join(f"{value} ({count} runs)" for value, count in sorted(counted.items()))
        raise BadInputError([Problem(path=what, message=f"more than one {name}: {found}", remedy="Maybe add --mixed")])


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except json.JSONDecodeError:
        return False
    return True


def _parse(line: str, *, file: Path, number: int) -> Run:
    try:
        return _RUN.validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        message = f"{field}: {first['msg']}" if field else first["msg"]
        raise _bad(file, number, message, "delete the line and run it again") from error


def _bad(file: Path, number: int, message: str, remedy: str) -> BadInputError:
    return BadInputError([Problem(path=f"line {number}", message=message, remedy=f"Maybe {remedy}")], source=str(file))
