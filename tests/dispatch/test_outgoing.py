"""No call that somebody else chose reaches an address inside."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address, ip_network

import httpx
import pytest

from dispatch.errors import BadInputError
from dispatch.outgoing import OutgoingRules, OutgoingTransport, check_url, is_allowed, outgoing_client

NOTHING_ALLOWED = OutgoingRules(is_plain_allowed=True)

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "169.254.0.7",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",  # noqa: S104 - nothing is bound here
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "2001:db8::1",
]


class Heard(httpx.BaseTransport):
    """Answers everything and remembers it."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, request=request)


def call(url: str, addresses: Sequence[str], rules: OutgoingRules = NOTHING_ALLOWED) -> Heard:
    heard = Heard()
    transport = OutgoingTransport(rules, resolve=lambda *_: addresses, inner=heard)
    with httpx.Client(transport=transport) as client:
        client.get(url)
    return heard


@pytest.mark.parametrize("text", INSIDE)
def test_an_address_inside_is_not_called(text: str) -> None:
    assert not is_allowed(ip_address(text), NOTHING_ALLOWED)


@pytest.mark.parametrize("text", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_a_public_address_is_called(text: str) -> None:
    assert is_allowed(ip_address(text), NOTHING_ALLOWED)


@pytest.mark.parametrize("text", INSIDE)
def test_a_name_that_leads_inside_is_not_called(text: str) -> None:
    with pytest.raises(BadInputError, match="not a public address"):
        call("http://hooks.example/x", [text])


def test_a_name_of_which_one_address_lies_inside_is_not_called() -> None:
    with pytest.raises(BadInputError, match=r"hooks\.example"):
        call("http://hooks.example/x", ["8.8.8.8", "10.0.0.1"])


def test_the_call_goes_to_the_judged_address_under_the_name_that_was_asked_for() -> None:
    (request,) = call("https://hooks.example:8443/x?y=1", ["8.8.8.8"]).requests
    assert str(request.url) == "https://8.8.8.8:8443/x?y=1"
    assert request.headers["host"] == "hooks.example:8443"
    assert request.extensions["sni_hostname"] == "hooks.example"


def test_a_name_is_resolved_once_for_each_call() -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["8.8.8.8"] if len(asked) == 1 else ["127.0.0.1"]

    heard = Heard()
    with httpx.Client(transport=OutgoingTransport(NOTHING_ALLOWED, resolve=resolve, inner=heard)) as client:
        client.get("http://rebinding.example")
        with pytest.raises(BadInputError):
            client.get("http://rebinding.example")
    assert (len(heard.requests), len(asked)) == (1, 2)


def test_a_redirect_inside_is_not_followed() -> None:
    class Redirecting(Heard):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            super().handle_request(request)
            return httpx.Response(307, headers={"location": "http://169.254.169.254/latest"}, request=request)

    transport = OutgoingTransport(NOTHING_ALLOWED, resolve=lambda *_: ["8.8.8.8"], inner=Redirecting())
    with httpx.Client(transport=transport, follow_redirects=True) as client, pytest.raises(BadInputError):
        client.get("http://hooks.example")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("file:///etc/passwd", "no http or https"),
        ("gopher://example.org", "no http or https"),
        ("example.org/hook", "no http or https"),
        ("http://user:secret@example.org", "password"),
        ("http://127.0.0.1:8000/v1", "not a public address"),
        ("http://127.1/", "not a public address"),
        ("http://2130706433/", "not a public address"),
        ("http://0x7f000001/", "not a public address"),
        ("http://0177.0.0.1/", "no URL|not a public address"),
        ("http://[::1]/", "not a public address"),
        ("http://[::ffff:7f00:1]/", "not a public address"),
        ("http://[fe80::1%25eth0]/", "no URL|not a public address"),
        ("http://exa mple.org:port", "no URL"),
    ],
)
def test_a_url_that_may_not_be_called_is_refused_where_it_is_taken_in(url: str, message: str) -> None:
    with pytest.raises(BadInputError, match=message) as refused:
        check_url(url, NOTHING_ALLOWED, path="webhook.url")
    assert refused.value.problems[0].path == "webhook.url"
    assert refused.value.problems[0].remedy


def test_plain_http_needs_the_operators_leave() -> None:
    with pytest.raises(BadInputError, match="not encrypted"):
        check_url("http://hooks.example", OutgoingRules())
    assert str(check_url("https://hooks.example", OutgoingRules())) == "https://hooks.example"


def test_the_operator_allows_networks() -> None:
    rules = OutgoingRules(allowed=(ip_network("10.0.0.0/8"),), is_plain_allowed=True)
    assert call("http://sms.inside/send", ["10.1.2.3"], rules).requests[0].url.host == "10.1.2.3"
    with pytest.raises(BadInputError):
        call("http://other.inside/send", ["192.168.1.1"], rules)


def test_metadata_addresses_are_allowed_only_by_their_own_name() -> None:
    metadata = ip_address("169.254.169.254")
    assert not is_allowed(metadata, OutgoingRules(allowed=(ip_network("169.254.0.0/16"), ip_network("0.0.0.0/0"))))
    assert is_allowed(metadata, OutgoingRules(allowed=(ip_network("169.254.169.254/32"),)))


def test_a_host_without_an_address_is_a_connection_error() -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise OSError("unknown")

    transport = OutgoingTransport(NOTHING_ALLOWED, resolve=resolve, inner=Heard())
    with httpx.Client(transport=transport) as client, pytest.raises(httpx.ConnectError, match="no address"):
        client.get("http://nowhere.example")


def test_the_environments_proxy_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    client = outgoing_client(NOTHING_ALLOWED, timeout_s=1, resolve=lambda *_: ["10.0.0.1"])
    with client, pytest.raises(BadInputError):
        client.get("http://hooks.example")
