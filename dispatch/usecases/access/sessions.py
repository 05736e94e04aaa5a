"""Logging in and out: sessions of users, and the pauses after wrong passwords."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.records.access import Principal
from dispatch.domain.records.api_key import secret_digest
from dispatch.domain.records.record import Below
from dispatch.domain.records.user import Session, User
from dispatch.errors import ThrottledError, UnauthenticatedError
from dispatch.ports import Clock, Store
from dispatch.security_settings import SecuritySettings
from dispatch.usecases.access.passwords import Passwords

TOKEN_BYTES: Final = 32
SEEN_EVERY_S: Final = 60
"""That a session is in use is written down at most so often, but at least so often that it does not fall idle."""


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """A session that is in use.

    Attributes
    ----------
    token
        What the browser keeps; only here, and only for the answer that tells it.
    """

    session: Session
    user: User
    centre: str
    token: str

    @property
    def principal(self) -> Principal:
        """Who asks in it."""
        return self.user.principal(self.centre)


def log_in(
    login: str,
    password: str,
    *,
    settings: SecuritySettings,
    store: Store,
    clock: Clock,
    passwords: Passwords,
) -> OpenSession:
    """Begin a session for a user who knows the password; always a new one, so that none can be foisted on anybody.

    Parameters
    ----------
    store
        Of no dispatch centre: the user says which one it is.

    Raises
    ------
    UnauthenticatedError
        If there is no such user, or the password is another one; does not tell which.
    ThrottledError
        If the user has to wait after too many wrong passwords.
    """
    with store.read() as transaction:
        found = transaction.records(User).across(where={"id": login.strip().lower()}, limit=1)
    centre, user = found[0] if found else (None, None)
    now = clock.now()
    if user is not None and user.paused_until is not None and user.is_paused(now):
        raise ThrottledError("too many wrong passwords", retry_after_s=_seconds(user.paused_until - now))
    is_right = passwords.is_right(password, user.password_hash if user is not None and user.is_active else None)
    if user is None or centre is None or not is_right:
        if user is not None and centre is not None:
            _note_failure(user.id, settings, store.of(centre), now)
        msg = "this is not the name and the password of a user\nMaybe correct them, or ask an administrator"
        raise UnauthenticatedError(msg)
    rehashed = passwords.hashed(password) if passwords.is_outdated(user.password_hash) else user.password_hash
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session = Session(
        id=secret_digest(token),
        created_at=now,
        changed_at=now,
        user=user.id,
        seen_at=now,
        expires_at=now + timedelta(seconds=settings.session_absolute_s),
    )
    with store.of(centre).write() as transaction:
        transaction.records(Session).add(session)
        users = transaction.records(User)
        fresh = users.get(user.id)
        fields = {"failures": 0, "paused_until": None, "last_login_at": now, "password_hash": rehashed}
        user = users.save(fresh.changed(now, **fields))
    return OpenSession(session=session, user=user, centre=centre, token=token)


def open_session(token: str, *, settings: SecuritySettings, store: Store, clock: Clock) -> OpenSession:
    """Return the session that a browser's token belongs to, and note now and then that it is in use.

    Parameters
    ----------
    store
        Of no dispatch centre.

    Raises
    ------
    UnauthenticatedError
        If there is none, it was idle for too long, has ended, or its user may not log in any more.
    """
    now = clock.now()
    with store.read() as transaction:
        found = transaction.records(Session).across(where={"id": secret_digest(token)}, limit=1)
        if not found:
            raise _no_session()
        centre, session = found[0]
        user = transaction.of(centre).records(User).find(session.user)
    is_idle = now - session.seen_at >= timedelta(seconds=settings.session_idle_s)
    if user is None or not user.is_active or is_idle or now >= session.expires_at:
        raise _no_session()
    if now - session.seen_at >= timedelta(seconds=min(SEEN_EVERY_S, settings.session_idle_s / 2)):
        with store.of(centre).write() as transaction:
            sessions = transaction.records(Session)
            fresh = sessions.find(session.id)
            if fresh is None:  # logged out meanwhile
                raise _no_session()
            session = sessions.save(fresh.changed(now, seen_at=now))
    return OpenSession(session=session, user=user, centre=centre, token=token)


def log_out(token: str, *, store: Store) -> None:
    """End a session; one that has ended already is no error."""
    with store.read() as transaction:
        found = transaction.records(Session).across(where={"id": secret_digest(token)}, limit=1)
    for centre, session in found:
        with store.of(centre).write() as transaction:
            if transaction.records(Session).find(session.id) is not None:
                transaction.records(Session).delete(session.id)


def end_sessions(login: str, *, store: Store) -> None:
    """End every session of a user of the store's dispatch centre, as after a change of the password."""
    with store.write() as transaction:
        sessions = transaction.records(Session)
        for session in sessions.all(where={"user": login}):
            sessions.delete(session.id)


def sweep_sessions(*, store: Store, clock: Clock, limit: int = 500) -> bool:
    """Remove sessions that have ended; return whether there may be more of them.

    Parameters
    ----------
    store
        Of no dispatch centre.
    """
    with store.write() as transaction:
        ended = transaction.records(Session).across(
            where={"expires_at": Below(clock.now())}, sort="expires_at", limit=limit, skip_locked=True
        )
        for centre, session in ended:
            transaction.of(centre).records(Session).delete(session.id)
    return len(ended) == limit


def _note_failure(login: str, settings: SecuritySettings, store: Store, now: datetime) -> None:
    with store.write() as transaction:
        users = transaction.records(User)
        user = users.get(login)
        failures = user.failures + 1
        paused_until = user.paused_until
        beyond = failures - settings.login_attempts
        if beyond >= 0:
            pause_s = min(settings.login_pause_s * 2 ** min(beyond, 20), settings.login_pause_longest_s)
            paused_until = now + timedelta(seconds=pause_s)
        users.save(user.changed(now, failures=failures, paused_until=paused_until))


def _no_session() -> UnauthenticatedError:
    return UnauthenticatedError("nobody is logged in here, or no longer\nMaybe log in again")


def _seconds(length: timedelta) -> int:
    return max(1, round(length.total_seconds()))
