"""Requests with an `Idempotency-Key` are carried out once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest

from dispatch.bootstrap import Service
from dispatch.domain.records.answer import RememberedAnswer
from dispatch.usecases.answers import sweep_answers
from tests.api.journey import JSON, expect_problem
from tests.fakes import REQUEST_JSON, FakeClock


def submit(client: httpx.Client, key: str, body: bytes = REQUEST_JSON, query: str = "") -> httpx.Response:
    return client.post(f"/v1/requests{query}", content=body, headers={**JSON, "Idempotency-Key": key})


def stored_answers(service: Service) -> int:
    with service.store.of("main").read() as transaction:
        return transaction.records(RememberedAnswer).count()


def test_the_same_request_again_gets_the_first_answer_and_does_nothing(client: httpx.Client) -> None:
    first, again = submit(client, "k-1"), submit(client, "k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["content-type"] == first.headers["content-type"]
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")


def test_another_key_is_another_request(client: httpx.Client) -> None:
    assert submit(client, "k-1").json()["id"] != submit(client, "k-2").json()["id"]


def test_a_key_with_another_body_is_refused(client: httpx.Client) -> None:
    submit(client, "k-1")
    expect_problem(submit(client, "k-1", REQUEST_JSON + b" "), 422, "idempotency_key_reused")
    expect_problem(submit(client, "k-1", query="?x=1"), 422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "two words", "x" * 201])
def test_a_key_that_is_none_is_refused(client: httpx.Client, key: str) -> None:
    expect_problem(submit(client, key), 422, "bad_input")


def test_a_request_that_failed_may_be_corrected_under_the_same_key(client: httpx.Client) -> None:
    expect_problem(submit(client, "k-1", b"{}"), 422, "bad_input")
    assert submit(client, "k-1").status_code == 201


def test_an_answer_that_got_lost_with_the_process_does_not_lead_to_doing_it_twice(
    client: httpx.Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.idempotency.keep_answer", lambda *_, **__: None)
    submit(client, "k-1")
    expect_problem(submit(client, "k-1"), 409, "idempotency_in_progress")
    assert stored_answers(service) == 1


def test_what_works_in_parts_goes_on_when_it_is_sent_again(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = "/v1/imports/communities"
    template = client.get(f"{table}/template?file=csv").content
    headers = {"content-type": "text/csv", "Idempotency-Key": "k-1"}
    with monkeypatch.context() as patch:
        patch.setattr("api.idempotency.keep_answer", lambda *_, **__: None)
        assert client.post(table, content=template, headers=headers).json()["added"] == 1
    again = client.post(table, content=template, headers=headers)
    assert again.json()["unchanged"] == 1
    assert client.post(table, content=template, headers=headers).content == again.content


def test_of_many_at_once_one_is_carried_out(client: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: submit(client, "k-1"), range(8)))
    ids = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(ids) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}


def test_old_answers_are_swept(service: Service, client: httpx.Client) -> None:
    submit(client, "k-1")
    clock = FakeClock()
    clock.moment = service.clock.now() + timedelta(hours=23)
    sweep_answers(keep=timedelta(hours=24), store=service.store, clock=clock)
    assert stored_answers(service) == 1
    clock.go_on(7200)
    assert sweep_answers(keep=timedelta(hours=24), store=service.store, clock=clock) is False
    assert stored_answers(service) == 0
