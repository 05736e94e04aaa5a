"""What becomes of orders in no route: the kinds in which their reasons are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from dispatch.domain.plan import ReasonCode, Unassigned

_NOBODY: Final = "nobody_can_serve"
_KIND_OF_REASON: Final[Mapping[ReasonCode, str]] = MappingProxyType(
    {"deferred": "deferred", "capacity": "crowded_out", "hold": "on_hold", "horizon": "after_horizon"}
)
UNASSIGNED_KINDS: Final = ("crowded_out", _NOBODY, "deferred", "on_hold", "after_horizon")
"""The worst first."""


def kind_of_unassigned(codes: Iterable[str]) -> str | None:
    """Return the kind of an unassigned order by the codes of its reasons, of which at most one names a kind.

    Somebody could serve it: `deferred` (it is cheaper later and its promise allows that), `crowded_out` (reason
    `capacity`). Nobody could: `on_hold`, `after_horizon` (it may start only later), `nobody_can_serve` (anything else).
    None without reasons.
    """
    found = set(codes)
    if not found:
        return None
    return next((kind for code, kind in _KIND_OF_REASON.items() if code in found), _NOBODY)


def counts_of_kinds(unassigned: Iterable[Unassigned]) -> dict[str, int]:
    """Return how many orders there are of each of `UNASSIGNED_KINDS`; one without reasons is not counted."""
    counts = Counter(kind_of_unassigned(reason.code for reason in entry.reasons) for entry in unassigned)
    return {kind: counts[kind] for kind in UNASSIGNED_KINDS}
