"""The courses of a city's great roads, as curves of the plane: rings, radials, links between centres, riversides."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil, pi
from typing import Final, Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.cities.plane import Spot
from benchmarks.cities.river import River

F64 = NDArray[np.float64]
RoadClass = Literal["motorway", "trunk", "primary", "secondary"]

STEP_M: Final = 12.0
"""Distance between two points of a course."""
REACH_SHARE: Final = 1.15
"""Radials leave the city at so many times its radius."""
RIVERSIDE_SHARE: Final = 0.6
"""Roads accompany the river up to so many radii from its point closest to the centre."""
RIVERSIDE_M: Final = 35.0
"""Distance of these roads from the bank."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Course:
    """Where one road runs.

    Attributes
    ----------
    points : (n, 2) float64
        East and north, metres; a closed course ends where it begins.
    """

    road_class: RoadClass
    points: F64


@dataclass(frozen=True)
class Ring:
    """A ring road at a share of the city's radius, for cities from some radius on."""

    road_class: RoadClass
    share: float
    from_radius_m: float
    up_to_radius_m: float = float("inf")


RINGS: Final = (
    Ring("primary", 0.42, 0, 5_000),
    Ring("trunk", 0.45, 5_000, 10_000),
    Ring("trunk", 0.20, 10_000),
    Ring("trunk", 0.46, 10_000),
    Ring("motorway", 0.86, 10_000),
)


def draw_courses(
    sub_centres: tuple[Spot, ...], river: River, *, radius_m: float, turn: float, rng: Generator
) -> tuple[Course, ...]:
    """Draw all courses, the less important ones first.

    Parameters
    ----------
    turn
        How the city's grid is turned, radians; ring roads turn with it.
    """
    chosen = [ring for ring in RINGS if ring.from_radius_m <= radius_m < ring.up_to_radius_m]
    rings = [_ring(ring, radius_m, turn, rng) for ring in chosen]
    by_angle = sorted(sub_centres, key=lambda spot: np.arctan2(spot.north_m, spot.east_m))
    courses = [_riverside(river, side, radius_m) for side in (-1, 1)]
    if len(by_angle) > 2:
        courses += [_link(one, other) for one, other in pairwise([*by_angle, by_angle[0]])]
    for k, spot in enumerate(by_angle):
        is_main = k % 2 == 0
        radial = _radial(spot, "primary" if is_main else "secondary", radius_m, rng)
        courses.append(radial if len(by_angle) <= 4 else _outside(radial, rings[0]))
    return (*courses, *rings)


def _ring(ring: Ring, radius_m: float, turn: float, rng: Generator) -> Course:
    """Lay a ring: a square with round corners |x|^3 + |y|^3 = 1, a little out of shape."""
    mean_m = ring.share * radius_m
    angle = np.linspace(0, 2 * pi, ceil(2 * pi * 1.15 * mean_m / STEP_M) + 1)
    corner = (np.abs(np.cos(angle - turn)) ** 3 + np.abs(np.sin(angle - turn)) ** 3) ** (-1 / 3)
    phases = rng.uniform(0, 2 * pi, 2)
    reach_m = (
        0.93 * mean_m * corner * (1 + 0.05 * np.sin(2 * angle + phases[0]) + 0.025 * np.sin(3 * angle + phases[1]))
    )
    reach_m[-1] = reach_m[0]
    return Course(road_class=ring.road_class, points=_polar(reach_m, angle))


def _radial(spot: Spot, road_class: RoadClass, radius_m: float, rng: Generator) -> Course:
    """Lay a road from the centre through a sub-centre out of the city, swinging to both sides."""
    reach_m = np.arange(STEP_M, REACH_SHARE * radius_m, STEP_M)
    spot_m = float(np.hypot(spot.east_m, spot.north_m))
    turns, phase = rng.uniform(1.2, 2.0) * pi / radius_m, rng.uniform(0, 2 * pi)
    swing = 0.09 * (np.sin(turns * reach_m + phase) - np.sin(turns * spot_m + phase))
    return Course(road_class=road_class, points=_polar(reach_m, np.arctan2(spot.north_m, spot.east_m) + swing))


def _outside(radial: Course, ring: Course) -> Course:
    """Cut off what lies inside the ring, but for the step that meets it."""
    angle, ring_angle = (np.arctan2(points[:, 1], points[:, 0]) for points in (radial.points, ring.points))
    ring_m = np.hypot(ring.points[:, 0], ring.points[:, 1])
    order = np.argsort(ring_angle)
    limit_m = np.interp(angle, ring_angle[order], ring_m[order], period=2 * pi)
    is_outside = np.hypot(radial.points[:, 0], radial.points[:, 1]) >= limit_m - STEP_M
    return Course(road_class=radial.road_class, points=radial.points[int(np.argmax(is_outside)) :])


def _link(one: Spot, other: Spot) -> Course:
    """Lay a road from a sub-centre round the centre to the next one, anticlockwise."""
    first, last = np.arctan2(one.north_m, one.east_m), np.arctan2(other.north_m, other.east_m)
    last += 2 * pi if last <= first else 0.0
    start_m, end_m = np.hypot(one.east_m, one.north_m), np.hypot(other.east_m, other.north_m)
    count = ceil(max(one.distance_m(other), (last - first) * max(start_m, end_m)) / STEP_M) + 1
    share = np.linspace(0, 1, count)
    return Course(
        road_class="secondary", points=_polar(start_m + share * (end_m - start_m), first + share * (last - first))
    )


def _riverside(river: River, side: int, radius_m: float) -> Course:
    along_m = np.arange(-RIVERSIDE_SHARE * radius_m, RIVERSIDE_SHARE * radius_m, STEP_M)
    return Course(road_class="secondary", points=river.bank(along_m, side * (river.half_width_m + RIVERSIDE_M)))


def _polar(reach_m: F64, angle: F64) -> F64:
    return np.column_stack((reach_m * np.cos(angle), reach_m * np.sin(angle)))
