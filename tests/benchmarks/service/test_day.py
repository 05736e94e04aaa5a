"""A day's traffic of a city, driven over HTTP: no fault, nothing lost."""

from collections import Counter

import httpx
import pytest

from benchmarks.service.day import measure_day
from benchmarks.service.ledger import Ledger


@pytest.mark.slow
def test_a_village_has_its_day_and_nothing_is_lost() -> None:
    lines = list(
        measure_day(size="village", minutes=0.2, seed=7, clients=4, search_s=0.5, database_url=None, workers=0)
    )
    assert [line for line in lines if line.startswith("not as expected")] == ["not as expected: 0"]
    assert lines[-1] == "not as expected: 0"


def test_each_unexpected_answer_is_listed() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/lost":
            raise httpx.ReadError("gone")
        return httpx.Response(500 if request.url.path == "/broken" else 200, text="text")

    ledger = Ledger()
    with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://here") as client:
        assert ledger.send(client, "GET", "/fine") is not None
        assert ledger.send(client, "GET", "/broken") is None
        assert ledger.send(client, "GET", "/lost") is None
    assert ledger.measured().statuses == Counter({200: 1, 500: 1, 0: 1})
    assert [text.partition(":")[0] for text in ledger.unexpected] == ["GET /broken", "GET /lost"]
