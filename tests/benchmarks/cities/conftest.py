"""Cities are generated once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.domain.request import Request


@cache
def _city(spec: CitySpec) -> Request:
    return generate_city(spec)


@pytest.fixture
def city() -> Callable[[CitySpec], Request]:
    return _city
