"""What replayed dynamic technician instances come to, and the tables of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class DynamicResult:
    """One replayed instance.

    Attributes
    ----------
    is_tuning
        Whether settings were chosen on the instance.
    requests
        All of the day, those known from the start among them.
    working_time
        Of all technicians, from first leaving home to last coming back, in published units.
    reference
        Least published working time with everything known; where a request was not served, that of our own plan for
        those that were, with all of them known.
    beyond_reach
        Unserved requests that nobody could serve who sets out from home when they become known.
    stranded
        Other unserved ones that, as the day had gone, nobody could reach when they became known, whatever else were
        given up.
    given_up
        All others that were not served: somebody could have, at the cost of other requests.
    """

    name: str
    group: str
    percent: int
    seed: int
    is_tuning: bool
    requests: int
    working_time: float
    reference: float
    beyond_reach: int
    stranded: int
    given_up: int

    @property
    def unserved(self) -> int:
        """Number of requests that were not served."""
        return self.beyond_reach + self.stranded + self.given_up

    @property
    def cost_of_not_knowing(self) -> float:
        """Working time above the reference, as a fraction of it."""
        return self.working_time / self.reference - 1


def table(results: Sequence[DynamicResult], *, by: Literal["percent", "group"]) -> str:
    """Return results by degree of dynamism or by class as a Markdown table."""
    title = {"percent": "released during the day", "group": "class"}[by]
    columns = (
        *(title, "days", "requests", "served", "days with all served that can be"),
        *("given up", "stranded", "beyond reach", "cost of not knowing", "quartiles", "least and most"),
    )
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for key in sorted({getattr(result, by) for result in results}):
        own = [result for result in results if getattr(result, by) == key]
        requests = sum(result.requests for result in own)
        unserved = sum(result.unserved for result in own)
        costs = sorted(result.cost_of_not_knowing for result in own)
        first, middle, third = quantiles(costs, n=4, method="inclusive") if len(costs) > 1 else costs * 3
        shown = (
            f"{key} %" if by == "percent" else key,
            len(own),
            requests,
            f"{100 * (1 - unserved / requests):.2f} %",
            sum(result.stranded + result.given_up == 0 for result in own),
            sum(result.given_up for result in own),
            sum(result.stranded for result in own),
            sum(result.beyond_reach for result in own),
            f"{100 * fmean(costs):+.1f} %",
            " ".join(f"{100 * cost:+.1f}" for cost in (first, middle, third)),
            f"{100 * costs[0]:+.1f} {100 * costs[-1]:+.1f}",
        )
        lines.append(f"| {' | '.join(map(str, shown))} |")
    return "\n".join(lines)
