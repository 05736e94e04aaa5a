"""Mails to a real mail server on a loopback port."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from pydantic import ValidationError

from dispatch.channel_settings import SmtpSettings
from dispatch.messaging.smtp import SmtpChannel
from dispatch.usecases.messages.delivery import DeliveryError, Envelope, RefusedDeliveryError
from dispatch.usecases.messages.wording import Letter

LETTER = Letter(subject="您的预约", text="师傅将于3月10日 09:00上门。", values={})


@dataclass
class Mailbox:
    port: int = 0
    answers: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - the name that the server looks for
        if self.answers:
            return self.answers.pop(0)
        self.mails.append(envelope.content)
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=0)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        box.port = controller.port = probe.getsockname()[1]
    controller.start()
    yield box
    controller.stop()


def send(port: int, *, to: str = "wang@example.test") -> None:
    settings = SmtpSettings(host="127.0.0.1", port=port, security="none", sender="Service <service@example.test>")
    SmtpChannel(settings).deliver(Envelope(id="m-1", to=to, template="agreed", language="zh", letter=LETTER))


def test_a_mail_arrives_with_its_words_and_an_id_of_its_own(mailbox: Mailbox) -> None:
    send(mailbox.port)
    mail = message_from_bytes(mailbox.mails[0], policy=policy.default)
    assert (mail["To"], mail["Subject"], mail["Message-ID"]) == ("wang@example.test", "您的预约", "<m-1@example.test>")
    assert mail.get_content().strip() == "师傅将于3月10日 09:00上门。"


@pytest.mark.parametrize(("answer", "is_final"), [("550 no such mailbox", True), ("451 later", False)])
def test_some_refusals_are_final_and_others_are_not(mailbox: Mailbox, answer: str, is_final: bool) -> None:
    mailbox.answers = [answer]
    with pytest.raises(DeliveryError, match=answer[:3]) as caught:
        send(mailbox.port)
    assert isinstance(caught.value, RefusedDeliveryError) is is_final


def test_an_address_that_would_add_a_header_is_refused(mailbox: Mailbox) -> None:
    with pytest.raises(RefusedDeliveryError, match="cannot stand in a mail"):
        send(mailbox.port, to="a@example.test\nBcc: b@example.test")


def test_a_mail_server_that_is_away_may_be_tried_again(mailbox: Mailbox) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        with pytest.raises(DeliveryError, match="cannot be used"):
            send(probe.getsockname()[1])


def test_a_password_is_not_sent_in_the_open() -> None:
    with pytest.raises(ValidationError, match="in the open"):
        SmtpSettings(host="mail.test", sender="a@example.test", user="u", password="p", security="none")
