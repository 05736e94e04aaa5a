"""Orders over HTTP: taken in, looked at, led through their life."""

from typing import Any, get_args

import httpx
import pytest

from api.routes.order_actions import PATH_OF
from api.routes.orders import EXAMPLE
from dispatch.bootstrap import Service
from dispatch.domain.life_cycle import Action
from tests.api.conftest import ClientAs
from tests.api.journey import expect_problem

ANY = {"If-Match": "*"}


def community(client: httpx.Client, name: str = "c-1", **changes: Any) -> None:
    document = {"id": name, "location": {"lat": 34.26, "lon": 117.18}, **changes}
    assert client.post("/v1/communities", json={"community": document}).status_code == 201


def an_order(name: str = "o-1", service: Service | None = None, **changes: Any) -> dict[str, Any]:
    return {**EXAMPLE, "order": {**EXAMPLE["order"], "id": name, **changes}}


def test_r04_r33_an_order_is_on_the_board_at_once_with_its_promise(client: httpx.Client) -> None:
    community(client)
    answer = client.post("/v1/orders", json=an_order())
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == "/v1/orders/o-1"
    listed = client.get("/v1/orders?state=qualified&sort=-received_at").json()["items"]
    assert [order["id"] for order in listed] == ["o-1"]
    # install at a standard community: 72 h after acceptance
    assert listed[0]["due"].startswith("2026-03-12T")
    assert "promise" in {one["timer"]["kind"] for one in client.get("/v1/countdowns").json()["items"]}


def test_ids_may_be_in_any_script_but_have_to_fit_into_an_address(client: httpx.Client) -> None:
    community(client, "小区 一")
    order = an_order("工单-壹?#", community="小区 一")
    answer = client.post("/v1/orders", json=order)
    assert answer.status_code == 201, answer.text
    assert client.get(answer.headers["location"]).json()["id"] == "工单-壹?#"
    for unreachable in ("2026/11/1", "..", "a\\b"):
        order = an_order(unreachable, community="小区 一")
        problem = expect_problem(client.post("/v1/orders", json=order), 422, "bad_input")
        assert problem["problems"][0]["path"] == "order.id"
        place = {"community": {"id": unreachable, "location": {"lat": 34.26, "lon": 117.18}}}
        expect_problem(client.post("/v1/communities", json=place), 422, "bad_input")


def test_an_order_sent_twice_is_one_order(client: httpx.Client) -> None:
    community(client)
    first, again = (client.post("/v1/orders", json=an_order()) for _ in range(2))
    assert first.json() == again.json()
    other = an_order(kind="repair")
    expect_problem(client.post("/v1/orders", json=other), 409, "already_there")


def test_an_order_of_an_unknown_community_is_refused(client: httpx.Client) -> None:
    problem = expect_problem(client.post("/v1/orders", json=an_order()), 422, "bad_input")
    assert "community" in problem["problems"][0]["path"]


def test_an_action_names_the_version_it_was_made_against(client: httpx.Client) -> None:
    community(client)
    client.post("/v1/orders", json=an_order())
    path = "/v1/orders/o-1/hold"
    expect_problem(client.post(path), 428, "precondition_required")
    expect_problem(client.post(path, headers={"If-Match": '"7"'}), 412, "stale_record")
    held = client.post(path, headers={"If-Match": '"1"'})
    assert (held.status_code, held.json()["state"], held.headers["etag"]) == (200, "held", '"2"')


def test_what_is_not_allowed_is_refused_with_what_is(client: httpx.Client) -> None:
    community(client)
    client.post("/v1/orders", json=an_order())
    problem = expect_problem(client.post("/v1/orders/o-1/finish", headers=ANY), 409, "not_allowed")
    assert "hold" in problem["detail"]
    actions = {one["action"]: one["path"] for one in client.get("/v1/orders/o-1/actions").json()["actions"]}
    assert (actions["hold"], actions["join_outage"], actions["plan"]) == ("hold", "outage", None)
    assert "finish" not in actions


def test_every_action_of_the_life_cycle_has_its_route_or_comes_about_otherwise() -> None:
    otherwise = {"receive", "plan", "replan", "unplan", "give_back", "break_off", "record_survey", "restore_by_parent"}
    assert set(PATH_OF) == set(get_args(Action)) - otherwise


def test_r11_a_withdrawal_without_a_reason_is_refused(client: httpx.Client) -> None:
    community(client)
    client.post("/v1/orders", json=an_order())
    expect_problem(client.post("/v1/orders/o-1/withdraw", json={}, headers=ANY), 422, "bad_input")
    answer = client.post("/v1/orders/o-1/withdraw", json={"reason": "changed_mind"}, headers=ANY)
    assert answer.json()["state"] == "withdrawal_requested"


def test_r32_the_audit_tells_who_did_what(client: httpx.Client) -> None:
    community(client)
    client.post("/v1/orders", json=an_order())
    client.post("/v1/orders/o-1/hold", json={"note": "abroad"}, headers=ANY)
    client.post("/v1/orders/o-1/resume", headers=ANY)
    events = client.get("/v1/orders/o-1/audit").json()["items"]
    assert [event["action"] for event in events] == ["receive", "hold", "resume"]
    assert all(event["actor"].startswith("admin:") for event in events)


def test_r31_an_action_that_comes_twice_counts_once(client: httpx.Client) -> None:
    community(client)
    client.post("/v1/orders", json=an_order())
    body = {"action_id": "tap-1"}
    first = client.post("/v1/orders/o-1/hold", json=body, headers=ANY)
    again = client.post("/v1/orders/o-1/hold", json=body, headers=ANY)
    assert first.json()["version"] == again.json()["version"]


def test_a_technician_sees_own_orders_only(client: httpx.Client, client_as: ClientAs) -> None:
    community(client)
    client.post("/v1/orders", json=an_order())
    phone = client_as("technician", technician="t-1")
    assert phone.get("/v1/orders").json()["items"] == []
    assert phone.get("/v1/countdowns").json()["items"] == []
    for path in ("/v1/orders/o-1", "/v1/orders/o-1/audit", "/v1/orders/o-1/actions"):
        expect_problem(phone.get(path), 404, "not_found")
    expect_problem(phone.post("/v1/orders", json=an_order("o-2")), 403, "forbidden")


def test_of_many_orders_each_is_judged_by_itself_and_none_is_lost(client: httpx.Client) -> None:
    community(client)
    client.post("/v1/orders", json=an_order("o-0"))
    orders = [
        an_order("o-0"),
        an_order("o-1"),
        {"order": {"id": "o-2"}},
        "no order",
        an_order("o-3", community="c-9"),
        an_order("o-1", kind="repair"),
        an_order("o-4"),
    ]
    report = client.post("/v1/orders/bulk", json={"orders": orders}).json()
    assert report["received"] == ["o-1", "o-4"]
    assert report["known"] == ["o-0"]
    assert [(one["index"], one.get("id"), one["code"]) for one in report["failed"]] == [
        (2, "o-2", "bad_input"),
        (3, None, "bad_input"),
        (4, "o-3", "bad_input"),
        (5, "o-1", "already_there"),
    ]
    assert report["failed"][0]["problems"][0]["path"].startswith("orders[2].order.")
    assert report["failed"][2]["problems"][0]["path"] == "orders[4].order.community"
    assert len(report["received"]) + len(report["known"]) + len(report["failed"]) == len(orders)


@pytest.mark.parametrize("body", [{}, {"orders": []}, {"orders": {}}, []])
def test_a_bulk_that_is_none_is_refused(client: httpx.Client, body: Any) -> None:
    expect_problem(client.post("/v1/orders/bulk", json=body), 422, "bad_input")
