"""Follow the running day: news from the field goes into it, and asks for a new plan of what is left where it has to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dispatch.domain.apply_event import apply_event
from dispatch.domain.events import OrderAccepted
from dispatch.domain.live_day import LiveDay
from dispatch.domain.records.automatic_plan import AutomaticPlan
from dispatch.domain.records.centre import Centre
from dispatch.domain.records.field_event import FieldDay, FieldEvent
from dispatch.domain.records.record import From
from dispatch.domain.records.running_day import EventPosition, LiveDayText, RunningDay, live_day_text
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.values import with_fixed_offset
from dispatch.errors import BadInputError, DispatchError, StaleRecordError, StoreError
from dispatch.policy.day_orders import with_orders
from dispatch.policy.live_request import live_request
from dispatch.policy.running_days import end_of, open_days
from dispatch.policy.settings import Policy, effective_policy
from dispatch.policy.urgency import replan_reason
from dispatch.ports import Transaction
from dispatch.usecases.one_by_one import one_by_one
from dispatch.usecases.planning.begin import PreparedPlan, begin, prepared_plan
from dispatch.usecases.planning.new_communities import with_communities_of
from dispatch.usecases.planning.nightly import Office

GATHER_AT_MOST: Final = 5
"""News that keeps coming is gathered for so many times the pause of the policy, then acted upon."""
REFUSED_KEPT: Final = 50
"""So many ids of refused events are kept with a day."""
REASONS_KEPT: Final = 50


@dataclass(frozen=True, kw_only=True)
class News:
    """What is recorded and not in a running day yet.

    Attributes
    ----------
    events
        In the order in which they were recorded.
    read
        The position after them.
    """

    events: tuple[FieldEvent, ...]
    read: EventPosition


@dataclass(frozen=True)
class DayFollower:
    """Keeps the running days of all centres in step with the field.

    Any number of processes may follow the same days: whoever is first writes, the others look again.
    """

    office: Office

    def follow(self) -> bool:
        """Bring every open day up to the last news; return whether a plan was begun."""
        now = self.office.clock.now()
        with self.office.store.read() as transaction:
            centres = transaction.records(Centre).across()
        return one_by_one(centres, lambda found: self._follow_centre(*found, now))

    def _follow_centre(self, name: str, centre: Centre, now: datetime) -> bool:
        policy = self.office.policies.of(centre)
        today = now.astimezone(ZoneInfo(centre.time_zone)).date()
        with self.office.store.of(name).read() as transaction:
            days = open_days(transaction.records(RunningDay).all(where={"last_day": From(today)}), today)
            news = [news_of(day, transaction) for day in days]
        is_begun = False
        for day, heard in zip(days, news, strict=True):
            is_worth_a_look = (heard.events and not _still_coming(heard.events, now, policy)) or day.replan_since
            if is_worth_a_look:
                is_begun |= self._follow_day(name, day, days, heard, policy=policy, now=now)
        return is_begun

    def _follow_day(
        self, name: str, day: RunningDay, days: Sequence[RunningDay], heard: News, *, policy: Policy, now: datetime
    ) -> bool:
        """Take news into a day, and begin a new plan if that is asked for and none is being made already."""
        store = self.office.store.of(name)
        with store.read() as transaction:
            is_planning = _is_planning(transaction)
            if not heard.events and is_planning:
                return False
            live = transaction.records(LiveDayText).get(day.id).live_day()
            told = (found.event for found in heard.events)
            accepted = (event.order for event in told if isinstance(event, OrderAccepted))
            live = with_communities_of(live, accepted, transaction)
        step = after_news(day, live, heard, policy=policy, now=now)
        prepared = None
        if step.day.replan_since is not None and not is_planning:
            with store.read() as transaction:
                orders = transaction.records(WorkOrder).all(where={"changed_at": From(_since(day, live))})
                known = with_communities_of(step.live, (order.order for order in orders), transaction)
            step = replace(step, live=with_orders(known, orders, until=end_of(day, days, step.live)))
            prepared, step = self._prepared(step, days, now)
        try:
            with store.write() as transaction:
                if prepared is not None and _is_planning(transaction):
                    return False
                transaction.records(RunningDay).save(step.day)
                texts = transaction.records(LiveDayText)
                texts.save(texts.get(day.id).changed(now, text=live_day_text(step.live)))
                if prepared is not None:
                    begin(prepared, transaction)
        except StaleRecordError:
            return False  # another process, or a plan that was published, was faster: the next round looks again
        return prepared is not None

    def _prepared(self, step: Step, days: Sequence[RunningDay], now: datetime) -> tuple[PreparedPlan | None, Step]:
        """Return the plan of what is left, to be begun, and the day that waits for it; None if it cannot be made."""
        day, office = step.day, self.office
        moment = with_fixed_offset(now.astimezone(step.live.base.zone).replace(microsecond=0))
        live = step.live.at(moment)
        settled = day.changed(now, replan_since=None, replan_reasons=())
        try:
            request = live_request(live, office.policy)
            until = end_of(day, days, live)
            request = request.model_copy(
                update={"horizon": request.horizon.model_copy(update={"end": with_fixed_offset(until)})}
            )
            rules = effective_policy(request, office.policy)
            prepared = prepared_plan(
                request,
                kind="urgent",
                day=day.dispatch_day,
                search_s=rules.planning.urgent_search_s,
                publishes=True,
                replaces=day.plan_version,
                read=day.read,
                policy=office.policy,
                code_version=office.code_version,
                now=now,
                new_id=office.new_id,
                reasons=day.replan_reasons,
            )
        except StoreError:
            raise
        except DispatchError as error:
            return None, replace(step, day=settled.changed(now, replan_reasons=(f"cannot be planned: {error}",)))
        return prepared, replace(step, day=settled, live=live)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A running day after news: its record and the day itself."""

    day: RunningDay
    live: LiveDay


def news_of(day: RunningDay, transaction: Transaction) -> News:
    """Return what is recorded after the position of a running day."""
    events: list[FieldEvent] = []
    read, later = day.read, day.read.day
    for counted in transaction.records(FieldDay).all(where={"id": From(day.read.day.isoformat())}):
        first = read.sequence + 1 if counted.id == later.isoformat() else 1
        if counted.events < first:
            continue
        where = {"dispatch_day": datetime.fromisoformat(counted.id).date(), "sequence": From(first)}
        found = transaction.records(FieldEvent).all(where=where, sort="sequence")
        events += found
        if found:
            read = EventPosition(day=found[-1].dispatch_day, sequence=found[-1].sequence)
    return News(events=tuple(events), read=read)


def after_news(day: RunningDay, live: LiveDay, news: News, *, policy: Policy, now: datetime) -> Step:
    """Return a running day after news. What cannot have happened on it is left out and noted, and keeps nothing back.

    Parameters
    ----------
    policy
        The centre's.
    """
    reasons, refused = list(day.replan_reasons), list(day.refused_events)
    rules = effective_policy(live.base, policy)
    for found in news.events:
        try:
            after = apply_event(live, found.event)
        except BadInputError:
            refused.append(found.id)
            continue
        reason = replan_reason(live, found.event, rules) if after is not live else None
        if reason is not None:
            reasons.append(reason)
        live = after
    is_wanted = len(reasons) > len(day.replan_reasons)
    changed = day.changed(
        now,
        read=news.read,
        replan_since=day.replan_since or (now if is_wanted else None),
        replan_reasons=tuple(reasons[-REASONS_KEPT:]),
        refused_events=tuple(refused[-REFUSED_KEPT:]),
    )
    return Step(day=changed, live=live)


def _still_coming(events: Sequence[FieldEvent], now: datetime, policy: Policy) -> bool:
    """Tell whether the last news is so young that more of it may belong to the same moment."""
    pause = timedelta(seconds=policy.planning.gather_s)
    return now - events[-1].created_at < pause and now - events[0].created_at < pause * GATHER_AT_MOST


def _is_planning(transaction: Transaction) -> bool:
    """Tell whether any day of a centre is being planned anew: days share orders, so one waits for the other."""
    return transaction.records(AutomaticPlan).count({"kind": "urgent", "state": "planning"}) > 0


def _since(day: RunningDay, live: LiveDay) -> datetime:
    """Return since when orders may have changed that the day does not know: since the night's look at them."""
    return min(day.created_at, live.base.now) - timedelta(days=1)
