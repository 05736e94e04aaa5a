"""People who have logged in to the pages: the cookie, and the dependencies that say who asks."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends
from fastapi import Request as HttpRequest
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from api.deps import ROLES_OF, ServiceDep
from api.form_tokens import checked_form
from dispatch.bootstrap import Service
from dispatch.domain.records.access import Principal, Role
from dispatch.errors import ForbiddenError, StaleRecordError, UnauthenticatedError
from dispatch.settings import Settings
from dispatch.usecases.access.sessions import OpenSession, open_session

COOKIE: Final = "field-dispatch-session"
LOGIN: Final = "/login"


class LoginNeededError(Exception):
    """A page needs a login; holds where to go on after it."""

    def __init__(self, next_path: str) -> None:
        super().__init__(next_path)
        self.next_path = next_path


def is_encrypted(settings: Settings) -> bool:
    """Tell whether cookies may travel by https only: everywhere but on the operator's own machine."""
    return settings.environment != "local" or settings.is_public_url_encrypted


def cookie_name(settings: Settings) -> str:
    """Return the cookie's name; by its prefix browsers take it from this very host and by https only."""
    return f"__Host-{COOKIE}" if is_encrypted(settings) else COOKIE


def set_session_cookie(response: Response, opened: OpenSession, settings: Settings) -> None:
    """Let the browser keep a session until it ends."""
    response.set_cookie(
        cookie_name(settings),
        opened.token,
        max_age=settings.session_absolute_s,
        path="/",
        secure=is_encrypted(settings),
        httponly=True,
        samesite="lax",
    )


def drop_session_cookie(response: Response, settings: Settings) -> None:
    """Let the browser forget the session."""
    response.delete_cookie(
        cookie_name(settings), path="/", secure=is_encrypted(settings), httponly=True, samesite="lax"
    )


async def session_of(http: HttpRequest, service: ServiceDep) -> OpenSession:
    """Return the session of who asks for a page.

    Raises
    ------
    LoginNeededError
        If there is none, or it has ended.
    """
    token = http.cookies.get(cookie_name(service.settings))
    if token is None:
        raise LoginNeededError(next_path_of(http))
    try:
        opened = await run_in_threadpool(_opened, token, service)
    except UnauthenticatedError:
        raise LoginNeededError(next_path_of(http)) from None
    http.app.state.key_limit.take(f"user {opened.user.id}")
    return opened


PageSessionDep = Annotated[OpenSession, Depends(session_of)]
"""The session of who asks for a page."""


async def page_principal(session: PageSessionDep) -> Principal:
    """Return who asks for a page, whatever their role."""
    return session.principal


def page_allowed(*roles: Role) -> Any:
    """Return the dependency that gives who asks for a page, if they have one of these roles; administrators always may.

    Raises
    ------
    LoginNeededError
        If nobody is logged in.
    ForbiddenError
        If they have another role.
    """

    def check(principal: Annotated[Principal, Depends(page_principal)]) -> Principal:
        if principal.role not in (*roles, "admin"):
            msg = f"this page is not for the role {principal.role}\nMaybe log in as somebody else"
            raise ForbiddenError(msg)
        return principal

    ROLES_OF[check] = roles
    return Depends(check)


async def _session_form(http: HttpRequest, session: PageSessionDep, service: ServiceDep) -> FormData:
    return await checked_form(http, session.session.id, signer=service.signer)


SessionFormDep = Annotated[FormData, Depends(_session_form)]
"""The fields of a form of somebody who has logged in, sent from a page of ours."""


def next_path_of(http: HttpRequest) -> str:
    """Return where to go after a login: the page that was asked for, or the start if it was no page but a form."""
    return http.url.path if http.method == "GET" else "/"


def local_path(path: object) -> str:
    """Return a path to go to if it leads to a page of ours, else the start: a login must not lead to another site."""
    is_ours = (
        isinstance(path, str) and path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    )
    return path if isinstance(path, str) and is_ours else "/"


def on_login_needed(_: HttpRequest, error: Exception) -> Response:
    """Send the browser to the login."""
    next_path = error.next_path if isinstance(error, LoginNeededError) else "/"
    query = "" if next_path == "/" else f"?next={next_path}"
    return RedirectResponse(LOGIN + query, status_code=303)


def _opened(token: str, service: Service) -> OpenSession:
    settings, store, clock = service.settings, service.store, service.clock
    try:
        return open_session(token, settings=settings, store=store, clock=clock)
    except StaleRecordError:  # another request of the same page has just noted that it is in use
        return open_session(token, settings=settings, store=store, clock=clock)
