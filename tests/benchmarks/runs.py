"""Writes runs of benchmarks as the harness does, with a default for everything."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

DEFAULTS: Mapping[str, Any] = {
    "suite": "vrptw",
    "instance": "C1_10_2",
    "group": "C1",
    "solver": "ours",
    "version": "1",
    "seed": 1,
    "limit_s": 10.0,
    "threads": 1,
    "commit": "abc",
    "machine": "two cores",
    "started_at": "2026-11-23T10:00:00Z",
    "runtime_s": 10.0,
    "iterations": 5,
    "cost": 1000,
    "reported": 100.0,
    "best_known": None,
    "gap": None,
    "unassigned": 0,
    "missed": 0,
    "routes": 3,
    "violations": [],
    "cannot": [],
    "note": "",
    "trajectory": [],
}

NO_ANSWER: Mapping[str, Any] = dict.fromkeys(("cost", "reported", "gap", "unassigned", "missed", "routes"))


def line(**fields: object) -> dict[str, Any]:
    """One run; `reported` is a tenth of `cost`, `gap` follows from `best_known`, unless given."""
    run = {**DEFAULTS, **fields}
    if run["cost"] is not None:
        run["reported"] = fields.get("reported", run["cost"] / 10)
        if run["best_known"] is not None:
            run["gap"] = run["reported"] / run["best_known"] - 1
    return run


def write(path: Path, lines: Iterable[Mapping[str, Any]], *, torn: str = "") -> Path:
    """Write a file of runs, ending with `torn`."""
    path.write_text("".join(json.dumps(run) + "\n" for run in lines) + torn, encoding="utf-8")
    return path
