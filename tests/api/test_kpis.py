"""The figures of a dispatch centre over HTTP, each rate beside what it was counted of."""

import httpx

from tests.api.journey import expect_problem
from tests.api.test_roster import add

NO_RATE = {"kept": 0, "broken": 0, "open": 0, "rate": None}


def test_r06_coverage_is_told_with_its_shares(client: httpx.Client) -> None:
    add(client, "communities")
    found = client.get("/v1/kpis/coverage").json()
    assert (found["qualified"], found["promised"], found["share"]) == (1, 1, 1.0)
    assert found["is_reached"] is True


def test_t7_figures_of_days_without_orders_have_no_rates(client: httpx.Client) -> None:
    answer = client.get("/v1/kpis", params={"first_day": "2026-03-09", "last_day": "2026-03-10"})
    assert answer.status_code == 200, answer.text
    found = answer.json()["figures"]
    assert (found["promises"]["orders"], found["promises"]["attainment"]) == (0, [])
    assert found["promises"]["arrival"] == NO_RATE
    assert found["speed"] == {"passed": NO_RATE, "mean_share": None}


def test_days_in_the_wrong_order_are_refused(client: httpx.Client) -> None:
    answer = client.get("/v1/kpis", params={"first_day": "2026-03-10", "last_day": "2026-03-09"})
    expect_problem(answer, 422, "bad_input")
