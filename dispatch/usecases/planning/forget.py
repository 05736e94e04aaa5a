"""Forget what planning by itself needs no more: running days that are over, places taken long ago."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Final

from dispatch.domain.records.centre import Centre
from dispatch.domain.records.order_book import BookEntry
from dispatch.domain.records.record import Below
from dispatch.domain.records.running_day import LiveDayText, RunningDay
from dispatch.errors import NotFoundError
from dispatch.ports import Store
from dispatch.usecases.one_by_one import one_by_one
from dispatch.usecases.planning.nightly import Office

AT_A_TIME: Final = 500
"""So many entries go in one transaction: other writers get their turn in between."""


def forget_old(office: Office) -> bool:
    """Remove running days and entries older than the `keep_days` of their centre; return whether there may be more.

    Plans, requests and what plans changed stay; field events have a time of their own (`sweep_history`).
    """
    with office.store.read() as transaction:
        centres = transaction.records(Centre).across()
    return one_by_one(centres, lambda named: _forget_in(office.store.of(named[0]), named[1], office))


def _forget_in(store: Store, centre: Centre, office: Office) -> bool:
    before = office.clock.now() - timedelta(days=office.policies.of(centre).planning.keep_days)
    with store.read() as transaction:
        days = transaction.records(RunningDay).all(where={"last_day": Below(before.date())})
        entries = transaction.records(BookEntry).all(where={"created_at": Below(before)}, limit=AT_A_TIME)
    for day in days:
        with suppress(NotFoundError), store.write() as transaction:  # another process was faster
            transaction.records(RunningDay).delete(day.id)
            transaction.records(LiveDayText).delete(day.id)
    if entries:
        with suppress(NotFoundError), store.write() as transaction:
            for entry in entries:
                transaction.records(BookEntry).delete(entry.id)
    return len(entries) == AT_A_TIME
