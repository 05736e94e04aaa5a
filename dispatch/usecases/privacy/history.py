"""Let go of old history: what happened to orders and on running days so long ago that nobody has to account for it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.centre import Centre
from dispatch.domain.records.field_event import FieldEvent
from dispatch.domain.records.record import MAIN_CENTRE, Below, Record
from dispatch.domain.records.timer import Timer
from dispatch.errors import NotFoundError
from dispatch.ports import Clock, Store
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.one_by_one import one_by_one

AT_A_TIME: Final = 400
"""Rows of each kind in one transaction: other writers get their turn in between."""


def sweep_history(*, store: Store, clock: Clock, policies: CentrePolicies) -> bool:
    """Remove audit events, ended timers and field events older than `history_days`; return whether there may be more.

    Safe in any number of processes: whoever comes second finds them gone.

    Parameters
    ----------
    store
        Of no dispatch centre.
    """
    with store.read() as transaction:
        centres = {name for name, _ in transaction.records(Centre).across()} | {MAIN_CENTRE}
    return one_by_one(sorted(centres), lambda centre: _sweep_in(store.of(centre), clock.now(), policies))


def _sweep_in(store: Store, now: datetime, policies: CentrePolicies) -> bool:
    with store.read() as transaction:
        days = policies.within(transaction).privacy.history_days
        if days == 0:
            return False
        before = now - timedelta(days=days)
        events = transaction.records(AuditEvent).all(
            where={"created_at": Below(before)}, sort="created_at", limit=AT_A_TIME
        )
        ended = transaction.records(Timer).all(
            where={"is_running": False, "due_at": Below(before)}, sort="due_at", limit=AT_A_TIME
        )
        news = transaction.records(FieldEvent).all(
            where={"dispatch_day": Below(before.date())}, sort="dispatch_day", limit=AT_A_TIME
        )
    old: list[Record] = [*events, *ended, *news]
    if not old:
        return False
    with suppress(NotFoundError), store.write() as transaction:  # another process was faster
        for record in old:
            transaction.records(type(record)).delete(record.id)
    return max(len(events), len(ended), len(news)) == AT_A_TIME
