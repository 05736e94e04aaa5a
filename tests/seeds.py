"""Which random cases are tried every day, and which only in the long part of the suite."""

from __future__ import annotations

from typing import Any

import pytest


def seeds(everyday: int, *, in_all: int) -> list[Any]:
    """Return the seeds 0 to `in_all` - 1 as parameters of a test; those from `everyday` on are slow."""
    slow = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(everyday, in_all)]
    return [*range(everyday), *slow]
