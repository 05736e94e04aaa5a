"""A real worker process: started, killed, stopped."""

from __future__ import annotations

from tests.e2e.running_command import RunningCommand


class RunningWorker(RunningCommand):
    """`dispatch worker` over a PostgreSQL database."""

    def __init__(self, **settings: str) -> None:
        super().__init__("worker", settings=settings)
