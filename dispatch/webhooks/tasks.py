"""What the service does about webhooks by itself."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial
from typing import Final

from dispatch.background import Task
from dispatch.outgoing import OutgoingRules
from dispatch.policy.webhook_retries import RetryRules
from dispatch.ports import Clock, Store
from dispatch.settings import Settings
from dispatch.usecases.webhooks.deliver import Postman, deliver_due, sweep_deliveries
from dispatch.webhooks.sender import HttpSender

LOOK_EVERY_S: Final = 1.0
SWEEP_EVERY_S: Final = 3600.0
LEASE_MARGIN_S: Final = 5.0


def retry_rules(settings: Settings) -> RetryRules:
    """Return how patient the settings are."""
    return RetryRules(
        first_pause_s=settings.webhook_first_pause_s,
        longest_pause_s=settings.webhook_longest_pause_s,
        give_up_after_h=settings.webhook_give_up_after_h,
        disable_after_days=settings.webhook_disable_after_days,
        secret_overlap_h=settings.webhook_secret_overlap_h,
    )


def webhook_tasks(*, store: Store, clock: Clock, settings: Settings) -> list[Task]:
    """Return the tasks that deliver what waits and remove what is old."""
    postman = Postman(
        store=store,
        clock=clock,
        sender=HttpSender(OutgoingRules.of(settings), timeout_s=settings.webhook_timeout_s, clock=clock),
        rules=retry_rules(settings),
        # Connecting and reading may each take the time of a call.
        lease_s=3 * settings.webhook_timeout_s + LEASE_MARGIN_S,
        draw=random.SystemRandom().random,
    )
    sweep = partial(sweep_deliveries, keep=timedelta(days=settings.webhook_log_days), store=store, clock=clock)
    return [
        Task(name="webhooks", every_s=LOOK_EVERY_S, run=partial(deliver_due, postman)),
        Task(name="old deliveries", every_s=SWEEP_EVERY_S, run=sweep),
    ]
