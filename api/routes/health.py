"""Is the service alive."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.deps import ServiceDep
from api.openapi import errors
from dispatch.usecases.runs import list_runs

router = APIRouter(tags=["service"])


class Health(BaseModel):
    """The service is alive."""

    status: str = Field(default="ok", description="Always ok: anything else is an error.")
    version: str = Field(description="Version of the program.")


@router.get("/healthz", response_model=Health, summary="Is the service alive", responses=errors())
def read_health(service: ServiceDep) -> Health:
    """Answer if the service and its store are alive."""
    list_runs(store=service.store, limit=1)
    return Health(version=service.planner.version)
