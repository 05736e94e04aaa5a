"""When the open orders of one evening were accepted.

Two curves decide: how many orders of a kind come in at each hour of the day, and how many of them are still open
after so many hours. An order whose promise could no longer be kept tomorrow should have been done before: few are
left of those.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.random import Generator

from dispatch.domain.request import OrderKind, Tier

COUNTER: Final = (0, 0, 0, 0, 0, 0, 0, 1, 4, 9, 11, 10, 6, 6, 9, 10, 9, 8, 5, 4, 3, 2, 1, 0)
"""Orders by hour of the day (0 to 23) at the counters and online: office hours."""
FAULTS: Final = (1, 1, 0, 0, 0, 0, 1, 3, 5, 5, 5, 4, 5, 5, 4, 4, 5, 7, 11, 15, 14, 11, 6, 3)
"""Reports of faults by hour of the day: they peak when people are at home in the evening and the line is used."""

KEEPABLE_H: Final[dict[tuple[OrderKind, Tier], int]] = {
    ("install", "standard"): 58,
    ("install", "fast24"): 10,
    ("install", "premium"): 10,
    ("move", "standard"): 58,
    ("move", "fast24"): 58,
    ("move", "premium"): 58,
    ("repair", "standard"): 10,
    ("repair", "fast24"): 10,
    ("repair", "premium"): 3,
}
"""Hours before 20:00 at which an order accepted then is due at 10:00 the next day, so that a visit in the early
morning still keeps the promise (72 h: 14 + 58; 24 h: 14 + 10); premium repairs: since the cut-off at 17:00."""
REMEDY_KEEPABLE_H: Final = 10
FOLLOW_UP_H: Final = 240
"""Follow-ups wait for a quiet day, up to ten days."""
OVERDUE_SHARE: Final = 0.03
"""Of the orders: accepted before that, by at most a day; their promise is broken already or cannot be kept."""
OPEN_AT_THE_END: Final = 0.35
"""Share of the orders of `KEEPABLE_H` hours ago that are still open; it falls linearly from 1."""


def draw_acceptance(kind: OrderKind, tier: Tier, now: datetime, rng: Generator) -> datetime:
    """Draw the moment an open order was accepted, to the second, before `now`."""
    keepable_h = _keepable_h(kind, tier)
    if kind != "follow_up" and rng.random() < OVERDUE_SHARE:
        hours_ago = np.arange(keepable_h, keepable_h + 24)
        open_share = np.ones(24)
    else:
        hours_ago = np.arange(keepable_h)
        open_share = 1 - (1 - OPEN_AT_THE_END) * hours_ago / keepable_h
    by_hour = FAULTS if kind in {"repair", "speed_remedy"} else COUNTER
    weight = open_share * np.array([by_hour[(now.hour - 1 - int(h)) % 24] for h in hours_ago])
    drawn_h = int(rng.choice(hours_ago, p=weight / weight.sum()))
    return now - timedelta(hours=drawn_h, seconds=int(rng.integers(1, 3600)))


def _keepable_h(kind: OrderKind, tier: Tier) -> int:
    if kind == "follow_up":
        return FOLLOW_UP_H
    if kind == "speed_remedy":
        return REMEDY_KEEPABLE_H
    return KEEPABLE_H[kind, tier]
