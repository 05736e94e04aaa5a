"""People who have logged in: clients with a session, and forms that carry its token."""

from __future__ import annotations

from typing import Any

import httpx
from bs4 import BeautifulSoup

from dispatch.bootstrap import Service
from dispatch.domain.records.access import Role
from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.usecases.access.users import create_user

WORD = "the river runs slowly"


def log_in(client: httpx.Client, service: Service, role: Role, *, login: str = "", technician: str = "t-1") -> None:
    """Make a user and log them in with a client, which keeps the session."""
    login = login or role
    create_user(
        login,
        WORD,
        name=login,
        role=role,
        technician=technician if role == "technician" else None,
        store=service.store.of(MAIN_CENTRE),
        everywhere=service.store,
        clock=service.clock,
        passwords=service.passwords,
    )
    form = soup_of(client.get("/login")).find("input", {"name": "csrf"})
    assert form is not None
    answer = client.post("/login", data={"csrf": str(form["value"]), "name": login, "password": WORD, "next": "/"})
    assert answer.status_code == 303, answer.text


def soup_of(answer: httpx.Response) -> BeautifulSoup:
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def text_of(answer: httpx.Response) -> str:
    return " ".join(soup_of(answer).get_text(" ").split())


def fields_of(page: BeautifulSoup, action: str) -> dict[str, str]:
    """The hidden fields of the form with an address that ends in `action`."""
    form = page.find("form", action=lambda address: address is not None and address.endswith(action))
    assert form is not None, f"no form {action}"
    return {str(field["name"]): str(field.get("value", "")) for field in form.find_all("input", type="hidden")}


def tap(client: httpx.Client, page: str, action: str, *, times: int = 1, **fields: Any) -> httpx.Response:
    """Send a form of a page, the very same several times; return the last answer, redirects followed."""
    sent = {**fields_of(soup_of(client.get(page)), f"/{action}"), **fields}
    address = f"{page}/{action}"
    for _ in range(times):
        answer = client.post(address, data=sent)
    return client.get(answer.headers["location"]) if answer.status_code == 303 else answer
