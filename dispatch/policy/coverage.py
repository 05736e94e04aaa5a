"""Coverage: how many of the communities that could have the promise get it (R06). It is no on-time rate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from dispatch.domain.records.roster import CommunityRecord
from dispatch.policy.quality_settings import CoverageSettings


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Communities under promise of those that are urban and qualified, counted and by their households.

    Attributes
    ----------
    qualified, promised
        Communities.
    households_qualified, households_promised
        Their households, where the number is known.
    households_unknown
        Qualified communities whose number of households is not known; they are not in the figure by households.
    is_reached
        Whether the share of communities reaches the policy's; None = there is no qualified community.
    """

    qualified: int
    promised: int
    households_qualified: int
    households_promised: int
    households_unknown: int
    is_reached: bool | None

    @property
    def share(self) -> Fraction | None:
        """Of communities, exactly; None = none is qualified."""
        return Fraction(self.promised, self.qualified) if self.qualified else None

    @property
    def household_share(self) -> Fraction | None:
        """Of households, exactly; None = none is known."""
        return Fraction(self.households_promised, self.households_qualified) if self.households_qualified else None


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
