"""`dispatch worker`: a process that executes queued runs of a PostgreSQL database, on any machine."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add `worker` to `app`."""
    app.command("worker")(worker)


def worker() -> None:
    """Execute queued runs until told to end; for services with FIELD_DISPATCH_RUNS=workers over PostgreSQL."""
    from dispatch.bootstrap import build_service
    from dispatch.errors import BadInputError, Problem
    from dispatch.executors import build_queue_worker
    from dispatch.logs import configure_logging
    from dispatch.runners.niceness import give_way_as_process
    from dispatch.safety import require_safe
    from dispatch.settings import PREFIX, read_settings

    settings = read_settings()
    require_safe(settings)
    if settings.runs != "workers":
        remedy = f"set it to workers, and {PREFIX}DATABASE_URL to the service's PostgreSQL database"
        raise BadInputError([Problem(path=f"{PREFIX}RUNS", message=f"is {settings.runs!r}", remedy=remedy)])
    configure_logging(settings.log_format)
    give_way_as_process(settings.run_niceness)
    service = build_service(settings)
    if settings.metrics_port is not None:
        service.metrics.serve(host=settings.metrics_host, port=settings.metrics_port)
    try:
        build_queue_worker(service).run()
    finally:
        service.close()
