"""Whatever people do in whatever order: no order is lost, the audit tells the whole life, no timer is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dispatch.domain.audit_trail import UNTOLD, replayed
from dispatch.domain.life_cycle import TRANSITIONS
from dispatch.domain.records.field_event import FieldEvent
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Window
from dispatch.errors import BadInputError, DispatchError, ForbiddenError, TransitionError
from dispatch.policy.life_timers import deadlines_of
from dispatch.usecases.work_orders import booking, closing, contact, outage, planned, taking_on, visit, waiting
from dispatch.usecases.work_orders import withdrawal as giving_up
from tests.dispatch.usecases.work_orders.life import Life

ORDERS: Final = ("a", "b", "c")
ACTORS: Final = ("technician:t-1", "technician:t-2", "dispatcher:li", "supervisor:wu", "customer", "integration:crm")
Deed = Callable[[str, datetime, dict[str, Any]], object]


def _placement(order: str, start: datetime, technician: str) -> planned.Placement:
    return planned.Placement(order=order, technician=technician, start=start, end=start + timedelta(hours=1))


DEEDS: Final[dict[str, Deed]] = {
    "qualify": lambda order, _, means: booking.qualify(order, **means),
    "book": lambda order, later, means: booking.book(
        order, [Window(start=later, end=later + timedelta(hours=4))], **means
    ),
    "plan with t-1": lambda order, later, means: planned.plan(
        order, _placement(order, later, "t-1"), plan_id="p", **means
    ),
    "plan with t-2": lambda order, later, means: planned.plan(
        order, _placement(order, later, "t-2"), plan_id="p", **means
    ),
    "leave out": lambda order, _, means: planned.follow_plan("p", [], [order], **means),
    "dispatch": lambda order, _, means: planned.dispatch(order, **means),
    "accept": lambda order, _, means: taking_on.accept(order, **means),
    "reject": lambda order, _, means: taking_on.reject(order, **means),
    "call in vain": lambda order, _, means: contact.record_contact(order, result="no_answer", **means),
    "call": lambda order, _, means: contact.record_contact(order, result="reached", **means),
    "agree": lambda order, later, means: contact.agree(order, later, is_customers_wish=True, **means),
    "set out": lambda order, _, means: visit.set_out(order, **means),
    "overrun": lambda order, later, means: visit.report_overrun(order, later, **means),
    "arrive": lambda order, _, means: visit.arrive(order, **means),
    "finish": lambda order, _, means: visit.finish(order, **means),
    "close": lambda order, _, means: closing.close(order, gates=(), **means),
    "survey": lambda order, _, means: closing.record_survey(order, **means),
    "no access": lambda order, later, means: visit.no_access(order, retry_at=later, **means),
    "hold": lambda order, _, means: waiting.hold(order, **means),
    "hold until": lambda order, later, means: waiting.hold(order, until=later, **means),
    "resume": lambda order, _, means: waiting.resume(order, **means),
    "cannot install": lambda order, _, means: giving_up.cannot_install(order, reason="no_duct", **means),
    "withdraw": lambda order, _, means: giving_up.withdraw(order, reason="duplicate", **means),
    "verify": lambda order, _, means: giving_up.verify_withdrawal(order, **means),
    "keep": lambda order, _, means: giving_up.keep(order, **means),
    "close withdrawal": lambda order, _, means: giving_up.close_withdrawal(order, **means),
    "reopen": lambda order, _, means: closing.reopen(order, reason="again", **means),
    "refuse": lambda order, _, means: booking.refuse(order, reason="no_port", **means),
    "join": lambda order, _, means: outage.join_outage(order, [one for one in ORDERS if one != order][:1], **means),
    "leave": lambda order, _, means: outage.leave_outage(order, **means),
}
USUAL: Final = ("plan with t-1", "dispatch", "accept", "agree", "set out", "arrive", "finish", "close")


class AnyLife(RuleBasedStateMachine):
    @initialize(kind=st.sampled_from(["install", "repair"]), is_ready=st.booleans())
    def receive(self, *, kind: str, is_ready: bool) -> None:
        self.life = Life()
        for order in ORDERS:
            self.life.receive(order, kind=kind, community="best", resource_ready=is_ready)

    @rule(
        order=st.sampled_from(ORDERS),
        deed=st.sampled_from(sorted(DEEDS)),
        actor=st.sampled_from(ACTORS),
        hours=st.integers(1, 100),
    )
    def anything(self, *, order: str, deed: str, actor: str, hours: int) -> None:
        self._do(order, deed, actor, hours)

    @rule(order=st.sampled_from(ORDERS), steps=st.integers(1, len(USUAL)), hours=st.integers(1, 30))
    def as_usual(self, *, order: str, steps: int, hours: int) -> None:
        for deed in USUAL[:steps]:
            self._do(order, deed, "dispatcher:li", hours)

    @rule(order=st.sampled_from(ORDERS), deed=st.sampled_from(sorted(DEEDS)))
    def twice(self, *, order: str, deed: str) -> None:
        """A second tap with the client's id of the first changes nothing."""
        if not self._do(order, deed, "dispatcher:li", 5, action_id="tap"):
            return
        before = self.life.order(order)
        self._do(order, deed, "dispatcher:li", 5, action_id="tap")
        after = self.life.order(order)
        if deed not in ("plan with t-1", "plan with t-2", "leave out", "join"):
            assert after == before, deed

    @rule(minutes=st.sampled_from([1, 16, 130, 600, 1500]))
    def time_goes_on(self, *, minutes: int) -> None:
        self.life.clock.go_on(minutes * 60)

    @rule()
    def sweep(self) -> None:
        rounds = 0
        while (done := self.life.sweep()).warned + done.fired:
            rounds += 1
            assert rounds <= 5  # what a sweep begins may be due already, but that ends

    @invariant()
    def the_audit_tells_the_whole_life(self) -> None:
        for name in ORDERS:
            order, audit = self.life.order(name), self.life.audit(name)
            told = replayed(audit)
            assert _untold(told) == _untold(order)
            assert told.version == order.version
            for event in audit:
                if event.action not in ("warning", "escalation"):
                    assert any(
                        line.action == event.action and line.leads(event.from_state, event.to_state)
                        for line in TRANSITIONS
                    )

    @invariant()
    def the_timers_are_those_of_the_state(self) -> None:
        now = self.life.clock.now()
        for name in ORDERS:
            wanted = deadlines_of(self.life.order(name), self.life.policy.life, now)
            running = self.life.timers(name)
            assert set(running) <= set(wanted)
            for kind, deadline in wanted.items():
                if kind in running:
                    assert running[kind].due_at == deadline.due_at
                else:  # it has run out, and is not begun again
                    assert deadline.due_at <= now

    @invariant()
    def a_next_call_is_due_from_who_has_accepted_only(self) -> None:
        orders = [self.life.order(name) for name in ORDERS]
        assert all(order.next_contact is None for order in orders if order.state != "accepted")

    @invariant()
    def the_news_has_no_gap(self) -> None:
        with self.life.store.read() as transaction:
            events = transaction.records(FieldEvent).all()
        days = {event.dispatch_day for event in events}
        for day in days:
            numbers = sorted(event.sequence for event in events if event.dispatch_day == day)
            assert numbers == list(range(1, len(numbers) + 1))

    def _do(self, order: str, deed: str, actor: str, hours: int, **further: Any) -> bool:
        """Do something; what is refused must leave no trace."""
        later = self.life.clock.now().replace(microsecond=0) + timedelta(hours=hours)
        before = [self.life.order(name) for name in ORDERS]
        try:
            DEEDS[deed](order, later, {**self.life.means(actor, **further)})
        except (TransitionError, ForbiddenError, BadInputError):
            assert [self.life.order(name) for name in ORDERS] == before
            return False
        except DispatchError as error:
            raise AssertionError(f"{deed} raised {error!r}") from error
        return True


def _untold(order: WorkOrder) -> dict[str, Any]:
    return order.model_dump(exclude=set(UNTOLD))


AnyLife.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_r32_any_life_is_told_whole = AnyLife.TestCase
