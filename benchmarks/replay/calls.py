"""Telephone: technicians take orders on, then call the customer (R08), and again if nobody answers (R10)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final, Literal

from benchmarks.replay.nature import Nature

Reply = Literal["accepted", "rejected", "silent"]

REJECTED_SHARE: Final = 0.015
SILENT_SHARE: Final = 0.015
REPLY_LIMIT: Final = timedelta(minutes=15)
"""Who has not answered by then is taken to be silent (R08)."""
CALLS_FROM, CALLS_UNTIL = time(8, 0), time(21, 0)
"""Nobody is called before or after."""
AFTER_NIGHT: Final = time(8, 30)
RETRIES: Final = (time(9, 0), time(11, 30), time(18, 0))
"""When to try again: morning, noon and evening (R10)."""
MOST_CALLS: Final = 4


def reply_of(order: str, technician: str, nature: Nature) -> tuple[Reply, timedelta]:
    """Draw what a technician answers to an order, and after what time."""
    rng = nature.draw("reply", order, technician)
    drawn, delay = rng.random(), timedelta(seconds=int(rng.integers(30, 600)))
    if drawn < REJECTED_SHARE:
        return "rejected", delay
    if drawn < REJECTED_SHARE + SILENT_SHARE:
        return "silent", REPLY_LIMIT
    return "accepted", delay


def first_call_at(order: str, taken_at: datetime, nature: Nature) -> datetime:
    """Draw when the customer is called after a technician has taken the order on."""
    wanted = taken_at + timedelta(seconds=int(nature.draw("call", order).integers(300, 5_400)))
    return in_call_hours(wanted, nature, order)


def in_call_hours(wanted: datetime, nature: Nature, order: str) -> datetime:
    """Return the moment, or one of the next morning if nobody may be called then."""
    if CALLS_FROM <= wanted.time() < CALLS_UNTIL:
        return wanted
    day = wanted.date() + timedelta(days=wanted.time() >= CALLS_UNTIL)
    morning = datetime.combine(day, AFTER_NIGHT, tzinfo=wanted.tzinfo)
    return morning + timedelta(seconds=int(nature.draw("call.morning", order).integers(1_800)))


def contact_limit(taken_at: datetime) -> datetime:
    """Return by when the first call is due: two hours later; if nobody may be called then, at 08:30 (R08)."""
    limit = taken_at + timedelta(hours=2)
    if CALLS_FROM <= limit.time() < CALLS_UNTIL:
        return limit
    day = limit.date() + timedelta(days=limit.time() >= CALLS_UNTIL)
    return datetime.combine(day, AFTER_NIGHT, tzinfo=limit.tzinfo) + timedelta(minutes=30)


def retry_at(failed_at: datetime) -> datetime:
    """Return when to call again: the next of morning, noon and evening."""
    for day in range(2):
        for clock in RETRIES:
            moment = datetime.combine(failed_at.date() + timedelta(days=day), clock, tzinfo=failed_at.tzinfo)
            if moment > failed_at:
                return moment
    raise ValueError(f"failed_at is {failed_at}, a later morning exists")
