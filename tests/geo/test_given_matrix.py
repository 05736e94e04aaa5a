from __future__ import annotations

import re

import numpy as np
import pytest

from geo.errors import MatrixError, PlaceError, ProfileError
from geo.given_matrix import GivenMatrix, MatrixProfile
from geo.point import Point
from geo.provider import UNREACHABLE

DURATIONS_S = [[0, 540, None], [560, 0, 300], [None, 310, 0]]
DISTANCES_M = [[0, 2100, None], [2200, 0, 900], [1000, 950, 0]]


@pytest.fixture
def provider() -> GivenMatrix:
    return GivenMatrix({"ebike": MatrixProfile.from_rows(DURATIONS_S, DISTANCES_M)})


def test_a_table_takes_the_rows_and_columns_asked_for(provider: GivenMatrix) -> None:
    table = provider.table([1, 0, 1], "ebike")
    assert table.duration_s.tolist() == [[0, 560, 0], [540, 0, 540], [0, 560, 0]]
    assert table.distance_m.tolist() == [[0, 2200, 0], [2100, 0, 2100], [0, 2200, 0]]


def test_legs_go_from_row_to_column(provider: GivenMatrix) -> None:
    legs = provider.legs([0, 1], [1, 0], "ebike")
    assert legs.duration_s.tolist() == [540, 560]
    assert legs.distance_m.tolist() == [2100, 2200]


def test_spokes_are_the_column_and_the_row_of_the_hub(provider: GivenMatrix) -> None:
    spokes = provider.spokes(1, (0, 1), "ebike")
    assert spokes.inward.duration_s.tolist() == [540, 0]
    assert spokes.outward.distance_m.tolist() == [2200, 0]


def test_null_in_either_matrix_is_unreachable_in_both(provider: GivenMatrix) -> None:
    legs = provider.legs([0, 2], [2, 0], "ebike")  # null in both; null in the durations only
    assert legs.duration_s.tolist() == legs.distance_m.tolist() == [UNREACHABLE, UNREACHABLE]


def test_table_and_legs_agree_for_every_pair() -> None:
    rng = np.random.default_rng(3)
    cells = rng.integers(0, 9_999, (2, 20, 20)).tolist()
    provider = GivenMatrix({"car": MatrixProfile.from_rows(*cells)})
    places = list(range(20))
    table = provider.table(places, "car")
    legs = provider.legs([i for i in places for _ in places], places * 20, "car")
    assert table.duration_s.ravel().tolist() == legs.duration_s.tolist()
    assert table.distance_m.ravel().tolist() == legs.distance_m.tolist()


def test_no_places_make_an_empty_table(provider: GivenMatrix) -> None:
    assert provider.table([], "ebike").duration_s.shape == (0, 0)


def test_reading_a_table_leaves_the_matrix_as_it_was(provider: GivenMatrix) -> None:
    assert not provider.table([0, 1, 2], "ebike").duration_s.flags.writeable
    assert provider.table([0, 1], "ebike").duration_s.tolist() == [[0, 540], [560, 0]]


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (Point(34.26, 117.18), "a given matrix needs an index"),
        (3, re.escape("places[1] is the index 3, must lie in 0..2")),
        (-1, re.escape("places[1] is the index -1, must lie in 0..2")),
    ],
)
def test_a_place_that_is_not_in_the_matrix_is_refused(provider: GivenMatrix, place: Point | int, message: str) -> None:
    with pytest.raises(PlaceError, match=message):
        provider.table([0, place], "ebike")


def test_lists_of_legs_must_be_as_long(provider: GivenMatrix) -> None:
    with pytest.raises(PlaceError, match="2 origins but 1 destinations"):
        provider.legs([0, 1], [0], "ebike")


def test_an_unknown_profile_is_named_with_the_known_ones(provider: GivenMatrix) -> None:
    with pytest.raises(ProfileError, match="'walk', known are: ebike"):
        provider.legs([0], [1], "walk")


@pytest.mark.parametrize(
    ("durations", "distances", "message"),
    [
        ([[0, 1], [1, 0]], [[0, 1]], "distances_m has 1 rows, must have 2"),
        ([[0, 1], [1]], [[0, 1], [1, 0]], re.escape("durations_s[1] has 1 values, must have 2")),
        ([[0, -5], [1, 0]], [[0, 1], [1, 0]], re.escape("durations_s[0][1] is -5, must be null or a whole number")),
        ([[0, 1], [1, 0]], [[0, 1], [2**30, 0]], re.escape("distances_m[1][0] is 1073741824")),
        ([[0, 1.5], [1, 0]], [[0, 1], [1, 0]], re.escape("durations_s[0][1] is 1.5")),
    ],
)
def test_cells_that_cannot_be_are_named(durations: list, distances: list, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(MatrixError, match=message):
        MatrixProfile.from_rows(durations, distances)


def test_profiles_must_cover_the_same_places() -> None:
    one, two = MatrixProfile.from_rows([[0]], [[0]]), MatrixProfile.from_rows([[0, 1], [1, 0]], [[0, 1], [1, 0]])
    with pytest.raises(MatrixError, match="differ in size: car 1, walk 2"):
        GivenMatrix({"car": one, "walk": two})


def test_a_matrix_of_no_profile_is_refused() -> None:
    with pytest.raises(MatrixError, match="profiles is empty"):
        GivenMatrix({})


def test_arrays_of_another_type_are_refused() -> None:
    with pytest.raises(MatrixError, match="durations_s is int64"):
        MatrixProfile(np.zeros((2, 2), dtype=np.int64), np.zeros((2, 2), dtype=np.int32))  # type: ignore[arg-type]
