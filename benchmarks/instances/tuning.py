"""Which instances tuning may look at: no more than half of each suite. The others are kept for reporting.

Published instances by name: those that the parameters of the search were chosen on, or every other one.
Synthetic days: two seeds.
"""

from __future__ import annotations

from typing import Final

TUNING: Final = {
    "vrptw": "C1_10_1 C1_10_4 C2_10_4 R1_10_4 R2_10_1 R2_10_4 RC1_10_4 RC2_10_1",
    "sdvrptw": "PR03 PR07 PR11 PR12A PR13B PR15 PR16A PR17B PR19 PR20A PR21B PR23 PR24A",
    "trsp": "C103 C107 C201 C205 R101 R105 R109 R201 R205 R209 RC101 RC105 RC201 RC205",
}
TUNING_SEEDS: Final = (7, 8)
"""Synthetic cities of these seeds, whatever their size and load."""


def may_tune(suite: str, name: str) -> bool:
    """Say whether tuning may look at a published instance."""
    return name in TUNING[suite].split()
