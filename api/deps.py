"""What routes get handed in.

What only looks something up in memory is `async`: anything else takes a thread for each request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Final

from anyio import CapacityLimiter
from fastapi import Depends, Header, Security
from fastapi import Request as HttpRequest
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.idempotency import store_for_once
from api.key_ring import KeyRing
from dispatch.bootstrap import Service
from dispatch.domain.records.access import Principal, Role
from dispatch.domain.records.centre import Centre
from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.errors import ForbiddenError, UnauthenticatedError
from dispatch.ports import Runners, Store


async def _service(http: HttpRequest) -> Service:
    service: Service = http.app.state.service
    return service


async def _runner(http: HttpRequest) -> Runners:
    runner: Runners = http.app.state.runner
    return runner


async def _parse_limiter(http: HttpRequest) -> CapacityLimiter:
    limiter: CapacityLimiter = http.app.state.parse_limiter
    return limiter


ServiceDep = Annotated[Service, Depends(_service)]
"""The use cases' store, planner, checker, clock, policy and settings."""
RunnerDep = Annotated[Runners, Depends(_runner)]
"""Who executes runs, to be woken when a run was queued."""
ParseLimiterDep = Annotated[CapacityLimiter, Depends(_parse_limiter)]
"""Bounds how many planning requests are parsed side by side."""


async def _key_ring(http: HttpRequest) -> KeyRing:
    key_ring: KeyRing = http.app.state.key_ring
    return key_ring


KeyRingDep = Annotated[KeyRing, Depends(_key_ring)]
"""Recognises API keys."""

_bearer: Final = HTTPBearer(
    auto_error=False, scheme_name="api_key", description="An API key, as `dispatch keys create` prints it."
)


async def principal_of(
    http: HttpRequest,
    service: ServiceDep,
    key_ring: KeyRingDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    dispatch_centre: Annotated[
        str | None, Header(description="Administrators only: the dispatch centre to act for.", max_length=200)
    ] = None,
) -> Principal:
    """Return who asks, by the API key of the request.

    Raises
    ------
    UnauthenticatedError
        If there is no key, or it is not valid.
    ThrottledError
        If the key is used too often.
    ForbiddenError
        If somebody who is no administrator wants to act for another dispatch centre.
    """
    if credentials is None:
        msg = "the request has no API key\nMaybe send the header `Authorization: Bearer <key>`"
        raise UnauthenticatedError(msg)
    known = await key_ring.recognise(credentials.credentials)
    http.app.state.key_limit.take(known.key.id)
    principal = known.principal
    if dispatch_centre is None or dispatch_centre == principal.centre:
        return principal
    if principal.role == "admin":
        with_centre = await run_in_threadpool(_is_centre, dispatch_centre, service.store)
        if with_centre:
            return replace(principal, centre=dispatch_centre)
    msg = f"there is no dispatch centre {dispatch_centre!r} that this key may act for\nMaybe leave out Dispatch-Centre"
    raise ForbiddenError(msg)


def _is_centre(centre: str, store: Store) -> bool:
    with store.of(centre).read() as transaction:
        return centre == MAIN_CENTRE or transaction.records(Centre).find(centre) is not None


ROLES_OF: Final[dict[Callable[..., Any], tuple[Role, ...]]] = {}
"""The roles that each check made by `allowed` lets through: by it a test finds routes that check nothing."""


def allowed(*roles: Role) -> Any:
    """Return the dependency that gives who asks, if they have one of these roles; administrators always may.

    Raises
    ------
    UnauthenticatedError
        If nobody says who asks.
    ForbiddenError
        If they have another role.
    """

    async def check(principal: PrincipalDep) -> Principal:
        if principal.role not in (*roles, "admin"):
            who = " or ".join(roles) or "admin"
            msg = f"the role {principal.role} may not do this\nMaybe ask somebody who is {who}"
            raise ForbiddenError(msg)
        return principal

    ROLES_OF[check] = roles
    return Depends(check)


PrincipalDep = Annotated[Principal, Depends(principal_of)]
"""Who asks, whatever their role."""


async def _centre_store(http: HttpRequest, service: ServiceDep, principal: PrincipalDep) -> Store:
    store = service.store.of(principal.centre)
    return await store_for_once(http, service=service, principal=principal, store=store)


CentreStoreDep = Annotated[Store, Depends(_centre_store)]
"""The store as the dispatch centre of who asks sees it; a POST with an `Idempotency-Key` writes through it once."""
