"""The Python client: types, pages, patience."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from api.client import ApiError, Client
from tests.api.test_orders import EXAMPLE

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def library(client: httpx.Client) -> Iterator[Client]:
    key = client.headers["authorization"].removeprefix("Bearer ")
    with Client(str(client.base_url), key=key) as library:
        yield library


def scripted(*answers: Answer, pauses: list[float] | None = None) -> Client:
    """Return a client to which the answers are given one after the other."""
    left = iter(answers)
    waited = [] if pauses is None else pauses

    def answer(request: httpx.Request) -> httpx.Response:
        return next(left)(request)

    return Client("http://service", key="k", tries=3, transport=httpx.MockTransport(answer), wait=waited.append)


def test_a_city_is_stored_and_its_orders_led_through_their_life(library: Client) -> None:
    library.add_community({"id": "c-1", "location": {"lat": 34.26, "lon": 117.18}}, households=800)
    library.add_technician({"id": "t-1", "home": {"lat": 34.25, "lon": 117.2}}, name="Li Lei")
    library.add_shift("t-1", {"id": "s-1", "start": "2026-03-10T08:30:00+08:00", "end": "2026-03-10T18:00:00+08:00"})
    order = library.receive(EXAMPLE["order"], channel="counter")
    held = library.act(order, "hold", note="abroad")
    with pytest.raises(ApiError, match="stale_record"):
        library.act(order, "resume")
    assert library.act(held, "resume").state == "qualified"
    assert library.order_link("o-1").path.startswith("/c/")
    assert library.revoke_order_links("o-1") == 1
    assert [event.action for event in library.audit("o-1")] == ["receive", "hold", "resume"]
    assert [technician.name for technician in library.technicians()] == ["Li Lei"]


def test_lists_go_on_behind_the_first_page(library: Client) -> None:
    library.add_community({"id": "c-1", "location": {"lat": 34.26, "lon": 117.18}})
    orders = [{**EXAMPLE["order"], "id": f"o-{number}"} for number in range(7)]
    reports = list(library.receive_many(orders, at_a_time=3))
    assert [len(report.received) for report in reports] == [3, 3, 1]
    assert [order.id for order in library.orders(limit=2)] == [f"o-{number}" for number in range(7)]


def test_a_file_is_imported(library: Client) -> None:
    report = library.import_table(
        "technicians", "工号,姓名,纬度,经度\nt-1,李雷,34.25,117.2\n".encode(), is_dry_run=True
    )
    assert (report.added, report.is_dry_run) == (1, True)


def test_a_request_that_got_lost_is_sent_again_under_the_same_key() -> None:
    keys: list[str] = []

    def lost(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        raise httpx.ReadError("connection reset")

    def done(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        return httpx.Response(200, json={})

    assert scripted(lost, done).send("POST", "/v1/orders", json={}).status_code == 200
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_a_busy_service_is_asked_again_after_the_time_it_names() -> None:
    pauses: list[float] = []
    busy = httpx.Response(503, headers={"retry-after": "7"}, text="busy")
    client = scripted(lambda _: busy, lambda _: httpx.Response(200, json={}), pauses=pauses)
    client.send("GET", "/healthz")
    assert pauses[0] >= 7


def test_a_refusal_is_not_repeated() -> None:
    problem = {"title": "t", "status": 404, "code": "not_found", "detail": "there is no order"}
    with pytest.raises(ApiError, match="404 not_found: there is no order") as refused:
        scripted(lambda _: httpx.Response(404, json=problem)).send("GET", "/v1/orders/o-1")
    assert refused.value.code == "not_found"


def test_patience_has_an_end() -> None:
    def lost(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(httpx.ConnectError):
        scripted(lost, lost, lost).send("GET", "/healthz")


def test_orders_whose_answer_died_with_the_service_are_sent_again_under_a_new_key() -> None:
    keys: list[str] = []
    problem = {"title": "t", "status": 409, "code": "idempotency_in_progress", "detail": "its answer is not kept"}

    def in_progress(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        return httpx.Response(409, json=problem)

    def known(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        return httpx.Response(200, json={"received": [], "known": ["o-1"], "failed": []})

    client = scripted(in_progress, in_progress, in_progress, known)
    assert [report.known for report in client.receive_many([EXAMPLE["order"]])] == [["o-1"]]
    assert len(set(keys[:3])) == 1
    assert keys[3] not in keys[:3]
