"""The suites: which instances there are, and which of them make the claim set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.cities.spec import Size
from benchmarks.instances import sdvrptw, trsp, vrptw
from benchmarks.instances.field import FULL, HARD, field_full, field_group, field_hard, field_name
from benchmarks.instances.instance import Instance, InstanceError


@dataclass(frozen=True, kw_only=True)
class InstanceRef:
    """An instance by its name, not read yet; `load()` reads or generates it."""

    suite: str
    name: str
    group: str
    load: Callable[[], Instance]


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A set of instances.

    Attributes
    ----------
    claim
        Names of the instances that a claim about this suite is made on, some of which may be tuned on.
    find
        Gives the instances that are in a folder.
    """

    name: str
    claim: tuple[str, ...]
    find: Callable[[Path], tuple[InstanceRef, ...]]


FIELD_DAYS: Final[tuple[tuple[Size, float, range], ...]] = (
    ("village", 0.9, range(1, 21)),
    ("district", 0.9, range(1, 21)),
    ("district", 1.0, range(1, 21)),
    ("district", 1.2, range(1, 21)),
    ("city", 0.9, range(1, 9)),
    ("city", 1.0, range(1, 9)),
)
"""Sizes, loads and seeds of the synthetic days."""

_FIELD_CLAIM: Final = (
    *("district-0.9-1", "district-0.9-7", "district-1.0-2", "district-1.0-8"),
    *("city-0.9-3", "city-1.0-4"),
)


def instances_of(suite: str, folder: Path) -> tuple[InstanceRef, ...]:
    """Return the instances of a suite, unread; synthetic ones need nothing of the folder.

    Raises
    ------
    InstanceError
        If there is no such suite, or the folder holds no instance of it.
    """
    if suite not in SUITES:
        raise InstanceError(f"suite is {suite!r}, expected one of {', '.join(SUITES)}")
    return SUITES[suite].find(folder)


def _read_from(
    folder: Path,
    *,
    suite: str,
    pattern: str,
    name_of: Callable[[Path], str],
    group_of: Callable[[str], str],
    read: Callable[[Path], Instance],
) -> tuple[InstanceRef, ...]:
    """Find the files of a published suite."""
    paths = sorted(folder.glob(pattern))
    if not paths:
        raise InstanceError(
            f"folder is {folder}, expected files {pattern} in it\nMaybe name the folder of instances with --instances"
        )
    return tuple(
        InstanceRef(suite=suite, name=name_of(path), group=group_of(name_of(path)), load=partial(read, path))
        for path in paths
    )


def _field_days(
    folder: Path,  # noqa: ARG001 - synthetic days need none
    *,
    suite: str,
    generate: Callable[[Size, int, float], Instance],
) -> tuple[InstanceRef, ...]:
    return tuple(
        InstanceRef(
            suite=suite,
            name=field_name(size, seed, load),
            group=field_group(size, load),
            load=partial(generate, size, seed, load),
        )
        for size, load, seeds in FIELD_DAYS
        for seed in seeds
    )


def _stem(path: Path) -> str:
    return path.stem


SUITES: Final[Mapping[str, Suite]] = {
    suite.name: suite
    for suite in (
        Suite(
            name="vrptw",
            claim=("C1_10_7", "C2_10_7", "R1_10_4", "R2_10_1", "RC1_10_7", "RC2_10_7"),
            find=partial(
                _read_from,
                suite="vrptw",
                pattern="vrptw/*.vrp",
                name_of=_stem,
                group_of=vrptw.group_of,
                read=vrptw.read_vrptw,
            ),
        ),
        Suite(
            name="sdvrptw",
            claim=("PR05", "PR12A", "PR14A", "PR17B", "PR19B", "PR24A"),
            find=partial(
                _read_from,
                suite="sdvrptw",
                pattern="sdvrptw/*.vrp",
                name_of=_stem,
                group_of=sdvrptw.group_of,
                read=sdvrptw.read_sdvrptw,
            ),
        ),
        Suite(
            name="trsp",
            claim=("C101", "C205", "R103", "R109", "R205", "R211", "RC105", "RC203"),
            find=partial(
                _read_from,
                suite="trsp",
                pattern="trsp/static/*.txt",
                name_of=trsp.name_of,
                group_of=trsp.group_of,
                read=trsp.read_trsp,
            ),
        ),
        Suite(name=HARD, claim=_FIELD_CLAIM, find=partial(_field_days, suite=HARD, generate=field_hard)),
        Suite(name=FULL, claim=_FIELD_CLAIM, find=partial(_field_days, suite=FULL, generate=field_full)),
    )
}
