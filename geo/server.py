"""Calls to a routing server over HTTP: bounded in time and size, tried again if they fail.

The loop of retries is written out: it has to heed Retry-After, one deadline for all calls of a table and the stop of a
table that has failed elsewhere, and a library for retries would need code of ours for each of the three.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from threading import Event
from time import monotonic
from typing import Any, Final

import httpx

from geo.errors import ServerError, SettingError

MAX_ANSWER_BYTES: Final = 64 * 2**20
"""Room for 300,000 pairs in the longest form known, Valhalla's verbose one of some 200 bytes a pair."""

LONGEST_PAUSE_S: Final = 30.0
"""A server that asks for more patience than this (Retry-After) counts as failing."""

LONGEST_QUOTE: Final = 200
"""Characters of a server's own words that a message repeats."""


@dataclass(frozen=True, kw_only=True)
class ServerOptions:
    """How a routing server is asked.

    Attributes
    ----------
    timeout_s
        For one answer, from connecting to the last byte.
    retries
        Further attempts of a call that failed.
    table_size
        As the server is set up: OSRM's `--max-table-size` (a call holds at most table_size**2 pairs), or for Valhalla
        the places of one call (table_size**2 / 4 pairs, at most `max_matrix_location_pairs`). 100 is both servers'
        default.
    parallel_calls
        Calls in flight at once.
    deadline_s
        For all calls of one table or of one list of legs, pauses included.
    pause_s
        Before the first retry; doubled before each further one. A server's Retry-After takes its place.
    max_url_chars
        Longest address that the server, and a proxy before it, accept; only OSRM's addresses are long.

    Raises
    ------
    SettingError
        If a number is out of its limits.
    """

    timeout_s: float = 10.0
    retries: int = 2
    table_size: int = 100
    parallel_calls: int = 4
    deadline_s: float = 1800.0
    pause_s: float = 0.5
    max_url_chars: int = 8000

    def __post_init__(self) -> None:
        limits: tuple[tuple[str, float, float], ...] = (
            ("timeout_s", 0.001, 3600),
            ("retries", 0, 20),
            ("table_size", 2, 100_000),
            ("parallel_calls", 1, 64),
            ("deadline_s", 0.001, 86_400),
            ("pause_s", 0, LONGEST_PAUSE_S),
            ("max_url_chars", 500, 10_000_000),
        )
        for name, low, high in limits:
            if not low <= getattr(self, name) <= high:
                raise SettingError(f"{name} is {getattr(self, name)}, must lie in {low:g}..{high:g}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What a server said to one call.

    Attributes
    ----------
    status
        200, or 4xx: the server refuses.
    body
        The JSON of the answer; None if a refusal has none.
    """

    status: int
    body: Any


@dataclass(frozen=True, kw_only=True)
class _Failure:
    """An attempt in vain: what happened, and the pause that the server asked for (None = did not)."""

    reason: str
    pause_s: float | None = None


class RoutingServer:
    """A routing server at an address.

    Proxies and certificates are those of the environment (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE). Redirects are not
    followed. No message shows the user, password or query of the address.

    Parameters
    ----------
    url
        http or https; may have user and password, a path (the services lie below it) and a query (an API key).
    options
        How it is asked.
    transport
        What carries the calls; default: the network.

    Raises
    ------
    SettingError
        If the address is not one.
    """

    def __init__(self, url: str, *, options: ServerOptions, transport: httpx.BaseTransport | None = None) -> None:
        self._url = _checked(url)
        self.options = options
        self._transport = transport

    @property
    def name(self) -> str:
        """The address as messages show it."""
        return _shown(self._url)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Open connections for the calls of one table, and close them in the end. The deadline begins now."""
        with httpx.Client(
            transport=self._transport,
            verify=_certificates(),
            timeout=self.options.timeout_s,
            limits=httpx.Limits(max_connections=self.options.parallel_calls),
            follow_redirects=False,
            headers={"Accept": "application/json", "User-Agent": "field-dispatch"},
        ) as client:
            yield Session(client, url=self._url, options=self.options)


class Session:
    """Calls to one server until one deadline; may be used by several threads.

    Parameters
    ----------
    client
        Open, with the timeout set.
    url
        Where the services lie.
    options
        How often to try, and until when.
    """

    def __init__(self, client: httpx.Client, *, url: httpx.URL, options: ServerOptions) -> None:
        self._client = client
        self._url = url
        self._options = options
        self._ends = monotonic() + options.deadline_s
        self._stopped = Event()

    def stop(self) -> None:
        """Let no further call begin, and end the pauses: the table has failed."""
        self._stopped.set()

    def ask(self, path: str, *, query: str = "", body: Mapping[str, Any] | None = None) -> Answer:
        """Ask until there is an answer or the attempts are used up: GET, or POST if there is a body.

        Parameters
        ----------
        path
            Of the service, beginning with "/", below the path of the server's address.
        query
            Without "?"; the query of the server's address is appended.

        Raises
        ------
        ServerError
            If the server cannot be reached, is too slow, or answers 408, 429, 5xx or no JSON, and does so again.
        SettingError
            If it redirects, or the answer is longer than `MAX_ANSWER_BYTES`.
        """
        queries = "&".join(part for part in (query, self._url.query.decode("ascii")) if part)
        raw = self._url.path.rstrip("/") + path + (f"?{queries}" if queries else "")
        url = self._url.copy_with(raw_path=raw.encode("ascii"))
        attempts = self._options.retries + 1
        for attempt in range(1, attempts + 1):
            result = self._try(url, body)
            if isinstance(result, Answer):
                return result
            reason, pause_s = result.reason, result.pause_s
            if pause_s is None:
                pause_s = min(LONGEST_PAUSE_S, self._options.pause_s * 2 ** (attempt - 1))
            is_last = attempt == attempts or pause_s > min(LONGEST_PAUSE_S, self._ends - monotonic())
            if is_last or self._stopped.wait(pause_s):
                break
        raise ServerError(
            f"{_shown(self._url)} gave no answer in {attempt} of {attempts} attempts: {reason}\n"
            "Maybe it is down, overloaded, or not at that address."
        )

    def _try(self, url: httpx.URL, body: Mapping[str, Any] | None) -> Answer | _Failure:
        started, left_s = monotonic(), self._ends - monotonic()
        limit_s = min(self._options.timeout_s, left_s)
        if limit_s <= 0 or self._stopped.is_set():
            return _Failure(reason=f"the deadline of {self._options.deadline_s:g} s for one table is over")
        method = "GET" if body is None else "POST"
        try:
            with self._client.stream(method, url, json=body, timeout=limit_s) as response:
                content = bytearray()
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > MAX_ANSWER_BYTES:
                        raise SettingError(
                            f"{_shown(self._url)} answers with more than {MAX_ANSWER_BYTES} bytes\n"
                            "Maybe table_size is too large, or it is no routing server."
                        )
                    if monotonic() - started > limit_s:
                        return _Failure(reason=f"the answer took more than {limit_s:.3g} s")
        except httpx.TimeoutException:
            return _Failure(reason=f"the answer took more than {limit_s:.3g} s")
        except (httpx.TransportError, httpx.DecodingError) as error:
            return _Failure(reason=f"{type(error).__name__}: {quoted(str(error))}")
        return self._judged(response, bytes(content))

    def _judged(self, response: httpx.Response, content: bytes) -> Answer | _Failure:
        status = response.status_code
        if response.has_redirect_location:
            host = httpx.URL(response.headers["Location"]).host or "another path"
            raise SettingError(
                f"{_shown(self._url)} redirects to {quoted(host)}, and redirects are not followed\n"
                "Maybe the url should be the address that it redirects to."
            )
        if status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS) or status >= 500:
            pause_s = _retry_after_s(response)
            wanted = "" if pause_s is None else f", asked to wait {pause_s:g} s"
            return _Failure(reason=f"HTTP status {status}{wanted}", pause_s=pause_s)
        try:
            body = json.loads(content, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            if 400 <= status < 500:
                return Answer(status=status, body=None)
            kind = response.headers.get("Content-Type", "unknown type").partition(";")[0]
            return _Failure(reason=f"HTTP status {status}, {len(content)} bytes of {quoted(kind)} that are no JSON")
        if status == HTTPStatus.OK or 400 <= status < 500:
            return Answer(status=status, body=body)
        return _Failure(reason=f"HTTP status {status}")


def quoted(text: object) -> str:
    """Return a server's words as a message may repeat them: one line, printable, at most `LONGEST_QUOTE` characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE]}..."


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # takes 30 ms, and every client would read them anew


def _retry_after_s(response: httpx.Response) -> float | None:
    # A number of seconds only; a date (RFC 9110, 10.2.3) would need the wall clock, and our own pause does as well.
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _checked(url: str) -> httpx.URL:
    # The text of an address that cannot be read may hold a password, so it is not repeated.
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL:
        raise SettingError("url cannot be read as an address, must be like http://host:5000") from None
    if read.scheme not in ("http", "https") or not read.host:
        raise SettingError(f"url is {_shown(read)!r}, must begin with http:// or https:// and name a host")
    return read


def _shown(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}{url.path.rstrip('/')}"
