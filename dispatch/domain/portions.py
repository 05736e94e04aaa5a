"""Many ids in portions, for a database bounds the parameters of a query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

IDS_AT_A_TIME: Final = 400


def portions(ids: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Give each id once, in order, in tuples short enough for one query."""
    in_order = sorted(set(ids))
    for first in range(0, len(in_order), IDS_AT_A_TIME):
        yield tuple(in_order[first : first + IDS_AT_A_TIME])
