"""A planning run: one execution of the solver on a stored request, as a record that outlives the process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from dispatch.domain.records.record import MAIN_CENTRE

RunKind = Literal["nightly", "urgent"]
"""For whole days, or for what is left of the running day."""
RunState = Literal["queued", "running", "done", "failed", "cancelled"]

FINAL_STATES: Final[frozenset[RunState]] = frozenset({"done", "failed", "cancelled"})
"""States a run never leaves."""


@dataclass(frozen=True, kw_only=True)
class RunParameters:
    """What steers the search; with the request's digest and the code version it reproduces a plan.

    Attributes
    ----------
    limit_s
        Seconds of search; None = no time limit.
    iterations
        Iterations of search; None = no iteration limit.
    seed
        Seed of the core's random generator.
    threads
        Threads of the search; None = all cores.
    """

    limit_s: float | None = 30.0
    iterations: int | None = None
    seed: int = 1
    threads: int | None = None


@dataclass(frozen=True, kw_only=True)
class RunProgress:
    """Where the search stands: the incumbent's cost and how fast it goes."""

    elapsed_s: float
    iterations: int
    iterations_per_s: float
    cost: int
    cost_terms: Mapping[str, int]
    unassigned: int


@dataclass(frozen=True, kw_only=True)
class RunFailure:
    """Why a run failed: a stable code and a sentence for people."""

    code: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Run:
    """One planning run and its life: queued, running, then done, failed or cancelled.

    Attributes
    ----------
    request_id, request_digest
        The stored request that is planned, and the digest of its content.
    policy
        The effective policy at the time the run was asked for, in the shape of a policy file.
    code_version
        Version of the program that planned last.
    attempt
        1 for the first try; counts up each time a process died with the run in its hands.
    claimed_by
        The runner that has it in hand; None unless running. Only this runner may write its result.
    heartbeat_at
        The last sign of life of a runner that has or had it in hand; None until it is begun.
    is_cancel_requested
        True once somebody asked a running run to stop.
    progress
        None until the search has reported for the first time.
    plan_id
        The plan it made: set when done, and when cancelled or failed with a plan worth keeping.
    centre
        The dispatch centre it belongs to; a store seen by one sets its own.
    """

    id: str
    request_id: str
    request_digest: str
    kind: RunKind
    parameters: RunParameters
    policy: Mapping[str, object]
    code_version: str
    created_at: datetime
    state: RunState = "queued"
    attempt: int = 1
    claimed_by: str | None = None
    heartbeat_at: datetime | None = None
    is_cancel_requested: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    progress: RunProgress | None = None
    cost: int | None = None
    cost_terms: Mapping[str, int] = field(default_factory=dict)
    plan_id: str | None = None
    failure: RunFailure | None = None
    centre: str = MAIN_CENTRE

    @property
    def is_final(self) -> bool:
        """Whether the run has ended for good."""
        return self.state in FINAL_STATES
