"""How times really taken relate to planned ones, as settings: what the odds of a plan are counted from."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Final, Literal, Self

from pydantic import Field, Strict, model_validator

from dispatch.domain.request import OrderKind
from dispatch.domain.values import Document, refusal

HOURS: Final = 24

Factor = Annotated[float, Field(strict=True, ge=0.1, le=10)]
RiskInSearch = Literal["none", "buffer", "odds"]
Sigma = Annotated[float, Field(strict=True, ge=0, le=2)]


class FactorDistribution(Document):
    """A lognormal factor on a planned time: its mean, and the standard deviation of its logarithm."""

    mean: Factor
    sigma: Sigma


class ServiceChances(Document):
    """Real over planned service time by kind of order."""

    install: FactorDistribution
    move: FactorDistribution
    repair: FactorDistribution
    speed_remedy: FactorDistribution
    follow_up: FactorDistribution

    def of(self, kind: OrderKind) -> FactorDistribution:
        """Return the distribution of a kind."""
        found: FactorDistribution = getattr(self, kind)
        return found


class RiskSettings(Document):
    """Distributions of service and travel; the meaning of each field stands in `defaults.toml`."""

    enabled: Annotated[bool, Field(strict=True)]
    in_search: RiskInSearch
    buffer_s: Annotated[int, Strict(), Field(ge=0, le=86_400)]
    window_missed: Annotated[int, Strict(), Field(ge=0, le=1_000_000_000)]
    scenarios: Annotated[int, Strict(), Field(ge=1, le=100_000)]
    carried_out: Annotated[float, Field(strict=True, ge=0.5, le=1)]
    technician_day_sigma: Sigma
    day_sigma: Sigma
    travel_sigma: Sigma
    travel_mean_by_hour: tuple[Factor, ...]
    service_shape: tuple[float, ...]
    travel_shape: tuple[float, ...]
    technician_factor: dict[str, Factor]
    service: ServiceChances

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if len(self.travel_mean_by_hour) != HOURS:
            raise refusal(
                f"travel_mean_by_hour has {len(self.travel_mean_by_hour)} factors",
                f"give {HOURS}, one for each hour from midnight on",
            )
        for name in ("service_shape", "travel_shape"):
            if any(later < earlier for earlier, later in pairwise(getattr(self, name))):
                raise refusal(f"{name} does not ascend", "sort its values, or leave it empty for the normal shape")
        return self
