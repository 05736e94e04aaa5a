from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.server_blocks import BlockLimits, cut

LIMITS = st.builds(
    BlockLimits,
    max_pairs=st.integers(1, 60),
    max_places=st.integers(2, 20),
    max_origins=st.none() | st.integers(1, 5),
)


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    n, seed, share = (
        draw(st.integers(0, 25)),
        draw(st.integers(0, 2**32 - 1)),
        draw(st.sampled_from([0.0, 0.1, 0.9, 1])),
    )
    wanted = np.random.default_rng(seed).random((n, n)) < share
    np.fill_diagonal(wanted, val=False)
    return wanted


@given(tables(), LIMITS)
def test_every_wanted_cell_is_in_a_rectangle_and_every_rectangle_keeps_the_limits(
    wanted: np.ndarray[tuple[int, int], np.dtype[np.bool_]], limits: BlockLimits
) -> None:
    covered = np.zeros_like(wanted)
    for rectangle in cut(wanted, limits):
        rows, columns = len(rectangle.rows), len(rectangle.columns)
        assert 1 <= rows * columns <= limits.max_pairs
        assert rows + columns <= limits.max_places
        assert rows <= (limits.max_origins or rows)
        cells = np.ix_(rectangle.rows, rectangle.columns)
        assert wanted[cells].any()
        covered[cells] = True
    assert (covered | ~wanted).all()


def whole(n: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    wanted = np.ones((n, n), dtype=np.bool_)
    np.fill_diagonal(wanted, val=False)
    return wanted


def test_a_table_of_2300_places_takes_as_few_calls_as_the_servers_defaults_allow() -> None:
    # OSRM: 10,000 pairs = 100 x 100, and 2,300 / 100 = 23 blocks each way
    assert len(cut(whole(2300), BlockLimits(max_pairs=10_000, max_places=288))) == 23 * 23
    # Valhalla by car: 100 places = 50 x 50, 46 blocks each way
    assert len(cut(whole(2300), BlockLimits(max_pairs=2_500, max_places=100))) == 46 * 46
    # Valhalla on foot: at most 5 origins, so 5 x 500, 460 blocks down and 5 across
    assert len(cut(whole(2300), BlockLimits(max_pairs=2_500, max_places=2_501, max_origins=5))) == 460 * 5


def test_a_table_within_the_limits_is_one_call() -> None:
    (rectangle,) = cut(whole(100), BlockLimits(max_pairs=10_000, max_places=200))
    assert (len(rectangle.rows), len(rectangle.columns)) == (100, 100)


def test_one_place_more_asks_for_its_row_and_its_column_only() -> None:
    wanted = np.zeros((100, 100), dtype=np.bool_)
    wanted[7, :] = wanted[:, 7] = True
    wanted[7, 7] = False
    rectangles = cut(wanted, BlockLimits(max_pairs=100, max_places=101))
    # the row 1 x 99 and the column 99 x 1
    assert sorted((len(r.rows), len(r.columns)) for r in rectangles) == [(1, 99), (99, 1)]


def test_the_grid_is_taken_where_every_row_wants_something_else() -> None:
    # 10 rows of different patterns would be 10 calls; 2 x 2 blocks of 5 x 5 hold them all
    wanted = np.tril(np.ones((10, 10), dtype=np.bool_))
    assert len(cut(wanted, BlockLimits(max_pairs=25, max_places=10))) <= 4


def test_nothing_wanted_is_no_call() -> None:
    assert cut(np.zeros((5, 5), dtype=np.bool_), BlockLimits(max_pairs=25, max_places=10)) == []
