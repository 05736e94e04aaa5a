"""Child processes that need nothing but the standard library; what real ones do with runs is tried end to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from queue import SimpleQueue

import psutil
import pytest

from dispatch.clock import SystemClock
from dispatch.domain.run import Run
from dispatch.runners.child import execute_until_told
from dispatch.runners.heart import Heart
from dispatch.runners.processes import END_S, Body, RunnerProcesses
from dispatch.usecases.runs import get_run
from tests.fakes import FakeStore, a_run, counting_ids

pytestmark = pytest.mark.slow

PATIENCE_S = 60.0


def report(what: str) -> Run:
    return a_run(what, claimed_by=str(os.getpid()))


def pid_of(run: Run) -> int:
    return int(run.claimed_by or 0)


class TellingRunners:
    """Tell of everything that is asked of them, as if it were runs that ended."""

    def __init__(self, tell: Callable[[Run], None]) -> None:
        self._tell = tell

    def _say(self, what: str) -> None:
        self._tell(report(what))

    def start(self) -> None:
        self._say("start")

    def wake(self) -> None:
        self._say("wake")

    def stop(self, *, grace_s: float) -> bool:
        self._say(f"stop within {grace_s:g} s")
        return True


def obedient(wakes: Connection, ended: Connection) -> None:
    execute_until_told(TellingRunners, wakes=wakes, ended=ended, grace_s=5)


def deaf(wakes: Connection, ended: Connection) -> None:
    """Do not even end when told to."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ended.send(report("start"))
    wakes.recv_bytes()
    time.sleep(600)


@contextmanager
def children(body: Body, told: SimpleQueue[Run], store: FakeStore | None = None) -> Iterator[RunnerProcesses]:
    clock, new_id = SystemClock(), counting_ids()
    heart = Heart(store=store or FakeStore(), clock=clock, new_id=new_id, every_s=60, lost_after_s=120, max_attempts=3)
    runners = RunnerProcesses([body], preload=__name__, heart=heart, is_alone=True, on_end=told.put, pause_s=0)
    runners.start()
    yield runners
    runners.stop(grace_s=0)


def next_of(told: SimpleQueue[Run]) -> Run:
    return told.get(timeout=PATIENCE_S)


def test_a_child_is_woken_and_tells_of_runs_and_ends_when_asked() -> None:
    told: SimpleQueue[Run] = SimpleQueue()
    with children(obedient, told) as runners:
        assert next_of(told).id == "start"
        runners.wake()
        assert next_of(told).id == "wake"
        assert runners.stop(grace_s=PATIENCE_S)
        assert next_of(told).id == "stop within 5 s"


def test_a_child_that_dies_is_followed_by_another_one(caplog: pytest.LogCaptureFixture) -> None:
    told: SimpleQueue[Run] = SimpleQueue()
    with children(obedient, told) as runners:
        first = next_of(told)
        os.kill(pid_of(first), signal.SIGKILL)
        second = next_of(told)
        assert pid_of(second) != pid_of(first)
        assert "ended with code -9" in caplog.text
        runners.wake()
        assert pid_of(next_of(told)) == pid_of(second)


def test_a_child_that_does_not_end_in_time_is_killed_and_reported() -> None:
    told: SimpleQueue[Run] = SimpleQueue()
    with children(deaf, told) as runners:
        child = psutil.Process(pid_of(next_of(told)))
        assert not runners.stop(grace_s=-END_S)
        child.wait(timeout=PATIENCE_S)


def test_runs_of_a_process_that_died_are_brought_back_at_start() -> None:
    store = FakeStore()
    with store.write() as transaction:
        transaction.runs.add(a_run(state="running", claimed_by="dead"))
    with children(obedient, SimpleQueue(), store):
        run = get_run("run-1", store=store)
        assert (run.state, run.attempt) == ("queued", 2)


def test_children_end_when_their_parent_is_killed() -> None:
    program = """
from queue import SimpleQueue
from tests.dispatch.runners.test_processes import children, next_of, obedient, pid_of

told = SimpleQueue()
with children(obedient, told):
    print(pid_of(next_of(told)), flush=True)
    told.get()
    told.get()
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        orphan = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    orphan.wait(timeout=PATIENCE_S)
    assert not orphan.is_running()
