"""Users: who may log in to the pages."""

from __future__ import annotations

import re
from typing import Final

from dispatch.domain.problems import shown
from dispatch.domain.records.access import Role
from dispatch.domain.records.user import User
from dispatch.errors import AlreadyThereError, BadInputError, Problem
from dispatch.ports import Clock, Store
from dispatch.usecases.access.keys import check_technician
from dispatch.usecases.access.passwords import Passwords
from dispatch.usecases.access.sessions import end_sessions

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 1_000
"""Characters; a longer one would only cost time to hash."""
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{0,99}")


def create_user(
    login: str,
    password: str,
    *,
    name: str,
    role: Role,
    technician: str | None = None,
    store: Store,
    everywhere: Store,
    clock: Clock,
    passwords: Passwords,
) -> User:
    """Make a user of a dispatch centre.

    Parameters
    ----------
    store
        Of the dispatch centre.
    everywhere
        The store of no dispatch centre: a login name belongs to one user of the whole installation.

    Raises
    ------
    AlreadyThereError
        If the login name is taken.
    BadInputError
        If the name or the password cannot be used, or exactly one of technician and role of a technician is given.
    """
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        remedy = "use letters a to z, digits, dots, hyphens, underscores and @"
        raise BadInputError([Problem(path="login", message=f"{shown(login)} is no login name", remedy=remedy)])
    check_technician(role, technician)
    check_password(password, login=login)
    with everywhere.read() as transaction:
        is_taken = bool(transaction.records(User).across(where={"id": login}, limit=1))
    if is_taken:
        msg = f"there is a user {login!r} already\nMaybe choose another login name"
        raise AlreadyThereError(msg)
    now = clock.now()
    user = User(
        id=login,
        created_at=now,
        changed_at=now,
        name=name,
        role=role,
        technician=technician,
        password_hash=passwords.hashed(password),
    )
    with store.write() as transaction:
        transaction.records(User).add(user)
    return user


def list_users(*, store: Store) -> tuple[User, ...]:
    """Return the users of a dispatch centre by login name."""
    with store.read() as transaction:
        return transaction.records(User).all()


def set_password(login: str, password: str, *, store: Store, clock: Clock, passwords: Passwords) -> User:
    """Give a user another password; whoever is logged in with the old one is not any more.

    Raises
    ------
    NotFoundError
        If the dispatch centre has no such user.
    BadInputError
        If the password cannot be used.
    """
    check_password(password, login=login)
    hashed = passwords.hashed(password)
    with store.write() as transaction:
        users = transaction.records(User)
        user = users.get(login)
        fields = {"password_hash": hashed, "failures": 0, "paused_until": None}
        saved = users.save(user.changed(clock.now(), **fields))
    end_sessions(login, store=store)
    return saved


def deactivate_user(login: str, *, store: Store, clock: Clock) -> User:
    """Let a user not log in any more, and end the sessions there are.

    Raises
    ------
    NotFoundError
        If the dispatch centre has no such user.
    """
    with store.write() as transaction:
        users = transaction.records(User)
        saved = users.save(users.get(login).changed(clock.now(), is_active=False))
    end_sessions(login, store=store)
    return saved


def check_password(password: str, *, login: str) -> None:
    """Raise `BadInputError` unless a password is long enough and is no variant of the login name.

    No rules about kinds of characters: they make people choose what is guessed easily (NIST SP 800-63B, 3.1.1.2).
    """
    message = ""
    if len(password) < SHORTEST_PASSWORD:
        message = f"has {len(password)} characters, fewer than {SHORTEST_PASSWORD}"
    elif len(password) > LONGEST_PASSWORD:
        message = f"has {len(password)} characters, more than {LONGEST_PASSWORD}"
    elif len(set(password)) < 5 or password.lower().strip("0123456789") == login:
        message = "is guessed easily"
    if message:
        problem = Problem(path="password", message=message, remedy="choose a sentence that only you know")
        raise BadInputError([problem])
