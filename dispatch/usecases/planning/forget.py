"""Forget what planning by itself needs no more: running days that are over, places taken long ago."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Final

from dispatch.domain.records.order_book import BookEntry
from dispatch.domain.records.record import Below
from dispatch.domain.records.running_day import LiveDayText, RunningDay
from dispatch.errors import NotFoundError
from dispatch.usecases.planning.nightly import Office

AT_A_TIME: Final = 500
"""So many entries go in one transaction: other writers get their turn in between."""


def forget_old(office: Office) -> bool:
    """Remove running days and entries older than `keep_days`; return whether there may be more.

    Plans, requests, what plans changed, and field events stay.
    """
    keep = timedelta(days=office.policy.planning.keep_days)
    before = office.clock.now() - keep
    with office.store.read() as transaction:
        days = transaction.records(RunningDay).across(where={"last_day": Below(before.date())})
        entries = transaction.records(BookEntry).across(where={"created_at": Below(before)}, limit=AT_A_TIME)
    for centre, day in days:
        with suppress(NotFoundError), office.store.of(centre).write() as transaction:  # another process was faster
            transaction.records(RunningDay).delete(day.id)
            transaction.records(LiveDayText).delete(day.id)
    for centre in sorted({centre for centre, _ in entries}):
        with suppress(NotFoundError), office.store.of(centre).write() as transaction:
            for owner, entry in entries:
                if owner == centre:
                    transaction.records(BookEntry).delete(entry.id)
    return len(entries) == AT_A_TIME
