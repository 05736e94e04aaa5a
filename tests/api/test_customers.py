"""Customers over HTTP: masked, revealed for a reason, handed out, erased; and found in no other place."""

from __future__ import annotations

import json
import logging
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import inspect, text

from dispatch.bootstrap import Service
from dispatch.domain.files import to_json
from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.errors import StoreError
from dispatch.store.database import open_engine
from dispatch.usecases.planning.snapshot import snapshot
from tests.api.access import make_centre
from tests.api.conftest import ClientAs
from tests.api.journey import expect_problem

PERSONAL: Final = {
    "name": "欧阳明珠",
    "phone": "13912345678",
    "email": "pearl@example.org",
    "wechat": "oX-pearl-17",
    "address": "珍珠路88号",
    "unit": "9幢1701室",
    "reference": "K-4711-pearl",
}
ANY: Final = {"if-match": "*"}


def keep(client: httpx.Client, **changes: Any) -> str:
    answer = client.post("/v1/customers", json=PERSONAL | changes)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/customers/{answer.json()['id']}"
    customer_id: str = answer.json()["id"]
    return customer_id


def leaks(text: str, *, but: tuple[str, ...] = ()) -> list[str]:
    """Return what of the personal data stands in a text, as it is or as JSON writes it."""
    written = {value: json.dumps(value)[1:-1] for name, value in PERSONAL.items() if name not in but}
    return [value for value, as_json in written.items() if value in text or as_json in text]


def test_a_customer_is_shown_masked_to_everybody(client: httpx.Client, client_as: ClientAs) -> None:
    customer = keep(client)
    for shown in (
        client.post("/v1/customers", json=PERSONAL),
        client_as("supervisor").get(f"/v1/customers/{customer}"),
    ):
        assert leaks(shown.text, but=("address",)) == []
        assert shown.json()["is_masked"] is True
        assert shown.json()["details"]["phone"] == "139******78"
        assert shown.headers["cache-control"] == "no-store"


def test_sending_a_customer_again_doubles_nobody(client: httpx.Client) -> None:
    assert keep(client) == keep(client)


def test_many_customers_are_kept_at_once(client: httpx.Client) -> None:
    body = {"customers": [PERSONAL | {"reference": f"K-{number}"} for number in range(20)]}
    first = client.post("/v1/customers/bulk", json=body).json()["ids"]
    assert len(set(first)) == 20
    assert client.post("/v1/customers/bulk", json=body).json()["ids"] == first
    body["customers"][7]["phone"] = "none"
    problem = expect_problem(client.post("/v1/customers/bulk", json=body), 422, "bad_input")
    assert problem["problems"][0]["path"] == "customers[7].phone"


def test_a_reveal_needs_a_role_or_an_order_and_is_written_down(client: httpx.Client, client_as: ClientAs) -> None:
    customer = keep(client)
    path = f"/v1/customers/{customer}/reveal"
    expect_problem(client_as("technician").post(path, json={"purpose": "visit"}), 403, "forbidden")
    expect_problem(client_as("integration").post(path, json={"purpose": "curious"}), 403, "forbidden")
    expect_problem(client_as("dispatcher").post(path, json={}), 422, "bad_input")
    full = client_as("dispatcher").post(path, json={"purpose": "call about the time"}).json()
    assert full["details"] == PERSONAL
    (reveal,) = client_as("supervisor").get(f"/v1/customers/{customer}/reveals").json()["items"]
    assert (reveal["purpose"], reveal["role"]) == ("call about the time", "dispatcher")


def test_a_reveal_is_not_remembered_for_its_idempotency_key(client_as: ClientAs, service: Service) -> None:
    dispatcher = client_as("dispatcher")
    customer = keep(dispatcher)
    headers = {"idempotency-key": "k-1"}
    dispatcher.post(f"/v1/customers/{customer}/reveal", json={"purpose": "call"}, headers=headers)
    assert leaks(everything_but_customers(service)) == []


def test_a_change_names_the_version_it_was_made_against(client: httpx.Client) -> None:
    path = f"/v1/customers/{keep(client)}"
    expect_problem(client.put(path, json={"name": "Li"}), 428, "precondition_required")
    expect_problem(client.put(path, json={"name": "Li"}, headers={"if-match": '"9"'}), 412, "stale_record")
    assert client.put(path, json={"name": "Li"}, headers={"if-match": '"1"'}).headers["etag"] == '"2"'


@pytest.mark.parametrize(
    ("changes", "path"), [({"phone": "call me"}, "phone"), ({"email": "none"}, "email"), ({"nick": "x"}, "nick")]
)
def test_what_cannot_be_right_is_refused(client: httpx.Client, changes: dict[str, str], path: str) -> None:
    problem = expect_problem(client.post("/v1/customers", json=PERSONAL | changes), 422, "bad_input")
    assert problem["problems"][0]["path"] == path


def test_export_and_erasing_are_the_supervisors(client: httpx.Client, client_as: ClientAs) -> None:
    customer = keep(client)
    expect_problem(client_as("dispatcher").get(f"/v1/customers/{customer}/export"), 403, "forbidden")
    expect_problem(client_as("dispatcher").post(f"/v1/customers/{customer}/erase"), 403, "forbidden")
    supervisor = client_as("supervisor")
    export = supervisor.get(f"/v1/customers/{customer}/export").json()["records"]
    assert export["Customer"][0]["details"] == PERSONAL
    assert supervisor.get(f"/v1/customers/{customer}/reveals").json()["items"][0]["purpose"] == "export"
    erased = supervisor.post(f"/v1/customers/{customer}/erase").json()
    assert erased["pseudonymised_at"] is not None
    assert set(erased["details"].values()) == {None}


def rows(service: Service, tables: set[str]) -> str:
    """Return every value of some tables of the database."""
    engine = open_engine(service.settings.url)
    try:
        with engine.connect() as connection:
            found = [connection.execute(text(f'SELECT * FROM "{name}"')).all() for name in sorted(tables)]  # noqa: S608
            return str([tuple(row) for rows_of_one in found for row in rows_of_one])  # a row itself shows itself cut
    finally:
        engine.dispose()


def everything_but_customers(service: Service) -> str:
    """Return every value of every table of the database but that of the customers."""
    engine = open_engine(service.settings.url)
    tables = set(inspect(engine).get_table_names())
    engine.dispose()
    return rows(service, tables - {"customers"})


def test_personal_data_is_found_nowhere_else(
    client: httpx.Client,
    client_as: ClientAs,
    service: Service,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not in other tables, not in planning requests, not in logs, whatever goes well and whatever fails."""
    with caplog.at_level(logging.DEBUG):
        customer = keep(client)
        community = {"id": "c-1", "location": {"lat": 34.26, "lon": 117.18}}
        assert client.post("/v1/communities", json={"community": community}).status_code == 201
        order = {
            "id": "o-1",
            "kind": "install",
            "community": "c-1",
            "accepted_at": service.clock.now().replace(microsecond=0).isoformat(),
            "duration": "PT60M",
            "address": PERSONAL["address"] + PERSONAL["unit"],
            "extra": {"customer": PERSONAL},
        }
        taken = client.post("/v1/orders", json={"order": order, "customer": customer})
        assert taken.status_code == 201, taken.text
        bulk = client.post("/v1/orders/bulk", json={"orders": [{"order": order | {"id": "o-2"}, "customer": customer}]})
        assert bulk.status_code == 200, bulk.text
        dispatcher = client_as("dispatcher")
        assert dispatcher.post(f"/v1/customers/{customer}/reveal", json={"purpose": "call"}).status_code == 200
        for path in ("/v1/orders", "/v1/orders/o-1", "/v1/orders/o-1/audit", "/v1/orders/o-2"):
            assert leaks(client.get(path).text) == [], path
        client.post("/v1/customers", json=PERSONAL | {"phone": PERSONAL["phone"] + "x"})
        client.post("/v1/orders", json={"order": order | {"id": "o-3", "kind": PERSONAL["name"]}})

        def fail(*_: object, **__: object) -> None:
            raise StoreError("the disk is full")

        with monkeypatch.context() as failing:
            failing.setattr("api.routes.customers.add_customer", fail)
            assert client.post("/v1/customers", json=PERSONAL).status_code == 503
        make_centre(service, MAIN_CENTRE)
        with service.store.of(MAIN_CENTRE).read() as transaction:
            now = service.clock.now()
            planned = snapshot(now.date(), now=now, policy=service.policy, transaction=transaction)
    assert {found.id for found in planned.request.orders} == {"o-1", "o-2"}
    assert leaks(to_json(planned.request)) == []
    assert leaks(everything_but_customers(service)) == []
    assert leaks(rows(service, {"customers"})) == list(PERSONAL.values())  # where it would have been found
    assert leaks(caplog.text) == []


def test_keys_are_made_listed_and_revoked_by_administrators(client: httpx.Client, client_as: ClientAs) -> None:
    expect_problem(client_as("supervisor").get("/v1/keys"), 403, "forbidden")
    made = client.post("/v1/keys", json={"name": "crm", "role": "integration"}, headers={"idempotency-key": "k"}).json()
    listed = client.get("/v1/keys")
    assert made["key"].split("_", 2)[2] not in listed.text
    assert "digest" not in listed.text
    with httpx.Client(base_url=client.base_url, headers={"authorization": f"Bearer {made['key']}"}) as crm:
        assert crm.get("/v1/orders").status_code == 200
        assert client.delete(f"/v1/keys/{made['id']}").json()["revoked_at"] is not None
        expect_problem(crm.get("/v1/orders"), 401, "unauthenticated")
    expect_problem(client.delete("/v1/keys/nothing"), 404, "not_found")
