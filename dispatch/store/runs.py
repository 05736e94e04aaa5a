"""Planning runs in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast

from sqlalchemy import case, delete, func, update
from sqlmodel import Session, col, select

from dispatch.domain.files import parse_plan, to_json
from dispatch.domain.plan import Plan
from dispatch.domain.run import Run, RunKind, RunState
from dispatch.errors import NotFoundError
from dispatch.store import mapping
from dispatch.store.run_queue import RunQueue
from dispatch.store.scope import in_scope
from dispatch.store.tables import BestPlanRow, RunRow


class SqlRuns:
    """The planning runs, inside one transaction; one that writes locks each run it reads."""

    def __init__(
        self, session: Session, *, is_writing: bool, centre: str | None = None, queue: RunQueue | None = None
    ) -> None:
        self._session = session
        self._queue = queue
        self._is_writing = is_writing
        self._centre = centre

    def add(self, run: Run) -> None:
        """Store a new run."""
        run = replace(run, centre=self._centre or run.centre)
        self._session.add(RunRow(**mapping.run_values(run)))
        self._session.flush()
        self._tell(run)

    def get(self, run_id: str) -> Run:
        """Return a run; raises `NotFoundError` if there is none."""
        query = select(RunRow).where(col(RunRow.id) == run_id, in_scope(RunRow, self._centre))
        if self._is_writing:
            query = query.with_for_update()
        row = self._session.exec(query).one_or_none()
        if row is None:
            msg = f"there is no run {run_id!r}"
            raise NotFoundError(msg)
        return mapping.run_of(row)

    def save(self, run: Run) -> None:
        """Write every field of a stored run."""
        self._session.execute(
            update(RunRow)
            .where(col(RunRow.id) == run.id, in_scope(RunRow, self._centre))
            .values(mapping.run_values(run))
        )
        self._tell(run)

    def latest(self, *, limit: int, state: RunState | None = None) -> tuple[Run, ...]:
        """Return runs, youngest first."""
        query = (
            select(RunRow)
            .where(in_scope(RunRow, self._centre))
            .order_by(col(RunRow.created_at).desc(), col(RunRow.id).desc())
            .limit(limit)
        )
        if state is not None:
            query = query.where(col(RunRow.state) == state)
        return tuple(mapping.run_of(row) for row in self._session.exec(query))

    def counts(self) -> Mapping[RunState, int]:
        """Return how many runs there are in each state that any is in."""
        query = select(RunRow.state, func.count()).where(in_scope(RunRow, self._centre)).group_by(RunRow.state)
        return {cast("RunState", state): count for state, count in self._session.exec(query)}

    def next_queued(self, kind: RunKind | None = None) -> Run | None:
        """Return the run that nobody else is claiming: an urgent one first, else the oldest; None = none."""
        query = (
            select(RunRow)
            .where(col(RunRow.state) == "queued", in_scope(RunRow, self._centre))
            .order_by(case((col(RunRow.kind) == "urgent", 0), else_=1), col(RunRow.created_at), col(RunRow.id))
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if kind is not None:
            query = query.where(col(RunRow.kind) == kind)
        row = self._session.exec(query).one_or_none()
        return None if row is None else mapping.run_of(row)

    def running(self) -> tuple[Run, ...]:
        """Return the runs that somebody has in hand."""
        query = (
            select(RunRow)
            .where(col(RunRow.state) == "running", in_scope(RunRow, self._centre))
            .order_by(col(RunRow.created_at), col(RunRow.id))
        )
        if self._is_writing:
            query = query.with_for_update()
        return tuple(mapping.run_of(row) for row in self._session.exec(query))

    def beat(self, held_by: Collection[str], *, at: datetime) -> None:
        """Write a sign of life on every run that one of these runners has in hand."""
        held = (col(RunRow.state) == "running", col(RunRow.claimed_by).in_(held_by))
        self._session.execute(update(RunRow).where(*held).values(heartbeat_at=at))

    def remind(self) -> int:
        """Tell worker processes of every queued run that they have not been told of; return how many those are."""
        return self._queue.put_missing(self._session.connection()) if self._queue is not None else 0

    def best_plan(self, run_id: str) -> Plan | None:
        """Return the best plan so far of an unfinished run; None if there is none."""
        document = self._session.exec(select(BestPlanRow.document).where(col(BestPlanRow.run_id) == run_id))
        found = document.one_or_none()
        return None if found is None else parse_plan(found, f"best plan of run {run_id}")

    def save_best_plan(self, run_id: str, plan: Plan | None) -> None:
        """Replace the best plan so far of a run; None removes it."""
        self._session.execute(delete(BestPlanRow).where(col(BestPlanRow.run_id) == run_id))
        if plan is not None:
            self._session.add(BestPlanRow(run_id=run_id, document=to_json(plan)))
            self._session.flush()

    def _tell(self, run: Run) -> None:
        """Tell the worker processes, if there are any, of a run that waits now."""
        if self._queue is not None and run.state == "queued":
            self._queue.put(self._session.connection(), run.id, kind=run.kind)
