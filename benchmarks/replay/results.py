"""Figures of replays in a file, a stretch of days under one policy a line: long runs can be taken up again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from benchmarks.replay.kpis import KPI_BY_NAME
from benchmarks.replay.spec import PolicyName, ReplaySpec
from dispatch.errors import BadInputError, Problem


@dataclass(frozen=True, kw_only=True)
class Result:
    """The figures of one replayed stretch of days.

    Attributes
    ----------
    setting
        What the days were made from, the seed left out: results of one setting are samples of one thing.
    kpis
        By name; None where there was nothing to count.
    """

    setting: str
    seed: int
    policy: PolicyName
    kpis: dict[str, float | None]


def setting_of(spec: ReplaySpec) -> str:
    """Name all parameters of a replay but its seed."""
    policy = "" if spec.policy_path is None else f", policy {spec.policy_path.name}"
    return (
        f"{spec.size}, load {spec.load:g}, {spec.days} days, {spec.night_iterations} + {spec.live_iterations} "
        f"iterations, every {spec.period.total_seconds() / 60:g} and {spec.settle.total_seconds() / 60:g} min{policy}"
    )


def line_of(result: Result) -> str:
    """Return a result as a line of JSON."""
    return json.dumps(
        {"setting": result.setting, "seed": result.seed, "policy": result.policy, "kpis": result.kpis},
        sort_keys=True,
    )


def read_results(path: Path) -> tuple[Result, ...]:
    """Return the results of a file; () if there is none. A torn last line of a killed run is left out.

    Raises
    ------
    BadInputError
        If another line is no result.
    """
    if not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines.pop()
    return tuple(_result(line, f"{path}:{number}") for number, line in enumerate(lines, start=1))


def _result(line: str, source: str) -> Result:
    try:
        document: dict[str, Any] = json.loads(line)
        result = Result(
            setting=document["setting"],
            seed=int(document["seed"]),
            policy=document["policy"],
            kpis={name: value for name, value in document["kpis"].items() if name in KPI_BY_NAME},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = Problem(path="", message=f"is no result: {error}", remedy="write to another file")
        raise BadInputError([problem], source=source) from None
    if result.policy not in get_args(PolicyName):
        problem = Problem(path="policy", message=f"{result.policy!r} is no policy", remedy="write to another file")
        raise BadInputError([problem], source=source)
    return result


def of_one_setting(results: Sequence[Result]) -> str:
    """Return the setting of results that all have the same.

    Raises
    ------
    BadInputError
        If there is none, or several.
    """
    settings = sorted({result.setting for result in results})
    if len(settings) != 1:
        message = f"{len(settings)} settings: {'; '.join(settings)}" if settings else "no results"
        raise BadInputError([Problem(path="results", message=message, remedy="keep each setting in its own folder")])
    return settings[0]
