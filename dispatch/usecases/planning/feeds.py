"""Calendar feeds: a secret address for each technician, made, read and revoked."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dispatch.domain.plan import Plan
from dispatch.domain.plan_version import VisitBegun
from dispatch.domain.records.calendar_feed import CalendarFeed
from dispatch.domain.records.roster import TechnicianRecord
from dispatch.domain.request import Request
from dispatch.errors import NotFoundError
from dispatch.ports import Clock, NewId, Store
from dispatch.usecases.planning.snapshot import centre_of
from dispatch.usecases.planning.visited import visits_begun

SECRET_BYTES: Final = 32
READ_NOTED_EVERY: Final = timedelta(hours=1)
"""That a feed was read is noted no more often: calendar programs ask every few minutes."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class NewFeed:
    """A feed, and its secret, which is shown this once."""

    feed: CalendarFeed
    token: str


@dataclass(frozen=True, kw_only=True)
class FedPlan:
    """What a feed shows: a technician's part of the plan in force.

    Attributes
    ----------
    request, plan
        None = no plan in force reaches today: there is nothing to show.
    begun
        Visits of today that have begun: a plan made since has them no more.
    """

    centre: str
    technician: str
    request: Request | None
    plan: Plan | None
    begun: tuple[VisitBegun, ...]


def make_feed(technician: str, *, store: Store, clock: Clock, new_id: NewId, actor: str) -> NewFeed:
    """Make a secret address of a technician's schedule; those made before stay valid until they are revoked.

    Raises
    ------
    NotFoundError
        If there is no such technician.
    """
    now, token = clock.now(), secrets.token_urlsafe(SECRET_BYTES)
    feed = CalendarFeed(
        id=new_id(), created_at=now, changed_at=now, technician=technician, token_sha256=_digest(token), made_by=actor
    )
    with store.write() as transaction:
        transaction.records(TechnicianRecord).get(technician)
        transaction.records(CalendarFeed).add(feed)
    return NewFeed(feed=feed, token=token)


def list_feeds(*, store: Store, technician: str | None = None) -> tuple[CalendarFeed, ...]:
    """Return the feeds of a centre or of one technician, revoked ones included."""
    with store.read() as transaction:
        where = {} if technician is None else {"technician": technician}
        return transaction.records(CalendarFeed).all(where=where, sort="created_at")


def revoke_feed(feed_id: str, *, store: Store, clock: Clock) -> CalendarFeed:
    """Make a secret address worthless; revoking it again changes nothing. Raises `NotFoundError` if there is none."""
    with store.write() as transaction:
        feed = transaction.records(CalendarFeed).get(feed_id)
        if not feed.is_valid():
            return feed
        return transaction.records(CalendarFeed).save(feed.revoked(clock.now()))


def read_feed(token: str, *, store: Store, clock: Clock) -> FedPlan:
    """Return what the secret address shows.

    Parameters
    ----------
    store
        Of no centre: the secret says which one it is.

    Raises
    ------
    NotFoundError
        If there is no such address, or it was revoked, or its technician works here no more.
    """
    now = clock.now()
    found: tuple[tuple[str, CalendarFeed], ...] = ()
    if _TOKEN.fullmatch(token):
        with store.read() as transaction:
            found = transaction.records(CalendarFeed).across(where={"token_sha256": _digest(token)}, limit=1)
    if not found or not found[0][1].is_valid():
        raise _no_feed()
    centre, feed = found[0]
    own = store.of(centre)
    with own.read() as transaction:
        technician = transaction.records(TechnicianRecord).find(feed.technician)
        if technician is None or not technician.active:
            raise _no_feed()
        zone = ZoneInfo(centre_of(transaction).time_zone)
        today = now.astimezone(zone).date()
        begun = visits_begun(today, zone=zone, transaction=transaction, technician=feed.technician)
        request, plan = plan_in_force(today, store=own)
    if feed.read_at is None or now - feed.read_at >= READ_NOTED_EVERY:
        with own.write() as transaction:
            current = transaction.records(CalendarFeed).get(feed.id)
            transaction.records(CalendarFeed).save(current.changed(current.changed_at, read_at=now))
    return FedPlan(centre=centre, technician=feed.technician, request=request, plan=plan, begun=begun)


def plan_in_force(day: date, *, store: Store) -> tuple[Request | None, Plan | None]:
    """Return the plan in force that reaches a day, or else the next one to come, and its request; None = there is none.

    A plan of a running day has only what was left of it.
    """
    with store.read() as transaction:
        for ahead in (day, day + timedelta(days=1)):
            try:
                version = transaction.plans.get(transaction.plans.schedule(ahead).plan_id)
            except NotFoundError:
                continue
            return transaction.requests.document(version.request_id), transaction.plans.document(version.id)
    return None, None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _no_feed() -> NotFoundError:
    return NotFoundError("there is no such calendar\nMaybe its address was revoked: ask for a new one")
