"""Planning runs: ask for one, watch it, stop it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Final

from anyio import Event, move_on_after
from fastapi import APIRouter, Query, Response
from fastapi import Request as HttpRequest
from fastapi.concurrency import run_in_threadpool
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.body import json_body, parse_body, read_body
from api.deps import CentreStoreDep, RunnerDep, ServiceDep, allowed
from api.idempotency import OnceRoute
from api.openapi import errors
from api.schemas.runs import RunDocument, RunList, RunOrder
from dispatch.domain.run import Run, RunParameters, RunState
from dispatch.domain.values import Identifier
from dispatch.ports import Store
from dispatch.usecases.runs import cancel_run, get_run, list_runs, start_run

router = APIRouter(
    prefix="/v1/runs",
    tags=["runs"],
    route_class=OnceRoute,
    dependencies=[allowed("integration", "dispatcher", "supervisor")],
)

SHUTDOWN_GRACE_S: Final = 2
"""How long a stream may take to end by itself when the service ends."""


@router.post(
    "",
    status_code=202,
    response_model=RunDocument,
    summary="Start a planning run",
    responses=errors("bad_input", "bad_policy", "body_too_large", "not_found", "unsupported_media_type"),
    openapi_extra=json_body(RunOrder, example={"request_id": "0f9c", "kind": "nightly", "limit_s": 30, "seed": 1}),
)
async def post_run(
    http: HttpRequest, response: Response, service: ServiceDep, store: CentreStoreDep, runner: RunnerDep
) -> RunDocument:
    """Queue a planning run of a stored request. It is planned in the background; `Location` says where to look."""
    order = parse_body(await read_body(http), RunOrder)
    run = await run_in_threadpool(
        start_run,
        order.request_id,
        kind=order.kind,
        parameters=_parameters(order),
        policy=service.policy,
        code_version=service.planner.version,
        store=store,
        clock=service.clock,
        new_id=service.new_id,
    )
    runner.wake()
    response.headers["Location"] = f"/v1/runs/{run.id}"
    return RunDocument.model_validate(run)


@router.get("", response_model=RunList, summary="List planning runs", responses=errors("bad_input"))
def read_runs(
    store: CentreStoreDep,
    state: Annotated[RunState | None, Query(description="Only runs in this state.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 50,
) -> RunList:
    """Return planning runs, youngest first."""
    runs = list_runs(store=store, limit=limit, state=state)
    return RunList(runs=[RunDocument.model_validate(run) for run in runs])


@router.get(
    "/{run_id}", response_model=RunDocument, summary="Get a planning run", responses=errors("bad_input", "not_found")
)
def read_run(run_id: Identifier, store: CentreStoreDep) -> RunDocument:
    """Return a planning run: its state, progress, and plan once there is one."""
    return RunDocument.model_validate(get_run(run_id, store=store))


@router.get(
    "/{run_id}/progress",
    response_class=EventSourceResponse,
    summary="Watch a planning run",
    responses={
        200: {
            "description": "Server-sent events: `progress` at each change, then one `end`; the data is a run.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **errors("bad_input", "not_found"),
    },
)
async def watch_run(run_id: Identifier, service: ServiceDep, store: CentreStoreDep) -> EventSourceResponse:
    """Stream a run's state as server-sent events until it ends.

    The first event is the state as it is now, so a client that lost the connection simply connects again.
    """
    run = await run_in_threadpool(get_run, run_id, store=store)
    shutdown = Event()
    return EventSourceResponse(
        _events(run, store, service.settings.progress_every_s, shutdown),
        shutdown_event=shutdown,
        shutdown_grace_period=SHUTDOWN_GRACE_S,
    )


@router.delete(
    "/{run_id}",
    status_code=202,
    response_model=RunDocument,
    summary="Stop a planning run",
    responses=errors("bad_input", "not_found", "run_state"),
)
def delete_run(run_id: Identifier, service: ServiceDep, store: CentreStoreDep) -> RunDocument:
    """Stop a run: a queued one at once, a running one within moments. The best plan so far is kept as a draft."""
    run = cancel_run(run_id, store=store, clock=service.clock, new_id=service.new_id)
    return RunDocument.model_validate(run)


def _parameters(order: RunOrder) -> RunParameters:
    """Return what steers the search; the default time limit holds only where no limit is given at all."""
    default = RunParameters()
    is_unlimited = order.limit_s is None and order.iterations is None
    return RunParameters(
        limit_s=default.limit_s if is_unlimited else order.limit_s,
        iterations=order.iterations,
        seed=order.seed,
        threads=order.threads,
    )


async def _events(run: Run, store: Store, every_s: float, shutdown: Event) -> AsyncIterator[ServerSentEvent]:
    """Yield an event for each change of a run, the last one when it is final; end early if the service ends."""
    shown: Run | None = None
    while True:
        if run != shown:
            data = RunDocument.model_validate(run).model_dump_json()
            yield ServerSentEvent(data, event="end" if run.is_final else "progress")
            shown = run
        if not run.is_final:
            with move_on_after(every_s):
                await shutdown.wait()
        if run.is_final or shutdown.is_set():
            return
        run = await run_in_threadpool(get_run, run.id, store=store)
