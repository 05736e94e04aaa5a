"""Ways between pairs of places, the near ones first: what a checker asks and what a map draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.road_graph import F64
from geo.road_network import I64, TIME_UNIT, RoadNetwork
from geo.road_search import Found, RoadEnds, along_segment, origins_at_once, search, weights_at, without_far

LIMITS_MS: Final = (300_000, 1_200_000, 3_600_000)
"""Ways are looked for within 5, 20 and 60 minutes before everywhere: most are short, and a search on 50,000 nodes that
stops early costs a fraction of the 5 ms of a whole one."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SettledPairs:
    """Pairs whose way has been found, or that have none.

    Attributes
    ----------
    pair : (s,) int64
        Positions in the list that was asked.
    weight : (s,) float64
        Of the shortest way; inf = there is none.
    row : (s,) int64
        Rows of `found`.
    found
        The search that they were found by.
    """

    pair: I64
    weight: F64
    row: I64
    found: Found


def settle_pairs(
    network: RoadNetwork, ends: RoadEnds, origin: I64, destination: I64, *, with_ways: bool = False
) -> Iterator[SettledPairs]:
    """Yield each pair once, when its shortest way is known.

    A way that was found within a limit is the shortest there is, because every shorter one lies within it as well: the
    outcome is that of `table_rows`.

    Parameters
    ----------
    origin, destination : (m,) int64
        Places, by position in `ends`.
    with_ways
        Whether `found.before` is needed.
    """
    open_pairs = np.arange(len(origin))
    for limit_ms in (*(limit for limit in LIMITS_MS if limit < network.longest_ms), network.longest_ms):
        still_open = [np.empty(0, dtype=np.int64)]
        starts, start_of_pair = np.unique(origin[open_pairs], return_inverse=True)
        by_start = np.argsort(start_of_pair, kind="stable")
        for first in range(0, len(starts), origins_at_once(network)):
            chunk = starts[first : first + origins_at_once(network)]
            begin, stop = np.searchsorted(start_of_pair[by_start], (first, first + len(chunk)))
            pair, row = open_pairs[by_start[begin:stop]], start_of_pair[by_start[begin:stop]] - first
            found = search(network, ends, chunk, limit_ms, with_ways=with_ways)
            around = weights_at(found, row, ends, destination[pair]).min(axis=1)
            direct = along_segment(network, ends, origin[pair], destination[pair])
            weight = without_far(network, np.minimum(around, direct))
            is_settled = weight <= (limit_ms * TIME_UNIT if limit_ms < network.longest_ms else np.inf)
            still_open.append(pair[~is_settled])
            yield SettledPairs(pair=pair[is_settled], weight=weight[is_settled], row=row[is_settled], found=found)
        open_pairs = np.concatenate(still_open)
        if not len(open_pairs):
            return
