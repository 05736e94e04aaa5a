"""Release times of the dynamic technician instances: when each request of a static instance becomes known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.instances.instance import Instance, InstanceError
from benchmarks.instances.trsp import SCALE, name_of, read_trsp
from solver.problem import I64

FROM_THE_START: Final = -1
"""Stands in the files for a request that is known before the day begins."""
_STATIC_NAME = re.compile(r"(?P<static>.+)_rd_(?P<percent>\d+)\.txt")


@dataclass(frozen=True, kw_only=True, eq=False)
class DynamicInstance:
    """A static instance and when its requests become known.

    Attributes
    ----------
    static
        The instance if everything were known; its best known cost is that of the static problem.
    percent
        Degree of dynamism: how many of a hundred requests become known during the day.
    release_s : (n,) int64
        When the order becomes known, in the problem's units; `FROM_THE_START` = before the day.
    """

    static: Instance
    percent: int
    release_s: I64


def read_trsp_dynamic(path: Path) -> DynamicInstance:
    """Read release times, and their static instance from the folder `static` beside the file's own.

    Raises
    ------
    InstanceError
        If a file is missing or not in the format, or the numbers of dynamic requests disagree.
    """
    found = _STATIC_NAME.fullmatch(path.name)
    if found is None:
        raise InstanceError(f"{path}: the name says no degree of dynamism, expected one like C101.100_25_rd_30.txt")
    if not path.is_file():
        raise InstanceError(f"path is {path}, expected a file\nMaybe --instances names another folder")
    static = read_trsp(path.parent.parent / "static" / f"{found['static']}.txt")
    release_s = _releases(path, first=int(static.problem.order_location[0]), count=static.problem.n_orders)
    dynamic = int((release_s != FROM_THE_START).sum())
    if dynamic * 100 != int(found["percent"]) * len(release_s):
        raise InstanceError(f"{path}: {dynamic} of {len(release_s)} are released later, expected {found['percent']} %")
    return DynamicInstance(static=static, percent=int(found["percent"]), release_s=release_s)


def dynamic_name(path: Path) -> str:
    """Return the name of an instance: "C101.100_25-5-5-5_rd_30.txt" -> "C101-30"."""
    found = _STATIC_NAME.fullmatch(path.name)
    return name_of(path) if found is None else f"{name_of(path)}-{found['percent']}"


def _releases(path: Path, *, first: int, count: int) -> I64:
    """Read the table of node and release date; requests are the nodes from `first` on."""
    rows = path.read_text(encoding="utf-8").partition("RD")[2].split()
    if len(rows) != 2 * count:
        raise InstanceError(f"{path}: {len(rows)} numbers below 'ID RD', expected {2 * count}")
    release_s = np.full(count, FROM_THE_START, np.int64)
    for node, moment in zip(map(int, rows[::2]), map(int, rows[1::2]), strict=True):
        if not first <= node < first + count:
            raise InstanceError(f"{path}: node {node} is no request, expected {first} to {first + count - 1}")
        release_s[node - first] = FROM_THE_START if moment == FROM_THE_START else SCALE * moment
    return release_s
