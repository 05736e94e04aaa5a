"""Logging in to the pages: cookies, form tokens, throttling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import httpx
import pytest
from bs4 import BeautifulSoup
from fastapi import APIRouter

from api.deps import ServiceDep
from api.form_tokens import form_token
from api.main import create_app
from api.sessions import PageSessionDep, SessionFormDep, page_allowed
from dispatch.bootstrap import Service
from dispatch.domain.records.access import Principal, Role
from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.settings import Settings
from dispatch.usecases.access.users import create_user
from tests.api.journey import expect_problem
from tests.api.server import served

PASSWORD = "the river runs slowly"
router = APIRouter()


@router.get("/a-page")
def show_board(
    principal: Annotated[Principal, page_allowed("dispatcher")], session: PageSessionDep, service: ServiceDep
) -> dict[str, str]:
    return {"actor": principal.actor, "csrf": form_token(session.session.id, signer=service.signer)}


@router.post("/a-page")
def change_board(principal: Annotated[Principal, page_allowed("dispatcher")], form: SessionFormDep) -> dict[str, str]:
    return {"wish": str(form["wish"])}


@pytest.fixture
def browser(service: Service) -> Iterator[httpx.Client]:
    """A browser: keeps cookies, follows no redirect by itself."""
    app = create_app(service.settings, service=service)
    app.include_router(router)
    with served(app) as client:
        client.headers["sec-fetch-site"] = "same-origin"
        yield client


def make_user(service: Service, login: str = "li", role: Role = "dispatcher") -> None:
    create_user(
        login,
        PASSWORD,
        name="Li Na",
        role=role,
        technician="t-1" if role == "technician" else None,
        store=service.store.of(MAIN_CENTRE),
        everywhere=service.store,
        clock=service.clock,
        passwords=service.passwords,
    )


def token_of(page: httpx.Response) -> str:
    field = BeautifulSoup(page.text, "html.parser").find("input", {"name": "csrf"})
    return str(field["value"])


def log_in(browser: httpx.Client, login: str = "li", password: str = PASSWORD, next_path: str = "/") -> httpx.Response:
    token = token_of(browser.get("/login", params={"next": next_path}))
    return browser.post("/login", data={"csrf": token, "name": login, "password": password, "next": next_path})


def test_a_page_sends_who_is_not_logged_in_to_the_login_and_back(browser: httpx.Client, service: Service) -> None:
    make_user(service)
    sent = browser.get("/a-page")
    assert (sent.status_code, sent.headers["location"]) == (303, "/login?next=/a-page")
    done = log_in(browser, next_path="/a-page")
    assert (done.status_code, done.headers["location"]) == (303, "/a-page")
    assert browser.get("/a-page").json()["actor"] == "dispatcher:li"


def test_the_cookie_can_be_read_by_no_script_and_sent_by_no_other_site(browser: httpx.Client, service: Service) -> None:
    make_user(service)
    cookie = log_in(browser).headers["set-cookie"]
    assert cookie.startswith("field-dispatch-session=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=43200" in cookie
    assert "Secure" not in cookie  # on the operator's own machine only


def test_behind_https_the_cookie_travels_encrypted_only(service: Service, settings: Settings) -> None:
    make_user(service)
    public = replace(service, settings=settings.model_copy(update={"public_url": "https://dispatch.example.org"}))
    with served(create_app(public.settings, service=public)) as browser:
        page = browser.get("/login")
        kept = re.findall(r"field-dispatch-browser=[^;]+", page.headers["set-cookie"])[0]  # sent by http as well
        answer = browser.post(
            "/login",
            data={"csrf": token_of(page), "name": "li", "password": PASSWORD, "next": "/"},
            headers={"cookie": kept},
        )
        assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert answer.headers["set-cookie"].startswith("__Host-field-dispatch-session=")
    assert "Secure" in answer.headers["set-cookie"]


def test_a_wrong_password_shows_the_form_again(browser: httpx.Client, service: Service) -> None:
    make_user(service)
    answer = log_in(browser, password="wrong")
    assert answer.status_code == 401
    assert token_of(answer)
    assert "field-dispatch-session" not in answer.headers.get("set-cookie", "")


def test_a_login_ends_the_session_before_it(browser: httpx.Client, service: Service) -> None:
    make_user(service)
    log_in(browser)
    before = browser.cookies["field-dispatch-session"]
    log_in(browser)
    assert browser.cookies["field-dispatch-session"] != before
    browser.cookies.set("field-dispatch-session", before, domain=browser.base_url.host)
    with httpx.Client(base_url=browser.base_url, cookies={"field-dispatch-session": before}) as thief:
        assert thief.get("/a-page").status_code == 303


def test_logging_out_ends_the_session(browser: httpx.Client, service: Service) -> None:
    make_user(service)
    log_in(browser)
    token = browser.get("/a-page").json()["csrf"]
    kept = browser.cookies["field-dispatch-session"]
    assert browser.post("/logout", data={"csrf": token}).headers["location"] == "/login"
    with httpx.Client(base_url=browser.base_url, cookies={"field-dispatch-session": kept}) as thief:
        assert thief.get("/a-page").status_code == 303


def test_a_form_needs_the_token_of_its_own_session(browser: httpx.Client, service: Service) -> None:
    make_user(service)
    make_user(service, "wu")
    log_in(browser, "wu")
    foreign = browser.get("/a-page").json()["csrf"]
    log_in(browser)
    own = browser.get("/a-page").json()["csrf"]
    assert browser.post("/a-page", data={"wish": "x", "csrf": own}).json() == {"wish": "x"}
    for data in ({"wish": "x"}, {"wish": "x", "csrf": foreign}, {"wish": "x", "csrf": ""}):
        expect_problem(browser.post("/a-page", data=data), 403, "forbidden")


def test_a_form_that_another_site_sent_is_refused_even_with_a_token(browser: httpx.Client, service: Service) -> None:
    make_user(service)
    log_in(browser)
    token = browser.get("/a-page").json()["csrf"]
    for site in ("cross-site", "same-site"):
        answer = browser.post("/a-page", data={"wish": "x", "csrf": token}, headers={"sec-fetch-site": site})
        expect_problem(answer, 403, "forbidden")


def test_a_login_that_another_site_sent_is_refused(browser: httpx.Client, service: Service) -> None:
    make_user(service)
    answer = browser.post("/login", data={"name": "li", "password": PASSWORD})
    assert answer.status_code == 403
    assert "field-dispatch-session" not in answer.headers["set-cookie"]


def test_a_login_page_that_was_left_open_too_long_is_shown_anew(browser: httpx.Client, service: Service) -> None:
    make_user(service)
    old = token_of(browser.get("/login"))
    browser.cookies.clear()  # the browser forgets the cookie after an hour
    data = {"csrf": old, "name": "li", "password": PASSWORD, "next": "/a-page"}
    again = browser.post("/login", data=data)
    assert (again.status_code, "页面已过期" in again.text) == (403, True)
    assert 'name="next" value="/a-page"' in again.text
    assert browser.post("/login", data=data | {"csrf": token_of(again)}).status_code == 303


@pytest.mark.parametrize(
    "next_path", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/a\r\nb: c"]
)
def test_a_login_never_leads_to_another_site(browser: httpx.Client, service: Service, next_path: str) -> None:
    make_user(service)
    assert log_in(browser, next_path=next_path).headers["location"] == "/"


def test_a_role_that_may_not_see_a_page_is_refused(browser: httpx.Client, service: Service) -> None:
    make_user(service, role="technician")
    log_in(browser)
    expect_problem(browser.get("/a-page"), 403, "forbidden")


def test_an_address_that_tries_too_many_logins_has_to_wait(service: Service, settings: Settings) -> None:
    strict = replace(service, settings=settings.model_copy(update={"login_per_minute": 2}))
    with served(create_app(strict.settings, service=strict)) as browser:
        answers = [log_in(browser, "nobody") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_an_api_key_opens_no_page_and_a_cookie_no_api(browser: httpx.Client, service: Service) -> None:
    make_user(service)
    log_in(browser)
    expect_problem(browser.get("/v1/runs"), 401, "unauthenticated")
