"""Logging in to the pages and out again."""

from __future__ import annotations

import secrets
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from fastapi import Request as HttpRequest
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.deps import ServiceDep
from api.form_tokens import checked_form, form_token
from api.pages.languages import language_of, remember_language
from api.pages.page_route import PageRoute
from api.pages.rendering import page
from api.rate_limit import address_of
from api.sessions import (
    LOGIN,
    SessionFormDep,
    cookie_name,
    drop_session_cookie,
    is_encrypted,
    local_path,
    set_session_cookie,
)
from dispatch.bootstrap import Service
from dispatch.errors import ForbiddenError, ThrottledError, UnauthenticatedError
from dispatch.translations.catalogue import N_, translations
from dispatch.usecases.access.sessions import log_in, log_out

router = APIRouter(route_class=PageRoute, tags=["pages"], include_in_schema=False)

BROWSER_COOKIE: Final = "field-dispatch-browser"
"""Tells browsers apart before anybody has logged in, so that a login cannot be foisted on somebody either."""
BROWSER_COOKIE_S: Final = 3600
_NOTICES: Final = {
    401: N_("Name or password is not right."),
    403: N_("This page had become too old. Please sign in once more."),
    429: N_("That was too often. Wait a little and try again."),
}
"""Why the form is shown again, by the status of the answer."""


@router.get(LOGIN)
async def show_login(
    http: HttpRequest, service: ServiceDep, next_path: Annotated[str, Query(alias="next", max_length=2000)] = "/"
) -> Response:
    """Show the form."""
    return _form(http, service, next_path=local_path(next_path))


@router.post(LOGIN)
async def do_login(http: HttpRequest, service: ServiceDep) -> Response:
    """Begin a session and go where the person wanted to go, or show the form again."""
    browser = http.cookies.get(BROWSER_COOKIE, "")
    try:
        form = await checked_form(http, browser, signer=service.signer)
    except ForbiddenError:
        wanted = (await http.form()).get("next")  # read already
        return _form(http, service, next_path=local_path(wanted), status=403)
    name, password, next_path = (str(form.get(field, "")) for field in ("name", "password", "next"))
    next_path = local_path(next_path)
    try:
        http.app.state.login_limit.take(address_of(http.scope))
        opened = await run_in_threadpool(
            log_in,
            name,
            password,
            settings=service.settings,
            store=service.store,
            clock=service.clock,
            passwords=service.passwords,
        )
    except UnauthenticatedError:
        return _form(http, service, next_path=next_path, status=401)
    except ThrottledError as error:
        answer = _form(http, service, next_path=next_path, status=429)
        answer.headers["Retry-After"] = str(error.retry_after_s)
        return answer
    before = http.cookies.get(cookie_name(service.settings))
    if before is not None:
        await run_in_threadpool(log_out, before, store=service.store)
    answer = RedirectResponse(next_path, status_code=303)
    set_session_cookie(answer, opened, service.settings)
    answer.delete_cookie(BROWSER_COOKIE, path=LOGIN)
    return answer


@router.post("/logout")
async def do_logout(http: HttpRequest, service: ServiceDep, _: SessionFormDep) -> Response:
    """End the session."""
    await run_in_threadpool(log_out, http.cookies[cookie_name(service.settings)], store=service.store)
    answer = RedirectResponse(LOGIN, status_code=303)
    drop_session_cookie(answer, service.settings)
    return answer


def _form(http: HttpRequest, service: Service, *, next_path: str, status: int = 200) -> Response:
    """Return the form, with a browser cookie."""
    browser = http.cookies.get(BROWSER_COOKIE) or secrets.token_urlsafe(16)
    language = language_of(http, service.settings)
    notice = _NOTICES.get(status)
    answer: Response = page(
        "login.html.j2",
        language=language,
        zone=ZoneInfo("UTC"),
        path=LOGIN,
        http_status=status,
        brand=service.settings.brand,
        csrf=form_token(browser, signer=service.signer),
        next=next_path,
        notice=None if notice is None else translations(language).gettext(notice),
    )
    answer.set_cookie(
        BROWSER_COOKIE,
        browser,
        max_age=BROWSER_COOKIE_S,
        path=LOGIN,
        secure=is_encrypted(service.settings),
        httponly=True,
        samesite="strict",
    )
    remember_language(http, answer, service.settings)
    return answer
