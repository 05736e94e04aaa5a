"""Queues messages in the transaction of what causes them: both are stored, or neither is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dispatch.domain.portions import portions
from dispatch.domain.records.message import TIME_TEMPLATES, Audience, Message, Template, message_id
from dispatch.policy.message_settings import MessageSettings, earliest_sending
from dispatch.ports import Transaction


@dataclass(frozen=True, kw_only=True)
class News:
    """Something that somebody is to be told.

    Attributes
    ----------
    person
        Id of the customer or technician.
    about
        What makes it new: the same template about the same thing is told once; "" = once per order.
    moments, words
        For the placeholders of the text.
    """

    template: Template
    audience: Audience
    person: str
    order: str | None
    about: str = ""
    moments: Mapping[str, datetime] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


def queue_message(
    transaction: Transaction, news: News, *, now: datetime, zone: ZoneInfo, settings: MessageSettings
) -> Message | None:
    """Put a message into the outbox; return None if it was put there before or its template is switched off.

    A message that tells a new time takes those that still wait to tell an old one out of the outbox.
    """
    if news.template in settings.switched_off:
        return None
    messages = transaction.records(Message)
    message = message_of(news, now=now, zone=zone, settings=settings)
    if messages.find(message.id) is not None:
        return None
    if news.template in TIME_TEMPLATES and news.order is not None:
        _drop_older_times(transaction, news, now=now)
    messages.add(message)
    return message


def queue_messages(
    transaction: Transaction, news: Sequence[tuple[News, ZoneInfo]], *, now: datetime, settings: MessageSettings
) -> None:
    """Put many messages into the outbox, each as `queue_message` does; all that tell no time at once."""
    messages: dict[str, Message] = {}
    for one, zone in news:
        if len(news) == 1 or one.template in TIME_TEMPLATES:
            queue_message(transaction, one, now=now, zone=zone, settings=settings)
        elif one.template not in settings.switched_off:
            message = message_of(one, now=now, zone=zone, settings=settings)
            messages.setdefault(message.id, message)
    records = transaction.records(Message)
    for some in portions(messages):
        for there in records.all(where={"id": some}):
            del messages[there.id]
    records.add_all(tuple(messages.values()))


def message_of(news: News, *, now: datetime, zone: ZoneInfo, settings: MessageSettings) -> Message:
    """Return the message that tells some news; it is not in the outbox yet."""
    key = ":".join((news.order or news.person, news.audience, news.template, news.about))
    first_at = earliest_sending(now, news.template, settings=settings, zone=zone)
    lifetime_s = settings.expires_s.get(news.template)
    return Message(
        id=message_id(key),
        created_at=now,
        changed_at=now,
        dedupe_key=key,
        audience=news.audience,
        person=news.person,
        order=news.order,
        template=news.template,
        moments=dict(news.moments),
        words=dict(news.words),
        next_at=first_at,
        expires_at=None if lifetime_s is None else first_at + timedelta(seconds=lifetime_s),
    )


def _drop_older_times(transaction: Transaction, news: News, *, now: datetime) -> None:
    messages = transaction.records(Message)
    for older in messages.all(
        where={"order": news.order, "state": "waiting", "template": tuple(sorted(TIME_TEMPLATES))}
    ):
        if older.person == news.person:
            dropped = {"state": "dropped", "next_at": None, "failure": "a newer time took its place"}
            messages.save(older.changed(now, **dropped))
