"""Is the service alive, is it fit for work, and what does it measure."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from api.deps import ServiceDep, allowed
from api.openapi import errors
from dispatch.errors import NotReadyError
from dispatch.usecases.runs import list_runs

router = APIRouter(tags=["service"])


class Health(BaseModel):
    """The service is alive."""

    status: str = Field(default="ok", description="Always ok: anything else is an error.")
    version: str = Field(description="Version of the program.")


class ReadinessDocument(BaseModel):
    """The process is fit for work."""

    status: str = Field(default="ready", description="Always ready: anything else is an error.")
    at: datetime = Field(description="When that was found.")


@router.get("/healthz", response_model=Health, summary="Is the service alive", responses=errors())
def read_health(service: ServiceDep) -> Health:
    """Answer if the service and its store are alive."""
    list_runs(store=service.store, limit=1)
    return Health(version=service.planner.version)


@router.get(
    "/readyz",
    response_model=ReadinessDocument,
    summary="Is the service fit for work",
    responses=errors("not_ready"),
)
def read_readiness(service: ServiceDep) -> ReadinessDocument:
    """Ask the database and the revision of its tables, and solve a tiny problem; a fresh answer is given again."""
    found = service.readiness.look()
    if found.faults:
        shown = ", ".join(f"{check}: {fault}" for check, fault in found.faults.items())
        raise NotReadyError(f"this process is not fit for work: {shown}\nMaybe its log says more")
    return ReadinessDocument(at=found.at)


@router.get(
    "/metrics",
    summary="Get the measurements of this process",
    responses={
        200: {"description": "As Prometheus reads them.", "content": {"text/plain": {"schema": {"type": "string"}}}},
        **errors("unauthenticated", "forbidden"),
    },
    response_class=Response,
    dependencies=[allowed()],
)
def read_metrics(service: ServiceDep) -> Response:
    """Return requests by route, runs, outboxes, timers and promises at risk, of all dispatch centres together."""
    return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)
