"""Deliver what waits in the outbox: claim some, call without a transaction, write down what came of it.

Any number of processes may do this at once. A claim is a lease: `next_at` moves to its end, so nobody else takes the
delivery meanwhile, and if the process dies it is due again by then. A call whose answer was lost is therefore repeated,
with the same delivery id.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from dispatch.domain.records.record import Below
from dispatch.domain.records.webhook import DeliveryAttempt, Webhook, WebhookDelivery
from dispatch.domain.webhook_signature import DELIVERY_HEADER, EVENT_HEADER, SIGNATURE_HEADER, signature
from dispatch.policy.webhook_retries import RetryRules, is_given_up, is_to_be_disabled, pause_s
from dispatch.ports import Clock, Store, Transaction

AT_A_TIME: Final = 20
"""So many deliveries are claimed in one transaction."""
SWEPT_AT_A_TIME: Final = 1_000


class Sender(Protocol):
    """Makes one HTTP call."""

    def send(self, url: str, *, headers: dict[str, str], body: str) -> DeliveryAttempt:
        """Call a URL by POST and return what came of it, whatever that is."""
        ...


@dataclass(frozen=True, kw_only=True)
class Postman:
    """What delivering needs.

    Attributes
    ----------
    lease_s
        Longer than a round of calls can take.
    draw
        Returns a number in [0, 1); spreads the attempts.
    """

    store: Store
    clock: Clock
    sender: Sender
    rules: RetryRules
    lease_s: float
    draw: Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class _Claim:
    centre: str
    webhook: Webhook
    delivery: WebhookDelivery


def deliver_due(postman: Postman) -> bool:
    """Make the calls that are due; return whether there may be more."""
    claims, found = _claim(postman)
    if claims:
        # Side by side: an address that does not answer must not hold up the others.
        with ThreadPoolExecutor(max_workers=len(claims), thread_name_prefix="webhook") as threads:
            for claim, attempt in zip(claims, threads.map(partial(_call, postman=postman), claims), strict=True):
                _record(claim, attempt, postman)
    return found == AT_A_TIME


def _claim(postman: Postman) -> tuple[list[_Claim], int]:
    """Lease deliveries that are due; those whose webhook is gone or disabled are given up."""
    now = postman.clock.now()
    with postman.store.read() as transaction:  # mostly there is nothing to do: look without locking anybody out
        if not transaction.records(WebhookDelivery).across(where={"next_at": Below(now)}, limit=1):
            return [], 0
    claims = []
    with postman.store.write() as transaction:
        due = transaction.records(WebhookDelivery).across(
            where={"next_at": Below(now)}, sort="next_at", limit=AT_A_TIME, skip_locked=True
        )
        for centre, delivery in due:
            scoped = transaction.of(centre)
            webhook = scoped.records(Webhook).find(delivery.webhook)
            if webhook is None or not webhook.is_enabled:
                given_up = delivery.changed(now, state="given_up", next_at=None)
                scoped.records(WebhookDelivery).save(given_up)
                continue
            leased = delivery.changed(now, next_at=now + timedelta(seconds=postman.lease_s), begun=delivery.begun + 1)
            claims.append(_Claim(centre=centre, webhook=webhook, delivery=scoped.records(WebhookDelivery).save(leased)))
    return claims, len(due)


def _call(claim: _Claim, postman: Postman) -> DeliveryAttempt:
    now, webhook, delivery = postman.clock.now(), claim.webhook, claim.delivery
    secrets = [webhook.secret]
    if webhook.older_secret and webhook.older_secret_until and now < webhook.older_secret_until:
        secrets.append(webhook.older_secret)
    headers = {
        "Content-Type": "application/json",
        EVENT_HEADER: delivery.event,
        DELIVERY_HEADER: delivery.id,
        SIGNATURE_HEADER: signature(delivery.body, at=now, secrets=secrets),
    }
    return postman.sender.send(webhook.url, headers=headers, body=delivery.body)


def _record(claim: _Claim, attempt: DeliveryAttempt, postman: Postman) -> None:
    """Write down what came of a call, unless the lease ran out and somebody else has claimed the delivery since."""
    now = postman.clock.now()
    with postman.store.of(claim.centre).write() as transaction:
        delivery = transaction.records(WebhookDelivery).find(claim.delivery.id)
        if delivery is None or delivery.version != claim.delivery.version:
            return
        log = (*delivery.log, attempt)
        if attempt.error is None:
            after = delivery.changed(now, state="delivered", next_at=None, log=log)
        else:
            next_at = now + timedelta(seconds=pause_s(len(log), rules=postman.rules, draw=postman.draw()))
            is_over = is_given_up(delivery.created_at, next_at=next_at, rules=postman.rules)
            after = delivery.changed(
                now, state="given_up" if is_over else "waiting", next_at=None if is_over else next_at, log=log
            )
        transaction.records(WebhookDelivery).save(after)
        _note_health(claim.webhook.id, attempt, transaction=transaction, now=now, rules=postman.rules)


def _note_health(
    webhook_id: str, attempt: DeliveryAttempt, *, transaction: Transaction, now: datetime, rules: RetryRules
) -> None:
    """Note on a webhook that it fails or no longer does; disable it if it has failed for too long, or is gone."""
    webhook = transaction.records(Webhook).find(webhook_id)
    if webhook is None:
        return
    if attempt.error is None:
        if webhook.failing_since is not None:
            transaction.records(Webhook).save(webhook.changed(now, failing_since=None))
        return
    since = webhook.failing_since or now
    changes: dict[str, object] = {"failing_since": since}
    if attempt.status == 410:
        changes |= {"is_enabled": False, "disabled_reason": "the address said 410 Gone"}
    elif is_to_be_disabled(since, now=now, rules=rules):
        reason = f"no call succeeded since {since.isoformat(timespec='seconds')}; the last one: {attempt.error}"
        changes |= {"is_enabled": False, "disabled_reason": reason}
    elif webhook.failing_since is not None:
        return
    transaction.records(Webhook).save(webhook.changed(now, **changes))


def sweep_deliveries(*, keep: timedelta, store: Store, clock: Clock) -> bool:
    """Remove deliveries that ended longer ago than `keep`, of all centres; return whether there may be more."""
    with store.write() as transaction:
        old = transaction.records(WebhookDelivery).across(
            where={"changed_at": Below(clock.now() - keep), "next_at": None},
            sort="changed_at",
            limit=SWEPT_AT_A_TIME,
            skip_locked=True,
        )
        for centre, delivery in old:
            transaction.of(centre).records(WebhookDelivery).delete(delivery.id)
    return len(old) == SWEPT_AT_A_TIME
