"""The outbox: queued once, quiet at night, tried again, by another channel, sent by one sender at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.records.message import Channel, Message, message_id
from dispatch.domain.records.note import Note
from dispatch.errors import AlreadyThereError, NotFoundError
from dispatch.policy.settings import load_policy
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.messages.delivery import DeliveryError, Envelope, RefusedDeliveryError
from dispatch.usecases.messages.notes import mark_read, write_note
from dispatch.usecases.messages.queue import News, queue_message
from dispatch.usecases.messages.receipts import take_receipt
from dispatch.usecases.messages.send import Addressee, Sender, send_due
from tests.fakes import FakeStore

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)  # 12:00 in Shanghai
NIGHT = datetime(2026, 3, 10, 14, tzinfo=UTC)  # 22:00
MORNING = datetime(2026, 3, 11, 0, tzinfo=UTC)  # 08:00 of the day after
START = datetime(2026, 3, 11, 1, tzinfo=UTC)  # 09:00
POLICY = load_policy()
SETTINGS = POLICY.messages


class Clock:
    def __init__(self, now: datetime) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def monotonic_s(self) -> float:
        return self.time.timestamp()


class Taker:
    """A channel that answers as the test wants and keeps what it took."""

    def __init__(self, *errors: DeliveryError, receipt: str | None = None) -> None:
        self.errors = list(errors)
        self.receipt = receipt
        self.taken: list[Envelope] = []

    def deliver(self, envelope: Envelope) -> str | None:
        if self.errors:
            raise self.errors.pop(0)
        self.taken.append(envelope)
        return self.receipt


def agreed(**changes: Any) -> News:
    values: dict[str, Any] = {
        "template": "agreed",
        "audience": "customer",
        "person": "k-1",
        "order": "o-1",
        "about": START.isoformat(),
        "moments": {"start": START},
        **changes,
    }
    return News(**values)


def queue(store: FakeStore, news: News, now: datetime = NOON, centre: str = "main") -> Message | None:
    with store.of(centre).write() as transaction:
        return queue_message(transaction, news, now=now, zone=ZONE, settings=SETTINGS)


def sender(store: FakeStore, clock: Clock, addresses: dict[Channel, str] | None = None, **channels: Taker) -> Sender:
    who = Addressee(
        addresses={"sms": "13800000000", "email": "a@example.test"} if addresses is None else addresses,
        channels=None,
        language="zh",
        zone=ZONE,
        link="https://example.test/c/x",
    )
    return Sender(
        store=store,
        clock=clock,
        policies=CentrePolicies(POLICY),
        channels=channels,  # type: ignore[arg-type]
        addressee_of=lambda *_: who,
    )


def only_message(store: FakeStore, centre: str = "main") -> Message:
    with store.of(centre).read() as transaction:
        [message] = transaction.records(Message).all()
    return message


def test_r34_the_same_news_is_queued_once() -> None:
    store = FakeStore()
    assert queue(store, agreed()) is not None
    assert queue(store, agreed()) is None
    assert only_message(store).state == "waiting"


def test_a_message_is_stored_with_its_cause_or_not_at_all() -> None:
    store = FakeStore()

    def fail_afterwards() -> None:
        with store.of("main").write() as transaction:
            queue_message(transaction, agreed(), now=NOON, zone=ZONE, settings=SETTINGS)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_afterwards()
    with store.of("main").read() as transaction:
        assert transaction.records(Message).count() == 0


def test_r34_a_message_goes_out_in_the_words_of_its_language() -> None:
    store, sms = FakeStore(), Taker(receipt="r-1")
    queue(store, agreed())
    send_due(sender(store, Clock(NOON), sms=sms))
    [envelope] = sms.taken
    assert envelope.to == "13800000000"
    assert "3月11日" in envelope.letter.text
    assert "09:00" in envelope.letter.text
    assert "https://example.test/c/x" in envelope.letter.text
    sent = only_message(store)
    assert (sent.state, sent.channel, sent.receipt, sent.next_at) == ("sent", "sms", "r-1", None)


def test_r10_nothing_goes_out_at_night_but_what_is_of_no_use_in_the_morning() -> None:
    store, sms, clock = FakeStore(), Taker(), Clock(NIGHT)
    queue(store, agreed(), now=NIGHT)
    assert only_message(store).next_at == MORNING
    queue(store, agreed(template="on_the_way", words={"technician": "Li", "badge": "7"}, moments={}), now=NIGHT)
    send_due(sender(store, clock, sms=sms))
    assert [envelope.template for envelope in sms.taken] == ["on_the_way"]
    clock.time = MORNING
    send_due(sender(store, clock, sms=sms))
    assert [envelope.template for envelope in sms.taken] == ["on_the_way", "agreed"]


def test_an_attempt_that_would_fall_into_the_night_waits_until_the_morning() -> None:
    store, clock = FakeStore(), Clock(datetime(2026, 3, 10, 12, 59, 50, tzinfo=UTC))  # 20:59:50
    queue(store, agreed(), now=clock.time)
    send_due(sender(store, clock, sms=Taker(DeliveryError("busy"))))
    clock.time += timedelta(seconds=30)
    send_due(sender(store, clock, sms=Taker()))
    assert (only_message(store).state, only_message(store).next_at) == ("waiting", MORNING)


def test_pauses_between_attempts_double() -> None:
    store, clock = FakeStore(), Clock(NOON)
    queue(store, agreed())
    pauses = []
    busy = Taker(*[DeliveryError("busy")] * 4)
    for _ in range(4):
        send_due(sender(store, clock, sms=busy))
        due = only_message(store).next_at
        assert due is not None
        pauses.append((due - clock.time).total_seconds())
        clock.time = due
    assert pauses == [30, 60, 120, 240]
    send_due(sender(store, clock, sms=busy))
    assert only_message(store).state == "sent"


def test_r34_the_next_channel_is_taken_where_one_refuses() -> None:
    store, clock, email = FakeStore(), Clock(NOON), Taker()
    queue(store, agreed())
    sms = Taker(RefusedDeliveryError("no such number"))
    send_due(sender(store, clock, sms=sms, email=email))
    send_due(sender(store, clock, sms=sms, email=email))
    assert [envelope.to for envelope in email.taken] == ["a@example.test"]
    assert only_message(store).tried == ("sms",)


def test_a_message_that_no_channel_takes_has_failed() -> None:
    store, clock = FakeStore(), Clock(NOON)
    queue(store, agreed())
    send_due(sender(store, clock, sms=Taker(RefusedDeliveryError("no such number"))))
    message = only_message(store)
    assert (message.state, message.failure, message.next_at) == ("failed", "no such number", None)


def test_a_message_to_nobody_is_dropped() -> None:
    store = FakeStore()
    queue(store, agreed())
    send_due(sender(store, Clock(NOON), addresses={}, sms=Taker()))
    assert only_message(store).state == "dropped"


def test_news_that_came_too_late_is_dropped() -> None:
    store, sms = FakeStore(), Taker()
    queue(store, agreed(template="on_the_way"))
    send_due(sender(store, Clock(NOON + timedelta(hours=1)), sms=sms))
    assert only_message(store).failure == "it is outdated"
    assert sms.taken == []


def test_a_newer_time_takes_the_place_of_one_that_still_waits() -> None:
    store, sms = FakeStore(), Taker()
    queue(store, agreed(), now=NIGHT)
    later = START + timedelta(hours=2)
    queue(store, agreed(template="changed_time", about="2", moments={"start": later}), now=NIGHT)
    send_due(sender(store, Clock(MORNING), sms=sms))
    assert [envelope.template for envelope in sms.taken] == ["changed_time"]


def test_what_one_sender_has_in_hand_no_other_takes_until_its_lease_ends() -> None:
    store, clock = FakeStore(), Clock(NOON)
    queue(store, agreed())
    second = Taker()

    class Dying(Taker):
        def deliver(self, envelope: Envelope) -> str | None:
            send_due(sender(store, clock, sms=second))  # meanwhile, in another process
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_due(sender(store, clock, sms=Dying()))
    assert second.taken == []
    clock.time += timedelta(seconds=SETTINGS.lease_s)
    send_due(sender(store, clock, sms=second))
    assert [envelope.id for envelope in second.taken] == [f"main.{only_message(store).id}"]


def test_what_a_slow_channel_left_until_its_lease_ended_is_sent_once() -> None:
    store, clock, other = FakeStore(), Clock(NOON), Taker()
    for order in ("o-1", "o-2"):
        queue(store, agreed(order=order))

    class Slow(Taker):
        def deliver(self, envelope: Envelope) -> str | None:
            clock.time += timedelta(seconds=SETTINGS.lease_s)
            return super().deliver(envelope)

    slow = Slow()
    send_due(sender(store, clock, sms=slow))
    send_due(sender(store, clock, sms=other))
    assert len({envelope.id for envelope in slow.taken + other.taken}) == 2
    assert (len(slow.taken), len(other.taken)) == (1, 1)


def test_centres_do_not_share_ids_at_the_gateway() -> None:
    store, sms = FakeStore(), Taker()
    queue(store, agreed(), centre="north")
    queue(store, agreed(), centre="south")
    send_due(sender(store, Clock(NOON), sms=sms))
    assert sorted(envelope.id.partition(".")[0] for envelope in sms.taken) == ["north", "south"]


def sent_by_sms(receipt: str | None) -> tuple[FakeStore, Clock]:
    store, clock = FakeStore(), Clock(NOON)
    queue(store, agreed())
    send_due(sender(store, clock, sms=Taker(receipt=receipt)))
    return store, clock


@pytest.mark.parametrize("receipt", ["r-1", None])
def test_a_receipt_says_that_a_message_was_delivered(receipt: str | None) -> None:
    store, clock = sent_by_sms(receipt)
    name = receipt or f"main.{only_message(store).id}"
    take_receipt(name, "delivered", channel="sms", store=store, clock=clock)
    take_receipt(name, "failed", channel="sms", store=store, clock=clock)  # too late to be true
    assert only_message(store).state == "delivered"


def test_a_message_that_was_lost_goes_on_by_the_next_channel() -> None:
    store, clock = sent_by_sms("r-1")
    take_receipt("r-1", "failed", channel="sms", store=store, clock=clock)
    email = Taker()
    send_due(sender(store, clock, sms=Taker(), email=email))
    assert len(email.taken) == 1


@pytest.mark.parametrize(("name", "channel"), [("r-2", "sms"), ("r-1", "wechat"), ("main.x", "sms")])
def test_a_receipt_of_an_unknown_message_is_refused(name: str, channel: Channel) -> None:
    store, clock = sent_by_sms("r-1")
    with pytest.raises(NotFoundError, match="took no message"):
        take_receipt(name, "delivered", channel=channel, store=store, clock=clock)


def note(store: FakeStore, text: str, **changes: Any) -> Note:
    values: dict[str, Any] = {
        "note_id": "n-1",
        "author": "technician",
        "actor": "technician:t-1",
        "customer": "k-1",
        "zone": ZONE,
        "settings": SETTINGS,
        "store": store.of("main"),
        "clock": Clock(NOON),
        **changes,
    }
    return write_note("o-1", text, **values)


def test_r35_a_note_of_the_technician_is_told_to_the_customer() -> None:
    store = FakeStore()
    note(store, "Ich komme")
    assert only_message(store).template == "note"


def test_r35_a_note_that_is_sent_twice_is_stored_once() -> None:
    store = FakeStore()
    assert note(store, "hello") == note(store, "hello")
    with pytest.raises(AlreadyThereError, match="another order"):
        note(store, "hello", actor="technician:t-2")


def test_r35_a_note_is_unread_until_the_other_side_sees_it() -> None:
    store = FakeStore()
    note(store, "hello", author="customer", actor="customer")
    for side in ("customer", "technician"):
        mark_read("o-1", by=side, store=store.of("main"), now=NOON)  # type: ignore[arg-type]
        with store.of("main").read() as transaction:
            assert transaction.records(Note).get("n-1").is_unread is (side == "customer")


def test_the_id_of_a_message_is_that_of_what_it_is_about() -> None:
    assert message_id("o-1:customer:agreed:") == message_id("o-1:customer:agreed:")
    assert message_id("o-1:customer:agreed:") != message_id("o-1:customer:done:")
