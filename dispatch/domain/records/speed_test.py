"""Speed tests at the customer's line (R14)."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import Field, Strict

from dispatch.domain.records.record import Moment, Record
from dispatch.domain.values import Identifier

Kbps = Annotated[int, Strict(), Field(ge=0, le=1_000_000_000)]


class SpeedTest(Record):
    """A series of tests of one service, and how it was judged under the policy of its day."""

    order: Identifier = Field(description="The order at whose visit it was made.")
    visit: Annotated[int, Strict(), Field(ge=1)] = Field(default=1, description="Its visit; counts reopenings.")
    tested_by: Identifier = Field(description="Who tested: `technician:t-1`.")
    tested_at: Moment = Field(description="When the series ended.")
    is_wired: Annotated[bool, Strict()] = Field(description="By cable; tests by radio are kept but prove nothing.")
    contracted_kbps: Annotated[int, Strict(), Field(ge=1, le=1_000_000_000)] = Field(description="What was sold.")
    measured_kbps: Annotated[tuple[Kbps, ...], Field(min_length=1, max_length=100)] = Field(
        description="What each test measured."
    )
    least_permille: Annotated[int, Strict(), Field(ge=1, le=1_000)] = Field(
        description="Share of the contracted speed that the mean had to reach, in thousandths."
    )
    passed: Annotated[bool, Strict()] | None = Field(
        default=None, description="Whether it did; null = the series proves nothing (by radio, or too few tests)."
    )

    @property
    def share(self) -> Fraction:
        """Mean of the measured speeds over the contracted one, exactly."""
        return Fraction(sum(self.measured_kbps), len(self.measured_kbps) * self.contracted_kbps)

    @property
    def share_permille(self) -> int:
        """`share` in whole thousandths, rounded down."""
        return int(self.share * 1_000)
