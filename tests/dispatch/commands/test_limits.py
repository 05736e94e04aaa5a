"""Time limits as people write them."""

from __future__ import annotations

import pytest
import typer

from dispatch.commands.limits import parse_limit


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("2m", 120),
        ("1h", 3_600),
        ("1.5m", 90),
        ("500ms", 0.5),
        ("PT30S", 30),
        ("PT1M30S", 90),
        ("pt2h", 7_200),
    ],
)
def test_limit_with_a_unit_is_seconds(text: str, seconds: float) -> None:
    assert parse_limit(text) == seconds


@pytest.mark.parametrize("text", ["30", "", "0s", "PT", "-5s", "soon", "PT0S", "30 seconds", "inf"])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"is not a time limit\. Maybe you mean 30s, 2m or PT30S\."):
        parse_limit(text)


@pytest.mark.parametrize("text", ["25h", "PT86401S", "9" * 400 + "s"])
def test_limit_of_more_than_a_day_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is longer than a day"):
        parse_limit(text)
