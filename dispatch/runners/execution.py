"""Executing one claimed run so that, whatever happens, it does not stay running for ever."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from dispatch.domain.run import Run
from dispatch.errors import RunStateError, StoreError
from dispatch.usecases.execute_run import Runner, execute_run, fail_run
from dispatch.usecases.failures import failure_of

_log: Final = logging.getLogger(__name__)


def execute_claimed(run: Run, *, runner: Runner, is_stopping: Callable[[], bool]) -> None:
    """Plan a claimed run and store how it ended; an unexpected fault fails the run.

    Raises
    ------
    StoreError
        If the store cannot be used; the run is still claimed then, and is to be brought back.
    """
    _log.info("run %s: attempt %d begins", run.id, run.attempt)
    try:
        run = execute_run(run, runner=runner, is_stopping=is_stopping)
    except RunStateError as error:
        _log.warning("%s", error)
        return
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the run must not stay running
        _log.exception("run %s failed", run.id)
        run = fail_run(run, failure_of(error), runner=runner)
    _log.info("run %s: %s", run.id, run.state)
    if run.is_final:
        runner.on_end(run)
