"""Make, change, try and remove webhooks; look at what they were told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from dispatch.domain.records.webhook import Webhook, WebhookDelivery, WebhookEvent
from dispatch.errors import NotFoundError, TransitionError
from dispatch.policy.webhook_retries import RetryRules
from dispatch.ports import Clock, NewId, Store
from dispatch.usecases.webhooks.tell import Event, delivery_of

NewSecret = Callable[[], str]
"""Returns a secret that nobody can guess."""


@dataclass(frozen=True, kw_only=True)
class NewWebhook:
    """A webhook with its secret, which is shown this once."""

    webhook: Webhook
    secret: str


def make_webhook(
    *,
    url: str,
    events: Sequence[WebhookEvent],
    description: str,
    store: Store,
    clock: Clock,
    new_id: NewId,
    new_secret: NewSecret,
    check_url: Callable[[str], object],
) -> NewWebhook:
    """Store a webhook; its secret is returned and never shown again.

    Raises
    ------
    BadInputError
        If the service may not call the URL.
    """
    check_url(url)
    now, secret = clock.now(), new_secret()
    webhook = Webhook(
        id=new_id(),
        created_at=now,
        changed_at=now,
        url=url,
        events=tuple(dict.fromkeys(events)),
        description=description,
        secret=secret,
    )
    with store.write() as transaction:
        transaction.records(Webhook).add(webhook)
    return NewWebhook(webhook=webhook, secret=secret)


def change_webhook(
    webhook_id: str,
    *,
    url: str | None = None,
    events: Sequence[WebhookEvent] | None = None,
    description: str | None = None,
    is_enabled: bool | None = None,
    store: Store,
    clock: Clock,
    check_url: Callable[[str], object],
) -> Webhook:
    """Change what is given; one that was disabled begins anew when it is enabled.

    Raises
    ------
    NotFoundError
        If there is no such webhook.
    BadInputError
        If the service may not call the URL.
    """
    if url is not None:
        check_url(url)
    given: dict[str, object] = {
        "url": url,
        "events": None if events is None else tuple(dict.fromkeys(events)),
        "description": description,
        "is_enabled": is_enabled,
    }
    changes = {name: value for name, value in given.items() if value is not None}
    if is_enabled is not None:
        changes |= {"failing_since": None, "disabled_reason": None}
    with store.write() as transaction:
        webhook = transaction.records(Webhook).get(webhook_id)
        return transaction.records(Webhook).save(webhook.changed(clock.now(), **changes))


def rotate_secret(
    webhook_id: str, *, rules: RetryRules, store: Store, clock: Clock, new_secret: NewSecret
) -> NewWebhook:
    """Give a webhook a new secret; the one before signs beside it for a while, so that no call is refused meanwhile.

    Raises
    ------
    NotFoundError
        If there is no such webhook.
    """
    now, secret = clock.now(), new_secret()
    until = now + timedelta(hours=rules.secret_overlap_h)
    with store.write() as transaction:
        webhook = transaction.records(Webhook).get(webhook_id)
        rotated = webhook.changed(now, secret=secret, older_secret=webhook.secret, older_secret_until=until)
        return NewWebhook(webhook=transaction.records(Webhook).save(rotated), secret=secret)


def try_webhook(webhook_id: str, *, actor: str, store: Store, clock: Clock, new_id: NewId) -> WebhookDelivery:
    """Send a webhook an event that says that it was tried, whatever else it is told of; its log says how that went.

    Raises
    ------
    NotFoundError
        If there is no such webhook.
    TransitionError
        If it is disabled.
    """
    now = clock.now()
    with store.write() as transaction:
        webhook = transaction.records(Webhook).get(webhook_id)
        if not webhook.is_enabled:
            msg = f"webhook {webhook_id!r} is disabled: nothing is sent to it\nMaybe enable it first"
            raise TransitionError(msg)
        event = Event(id=f"test-{new_id()}", kind="webhook.test", data={"webhook_id": webhook_id, "actor": actor})
        delivery = delivery_of(event, webhook, now=now)
        transaction.records(WebhookDelivery).add(delivery)
    return delivery


def deliver_again(delivery_id: str, *, webhook_id: str, store: Store, clock: Clock) -> WebhookDelivery:
    """Send what was given up, or even delivered, once more.

    Raises
    ------
    NotFoundError
        If there is no such webhook or delivery of it.
    TransitionError
        If it is still waiting.
    """
    now = clock.now()
    with store.write() as transaction:
        transaction.records(Webhook).get(webhook_id)
        delivery = transaction.records(WebhookDelivery).get(delivery_id)
        if delivery.webhook != webhook_id:
            raise NotFoundError(f"there is no delivery {delivery_id!r} of webhook {webhook_id!r}")
        if delivery.state == "waiting":
            raise TransitionError(f"delivery {delivery_id!r} is waiting already: it will be sent by itself")
        again = delivery.changed(now, state="waiting", next_at=now)
        return transaction.records(WebhookDelivery).save(again)


def remove_webhook(webhook_id: str, *, store: Store) -> None:
    """Remove a webhook; what still waits for it is never sent. Raises `NotFoundError` if there is none."""
    with store.write() as transaction:
        transaction.records(Webhook).delete(webhook_id)


def get_webhook(webhook_id: str, *, store: Store) -> Webhook:
    """Return a webhook; raises `NotFoundError` if there is none."""
    with store.read() as transaction:
        return transaction.records(Webhook).get(webhook_id)
