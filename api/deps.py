"""What routes get handed in."""

from __future__ import annotations

from typing import Annotated, Any

from anyio import CapacityLimiter
from fastapi import Depends
from fastapi import Request as HttpRequest

from api.idempotency import store_for_once
from dispatch.bootstrap import Service
from dispatch.domain.records.access import Principal, Role
from dispatch.errors import ForbiddenError
from dispatch.ports import Runners, Store


def _service(http: HttpRequest) -> Service:
    service: Service = http.app.state.service
    return service


def _runner(http: HttpRequest) -> Runners:
    runner: Runners = http.app.state.runner
    return runner


def _parse_limiter(http: HttpRequest) -> CapacityLimiter:
    limiter: CapacityLimiter = http.app.state.parse_limiter
    return limiter


ServiceDep = Annotated[Service, Depends(_service)]
"""The use cases' store, planner, checker, clock, policy and settings."""
RunnerDep = Annotated[Runners, Depends(_runner)]
"""Who executes runs, to be woken when a run was queued."""
ParseLimiterDep = Annotated[CapacityLimiter, Depends(_parse_limiter)]
"""Bounds how many planning requests are parsed side by side."""


def principal_of() -> Principal:
    """Return who asks: until there are keys, the administrator of the main centre."""
    return Principal(name="local", role="admin")


def allowed(*roles: Role) -> Any:
    """Return the dependency that gives who asks, if they have one of these roles; administrators always may.

    Raises
    ------
    ForbiddenError
        If they have another role.
    """

    def check(principal: Annotated[Principal, Depends(principal_of)]) -> Principal:
        if principal.role not in (*roles, "admin"):
            msg = f"the role {principal.role} may not do this\nMaybe ask somebody who is {' or '.join(roles)}"
            raise ForbiddenError(msg)
        return principal

    return Depends(check)


async def _centre_store(
    http: HttpRequest, service: ServiceDep, principal: Annotated[Principal, Depends(principal_of)]
) -> Store:
    store = service.store.of(principal.centre)
    return await store_for_once(http, service=service, principal=principal, store=store)


CentreStoreDep = Annotated[Store, Depends(_centre_store)]
"""The store as the dispatch centre of who asks sees it; a POST with an `Idempotency-Key` writes through it once."""
