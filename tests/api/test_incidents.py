"""News of no order, and mass outages, over HTTP."""

from typing import Any

import httpx

from dispatch.bootstrap import Service
from tests.api.conftest import ClientAs
from tests.api.journey import expect_problem
from tests.api.test_orders import ANY, an_order, community


def technician(client: httpx.Client) -> None:
    document = {"id": "t-1", "home": {"lat": 34.25, "lon": 117.2}}
    assert client.post("/v1/technicians", json={"technician": document, "name": "Li"}).status_code == 201


def news(service: Service, **changes: Any) -> dict[str, Any]:
    now = service.clock.now().replace(microsecond=0).isoformat()
    return {"event": {"kind": "technician_off", "id": "e-1", "at": now, "technician": "t-1", **changes}}


def test_r32_a_sick_technician_is_told_once_and_stands_in_the_events(
    client: httpx.Client, client_as: ClientAs, service: Service
) -> None:
    technician(client)
    body, ill = news(service), client_as("technician", technician="t-1")
    first, again = (ill.post("/v1/events", json=body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert first.json() == again.json()
    day = first.json()["dispatch_day"]
    listed = client.get(f"/v1/events?dispatch_day={day}&kind=technician_off").json()["items"]
    assert [(one["sequence"], one["actor"]) for one in listed] == [(1, "technician:t-1")]
    other = client_as("technician", technician="t-2")
    expect_problem(other.post("/v1/events", json=news(service, id="e-2")), 403, "forbidden")


def test_news_that_cannot_be_is_refused_with_its_field(client: httpx.Client, service: Service) -> None:
    problem = expect_problem(client.post("/v1/events", json=news(service)), 422, "bad_input")
    assert [one["path"] for one in problem["problems"]] == ["event.technician"]
    order_news = {"event": {"kind": "done", "id": "e-1", "at": "2026-03-10T09:00:00+08:00", "order": "o-1"}}
    expect_problem(client.post("/v1/events", json=order_news), 422, "bad_input")


def test_r03_an_outage_is_taken_in_with_all_its_children_or_not_at_all(
    client: httpx.Client, client_as: ClientAs
) -> None:
    community(client)
    for name in ("o-1", "o-2"):
        assert client.post("/v1/orders", json=an_order(name, kind="repair")).status_code == 201
    body = {"order": an_order("p-1", kind="repair", priority=3)["order"], "children": ["o-1", "o-2"]}
    desk = client_as("dispatcher")
    expect_problem(desk.post("/v1/outages", json={**body, "children": ["o-1", "nothing"]}), 404, "not_found")
    assert client.get("/v1/orders/p-1").status_code == 404
    made = desk.post("/v1/outages", json=body)
    assert (made.status_code, made.headers["location"]) == (201, "/v1/orders/p-1"), made.text
    assert desk.post("/v1/outages", json=body).json() == made.json()
    waiting = client.get("/v1/orders?parent=p-1").json()["items"]
    assert [(order["id"], order["state"]) for order in waiting] == [
        ("o-1", "waiting_for_parent"),
        ("o-2", "waiting_for_parent"),
    ]
    assert client.post("/v1/orders/o-2/leave-outage", headers=ANY).json()["state"] == "qualified"
    expect_problem(client_as("integration").post("/v1/outages", json=body), 403, "forbidden")
