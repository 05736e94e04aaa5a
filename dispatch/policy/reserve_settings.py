"""Which urgent orders are expected, and what capacity kept free for them is worth, as settings."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, Strict, model_validator

from dispatch.domain.values import Count, Document, Identifier, refusal

HOURS: Final = 24
HALF_DAYS: Final = ("morning", "afternoon", "evening")

Expected = Annotated[float, Field(strict=True, ge=0, le=10_000)]


class ExpectedOrders(Document):
    """Urgent orders of an average day by the half-day they need; each by the hour in which they are accepted."""

    morning: tuple[Expected, ...]
    afternoon: tuple[Expected, ...]
    evening: tuple[Expected, ...]

    @model_validator(mode="after")
    def _has_every_hour(self) -> Self:
        for name in HALF_DAYS:
            given = len(getattr(self, name))
            if given not in {0, HOURS}:
                raise refusal(
                    f"{name} has {given} numbers", f"give {HOURS}, one for each hour from midnight on, or none"
                )
        return self

    def of(self, half_day: str) -> tuple[float, ...]:
        """Return the numbers of a half-day, hour by hour; () = none are expected."""
        numbers: tuple[float, ...] = getattr(self, half_day)
        return numbers


class ReserveSettings(Document):
    """How much capacity stays free for urgent orders; the meaning of each field stands in `defaults.toml`."""

    share: Annotated[float, Field(strict=True, ge=0, le=3)]
    worth: Annotated[int, Strict(), Field(ge=0, le=1_000_000_000)]
    duration_s: Annotated[int, Strict(), Field(ge=1, le=86_400)]
    skills: dict[Identifier, Count]
    communities: dict[Identifier, Expected]
    expected: ExpectedOrders
