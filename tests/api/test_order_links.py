"""A customer's link over HTTP: handed out, the same again, revoked (R34, R35)."""

from __future__ import annotations

import httpx
import pytest

from dispatch.bootstrap import Service
from dispatch.domain.records.access import Role
from dispatch.settings import Settings
from tests.api.conftest import ClientAs
from tests.api.journey import expect_problem
from tests.api.pages.world import agreed_order, put

LINKS = "/v1/orders/o-1/links"
PUBLIC_URL = "https://dispatch.example.org"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"status_cache_s": 0.0, "public_url": PUBLIC_URL})


@pytest.mark.parametrize("role", ["integration", "dispatcher", "supervisor"])
def test_r34_a_link_opens_the_page_until_it_is_revoked(client_as: ClientAs, service: Service, role: Role) -> None:
    put(service, agreed_order(service.clock.now()))
    client = client_as(role)
    link = client.post(LINKS).json()
    assert link["url"] == f"{PUBLIC_URL}{link['path']}"
    assert client.get(link["path"]).status_code == 200
    assert client.post(LINKS).json() == link
    assert client.post(f"{LINKS}/revoke").json() == {"revoked": 1}
    assert client.get(link["path"]).status_code == 404
    assert client.post(f"{LINKS}/revoke").json() == {"revoked": 0}
    assert client.get(client.post(LINKS).json()["path"]).status_code == 200


def test_a_revocation_that_is_sent_again_leaves_a_newer_link_alone(client_as: ClientAs, service: Service) -> None:
    put(service, agreed_order(service.clock.now()))
    client, once = client_as("dispatcher"), {"Idempotency-Key": "k-1"}
    client.post(LINKS)
    assert client.post(f"{LINKS}/revoke", headers=once).json() == {"revoked": 1}
    path = client.post(LINKS).json()["path"]
    again = client.post(f"{LINKS}/revoke", headers=once)
    assert (again.json(), again.headers["Idempotency-Replayed"]) == ({"revoked": 1}, "true")
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", [LINKS, f"{LINKS}/revoke"])
def test_links_are_for_the_desk_and_for_orders_that_there_are(
    client: httpx.Client, client_as: ClientAs, path: str
) -> None:
    expect_problem(client_as("technician").post(path), 403, "forbidden")
    expect_problem(client.post(path), 404, "not_found")
