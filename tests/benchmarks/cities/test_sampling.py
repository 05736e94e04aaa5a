from __future__ import annotations

from collections import Counter

import pytest
from numpy.random import default_rng

from benchmarks.cities.sampling import systematic
from benchmarks.cities.streams import Streams


@pytest.mark.parametrize("seed", range(20))
def test_each_index_comes_as_often_as_its_share_rounded_up_or_down(seed: int) -> None:
    # 10 draws of 0.5, 0.33, 0.17: 5, 3 or 4, 1 or 2
    drawn = Counter(systematic([0.5, 0.33, 0.17], 10, default_rng(seed)))
    assert drawn[0] == 5
    assert drawn[1] in {3, 4}
    assert drawn[2] in {1, 2}


def test_shares_that_sum_to_a_little_less_than_one_do_no_harm() -> None:
    assert set(systematic([0.1] * 10, 1000, default_rng(1))) == set(range(10))


def test_a_stream_is_known_by_its_name_and_index() -> None:
    streams = Streams(7)
    drawn = {
        (name, index): streams.of(name, index).random()
        for name in ("orders.works", "orders.places")
        for index in (0, 1)
    }
    assert len(set(drawn.values())) == 4
    assert streams.of("orders.works", 1).random() == drawn["orders.works", 1]
    assert Streams(8).of("orders.works", 1).random() != drawn["orders.works", 1]
