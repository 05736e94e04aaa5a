"""How often and how much, and what an answer forbids the browser."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from api.main import create_app
from api.rate_limit import RateLimit, address_of
from dispatch.bootstrap import Service
from dispatch.errors import ThrottledError
from dispatch.settings import Settings
from tests.api.access import as_key, make_key
from tests.api.journey import expect_problem
from tests.api.server import served


class Seconds:
    """A clock to turn by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def taken(limit: RateLimit, caller: str, times: int) -> int:
    """Return how many of so many requests are let through."""
    through = 0
    for _ in range(times):
        try:
            limit.take(caller)
        except ThrottledError:
            continue
        through += 1
    return through


def test_a_caller_may_ask_at_once_and_then_as_the_time_goes() -> None:
    seconds = Seconds()
    limit = RateLimit(rate_per_s=2, burst=5, now_s=seconds)
    assert taken(limit, "a", 9) == 5
    seconds.now_s = 1.5
    assert taken(limit, "a", 9) == 3  # 1.5 s x 2 a second
    seconds.now_s = 100
    assert taken(limit, "a", 9) == 5  # never more than a burst


def test_callers_do_not_wait_for_each_other() -> None:
    limit = RateLimit(rate_per_s=1, burst=1, now_s=Seconds())
    assert [taken(limit, caller, 2) for caller in "abc"] == [1, 1, 1]


def test_the_refusal_says_when_to_come_again() -> None:
    limit = RateLimit(rate_per_s=0.1, burst=1, now_s=Seconds())
    limit.take("a")
    with pytest.raises(ThrottledError) as refused:
        limit.take("a")
    assert refused.value.retry_after_s == 10


def test_without_a_rate_there_is_no_limit() -> None:
    assert taken(RateLimit(rate_per_s=0, burst=1, now_s=Seconds()), "a", 100) == 100


def test_callers_that_have_long_been_quiet_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.rate_limit.MOST_CALLERS", 10)
    seconds = Seconds()
    limit = RateLimit(rate_per_s=1, burst=1, now_s=seconds)
    for number in range(100):
        seconds.now_s += 0.5
        limit.take(str(number))
        assert len(limit._buckets) <= 10


def test_an_ipv6_caller_is_its_network() -> None:
    assert address_of({"client": ("2001:db8:1:2:3:4:5:6", 1)}) == "2001:db8:1:2"
    assert address_of({"client": ("192.0.2.1", 1)}) == "192.0.2.1"
    assert address_of({"client": None}) == ""


def limited(service: Service, **changes: float) -> Service:
    return replace(service, settings=service.settings.model_copy(update=changes))


def test_an_address_that_asks_too_often_is_answered_429(service: Service) -> None:
    strict = limited(service, address_rate_per_s=0.01, address_burst=2)
    with served(create_app(strict.settings, service=strict)) as client:
        assert [client.get("/healthz").status_code for _ in range(2)] == [200, 200]
        answer = client.get("/healthz")
    expect_problem(answer, 429, "too_many_requests")
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_key_that_asks_too_often_is_answered_429_and_others_are_not(service: Service) -> None:
    strict = limited(service, key_rate_per_s=0.01, key_burst=2)
    with served(create_app(strict.settings, service=strict)) as anonymous:
        with as_key(anonymous, make_key(service)) as client:
            statuses = [client.get("/v1/runs").status_code for _ in range(3)]
        with as_key(anonymous, make_key(service)) as other:
            assert other.get("/v1/runs").status_code == 200
    assert statuses == [200, 200, 429]


def test_a_body_beyond_the_limit_is_not_read_whoever_would_read_it(anonymous: httpx.Client) -> None:
    for path in ("/v1/runs", "/login", "/nothing"):
        chunks = (b"x" * 1000 for _ in range(1000))
        answer = anonymous.post(path, content=chunks, headers={"content-type": "application/octet-stream"})
        assert answer.status_code in (401, 403, 404, 413), path


def test_a_form_beyond_its_own_limit_is_refused(service: Service, settings: Settings) -> None:
    strict = limited(service, form_limit_bytes=1024)
    with served(create_app(strict.settings, service=strict)) as client:
        expect_problem(client.post("/login", data={"name": "x" * 2000}), 413, "body_too_large")

        def form():
            yield b"name="
            yield b"x" * 2000

        answer = client.post("/login", content=form(), headers={"content-type": "application/x-www-form-urlencoded"})
        problem = expect_problem(answer, 413, "body_too_large")
    assert "FIELD_DISPATCH_FORM_LIMIT_BYTES" in problem["detail"]


@pytest.mark.parametrize("path", ["/healthz", "/openapi.json", "/v1/runs", "/nothing", "/login"])
def test_every_answer_tells_the_browser_what_not_to_do(anonymous: httpx.Client, path: str) -> None:
    headers = anonymous.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "server" not in headers or headers["server"] == "uvicorn"
    assert "strict-transport-security" not in headers  # there is no https here


def test_no_other_site_may_use_the_service_from_a_browser(anonymous: httpx.Client) -> None:
    answer = anonymous.options(
        "/v1/runs", headers={"origin": "https://evil.example", "access-control-request-method": "GET"}
    )
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]
