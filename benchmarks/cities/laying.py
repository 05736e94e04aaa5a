"""Lays courses of great roads over the corners of the grid: the corners nearest to a course are drawn onto it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from benchmarks.cities.arterials import STEP_M, Course
from benchmarks.cities.lattice import PRIMARY, Lattice
from benchmarks.cities.network import CODE, NO_POINTS, Pieces
from benchmarks.cities.river import River

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

INTERCHANGE_M: Final = 1_600.0
"""Distance along a motorway from one interchange to the next; it meets no other road."""
BEND_M: Final = 50.0
"""Distance between the points of a great road's shape."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Run:
    """A course as the corners it passes, in order, and the place on it closest to each."""

    course: Course
    corners: I64
    places: I64


def lay(courses: Sequence[Course], lattice: Lattice, river: River, is_inside: Bool) -> tuple[F64, Pieces]:
    """Lay the courses over the grid.

    Parameters
    ----------
    is_inside : (corners,) bool
        Corners inside the city: motorways have their interchanges there.

    Returns
    -------
    (corners, 2) float64
        Where the corners lie now: on their course, the last one where several cross; on land in any case.
    Pieces
        The great roads.
    """
    tree = KDTree(lattice.points)
    is_main = lattice.levels == PRIMARY
    is_exit = (is_main[:, None] | is_main[None, :]).ravel() & is_inside
    runs = []
    for course in courses:
        far_m, nearest = tree.query(course.points)
        run = _run(course, np.asarray(far_m), np.asarray(nearest, dtype=np.int64))
        runs.append(_interchanges(run, is_exit) if course.road_class == "motorway" else run)
    points = lattice.points.copy()
    for run in runs:
        points[run.corners] = run.course.points[run.places]
    points = river.ashore(points)
    return points, _pieces(runs, points)


def _run(course: Course, far_m: F64, nearest: I64) -> _Run:
    """Find the corners in order, and of the course's points by each the closest."""
    first = np.flatnonzero(np.diff(nearest, prepend=-1))
    closest = [begin + int(np.argmin(part)) for begin, part in zip(first, np.split(far_m, first[1:]), strict=True)]
    return _Run(course=course, corners=nearest[first], places=np.array(closest, dtype=np.int64))


def _interchanges(run: _Run, is_exit: Bool) -> _Run:
    """Keep the corners of primary roads that lie far enough apart, and the first one again to close the ring."""
    chosen: list[int] = []
    for k in np.flatnonzero(is_exit[run.corners]).tolist():
        if not chosen or (run.places[k] - run.places[chosen[-1]]) * STEP_M >= INTERCHANGE_M:
            chosen.append(k)
    corners = np.append(run.corners[chosen], run.corners[chosen[:1]])
    # The way back to the first interchange leads over the end of the course, where it begins.
    points = np.concatenate((run.course.points, run.course.points[1:]))
    places = np.append(run.places[chosen], run.places[chosen[:1]] + len(run.course.points) - 1)
    return _Run(course=Course(road_class="motorway", points=points), corners=corners, places=places)


def _pieces(runs: Sequence[_Run], points: F64) -> Pieces:
    start, end, road_class, bends = [], [], [], []
    for run in runs:
        start.append(run.corners[:-1])
        end.append(run.corners[1:])
        road_class.append(np.full(len(run.corners) - 1, CODE[run.course.road_class]))
        moved = points[run.corners] - run.course.points[run.places]
        bends += [_bend(run, moved, k) for k in range(len(run.corners) - 1)]
    starts = np.concatenate(start)
    return Pieces(
        start=starts,
        end=np.concatenate(end),
        road_class=np.concatenate(road_class),
        direction=np.zeros(len(starts), dtype=np.int64),
        bends=bends,
    )


def _bend(run: _Run, moved: F64, k: int) -> F64:
    """Return points of the course between two corners, following them where these were moved off it."""
    first, last = int(run.places[k]), int(run.places[k + 1])
    count = round((last - first) * STEP_M / BEND_M) - 1
    if count < 1:
        return NO_POINTS
    share = np.arange(1, count + 1)[:, None] / (count + 1)
    places = np.round(first + share[:, 0] * (last - first)).astype(int)
    bend: F64 = run.course.points[places] + (1 - share) * moved[k] + share * moved[k + 1]
    return bend
