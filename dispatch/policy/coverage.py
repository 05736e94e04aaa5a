"""Coverage: how many of the communities that could have the promise get it (R06). It is no on-time rate."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field, computed_field

from dispatch.domain.records.roster import CommunityRecord
from dispatch.policy.quality_settings import CoverageSettings


class Coverage(BaseModel):
    """Communities under promise of those that are urban and qualified, counted and by their households."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    qualified: int = Field(description="Communities that are urban and where broadband can be had.")
    promised: int = Field(description="Those of them that are served: under promise.")
    households_qualified: int = Field(description="Households of the qualified ones, where the number is known.")
    households_promised: int = Field(description="Households of those under promise.")
    households_unknown: int = Field(description="Qualified communities whose number of households is not known.")
    is_reached: bool | None = Field(
        description="Whether the share of communities reaches the policy's; null = there is no qualified community."
    )

    @computed_field(description="Share of communities under promise; null = none is qualified.")  # type: ignore[prop-decorator]
    @property
    def share(self) -> float | None:
        """Share of communities under promise; None = none is qualified."""
        return self.promised / self.qualified if self.qualified else None

    @computed_field(description="The same by households; null = none is known.")  # type: ignore[prop-decorator]
    @property
    def household_share(self) -> float | None:
        """Share of households under promise; None = none is known."""
        return self.households_promised / self.households_qualified if self.households_qualified else None


def coverage(communities: Iterable[CommunityRecord], settings: CoverageSettings) -> Coverage:
    """Return the coverage of a centre's communities: urban and qualified ones, and of these the served ones."""
    qualified = [one for one in communities if one.qualified and one.community.urban]
    promised = [one for one in qualified if one.community.served]
    return Coverage(
        qualified=len(qualified),
        promised=len(promised),
        households_qualified=sum(one.households or 0 for one in qualified),
        households_promised=sum(one.households or 0 for one in promised),
        households_unknown=sum(one.households is None for one in qualified),
        is_reached=len(promised) * 1_000 >= settings.least_permille * len(qualified) if qualified else None,
    )
