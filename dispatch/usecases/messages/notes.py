"""Notes on an order, between the customer and the operator's people (R35)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from dispatch.domain.problems import problems_of
from dispatch.domain.records.note import Author, Note
from dispatch.errors import AlreadyThereError, BadInputError
from dispatch.policy.message_settings import MessageSettings
from dispatch.ports import Clock, Store, Transaction
from dispatch.usecases.messages.queue import News, queue_message


def write_note(
    order: str,
    text: str,
    *,
    note_id: str,
    author: Author,
    actor: str,
    customer: str | None,
    zone: ZoneInfo,
    settings: MessageSettings,
    store: Store,
    clock: Clock,
) -> Note:
    """Store a note on an order; the customer is told of one by the operator's people.

    Parameters
    ----------
    note_id
        Chosen by whoever sends it, so that a second sending does no harm.
    customer
        Who is told; None = nobody is known.
    store
        Of the order's dispatch centre.

    Raises
    ------
    BadInputError
        If the note is empty or too long.
    AlreadyThereError
        If another note has this id.
    """
    now = clock.now()
    fields = {"id": note_id, "order": order, "author": author, "actor": actor, "text": text}
    try:
        note = Note.model_validate({**fields, "created_at": now, "changed_at": now})
    except ValidationError as error:
        raise BadInputError(problems_of(error, fields, model=Note)) from None
    with store.write() as transaction:
        earlier = transaction.records(Note).find(note_id)
        if earlier is not None:
            if (earlier.order, earlier.actor) == (order, actor):
                return earlier
            msg = f"note {note_id!r} exists already on another order\nMaybe send a new id with each note"
            raise AlreadyThereError(msg)
        transaction.records(Note).add(note)
        if author != "customer" and customer is not None:
            news = News(template="note", audience="customer", person=customer, order=order, about=note_id)
            queue_message(transaction, news, now=now, zone=zone, settings=settings)
    return note


def notes_of(transaction: Transaction, order: str) -> tuple[Note, ...]:
    """Return the notes on an order, the oldest first."""
    return transaction.records(Note).all(where={"order": order}, sort="created_at")


def mark_read(order: str, *, by: Author, store: Store, now: datetime) -> None:
    """Note that one side has seen what the other side wrote on an order."""
    with store.read() as transaction:
        is_news = any(_is_news(note, by) for note in notes_of(transaction, order))
    if not is_news:
        return
    with store.write() as transaction:
        notes = transaction.records(Note)
        for seen in notes_of(transaction, order):
            note = notes.get(seen.id)  # locks it: somebody else may open the same page at this moment
            if _is_news(note, by):
                notes.save(note.changed(now, read_at=now))


def _is_news(note: Note, by: Author) -> bool:
    """Whether somebody of this side has not seen what the other side wrote."""
    return note.is_unread and (note.author == "customer") != (by == "customer")
