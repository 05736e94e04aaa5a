"""Webhook calls to a server on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network

import pytest

from dispatch.clock import SystemClock
from dispatch.outgoing import OutgoingRules
from dispatch.webhooks.sender import HttpSender

LOOPBACK = OutgoingRules(allowed=(ip_network("127.0.0.0/8"),), is_plain_allowed=True)


class Receiver(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        status = int(self.path.strip("/"))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", f"{self.server.url}/200")
        self.end_headers()
        if status == 203:  # an answer without end
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                pass

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def sender(rules: OutgoingRules = LOOPBACK) -> HttpSender:
    return HttpSender(rules, timeout_s=5, clock=SystemClock())


@pytest.mark.parametrize(("status", "error"), [(200, None), (204, None), (500, "500"), (302, "302")])
def test_only_2xx_counts_as_delivered_and_no_redirect_is_followed(
    receiver: Receiver, status: int, error: str | None
) -> None:
    attempt = sender().send(f"{receiver.url}/{status}", headers={}, body="{}")
    assert (attempt.status, attempt.error) == (status, error and f"the answer was {error}")
    assert receiver.bodies == [b"{}"]


def test_an_answer_without_end_is_not_read_to_its_end(receiver: Receiver) -> None:
    assert sender().send(f"{receiver.url}/203", headers={}, body="{}").error is None


def test_a_private_address_is_not_called_unless_the_operator_allows_it(receiver: Receiver) -> None:
    attempt = sender(OutgoingRules(is_plain_allowed=True)).send(f"{receiver.url}/200", headers={}, body="{}")
    assert attempt.status is None
    assert "is not a public address" in (attempt.error or "")
    assert receiver.bodies == []


def test_a_port_that_cannot_be_is_a_failure_of_the_attempt() -> None:
    attempt = sender().send("http://127.0.0.1:99999/200", headers={}, body="{}")
    assert (attempt.status, bool(attempt.error)) == (None, True)


def test_nobody_at_the_address_is_a_failure_of_the_attempt(receiver: Receiver) -> None:
    url = receiver.url
    receiver.server_close()
    attempt = sender().send(f"{url}/200", headers={}, body="{}")
    assert attempt.status is None
    assert attempt.error
