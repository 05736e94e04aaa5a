"""HTTP calls to URLs that somebody else chose: none reaches a private address unless the operator allows it.

A name is resolved once, every address it has is judged, and the call goes to a judged address: a name that answers
differently a moment later gains nothing. Each redirect is judged anew, since each is a call of its own.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

import httpx

from dispatch.errors import BadInputError, Problem
from dispatch.security_settings import SecuritySettings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], Sequence[str]]
"""Returns the addresses of a host name; raises OSError if it has none."""

METADATA: Final[tuple[Network, ...]] = (
    ip_network("168.63.129.16/32"),  # Azure's host, a public address that answers machines inside only
    ip_network("169.254.169.254/32"),
    ip_network("100.100.100.200/32"),
    ip_network("fd00:ec2::254/128"),
)
"""Where clouds tell a machine its secrets: allowed by being named exactly, never as part of a larger network."""
_CARRIERS: Final[tuple[tuple[IPv6Network, int], ...]] = (
    (IPv6Network("64:ff9b::/96"), 0),  # NAT64
    (IPv6Network("64:ff9b:1::/48"), 0),
    (IPv6Network("::/96"), 0),  # IPv4-compatible, long out of use
    (IPv6Network("2002::/16"), 80),  # 6to4
)
"""Networks whose addresses carry an IPv4 address so many bits above the lowest one."""
_SCHEMES: Final = ("https", "http")


@dataclass(frozen=True, kw_only=True)
class OutgoingRules:
    """Where calls may go.

    Attributes
    ----------
    allowed
        Networks that the operator allows although they are not public.
    is_plain_allowed
        True if http may be used beside https.
    """

    allowed: tuple[Network, ...] = ()
    is_plain_allowed: bool = False

    @classmethod
    def of(cls, settings: SecuritySettings) -> OutgoingRules:
        """Return what the settings allow."""
        return cls(allowed=settings.outgoing_allowed, is_plain_allowed=settings.outgoing_plain)


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a host name, as the machine resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_allowed(address: Address, rules: OutgoingRules) -> bool:
    """Tell whether a call may go to an address: a public one, or one that the operator allows."""
    inner = _carried(address)
    if inner is not None:
        return is_allowed(inner, rules)
    naming = [network for network in rules.allowed if address in network]
    if any(address in network for network in METADATA):
        return any(network.num_addresses == 1 for network in naming)
    return bool(naming) or (address.is_global and not address.is_multicast and not address.is_reserved)


def check_url(url: str, rules: OutgoingRules, *, path: str = "url") -> httpx.URL:
    """Return a URL that may be called as far as it can be told without resolving its name.

    Call it where a URL is taken in, so that whoever gives it learns at once what is wrong with it.

    Parameters
    ----------
    path
        What errors call the field.

    Raises
    ------
    BadInputError
        If it is no URL, is not http or https, carries a password, or names an address that may not be called.
    """
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL:
        raise _refusal(path, "is no URL", "write it like https://example.org/hook") from None
    if read.scheme not in _SCHEMES or not read.host:
        raise _refusal(path, "is no http or https URL", "write it like https://example.org/hook")
    if read.scheme == "http" and not rules.is_plain_allowed:
        raise _refusal(path, "is not encrypted", "write https, or have the operator allow http")
    if read.userinfo:
        raise _refusal(path, "holds a user name or a password", "leave it out and give a secret header instead")
    address = _literal(read.host)
    if address is not None and not is_allowed(address, rules):
        raise _not_allowed(path, read.host)
    return read


def outgoing_client(rules: OutgoingRules, *, timeout_s: float, resolve: Resolver = resolved) -> httpx.Client:
    """Return a client whose every call is judged; close it after use.

    It follows no redirect by itself and knows no proxy of the environment: both would go past the judgement.
    """
    return httpx.Client(
        transport=OutgoingTransport(rules, resolve=resolve), timeout=timeout_s, trust_env=False, follow_redirects=False
    )


@cache
def _certificates() -> ssl.SSLContext:
    """Return the authorities that are trusted, read once: that costs 40 ms, more than most calls."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass
class OutgoingTransport(httpx.BaseTransport):
    """Resolves the name, judges its addresses, and calls one of them by its number.

    Connections are not kept: one kept for a name could otherwise serve another name of the same address, whose
    certificate nobody has seen.
    """

    rules: OutgoingRules
    resolve: Resolver = resolved
    inner: httpx.BaseTransport = field(
        default_factory=lambda: httpx.HTTPTransport(
            verify=_certificates(), trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )
    )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises
        ------
        BadInputError
            If its URL, or an address of its host, may not be called.
        httpx.ConnectError
            If the host has no address.
        """
        url = check_url(str(request.url), self.rules)
        pinned = self._pinned(url, request)
        extensions: dict[str, Any] = dict(request.extensions)
        if url.scheme == "https":
            extensions["sni_hostname"] = url.raw_host.decode("ascii")
        # The header Host is in the request already and keeps the name.
        to_address = httpx.Request(
            request.method,
            url.copy_with(host=str(pinned)),
            headers=request.headers,
            stream=request.stream,
            extensions=extensions,
        )
        return self.inner.handle_request(to_address)

    def _pinned(self, url: httpx.URL, request: httpx.Request) -> Address:
        literal = _literal(url.host)
        if literal is not None:
            return literal
        try:
            found = self.resolve(url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80))
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"{url.host} has no address: {error}", request=request) from error
        addresses = [ip_address(text.partition("%")[0]) for text in found]
        if not addresses:
            raise httpx.ConnectError(f"{url.host} has no address", request=request)
        if not all(is_allowed(address, self.rules) for address in addresses):
            raise _not_allowed("url", url.host)
        return addresses[0]

    def close(self) -> None:
        """Let go of the connections."""
        self.inner.close()


def _literal(host: str) -> Address | None:
    """Return the address that a host is written as; None if it is a name.

    Also of the old ways to write one, as in `127.1` or `0x7f000001`: whoever resolves them would understand them.
    """
    try:
        return ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def _carried(address: Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for; None if it stands for itself."""
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    for network, above in _CARRIERS:
        if address in network and int(address) > 1:  # ::1 is loopback itself, :: is nowhere
            return IPv4Address(int(address) >> above & 0xFFFF_FFFF)
    return None


def _not_allowed(path: str, host: str) -> BadInputError:
    remedy = "name a public host, or have the operator add its network to FIELD_DISPATCH_OUTGOING_ALLOWED"
    return _refusal(path, f"{host} is not a public address", remedy)


def _refusal(path: str, message: str, remedy: str) -> BadInputError:
    return BadInputError([Problem(path=path, message=message, remedy=remedy)])
