from __future__ import annotations

from typing import Any

import pytest

from benchmarks.cities.spec import CitySpec
from dispatch.errors import BadInputError


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"size": "hamlet"}, "size: 'hamlet' is not possible; choose one of village, district, city"),
        ({"size": "city", "travel": "matrix"}, "travel: 'matrix' is not possible; use straight_line"),
        ({"size": "village", "travel": "osrm"}, "travel: 'osrm' is not possible; choose one of"),
        ({"size": "village", "seed": -1}, "seed: -1 is not possible"),
        ({"size": "village", "load": 0.05}, "load: 0.05 is not possible; choose 0.1 to 3"),
        ({"size": "village", "load": float("nan")}, "load: nan is not possible"),
        ({"size": "village", "days": 8}, "days: 8 is not possible; choose 1 to 7"),
        (
            {"size": "village", "time_zone": "Europe/Nowhere"},
            "time_zone: 'Europe/Nowhere' is not possible; give an IANA",
        ),
    ],
)
def test_an_impossible_parameter_is_refused_by_name(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        CitySpec(**parameters)


def test_all_impossible_parameters_are_told_at_once() -> None:
    with pytest.raises(BadInputError) as refused:
        CitySpec(size="village", load=4, days=0)
    assert [problem.path for problem in refused.value.problems] == ["load", "days"]
