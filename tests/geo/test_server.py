"""Calls to servers that misbehave, over real sockets on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from geo import server as server_module
from geo.errors import GeoError, ServerError, SettingError
from geo.server import Answer, RoutingServer, ServerOptions, quoted

Behaviour = Callable[[BaseHTTPRequestHandler], None]


class Misbehaving(ThreadingHTTPServer):
    """Does to each request what the next behaviour says; the last one serves all further requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behaviours: list[Behaviour] = []
        self.seen: list[tuple[str, str | None]] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Misbehaving)
        server.seen.append((self.path, self.headers.get("Authorization")))
        behaviour = server.behaviours.pop(0) if len(server.behaviours) > 1 else server.behaviours[0]
        behaviour(self)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
        pass


def says(body: bytes, status: int = 200, *, cut: int = 0, **headers: str) -> Behaviour:
    """Answer; with `cut` the connection ends that many bytes early."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) - cut])
        if cut:
            handler.close_connection = True

    return behave


def hangs(handler: BaseHTTPRequestHandler) -> None:
    assert isinstance(handler.server, Misbehaving)
    handler.server.released.wait(10)
    handler.close_connection = True


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


GOOD = says(b'{"code": "Ok"}')
HTML = says(b"<html>Bad gateway</html>", Content_Type="text/html; charset=utf-8")


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Misbehaving]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Misbehaving() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


def ask(url: str, **options: float) -> Answer:
    settings = {"pause_s": 0.0, "timeout_s": 5.0, **options}
    server = RoutingServer(url, options=ServerOptions(**settings))  # type: ignore[arg-type]
    with server.session() as session:
        return session.ask("/table/v1/car/1,2;3,4", query="sources=0;1")


def test_a_good_answer_is_decoded_and_the_address_arrives_as_it_was_written(peer: Misbehaving) -> None:
    peer.behaviours = [GOOD]
    answer = ask(peer.url + "/osrm/")
    assert (answer.status, answer.body) == (200, {"code": "Ok"})
    assert peer.seen == [("/osrm/table/v1/car/1,2;3,4?sources=0;1", None)]


def test_user_password_and_key_of_the_address_are_sent_but_never_shown(peer: Misbehaving) -> None:
    peer.behaviours = [says(b"no", 500)]
    url = peer.url.replace("http://", "http://ann:secret@") + "/x?key=hidden"
    with pytest.raises(ServerError) as caught:
        ask(url, retries=0)
    assert peer.seen == [("/x/table/v1/car/1,2;3,4?sources=0;1&key=hidden", "Basic YW5uOnNlY3JldA==")]
    assert f"{peer.url}/x gave no answer in 1 of 1 attempts: HTTP status 500" in str(caught.value)
    assert not any(word in str(caught.value) for word in ("ann", "secret", "hidden"))


@pytest.mark.parametrize("failure", [says(b"", 503), says(b"", 429, Retry_After="0"), HTML, hangs_up])
def test_a_call_that_fails_once_is_tried_again(peer: Misbehaving, failure: Behaviour) -> None:
    peer.behaviours = [failure, GOOD]
    assert ask(peer.url).body == {"code": "Ok"}
    assert len(peer.seen) == 2


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (says(b"", 503), "HTTP status 503"),
        (says(b"", 408), "HTTP status 408"),
        (HTML, "HTTP status 200, 24 bytes of text/html that are no JSON"),
        (says(b'{"code": "Ok", "durations": [[0, 1'), "34 bytes of unknown type that are no JSON"),
        (says(b'{"code": "Ok"}', cut=3), "RemoteProtocolError"),
        (says(b'{"durations": [[NaN]]}'), "no JSON"),
        (says(b"[" * 100_000), "no JSON"),
        (says(b"\xff\xfe{"), "no JSON"),
        (says(b"{}", 206), "HTTP status 206"),
        (says(b"junk", Content_Encoding="gzip"), "DecodingError"),
        (hangs_up, "RemoteProtocolError"),
    ],
)
def test_a_server_that_keeps_failing_is_given_up(peer: Misbehaving, failure: Behaviour, reason: str) -> None:
    peer.behaviours = [failure]
    with pytest.raises(ServerError, match=rf"no answer in 3 of 3 attempts: .*{reason}"):
        ask(peer.url)
    assert len(peer.seen) == 3


def test_a_server_that_hangs_is_given_up_after_the_timeout(peer: Misbehaving) -> None:
    peer.behaviours = [hangs]
    with pytest.raises(ServerError, match=r"in 2 of 2 attempts: the answer took more than 0\.05 s"):
        ask(peer.url, timeout_s=0.05, retries=1)


def test_the_deadline_of_a_table_ends_its_retries(peer: Misbehaving) -> None:
    peer.behaviours = [hangs]
    with pytest.raises(ServerError, match=r"in [12] of 21 attempts: the (answer took more|deadline)"):
        ask(peer.url, deadline_s=0.05, retries=20)


def test_nobody_listening_is_a_server_error() -> None:
    with socket.socket() as taken:  # bound, but it does not listen
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(ServerError, match="in 1 of 1 attempts: ConnectError"):
            ask(f"http://127.0.0.1:{taken.getsockname()[1]}", retries=0)


def test_a_server_that_wants_more_patience_than_there_is_gets_no_further_call(peer: Misbehaving) -> None:
    peer.behaviours = [says(b"", 429, Retry_After="3600")]
    with pytest.raises(ServerError, match="in 1 of 3 attempts: HTTP status 429, asked to wait 3600 s"):
        ask(peer.url)


@pytest.mark.parametrize("when", ["Wed, 21 Oct 2015 07:28:00 GMT", "-1", "soon", "9" * 400])
def test_a_retry_after_that_is_no_number_of_seconds_is_passed_over(peer: Misbehaving, when: str) -> None:
    peer.behaviours = [says(b"", 503, Retry_After=when), GOOD]
    assert ask(peer.url).body == {"code": "Ok"}


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_refused_and_named(peer: Misbehaving, status: int) -> None:
    peer.behaviours = [says(b"", status, Location="http://user:pw@elsewhere.example/table")]
    with pytest.raises(
        SettingError, match=r"redirects to elsewhere\.example, and redirects are not followed"
    ) as caught:
        ask(peer.url)
    assert "pw" not in str(caught.value)
    assert len(peer.seen) == 1


def test_a_redirect_within_the_host_is_refused_as_well(peer: Misbehaving) -> None:
    peer.behaviours = [says(b"", 302, Location="/login")]
    with pytest.raises(SettingError, match="redirects to another path"):
        ask(peer.url)


def test_a_redirect_that_cannot_be_read_is_a_failure(peer: Misbehaving) -> None:
    peer.behaviours = [says(b"", 302, Location="http://host:port/")]
    with pytest.raises(ServerError, match="in 1 of 1 attempts: RemoteProtocolError"):
        ask(peer.url, retries=0)


def test_an_answer_without_end_is_cut_off(peer: Misbehaving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "MAX_ANSWER_BYTES", 100_000)
    peer.behaviours = [says(b" " * 1_000_000)]
    with pytest.raises(SettingError, match="answers with more than 100000 bytes"):
        ask(peer.url)


def test_a_refusal_is_an_answer_with_or_without_json(peer: Misbehaving) -> None:
    peer.behaviours = [says(b'{"code": "TooBig"}', 400)]
    assert ask(peer.url).body == {"code": "TooBig"}
    peer.behaviours = [says(b"<html>", 404)]
    answer = ask(peer.url)
    assert (answer.status, answer.body) == (404, None)


def test_no_call_begins_after_a_stop(peer: Misbehaving) -> None:
    peer.behaviours = [GOOD]
    with RoutingServer(peer.url, options=ServerOptions()).session() as session:
        session.stop()
        with pytest.raises(ServerError, match="in 1 of 3 attempts"):
            session.ask("/table")
    assert peer.seen == []


@pytest.mark.parametrize("url", ["", "localhost:5000", "ftp://host/x", "http://", "file:///etc/passwd", "http://h:x"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SettingError, match="url "):
        RoutingServer(url, options=ServerOptions())


@pytest.mark.parametrize(
    ("name", "value"),
    [("timeout_s", 0.0), ("retries", -1), ("table_size", 1), ("parallel_calls", 0), ("timeout_s", float("nan"))],
)
def test_options_out_of_their_limits_are_refused(name: str, value: float) -> None:
    with pytest.raises(SettingError, match=f"{name} is {value}, must lie in"):
        ServerOptions(**{name: value})  # type: ignore[arg-type]


def test_a_servers_words_are_quoted_on_one_short_line() -> None:
    assert quoted("too\n\tbig\x1b[31m") == "too big [31m"
    assert len(quoted("x" * 1000)) == 203


def test_a_server_error_is_an_error_of_geo() -> None:
    assert issubclass(ServerError, GeoError)
