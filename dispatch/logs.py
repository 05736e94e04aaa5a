"""Logs: one line an event, for people or as JSON, with the id of the request that caused it; never personal data."""

from __future__ import annotations

import logging
from contextvars import ContextVar
from typing import Final, Literal

from pythonjsonlogger.json import JsonFormatter

REQUEST_ID: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)
"""The id of the request that is being answered; None outside of one."""

_TEXT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_LOUD: Final = ("httpx", "httpx2", "procrastinate", "alembic")
"""Loggers of libraries that tell each step, addresses included."""


class WithRequestId(logging.Filter):
    """Notes on each record which request caused it, as `request_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Note on a record which request caused it."""
        record.request_id = REQUEST_ID.get()
        return True


def configure_logging(log_format: Literal["text", "json"]) -> None:
    """Send the logs of this process to standard error, uvicorn's too."""
    handler = logging.StreamHandler()
    handler.addFilter(WithRequestId())
    if log_format == "json":
        names = {"asctime": "at", "levelname": "level", "name": "logger"}
        handler.setFormatter(
            JsonFormatter(
                "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
                rename_fields=names,
                json_ensure_ascii=False,
            )
        )
    else:
        handler.setFormatter(logging.Formatter(_TEXT))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
