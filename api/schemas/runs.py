"""Planning runs over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, Strict

from dispatch.domain.run import RunKind, RunState
from dispatch.domain.values import Document


class RunOrder(Document):
    """What is asked of a planning run. Without `limit_s` and `iterations` it searches for 30 seconds."""

    request_id: str = Field(description="The stored request to plan.")
    kind: RunKind = Field(default="nightly", description="Kind of run.")
    limit_s: Annotated[float, Strict(), Field(gt=0, le=86_400)] | None = Field(
        default=None, description="Seconds of search."
    )
    iterations: Annotated[int, Strict(), Field(ge=1, le=2**53)] | None = Field(
        default=None, description="Iterations of search; makes the plan reproducible."
    )
    seed: Annotated[int, Strict(), Field(ge=0, lt=2**63)] = Field(default=1, description="Seed of the search.")
    threads: Annotated[int, Strict(), Field(ge=1, le=256)] | None = Field(
        default=None, description="Threads of the search; null = all cores."
    )


class _FromRecord(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ParametersDocument(_FromRecord):
    """What steers the search."""

    limit_s: float | None = Field(description="Seconds of search; null = no time limit.")
    iterations: int | None = Field(description="Iterations of search; null = no iteration limit.")
    seed: int = Field(description="Seed of the search.")
    threads: int | None = Field(description="Threads of the search; null = all cores.")


class ProgressDocument(_FromRecord):
    """Where the search stands."""

    elapsed_s: float = Field(description="Seconds searched.")
    iterations: int = Field(description="Iterations so far.")
    iterations_per_s: float = Field(description="Speed of the search.")
    cost: int = Field(description="Cost of the best plan so far.")
    cost_terms: dict[str, int] = Field(description="The same by term.")
    unassigned: int = Field(description="Orders in no route.")


class FailureDocument(_FromRecord):
    """Why the run failed."""

    code: str = Field(description="Stable code for programs.")
    detail: str = Field(description="For people.")


class RunDocument(_FromRecord):
    """A planning run: queued, running, then done, failed or cancelled."""

    id: str = Field(description="Its id.")
    request_id: str = Field(description="The request it plans.")
    request_digest: str = Field(description="Digest of that request.")
    kind: RunKind = Field(description="Kind of run.")
    state: RunState = Field(description="Where it is in its life.")
    parameters: ParametersDocument = Field(description="What steers the search.")
    policy: dict[str, Any] = Field(description="The policy in effect, in the shape of a policy file.")
    code_version: str = Field(description="Version of the program that plans.")
    attempt: int = Field(description="1 for the first try; counts up when the process died under it.")
    is_cancel_requested: bool = Field(description="True once somebody asked it to stop.")
    created_at: datetime = Field(description="When it was asked for.")
    started_at: datetime | None = Field(description="When its latest attempt began.")
    finished_at: datetime | None = Field(description="When it ended for good.")
    progress: ProgressDocument | None = Field(description="Where the search stands.")
    cost: int | None = Field(description="Cost of its plan.")
    cost_terms: dict[str, int] = Field(description="The same by term.")
    plan_id: str | None = Field(description="Its plan: when done, or the best so far when cancelled.")
    failure: FailureDocument | None = Field(description="Why it failed.")


class RunList(BaseModel):
    """Planning runs, youngest first."""

    runs: list[RunDocument] = Field(description="The runs.")
