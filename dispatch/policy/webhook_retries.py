"""When a webhook call that failed is tried again, and when it is given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class RetryRules:
    """How patient the service is with addresses that do not answer.

    Attributes
    ----------
    first_pause_s, longest_pause_s
        The pause doubles with each failure, from the first to the longest.
    give_up_after_h
        An event that could not be delivered for so long after it happened is given up.
    disable_after_days
        A webhook none of whose calls succeeded for so long is disabled.
    secret_overlap_h
        For so long after a rotation the older secret signs, too.
    """

    first_pause_s: float
    longest_pause_s: float
    give_up_after_h: float
    disable_after_days: float
    secret_overlap_h: float


def pause_s(failures: int, *, rules: RetryRules, draw: float) -> float:
    """Return the pause after so many failures in a row.

    Half of it is drawn, so that the calls that failed together do not come back together: "equal jitter" of
    M. Brooker, Exponential Backoff And Jitter (AWS Architecture Blog, 2015).

    Parameters
    ----------
    failures
        At least 1.
    draw
        In [0, 1).
    """
    doublings = min(failures - 1, 60)
    whole_s = min(rules.longest_pause_s, rules.first_pause_s * 2.0**doublings)
    return whole_s / 2 + draw * whole_s / 2


def is_given_up(created_at: datetime, *, next_at: datetime, rules: RetryRules) -> bool:
    """Tell whether an event is too old for another attempt."""
    return next_at > created_at + timedelta(hours=rules.give_up_after_h)


def is_to_be_disabled(failing_since: datetime, *, now: datetime, rules: RetryRules) -> bool:
    """Tell whether a webhook has failed for too long."""
    return now - failing_since >= timedelta(days=rules.disable_after_days)
