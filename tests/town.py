"""A dispatch centre with the technicians and orders of a planning request, on a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.domain.plan import PlanRoute
from dispatch.domain.records.automatic_plan import AutomaticPlan
from dispatch.domain.records.centre import Centre, NightlyRules
from dispatch.domain.records.roster import CommunityRecord, ShiftRecord, TechnicianRecord
from dispatch.domain.records.running_day import RunningDay
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Order, Request
from dispatch.policy.settings import Policy, load_policy
from dispatch.ports import Checker, Planner, Store
from dispatch.usecases.execute_run import Runner, claim_run, execute_run
from dispatch.usecases.planning.conclude import conclude_plans
from dispatch.usecases.planning.hand_out import hand_out_visits
from dispatch.usecases.planning.nightly import Office, plan_nights
from dispatch.usecases.planning.running_day import DayFollower
from dispatch.usecases.work_orders.receive import NewOrder, receive_many
from dispatch.usecases.work_orders.turn import Means
from tests.fakes import FakeChecker, FakeClock, FakePlanner, FakeStore, counting_ids

POLICY = load_policy()
CENTRE = "main"


@dataclass
class Town:
    """One dispatch centre and everything that works for it, in one thread."""

    request: Request
    store: Store = field(default_factory=FakeStore)
    planner: Planner = field(default_factory=FakePlanner)
    checker: Checker = field(default_factory=FakeChecker)
    policy: Policy = POLICY
    nightly: NightlyRules = field(default_factory=NightlyRules)

    def __post_init__(self) -> None:
        self.clock = FakeClock()
        self.clock.moment = self.request.now.astimezone(UTC)
        self.new_id = counting_ids()
        self.office = Office(
            store=self.store,
            policy=self.policy,
            clock=self.clock,
            new_id=self.new_id,
            code_version=self.planner.version,
        )
        self.follower = DayFollower(self.office)
        self._keep_roster()

    @property
    def own(self) -> Store:
        return self.store.of(CENTRE)

    def means(self, actor: str = "dispatcher:li") -> Means:
        return {
            "store": self.own,
            "clock": self.clock,
            "new_id": self.new_id,
            "actor": actor,
            "policy": self.policy,
        }

    def local(self, day: int, hour: int, minute: int = 0) -> datetime:
        """Return a moment of March 2026 on the centre's wall clock."""
        return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo(self.request.time_zone))

    def go_to(self, moment: datetime) -> None:
        self.clock.go_on((moment - self.clock.moment) / timedelta(seconds=1))

    def receive(self, *orders: Order) -> None:
        done = receive_many([NewOrder(order=order) for order in orders], **self.means("integration:crm"))
        assert not done.failures, done.failures

    def execute_runs(self) -> int:
        """Execute everything that is queued; return how many runs those were."""
        count = 0
        runner = Runner(
            id="r", store=self.store, planner=self.planner, clock=self.clock, new_id=self.new_id, progress_every_s=0.001
        )
        while (run := claim_run(runner)) is not None:
            execute_run(run, runner=runner, is_stopping=lambda: False)
            count += 1
        return count

    def night(self) -> None:
        """Let the centre's hour come, and everything that follows from it."""
        plan_nights(self.office)
        self.execute_runs()
        conclude_plans(self.office, self.checker)

    def look(self) -> bool:
        """Follow the running day, and carry out the plan that it asks for; return whether there was one."""
        self.clock.go_on(2)
        is_begun = self.follower.follow()
        self.execute_runs()
        conclude_plans(self.office, self.checker)
        hand_out_visits(self.office)
        return is_begun

    def order(self, order_id: str) -> WorkOrder:
        with self.own.read() as transaction:
            return transaction.records(WorkOrder).get(order_id)

    def orders(self, **where: Any) -> tuple[WorkOrder, ...]:
        with self.own.read() as transaction:
            return transaction.records(WorkOrder).all(where=where)

    def days(self) -> tuple[RunningDay, ...]:
        with self.own.read() as transaction:
            return transaction.records(RunningDay).all()

    def automatic_plans(self) -> tuple[AutomaticPlan, ...]:
        with self.own.read() as transaction:
            return transaction.records(AutomaticPlan).all(sort="created_at")

    def routes(self, day: int) -> tuple[PlanRoute, ...]:
        with self.own.read() as transaction:
            return transaction.plans.schedule(self.local(day, 0).date()).routes

    def _keep_roster(self) -> None:
        made: dict[str, Any] = {"created_at": self.clock.now(), "changed_at": self.clock.now()}
        request = self.request
        centre = Centre(
            id=CENTRE,
            name="Town",
            time_zone=request.time_zone,
            travel=request.travel,
            depots=request.depots,
            nightly=self.nightly,
            **made,
        )
        with self.own.write() as transaction:
            transaction.records(Centre).add(centre)
            transaction.records(CommunityRecord).add_all(
                [CommunityRecord(id=one.id, community=one, **made) for one in request.communities]
            )
            transaction.records(TechnicianRecord).add_all(
                [
                    TechnicianRecord(
                        id=one.id,
                        name=one.name or one.id,
                        technician=one.model_copy(update={"shifts": (), "available": None}),
                        **made,
                    )
                    for one in request.technicians
                ]
            )
            transaction.records(ShiftRecord).add_all(
                [
                    ShiftRecord(id=f"{one.id} {shift.id}", technician=one.id, shift=shift, **made)
                    for one in request.technicians
                    for shift in one.shifts
                ]
            )
