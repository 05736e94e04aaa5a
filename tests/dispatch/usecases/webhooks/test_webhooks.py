"""Webhooks over stores in memory, with a sender that answers as it is told."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from dispatch.domain.records.webhook import DeliveryAttempt, Webhook, WebhookDelivery, WebhookEvent
from dispatch.domain.webhook_signature import DELIVERY_HEADER, SIGNATURE_HEADER, is_genuine
from dispatch.errors import NotFoundError, TransitionError
from dispatch.policy.webhook_retries import RetryRules
from dispatch.usecases.plans import publish_plan
from dispatch.usecases.runs import cancel_run
from dispatch.usecases.webhooks.deliver import Postman, deliver_due, sweep_deliveries
from dispatch.usecases.webhooks.keep import (
    change_webhook,
    deliver_again,
    get_webhook,
    make_webhook,
    remove_webhook,
    rotate_secret,
    try_webhook,
)
from dispatch.usecases.webhooks.tell import Event, tell
from tests.dispatch.usecases.world import World
from tests.fakes import FakeClock

RULES = RetryRules(first_pause_s=10, longest_pause_s=60, give_up_after_h=1, disable_after_days=1, secret_overlap_h=24)


@dataclass
class FakeSender:
    clock: FakeClock
    answers: list[int] = field(default_factory=list)
    calls: list[tuple[str, dict[str, str], str]] = field(default_factory=list)

    def send(self, url: str, *, headers: dict[str, str], body: str) -> DeliveryAttempt:
        self.calls.append((url, headers, body))
        status = self.answers.pop(0) if self.answers else 200
        error = None if status == 200 else f"the answer was {status}"
        return DeliveryAttempt(at=self.clock.now(), status=status, error=error, duration_ms=1)


class Hooks:
    """A world with one webhook."""

    def __init__(self, *events: WebhookEvent) -> None:
        self.world = World()
        self.store = self.world.store.of("main")
        self.clock = self.world.clock
        self.sender = FakeSender(self.clock)
        self.secrets = (f"secret-{number}" for number in itertools.count(1))
        self.id = self.make(*(events or ("run.finished",)))

    def make(self, *events: WebhookEvent) -> str:
        made = make_webhook(
            url="https://example.org/hook",
            events=events,
            description="",
            store=self.store,
            clock=self.clock,
            new_id=self.world.new_id,
            new_secret=lambda: next(self.secrets),
            check_url=lambda _: None,
        )
        return made.webhook.id

    def happen(self, event_id: str = "e-1", kind: WebhookEvent = "run.finished") -> None:
        with self.store.write() as transaction:
            event = Event(id=event_id, kind=kind, data={"run_id": "r-1"})
            tell([event], transaction=transaction, now=self.clock.now())

    def postman(self) -> Postman:
        return Postman(
            store=self.world.store, clock=self.clock, sender=self.sender, rules=RULES, lease_s=60, draw=lambda: 1.0
        )

    def deliver(self, *answers: int) -> None:
        self.sender.answers[:] = answers
        self.clock.go_on(0.001)  # what is due now is due
        deliver_due(self.postman())

    @property
    def deliveries(self) -> list[WebhookDelivery]:
        with self.store.read() as transaction:
            return list(transaction.records(WebhookDelivery).all(sort="created_at"))

    @property
    def webhook(self) -> Webhook:
        return get_webhook(self.id, store=self.store)


def test_an_event_is_sent_signed_to_those_who_want_it() -> None:
    hooks = Hooks("run.finished")
    hooks.make("plan.published")
    hooks.happen()
    hooks.deliver()
    ((url, headers, body),) = hooks.sender.calls
    assert url == "https://example.org/hook"
    assert headers[DELIVERY_HEADER] == f"e-1.{hooks.id}"
    assert is_genuine(headers[SIGNATURE_HEADER], body, secret="secret-1", now=hooks.clock.now(), tolerance_s=5)
    assert json.loads(body)["data"] == {"run_id": "r-1"}
    assert [delivery.state for delivery in hooks.deliveries] == ["delivered"]
    hooks.deliver()
    assert len(hooks.sender.calls) == 1


def test_an_event_that_was_not_caused_after_all_is_not_told() -> None:
    hooks = Hooks()
    with pytest.raises(NotFoundError), hooks.store.write() as transaction:  # noqa: PT012 - the order is the point
        tell([Event(id="e-1", kind="run.finished", data={})], transaction=transaction, now=hooks.clock.now())
        transaction.runs.get("none")
    assert hooks.deliveries == []


def test_pauses_double_and_an_event_is_given_up_in_the_end() -> None:
    hooks = Hooks()
    hooks.happen()
    begun = hooks.clock.now()
    due_s = []
    while hooks.deliveries[0].state == "waiting":
        next_at = hooks.deliveries[0].next_at
        assert next_at is not None
        due_s.append(round((next_at - begun).total_seconds()))
        hooks.clock.moment = next_at
        hooks.deliver(503)
    # 0, then pauses of 10, 20, 40 and 60 s for ever: given up when the next would come after an hour.
    assert due_s[:6] == [0, 10, 30, 70, 130, 190]
    assert due_s[-1] <= 3600 < due_s[-1] + 61
    assert hooks.deliveries[0].state == "given_up"
    assert {attempt.error for attempt in hooks.deliveries[0].log} == {"the answer was 503"}


def test_a_webhook_that_fails_for_too_long_is_disabled_and_one_success_is_enough_not_to_be() -> None:
    hooks = Hooks()
    for number in range(3):
        hooks.happen(f"e-{number}")
        hooks.deliver(500 if number != 1 else 200)
        hooks.clock.go_on(86_400 / 2)
    assert hooks.webhook.is_enabled
    hooks.happen("e-last")
    hooks.clock.go_on(86_400)
    hooks.deliver(500, 500)
    webhook = hooks.webhook
    assert (webhook.is_enabled, "no call succeeded since" in (webhook.disabled_reason or "")) == (False, True)
    hooks.happen("e-after")
    assert "e-after" not in {delivery.id.partition(".")[0] for delivery in hooks.deliveries}
    enabled = change_webhook(hooks.id, is_enabled=True, store=hooks.store, clock=hooks.clock, check_url=lambda _: None)
    assert (enabled.is_enabled, enabled.failing_since, enabled.disabled_reason) == (True, None, None)


def test_an_address_that_is_gone_is_disabled_at_once() -> None:
    hooks = Hooks()
    hooks.happen()
    hooks.deliver(410)
    assert hooks.webhook.disabled_reason == "the address said 410 Gone"


def test_two_processes_never_send_the_same_event_while_the_first_is_at_it() -> None:
    hooks = Hooks()
    hooks.happen()
    sent = []

    class Slow(FakeSender):
        def send(self, url: str, *, headers: dict[str, str], body: str) -> DeliveryAttempt:
            sent.append(headers[DELIVERY_HEADER])
            hooks.clock.go_on(1)
            deliver_due(hooks.postman())  # another process looks meanwhile
            return super().send(url, headers=headers, body=body)

    hooks.sender = Slow(hooks.clock)
    hooks.deliver()
    assert len(sent) == 1


def test_a_delivery_of_a_process_that_died_is_repeated_with_the_same_id_after_its_lease() -> None:
    hooks = Hooks()
    hooks.happen()

    class Dying(FakeSender):
        def send(self, url: str, *, headers: dict[str, str], body: str) -> DeliveryAttempt:
            raise KeyboardInterrupt

    alive = hooks.sender
    hooks.sender = Dying(hooks.clock)
    with pytest.raises(KeyboardInterrupt):
        hooks.deliver()
    hooks.sender = alive
    hooks.deliver()
    assert alive.calls == []
    hooks.clock.go_on(60)
    hooks.deliver()
    assert [headers[DELIVERY_HEADER] for _, headers, _ in alive.calls] == [f"e-1.{hooks.id}"]
    assert (hooks.deliveries[0].begun, len(hooks.deliveries[0].log)) == (2, 1)


def test_after_a_rotation_both_secrets_sign_for_a_while() -> None:
    hooks = Hooks()
    rotated = rotate_secret(
        hooks.id, rules=RULES, store=hooks.store, clock=hooks.clock, new_secret=lambda: "secret-new"
    )
    assert rotated.secret == "secret-new"
    signed_by = []
    for number in range(2):
        hooks.happen(f"e-{number}")
        hooks.deliver()
        _, headers, body = hooks.sender.calls[-1]
        signed_by.append(
            [
                secret
                for secret in ("secret-1", "secret-new")
                if is_genuine(headers[SIGNATURE_HEADER], body, secret=secret, now=hooks.clock.now(), tolerance_s=5)
            ]
        )
        hooks.clock.go_on(24 * 3600)
    assert signed_by == [["secret-1", "secret-new"], ["secret-new"]]


def test_secrets_are_not_shown_in_logs() -> None:
    hooks = Hooks()
    assert "secret-1" not in repr(hooks.webhook)


def test_a_webhook_can_be_tried_whatever_it_is_told_of_unless_it_is_disabled() -> None:
    hooks = Hooks("plan.published")
    try_webhook(hooks.id, actor="user:a", store=hooks.store, clock=hooks.clock, new_id=hooks.world.new_id)
    hooks.deliver()
    assert json.loads(hooks.sender.calls[0][2])["event"] == "webhook.test"
    change_webhook(hooks.id, is_enabled=False, store=hooks.store, clock=hooks.clock, check_url=lambda _: None)
    with pytest.raises(TransitionError, match="is disabled: nothing is sent to it"):
        try_webhook(hooks.id, actor="user:a", store=hooks.store, clock=hooks.clock, new_id=hooks.world.new_id)


def test_what_was_given_up_can_be_sent_again() -> None:
    hooks = Hooks()
    hooks.happen()
    with pytest.raises(TransitionError, match="is waiting already"):
        deliver_again(hooks.deliveries[0].id, webhook_id=hooks.id, store=hooks.store, clock=hooks.clock)
    hooks.clock.go_on(7200)
    hooks.deliver(500)
    assert hooks.deliveries[0].state == "given_up"
    deliver_again(hooks.deliveries[0].id, webhook_id=hooks.id, store=hooks.store, clock=hooks.clock)
    hooks.deliver()
    assert hooks.deliveries[0].state == "delivered"


def test_what_waits_for_a_removed_webhook_is_given_up() -> None:
    hooks = Hooks()
    hooks.happen()
    remove_webhook(hooks.id, store=hooks.store)
    hooks.deliver()
    assert (hooks.sender.calls, hooks.deliveries[0].state) == ([], "given_up")


def test_old_deliveries_go_and_what_waits_stays() -> None:
    hooks = Hooks()
    hooks.happen("e-1")
    hooks.deliver()
    hooks.happen("e-2")
    hooks.clock.go_on(86_400)
    sweep_deliveries(keep=timedelta(hours=1), store=hooks.world.store, clock=hooks.clock)
    assert {delivery.state for delivery in hooks.deliveries} == {"waiting"}


def test_runs_and_published_plans_are_told() -> None:
    hooks = Hooks("run.finished", "plan.published")
    plan_id = hooks.world.draft()
    for _ in range(2):  # the second time there is nothing new
        publish_plan(
            plan_id,
            replaces=None,
            store=hooks.store,
            checker=hooks.world.checker,
            clock=hooks.clock,
            new_id=hooks.world.new_id,
        )
    cancelled = hooks.world.start()
    cancel_run(cancelled.id, store=hooks.store, clock=hooks.clock, new_id=hooks.world.new_id)
    told = [json.loads(delivery.body) for delivery in hooks.deliveries]
    assert sorted((event["event"], event["data"].get("state")) for event in told) == [
        ("plan.published", None),
        ("run.finished", "cancelled"),
        ("run.finished", "done"),
    ]
