from __future__ import annotations

from pathlib import Path

import pytest

PUBLISHED = Path(__file__).parents[3].parent / "shared" / "instances"


@pytest.fixture
def published() -> Path:
    """The folder of published instances."""
    if not PUBLISHED.is_dir():
        pytest.skip(f"published benchmark instances are not in {PUBLISHED}")
    return PUBLISHED
