"""Publishes a plan and kills its own process at a chosen moment: `publish_and_die.py URL PLAN REPLACES MOMENT`."""

from __future__ import annotations

import os
import signal
import sys

from sqlalchemy import event, make_url
from sqlmodel import Session

from dispatch.bootstrap import new_id
from dispatch.clock import SystemClock
from dispatch.store.database import Database, open_engine
from dispatch.usecases.plans import publish_plan
from tests.fakes import FakeChecker


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(url: str, plan_id: str, replaces: str, moment: str) -> None:
    engine = open_engine(make_url(url))
    updates = 0

    def after_statement(_connection, _cursor, statement, *_: object) -> None:
        nonlocal updates
        updates += statement.startswith("UPDATE plans")
        if moment == f"after update {updates}":
            die()

    event.listen(engine, "after_cursor_execute", after_statement)
    if moment == "after commit":
        event.listen(Session, "after_commit", lambda session: session.in_nested_transaction() or die())
    publish_plan(
        plan_id,
        replaces=int(replaces),
        store=Database(engine).of("main"),
        checker=FakeChecker(),
        clock=SystemClock(),
        new_id=new_id,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
