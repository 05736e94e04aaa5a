"""What routes get handed in."""

from __future__ import annotations

from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends
from fastapi import Request as HttpRequest

from dispatch.bootstrap import Service
from dispatch.worker import BackgroundRunner


def _service(http: HttpRequest) -> Service:
    service: Service = http.app.state.service
    return service


def _runner(http: HttpRequest) -> BackgroundRunner:
    runner: BackgroundRunner = http.app.state.runner
    return runner


def _parse_limiter(http: HttpRequest) -> CapacityLimiter:
    limiter: CapacityLimiter = http.app.state.parse_limiter
    return limiter


ServiceDep = Annotated[Service, Depends(_service)]
"""The use cases' store, planner, checker, clock, policy and settings."""
RunnerDep = Annotated[BackgroundRunner, Depends(_runner)]
"""The background runner, to be woken when a run was queued."""
ParseLimiterDep = Annotated[CapacityLimiter, Depends(_parse_limiter)]
"""Bounds how many planning requests are parsed side by side."""
