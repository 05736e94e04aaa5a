"""API keys: make, list, revoke them; find out who asks."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.problems import shown
from dispatch.domain.records.access import ROLES, Principal, Role
from dispatch.domain.records.api_key import ApiKey, KeyText, secret_digest
from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.errors import AlreadyThereError, BadInputError, Problem, UnauthenticatedError
from dispatch.ports import Clock, NewId, Store

SECRET_BYTES: Final = 32
FIRST_KEY: Final = "first"
"""Id of the administrator's key of the first start: so there is one, however many processes start together."""


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """A key that was just made, and its text, which is told this once and never again."""

    key: ApiKey
    text: KeyText


@dataclass(frozen=True, kw_only=True)
class KnownKey:
    """A key that was recognised, and the dispatch centre it belongs to."""

    key: ApiKey
    centre: str

    @property
    def principal(self) -> Principal:
        """Who asks with it."""
        return self.key.principal(self.centre)


@dataclass(frozen=True, kw_only=True)
class _Draft:
    id: str
    name: str
    role: Role
    technician: str | None = None
    expires_at: datetime | None = None


def create_key(
    *,
    name: str,
    role: Role,
    technician: str | None = None,
    expires_at: datetime | None = None,
    store: Store,
    clock: Clock,
    new_id: NewId,
) -> NewKey:
    """Make an API key for the dispatch centre of the store.

    Raises
    ------
    BadInputError
        If a technician's key names no technician, another one names one, or the key has expired already.
    """
    now = clock.now()
    check_technician(role, technician)
    if expires_at is not None and expires_at <= now:
        message = f"{expires_at.isoformat()} has passed"
        raise BadInputError([Problem(path="expires_at", message=message, remedy="name a later moment, or none")])
    # An id that tells nothing apart from itself: underscores end it inside the key's text.
    draft = _Draft(id=new_id().replace("_", "-"), name=name, role=role, technician=technician, expires_at=expires_at)
    return _added(draft, store, now)


def create_first_key(*, store: Store, clock: Clock) -> NewKey | None:
    """Make the administrator's key of a new installation; None if it was made before, by whichever process.

    Parameters
    ----------
    store
        Of no dispatch centre.
    """
    with store.read() as transaction:
        if transaction.records(ApiKey).across(where={"role": "admin"}, limit=1):
            return None
    try:
        return _added(_Draft(id=FIRST_KEY, name=FIRST_KEY, role="admin"), store.of(MAIN_CENTRE), clock.now())
    except AlreadyThereError:
        return None


def list_keys(*, store: Store) -> tuple[ApiKey, ...]:
    """Return the keys of a dispatch centre, the youngest first."""
    with store.read() as transaction:
        return transaction.records(ApiKey).all(sort="-created_at")


def revoke_key(key_id: str, *, store: Store, clock: Clock) -> ApiKey:
    """Make a key of a dispatch centre worthless; one that was revoked stays as it is.

    Raises
    ------
    NotFoundError
        If the centre has no such key.
    """
    with store.write() as transaction:
        keys = transaction.records(ApiKey)
        key = keys.get(key_id)
        now = clock.now()
        return key if key.revoked_at is not None else keys.save(key.changed(now, revoked_at=now))


def recognise_key(text: str, *, store: Store, clock: Clock) -> KnownKey:
    """Return the key with a text; says nothing about why another one is refused.

    Parameters
    ----------
    store
        Of no dispatch centre: the key says which one it belongs to.

    Raises
    ------
    UnauthenticatedError
        If there is no such key, or it has expired or was revoked.
    """
    parts = KeyText.read(text)
    if parts is not None:
        with store.read() as transaction:
            candidates = transaction.records(ApiKey).across(where={"id": parts.key})
        for centre, key in candidates:
            if key.is_of(parts.secret) and key.is_valid(clock.now()):
                return KnownKey(key=key, centre=centre)
    msg = "this API key is unknown, has expired or was revoked\nMaybe have an administrator make a new one"
    raise UnauthenticatedError(msg)


def note_use(known: KnownKey, *, every_s: float, store: Store, clock: Clock) -> KnownKey:
    """Write down that a key was used, unless that was done less than `every_s` seconds ago; return it as it is then."""
    now, last = clock.now(), known.key.last_used_at
    if last is not None and now - last < timedelta(seconds=every_s):
        return known
    with store.of(known.centre).write() as transaction:
        keys = transaction.records(ApiKey)
        key = keys.find(known.key.id)
        if key is None:
            return known
        # Not `changed`: being used is no change of the key that somebody else could have missed.
        return KnownKey(key=keys.save(key.model_copy(update={"last_used_at": now})), centre=known.centre)


def check_technician(role: Role, technician: str | None) -> None:
    """Raise `BadInputError` unless exactly the role of a technician names one."""
    if (role == "technician") != (technician is not None):
        message = "is missing" if technician is None else f"{technician!r} does not fit the role {role}"
        remedy = "name whose it is" if technician is None else "leave it out, or choose the role technician"
        raise BadInputError([Problem(path="technician", message=message, remedy=remedy)])


def read_role(text: str) -> Role:
    """Return a role by its name; raises `BadInputError` if there is none."""
    for role in ROLES:
        if role == text:
            return role
    remedy = f"write one of {', '.join(ROLES)}"
    raise BadInputError([Problem(path="role", message=f"{shown(text)} is no role", remedy=remedy)])


def _added(draft: _Draft, store: Store, now: datetime) -> NewKey:
    text = KeyText(draft.id, secrets.token_urlsafe(SECRET_BYTES))
    key = ApiKey(
        id=draft.id,
        created_at=now,
        changed_at=now,
        name=draft.name,
        role=draft.role,
        technician=draft.technician,
        digest=secret_digest(text.secret),
        expires_at=draft.expires_at,
    )
    with store.write() as transaction:
        transaction.records(ApiKey).add(key)
    return NewKey(key=key, text=text)
