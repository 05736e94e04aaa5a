"""The digest of what the search starts from, by which a plan can be told to come from the same integers."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, fields

import numpy as np

from solver.problem import Disruption, Prices, Problem, Risk
from solver.solution import Routes


def problem_digest(problem: Problem, initial: Routes | None, *, risk: str = "") -> str:
    """Return "sha256:..." over a problem and the routes that its search starts from: O(bytes of the arrays).

    Every field goes in by name, in the order of `Problem`; an array with its type and shape, little-endian. So equal
    digests mean equal integers, on every machine.

    Parameters
    ----------
    risk
        What else the search reads; "" = nothing.
    """
    digest = hashlib.sha256()
    values = {field.name: getattr(problem, field.name) for field in fields(Problem)} | {"initial": initial}
    if problem.disruption is not None:
        values |= {f"disruption.{f.name}": getattr(problem.disruption, f.name) for f in fields(Disruption)}
        values["disruption"] = True
    if problem.risk is not None:
        values |= {f"risk.{f.name}": getattr(problem.risk, f.name) for f in fields(Risk)}
        values["risk"] = True
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            array = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
            digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode())
            digest.update(array.data)
        else:
            plain = astuple(value) if isinstance(value, Prices) else value
            digest.update(f"{name} {plain!r}\n".encode())
    digest.update(risk.encode())
    return f"sha256:{digest.hexdigest()}"
