"""The catalogue of works: what an order of each kind asks for and how long it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp
from typing import Final

from numpy.random import Generator

from benchmarks.cities.sampling import systematic
from benchmarks.cities.streams import Streams
from dispatch.domain.request import OrderKind

STEP_S: Final = 300
"""Durations are planned in steps of five minutes."""
DURATION_LIMITS_S: Final = (600, 4 * 3600)
CONVENIENCE_ITEM_S: Final = 600
"""Each convenience item of a premium visit takes ten minutes (R21)."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """One line of the catalogue.

    Attributes
    ----------
    share
        Of all orders; the shares of the catalogue sum to 1.
    median_s
        Median of the lognormal duration in seconds, before the city's effort factor.
    sigma
        Standard deviation of the duration's logarithm.
    skills, parts, tools
        What every order of this work needs.
    ladder_share
        Of the orders: those that need a ladder as well.
    """

    name: str
    kind: OrderKind
    share: float
    median_s: int
    sigma: float
    skills: Mapping[str, int]
    parts: Mapping[str, int] = field(default_factory=dict)
    tools: tuple[str, ...] = ()
    ladder_share: float = 0.0

    def draw_s(self, rng: Generator) -> float:
        """Draw a lognormal duration in seconds, not yet rounded."""
        return self.median_s * exp(self.sigma * rng.standard_normal())


WORKS: Final = (
    Work(
        name="fibre to a flat with a socket", kind="install", share=0.22, median_s=65 * 60, sigma=0.28,
        skills={"fiber": 1, "cpe": 1}, parts={"ont": 1, "drop_cable": 1}, ladder_share=0.05,
    ),
    Work(
        name="fibre and new wiring inside", kind="install", share=0.08, median_s=95 * 60, sigma=0.30,
        skills={"fiber": 1, "wiring": 2}, parts={"ont": 1, "drop_cable": 1, "router": 1}, ladder_share=0.30,
    ),
    Work(
        name="move to another flat", kind="move", share=0.08, median_s=60 * 60, sigma=0.30,
        skills={"fiber": 1, "wiring": 1}, parts={"drop_cable": 1}, ladder_share=0.10,
    ),
    Work(
        name="gateway or television box", kind="repair", share=0.19, median_s=35 * 60, sigma=0.40,
        skills={"cpe": 1}, parts={"router": 1},
    ),
    Work(
        name="line inside the flat", kind="repair", share=0.12, median_s=45 * 60, sigma=0.40,
        skills={"fiber": 1, "wiring": 1},
    ),
    Work(
        name="broken drop fibre", kind="repair", share=0.08, median_s=75 * 60, sigma=0.35,
        skills={"fiber": 2, "splice": 1}, parts={"drop_cable": 1}, tools=("splicer",), ladder_share=0.25,
    ),
    Work(
        name="copper line", kind="repair", share=0.05, median_s=55 * 60, sigma=0.40,
        skills={"copper": 1}, ladder_share=0.20,
    ),
    Work(
        name="splitter or cabinet", kind="repair", share=0.01, median_s=100 * 60, sigma=0.30,
        skills={"fiber": 3, "splice": 2}, tools=("splicer", "otdr"),
    ),
    Work(
        name="speed below the contract", kind="speed_remedy", share=0.06, median_s=50 * 60, sigma=0.30,
        skills={"fiber": 2, "cpe": 2}, parts={"router": 1},
    ),
    Work(
        name="visit to a regular customer", kind="follow_up", share=0.11, median_s=20 * 60, sigma=0.25,
        skills={"cpe": 1},
    ),
)  # fmt: skip

WORK_BLOCK: Final = 20
"""Works are drawn by their shares in blocks of so many orders: the first orders of a city have its mix already."""


def draw_work(index: int, streams: Streams) -> Work:
    """Draw the work of the order `index`."""
    block, rank = divmod(index, WORK_BLOCK)
    drawn = systematic([work.share for work in WORKS], WORK_BLOCK, streams.of("orders.works", block))
    return WORKS[drawn[rank]]


def planned_s(duration_s: float) -> int:
    """Round a duration to what a planner writes down: steps of five minutes, within `DURATION_LIMITS_S`."""
    low_s, high_s = DURATION_LIMITS_S
    return min(high_s, max(low_s, STEP_S * round(duration_s / STEP_S)))
