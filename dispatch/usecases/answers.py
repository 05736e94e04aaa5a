"""Requests that may be sent twice are carried out once: their answers are kept under the keys of their senders."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.problems import shown
from dispatch.domain.records.answer import RememberedAnswer
from dispatch.domain.records.record import Below
from dispatch.errors import AlreadyThereError, KeyInUseError, KeyReusedError
from dispatch.ports import Clock, Store, Transaction
from dispatch.usecases.guarded_store import Condition

SWEPT_AT_A_TIME: Final = 1_000
"""So many old answers are removed in one transaction."""


def answer_id(*, principal: str, route: str, key: str) -> str:
    """Return the id under which the answer to a request is kept; one person's keys never meet another's."""
    return hashlib.sha256("\n".join((principal, route, key)).encode()).hexdigest()


def find_answer(wanted: str, *, body_digest: str, key: str, store: Store) -> RememberedAnswer | None:
    """Return what was answered to the same request before; None if it has not been carried out.

    Raises
    ------
    KeyReusedError
        If the key came with another body.
    KeyInUseError
        If the request was carried out but its answer is not known: another one is at work, or it was cut off.
    """
    with store.read() as transaction:
        found = transaction.records(RememberedAnswer).find(wanted)
    if found is None:
        return None
    if found.body_digest != body_digest:
        msg = f"the key {shown(key)} came with another body before\nMaybe choose a new key for a new request"
        raise KeyReusedError(msg)
    if found.status is None:
        msg = f"the request with the key {shown(key)} has been carried out or is at this moment; its answer is not kept"
        raise KeyInUseError(f"{msg}\nMaybe look up what it made, or send it again in a moment")
    return found


def carried_out_once(wanted: str, *, body_digest: str, now: datetime) -> Condition:
    """Return the condition that a request has not been carried out yet; notes in the transaction that it is now.

    Raises
    ------
    KeyInUseError
        If it has been carried out since somebody looked.
    """

    def note(transaction: Transaction) -> None:
        answer = RememberedAnswer(id=wanted, created_at=now, changed_at=now, body_digest=body_digest)
        try:
            transaction.records(RememberedAnswer).add(answer)
        except AlreadyThereError as error:
            msg = "the same request is being carried out at this moment\nMaybe send it again in a moment"
            raise KeyInUseError(msg) from error

    return note


def keep_answer(
    wanted: str, *, status: int, headers: Mapping[str, str], body: str, body_digest: str, store: Store, clock: Clock
) -> None:
    """Store the answer to a request that was carried out, unless another one to it is stored at this moment."""
    now = clock.now()
    with suppress(AlreadyThereError), store.write() as transaction:
        answers = transaction.records(RememberedAnswer)
        found = answers.find(wanted)
        if found is None:  # nothing was written while it was carried out
            answers.add(
                RememberedAnswer(
                    id=wanted,
                    created_at=now,
                    changed_at=now,
                    body_digest=body_digest,
                    status=status,
                    headers=dict(headers),
                    body=body,
                )
            )
        else:
            answers.save(found.changed(now, status=status, headers=dict(headers), body=body))


def sweep_answers(*, keep: timedelta, store: Store, clock: Clock) -> bool:
    """Remove answers older than `keep`, of all dispatch centres; return whether there may be more."""
    with store.write() as transaction:
        old = transaction.records(RememberedAnswer).across(
            where={"created_at": Below(clock.now() - keep)}, sort="created_at", limit=SWEPT_AT_A_TIME, skip_locked=True
        )
        for centre, answer in old:
            transaction.of(centre).records(RememberedAnswer).delete(answer.id)
    return len(old) == SWEPT_AT_A_TIME
