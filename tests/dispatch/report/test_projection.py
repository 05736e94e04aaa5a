"""The drawing: north is up, lines keep their shape within the tolerance, path data leads back to the points."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dispatch.report.projection import ASPECT, I64, UNITS, Projection, path_data, simplified

COORDINATE = st.integers(min_value=-5000, max_value=5000)
LINES = st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=30).map(lambda p: np.array(p, dtype=np.int64))


def points_of(data: str, start: tuple[int, int] = (0, 0)) -> list[tuple[int, int]]:
    """Read path data of moves and relative steps back."""
    x, y = start
    points = []
    for letter, numbers in re.findall(r"([Mmlh])([^Mmlh]*)", data):
        values = [int(number) for number in re.findall(r"-?\d+", numbers)]
        if letter == "h":
            assert values == [0]
            continue
        for dx, dy in zip(values[::2], values[1::2], strict=True):
            x, y = (dx, dy) if letter == "M" else (x + dx, y + dy)
            points.append((x, y))
    return points


def distance(point: I64, line: I64) -> float:
    """Distance of a point to a line of segments."""
    if len(line) == 1:
        return float(np.hypot(*(point - line[0])))
    gaps = []
    for a, b in zip(line[:-1].astype(float), line[1:].astype(float), strict=True):
        along = b - a
        length = along @ along
        share = np.clip((point - a) @ along / length, 0, 1) if length else 0.0
        gaps.append(np.hypot(*(point - a - share * along)))
    return float(min(gaps))


def test_everything_is_inside_the_drawing_north_up() -> None:
    lat, lon = np.array([34.20, 34.30, 34.25]), np.array([117.1, 117.3, 117.2])
    projection = Projection.around(lat, lon)
    xy = projection.xy(lat, lon)
    assert (xy >= 0).all()
    assert (xy <= [UNITS, UNITS / ASPECT]).all()
    assert xy[1, 1] < xy[2, 1] < xy[0, 1]
    assert xy[0, 0] < xy[2, 0] < xy[1, 0]
    # The middle of the drawing is the middle of the coordinates.
    assert xy[2].tolist() == [UNITS / 2, UNITS / ASPECT / 2]


def test_a_kilometre_is_as_long_in_both_directions() -> None:
    projection = Projection.around(np.array([60.0, 60.1]), np.array([24.9, 25.1]))
    # At 60 degrees north a degree of longitude is half as long as one of latitude.
    north, east = projection.xy([60.0, 60.05, 60.0], [25.0, 25.0, 25.1])[1:] - projection.xy(60.0, 25.0)
    assert abs(-north[1] - east[0]) < 0.01 * east[0]


def test_one_place_alone_is_no_division_by_zero() -> None:
    projection = Projection.around(np.array([34.2]), np.array([117.1]))
    assert projection.xy(34.2, 117.1).tolist() == [UNITS / 2, UNITS / ASPECT / 2]


@given(LINES, st.floats(min_value=0, max_value=500))
def test_no_point_is_further_from_what_is_left_than_the_tolerance(line: I64, tolerance: float) -> None:
    kept = simplified(line, tolerance)
    assert kept[0].tolist() == line[0].tolist()
    assert kept[-1].tolist() == line[-1].tolist()
    assert max(distance(point, kept) for point in line) <= tolerance + 1e-6


def test_points_on_a_straight_line_are_dropped() -> None:
    line = np.array([[0, 0], [1, 1], [5, 5], [9, 9], [9, 20]])
    assert simplified(line, 0.5).tolist() == [[0, 0], [9, 9], [9, 20]]


@given(LINES, st.none() | st.tuples(COORDINATE, COORDINATE))
def test_path_data_leads_back_to_the_points(line: I64, previous: tuple[int, int] | None) -> None:
    wanted = [tuple(point) for k, point in enumerate(line.tolist()) if k == 0 or point != line[k - 1].tolist()]
    assert points_of(path_data(line, previous), previous or (0, 0)) == wanted


def test_a_single_point_is_a_step_of_no_length() -> None:
    assert path_data(np.array([[3, -4]])) == "M3 -4h0"
    assert path_data(np.array([[3, 4], [5, 1], [6, 3]]), (1, 9)) == "m2-5l2-3 1 2"
