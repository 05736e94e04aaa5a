"""The HTTP application: routes, errors, description, and the background runner in its process."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import CapacityLimiter
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from api.access import install_access
from api.errors import install_error_handlers
from api.idempotency import ReplayedAnswer, on_replayed_answer
from api.openapi import install_openapi
from api.pages.install import install_pages
from api.request_record import RequestRecord
from api.routes.every import ALL, DOCUMENTS
from dispatch.bootstrap import Service, build_background_tasks, build_service
from dispatch.executors import build_runners
from dispatch.safety import require_safe
from dispatch.settings import Settings, read_settings

DESCRIPTION = """Plans field technicians: submit a planning request, start a run, watch it, publish its plan, read the
schedule. Errors are problem details (`application/problem+json`) with a stable `code`."""


def app_from_environment() -> FastAPI:
    """Return the application with settings from the environment; for servers that want a factory's name.

    What is in memory then stays as long as the process. The garbage collector looks at it no more, which took it a
    fifth of a second each time, in which nobody else could do anything.
    """
    settings = read_settings()
    require_safe(settings)
    app = create_app(settings)
    gc.collect()
    gc.freeze()
    return app


def create_app(settings: Settings, *, service: Service | None = None) -> FastAPI:
    """Return the application; its database must be at the newest revision.

    Parameters
    ----------
    service
        What the use cases need; None = the real thing, as the settings say.

    Raises
    ------
    SchemaError
        If the database is not at the newest revision.
    """
    service = service or build_service(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        runner = build_runners(service)
        tasks = build_background_tasks(service, wake=runner.wake)
        app.state.runner = runner
        app.state.parse_limiter = CapacityLimiter(service.settings.parse_at_a_time)
        try:
            await run_in_threadpool(runner.start)
            tasks.start()
            if service.settings.metrics_port is not None:
                service.metrics.serve(host=service.settings.metrics_host, port=service.settings.metrics_port)
            yield
        finally:
            grace_s = service.settings.shutdown_grace_s
            is_stopped = await run_in_threadpool(tasks.stop, grace_s=grace_s)
            is_stopped &= await run_in_threadpool(runner.stop, grace_s=grace_s)
            # Else a planner is still at work: the process ends under it, and the next start brings its run back.
            if is_stopped:
                service.close()

    app = FastAPI(
        title="Field dispatch",
        version=service.planner.version,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # the framework's pages fetch scripts from public hosts
        redoc_url=None,
        redirect_slashes=False,  # else /v1/runs/ is answered with a redirect, which is no problem detail
    )
    app.state.service = service
    install_access(app, service)
    install_error_handlers(app)
    app.add_exception_handler(ReplayedAnswer, on_replayed_answer)
    app.router.routes.extend(ALL.routes)
    install_pages(app, service)
    app.add_middleware(RequestRecord, metrics=service.metrics)  # the last one added meets a request first
    install_openapi(app, documents=DOCUMENTS)
    return app
