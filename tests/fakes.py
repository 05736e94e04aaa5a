"""Stand-ins for the ports of `dispatch.ports`, all in memory, and small documents to feed them."""

from __future__ import annotations

import copy
import itertools
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from dispatch.domain.files import parse_request, request_digest
from dispatch.domain.plan import (
    COST_TERMS,
    EndStop,
    Plan,
    PlanCost,
    PlanRoute,
    RunInfo,
    StartStop,
    Violation,
    VisitStop,
)
from dispatch.domain.plan_version import PlanVersion, Schedule, StoredRequest
from dispatch.domain.records.record import R
from dispatch.domain.request import Request
from dispatch.domain.run import Run, RunKind, RunParameters, RunProgress, RunState
from dispatch.errors import NotFoundError, StalePlanError
from dispatch.policy.settings import Policy
from dispatch.ports import PlannerProgress
from tests.fake_records import FakeRecords

REQUEST_JSON = b"""{
  "format": "field-dispatch/request/1",
  "now": "2026-03-09T20:00:00+08:00",
  "horizon": {"start": "2026-03-10T00:00:00+08:00", "end": "2026-03-12T00:00:00+08:00"},
  "time_zone": "Asia/Shanghai",
  "communities": [{"id": "c-1", "location": {"lat": 34.26, "lon": 117.18}}],
  "technicians": [{
    "id": "t-1", "skills": {"fiber": 1}, "home": {"lat": 34.25, "lon": 117.2},
    "shifts": [
      {"id": "s-1", "start": "2026-03-10T08:00:00+08:00", "end": "2026-03-10T18:00:00+08:00"},
      {"id": "s-2", "start": "2026-03-11T08:00:00+08:00", "end": "2026-03-11T18:00:00+08:00"}]}],
  "orders": [
    {"id": "o-1", "kind": "install", "community": "c-1", "accepted_at": "2026-03-09T10:00:00+08:00",
     "duration": "PT60M", "skills": {"fiber": 1}},
    {"id": "o-2", "kind": "repair", "community": "c-1", "accepted_at": "2026-03-09T11:00:00+08:00",
     "duration": "PT30M"}]
}"""


def a_request() -> Request:
    """Return a request of two orders and one technician with a shift on each of two days."""
    return parse_request(REQUEST_JSON, "test")


def a_plan(*, cost: int = 600, stopped_by: str = "limit", days: int = 1) -> Plan:
    """Return a plan of `a_request`: o-1 on the first day and, with `days=2`, o-2 on the second, from 09:00 on."""
    routes = tuple(
        _route(f"s-{day}", f"o-{day}", datetime(2026, 3, 9 + day, 1, tzinfo=UTC)) for day in range(1, days + 1)
    )
    return Plan(
        request_digest=request_digest(a_request()),
        cost=PlanCost(total=cost, terms=dict.fromkeys(COST_TERMS, 0) | {"travel": cost}),
        routes=routes,
        run=RunInfo(seed=1, limit_s=30, iterations=1, stopped_by=stopped_by, version="test", runtime_s=0.0),
    )


def _route(shift: str, order: str, start: datetime) -> PlanRoute:
    end = start + timedelta(hours=1)
    return PlanRoute(
        technician="t-1",
        shift=shift,
        stops=(
            StartStop(departure=start - timedelta(minutes=5)),
            VisitStop(order=order, arrival=start, start=start, end=end, travel_s=300, distance_m=1200, due=end),
            EndStop(arrival=end + timedelta(minutes=5), travel_s=300, distance_m=1200),
        ),
    )


class FakeClock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 9, 12, tzinfo=UTC)
        self.elapsed_s = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic_s(self) -> float:
        return self.elapsed_s

    def go_on(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        self.elapsed_s += seconds


def counting_ids(prefix: str = "id") -> Callable[[], str]:
    """Return a source of identifiers: id-1, id-2, ..."""
    numbers = itertools.count(1)
    return lambda: f"{prefix}-{next(numbers)}"


TABLES = ("requests", "request_documents", "plans", "plan_documents", "plan_requests", "runs", "best")


class FakeStore:
    """Keeps everything in dictionaries; a writing transaction that fails leaves no trace."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._shared: dict[str, dict[str, dict[Any, Any]]] = {"tables": {name: {} for name in TABLES}, "records": {}}
        self._centre: str | None = None

    def of(self, centre: str) -> Self:
        seen = copy.copy(self)
        seen._centre = centre
        return seen

    @contextmanager
    def read(self) -> Iterator[FakeTransaction]:
        with self._lock:
            yield FakeTransaction(copy.deepcopy(self._shared["tables"]), self._copied_records(), self._centre)

    @contextmanager
    def write(self) -> Iterator[FakeTransaction]:
        with self._lock:
            tables = {name: dict(rows) for name, rows in self._shared["tables"].items()}
            records = self._copied_records()
            yield FakeTransaction(tables, records, self._centre)
            self._shared.update(tables=tables, records=records)

    def close(self) -> None:
        pass

    def _copied_records(self) -> dict[Any, dict[tuple[str, str], Any]]:
        return {kind: dict(rows) for kind, rows in self._shared["records"].items()}


class FakeTransaction:
    def __init__(
        self, tables: dict[str, dict[str, Any]], records: dict[Any, dict[tuple[str, str], Any]], centre: str | None
    ) -> None:
        self.requests = FakeRequests(tables, centre)
        self.plans = FakePlans(tables, centre)
        self.runs = FakeRuns(tables, centre)
        self._tables = tables
        self._records = records
        self._centre = centre

    def of(self, centre: str) -> FakeTransaction:
        return FakeTransaction(self._tables, self._records, centre)

    def records(self, kind: type[R]) -> FakeRecords[R]:
        return FakeRecords(self._records.setdefault(kind, {}), kind.__name__, self._centre)


def _found(rows: dict[str, Any], kind: str, key: str, centre: str | None = None) -> Any:
    if key not in rows or centre not in (None, getattr(rows[key], "centre", centre)):
        msg = f"there is no {kind} {key!r}"
        raise NotFoundError(msg)
    return rows[key]


class FakeRequests:
    def __init__(self, tables: dict[str, dict[str, Any]], centre: str | None) -> None:
        self._tables = tables
        self._centre = centre

    def add(self, stored: StoredRequest, request: Request) -> None:
        self._tables["requests"][stored.id] = replace(stored, centre=self._centre or stored.centre)
        self._tables["request_documents"][stored.id] = request

    def get(self, request_id: str) -> StoredRequest:
        stored: StoredRequest = _found(self._tables["requests"], "request", request_id, self._centre)
        return stored

    def document(self, request_id: str) -> Request:
        self.get(request_id)
        request: Request = self._tables["request_documents"][request_id]
        return request


class FakePlans:
    def __init__(self, tables: dict[str, dict[str, Any]], centre: str | None) -> None:
        self._tables = tables
        self._centre = centre

    def lock_day(self, dispatch_day: date) -> None:
        pass

    def next_version(self, dispatch_day: date) -> int:
        return max((v.version for v in self._versions() if v.dispatch_day == dispatch_day), default=0) + 1

    def add(self, version: PlanVersion, plan: Plan, request: Request) -> None:
        self._tables["plans"][version.id] = replace(version, centre=self._centre or version.centre)
        self._tables["plan_documents"][version.id] = plan
        self._tables["plan_requests"][version.id] = request

    def get(self, plan_id: str) -> PlanVersion:
        version: PlanVersion = _found(self._tables["plans"], "plan", plan_id, self._centre)
        return version

    def document(self, plan_id: str) -> Plan:
        self.get(plan_id)
        plan: Plan = self._tables["plan_documents"][plan_id]
        return plan

    def versions(self, dispatch_day: date) -> tuple[PlanVersion, ...]:
        found = (version for version in self._versions() if version.dispatch_day == dispatch_day)
        return tuple(sorted(found, key=lambda version: -version.version))

    def published(self, dispatch_day: date) -> PlanVersion | None:
        found = (v for v in self._versions() if v.dispatch_day == dispatch_day and v.state == "published")
        return next(found, None)

    def save_state(self, version: PlanVersion) -> None:
        in_force = self.published(version.dispatch_day)
        if version.state == "published" and in_force is not None and in_force.id != version.id:
            raise StalePlanError("another version is published already")
        self._tables["plans"][version.id] = version

    def schedule(self, day: date) -> Schedule:
        reaching = [v for v in self._versions() if v.state == "published" and v.dispatch_day <= day <= v.last_day]
        if not reaching:
            msg = f"no published plan reaches {day}"
            raise NotFoundError(msg)
        version = max(reaching, key=lambda v: v.dispatch_day)
        request: Request = self._tables["plan_requests"][version.id]
        plan: Plan = self._tables["plan_documents"][version.id]
        assert version.published_at is not None
        return Schedule(
            day=day,
            dispatch_day=version.dispatch_day,
            plan_id=version.id,
            version=version.version,
            published_at=version.published_at,
            time_zone=request.time_zone,
            routes=tuple(route for route in plan.routes if _day_of(route, request) == day),
        )

    def _versions(self) -> list[PlanVersion]:
        return [v for v in self._tables["plans"].values() if self._centre in (None, v.centre)]


def _day_of(route: PlanRoute, request: Request) -> date:
    shift = request.technicians_by_id[route.technician].shifts_by_id[route.shift]
    return shift.start.astimezone(request.zone).date()


class FakeRuns:
    def __init__(self, tables: dict[str, dict[str, Any]], centre: str | None) -> None:
        self._tables = tables
        self._centre = centre

    def add(self, run: Run) -> None:
        self._tables["runs"][run.id] = replace(run, centre=self._centre or run.centre)

    def get(self, run_id: str) -> Run:
        run: Run = _found(self._tables["runs"], "run", run_id, self._centre)
        return run

    def save(self, run: Run) -> None:
        self._tables["runs"][run.id] = run

    def latest(self, *, limit: int, state: RunState | None = None) -> tuple[Run, ...]:
        runs = [run for run in self._all() if state is None or run.state == state]
        return tuple(reversed(runs))[:limit]

    def counts(self) -> dict[RunState, int]:
        return dict(Counter(run.state for run in self._all()))

    def next_queued(self, kind: RunKind | None = None) -> Run | None:
        waiting = [run for run in self._all() if run.state == "queued" and kind in (None, run.kind)]
        return min(waiting, key=lambda run: run.kind != "urgent", default=None)

    def running(self) -> tuple[Run, ...]:
        return tuple(run for run in self._all() if run.state == "running")

    def beat(self, held_by: Collection[str], *, at: datetime) -> None:
        for run in self.running():
            if run.claimed_by in held_by:
                self.save(replace(run, heartbeat_at=at))

    def remind(self) -> int:
        return 0

    def best_plan(self, run_id: str) -> Plan | None:
        return self._tables["best"].get(run_id)

    def save_best_plan(self, run_id: str, plan: Plan | None) -> None:
        self._tables["best"][run_id] = plan

    def _all(self) -> list[Run]:
        runs = [run for run in self._tables["runs"].values() if self._centre in (None, run.centre)]
        return sorted(runs, key=lambda run: (run.created_at, run.id))


class FakePlanner:
    """Plans at once: reports `reports`, doing `between` after each, and returns `plan` unless it is cancelled before.

    A cancelled one returns its plan with `stopped_by="cancelled"`.
    """

    version = "fake"

    def __init__(
        self,
        *,
        plan: Plan | None = None,
        reports: int = 0,
        between: Callable[[], None] = lambda: None,
        error: Exception | None = None,
    ) -> None:
        self.requests: list[Request] = []
        self.best_plans: list[Plan | None] = []
        self.policies: list[Policy] = []
        self.parameters: list[RunParameters] = []
        self._plan = plan or a_plan()
        self._reports = reports
        self._between = between
        self._error = error

    def plan(
        self,
        request: Request,
        policy: Policy,
        parameters: RunParameters,
        *,
        on_progress: Callable[[PlannerProgress], None],
        is_cancelled: Callable[[], bool],
        best_plan: Plan | None = None,
    ) -> Plan:
        self.requests.append(request)
        self.best_plans.append(best_plan)
        self.policies.append(policy)
        self.parameters.append(parameters)
        for number in range(1, self._reports + 1):
            on_progress(PlannerProgress(progress=progress_of(1000 - number), best_plan=lambda: a_plan(cost=999)))
            self._between()
            if is_cancelled():
                return self._plan.model_copy(
                    update={"run": self._plan.run.model_copy(update={"stopped_by": "cancelled"})}
                )
        if self._error is not None:
            raise self._error
        return self._plan


def progress_of(cost: int) -> RunProgress:
    """Return the progress of a search at some cost."""
    return RunProgress(
        elapsed_s=1.0, iterations=10, iterations_per_s=10.0, cost=cost, cost_terms={"travel": cost}, unassigned=1
    )


class FakeChecker:
    """Finds the violations it was given."""

    def __init__(self, *violations: Violation) -> None:
        self.found = violations
        self.judged: list[tuple[Request, Plan, Policy]] = []

    def violations(self, request: Request, plan: Plan, policy: Policy) -> tuple[Violation, ...]:
        self.judged.append((request, plan, policy))
        return self.found


A_VIOLATION = Violation(rule="skill", order="o-1", expected="fiber 2", found="fiber 1")


def a_run(run_id: str = "run-1", request_id: str = "request-1", **changes: Any) -> Run:
    """Return a queued run."""
    run = Run(
        id=run_id,
        request_id=request_id,
        request_digest="sha256:0",
        kind="nightly",
        parameters=RunParameters(),
        policy={},
        code_version="test",
        created_at=datetime(2026, 3, 9, 12, tzinfo=UTC),
    )
    return replace(run, **changes)
