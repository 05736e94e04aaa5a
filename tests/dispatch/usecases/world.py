"""A service in memory: the use cases with fakes behind every port."""

from __future__ import annotations

from dataclasses import dataclass, field

from dispatch.domain.run import Run, RunParameters
from dispatch.policy.settings import load_policy
from dispatch.ports import Planner
from dispatch.usecases.execute_run import Runner, claim_run, execute_run
from dispatch.usecases.runs import get_run, start_run
from dispatch.usecases.submit_request import submit_request
from tests.fakes import REQUEST_JSON, FakeChecker, FakeClock, FakePlanner, FakeStore, counting_ids


@dataclass
class World:
    store: FakeStore = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=FakeClock)
    checker: FakeChecker = field(default_factory=FakeChecker)

    def __post_init__(self) -> None:
        self.new_id = counting_ids()

    def submit(self, document: bytes = REQUEST_JSON) -> str:
        receipt = submit_request(
            document, name="body", store=self.store, policy=load_policy(), clock=self.clock, new_id=self.new_id
        )
        return receipt.stored.id

    def start(self, request_id: str | None = None) -> Run:
        return start_run(
            request_id or self.submit(),
            parameters=RunParameters(seed=7),
            policy=load_policy(),
            code_version="test",
            store=self.store,
            clock=self.clock,
            new_id=self.new_id,
        )

    def runner(self, planner: Planner | None = None, *, runner_id: str = "runner-1") -> Runner:
        return Runner(
            id=runner_id,
            store=self.store,
            planner=planner or FakePlanner(),
            clock=self.clock,
            new_id=self.new_id,
        )

    def execute(self, planner: Planner | None = None, *, is_stopping: bool = False) -> Run:
        """Claim the next run and execute it."""
        runner = self.runner(planner)
        run = claim_run(runner)
        assert run is not None
        return execute_run(run, runner=runner, is_stopping=lambda: is_stopping)

    def draft(self) -> str:
        """Return the id of a new draft."""
        self.start()
        plan_id = self.execute().plan_id
        assert plan_id is not None
        return plan_id

    def run(self, run_id: str) -> Run:
        return get_run(run_id, store=self.store)
