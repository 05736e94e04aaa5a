"""What was said about the next hours, and what came of it: predictions for the reliability diagram."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

from benchmarks.replay.cases import Ledger
from dispatch.domain.events import (
    Arrived,
    CannotInstall,
    ContactFailed,
    Done,
    Event,
    MassOutage,
    NoAccess,
    OrderWithdrawn,
    Rescheduled,
    SpeedTestFailed,
)
from dispatch.domain.live_day import LiveDay
from dispatch.domain.plan import VisitStop
from dispatch.domain.request import Order, Request
from dispatch.errors import BadInputError, Problem
from dispatch.planner.calibration import carried_out
from dispatch.planner.learning import learned
from dispatch.planner.observed import ObservedVisit, observed_visits
from dispatch.planner.risk import odds_of_plan
from dispatch.policy.risk_settings import RiskSettings
from dispatch.policy.settings import Policy, effective_policy

Aspect = Literal["on_time", "promise_kept"]

AHEAD: Final = timedelta(hours=2)
"""Predictions are about visits that are to start within that time."""
SCENARIOS: Final = 300
_CUSTOMERS_DOING: Final = (CannotInstall, ContactFailed, NoAccess, OrderWithdrawn, Rescheduled)
"""Events after which it is nobody's fault if a visit does not come about."""


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What was said about one visit, once with the packaged distributions, once with those learned so far.

    Attributes
    ----------
    day
        Number of the day, from 0.
    limit
        The moment it is judged by: last start of the window told, or the due time of the visit's end.
    came_true
        None = not judged: the order was given up, or the customer was out.
    """

    day: int
    order: str
    aspect: Aspect
    limit: datetime
    packaged: float
    learned: float
    came_true: bool | None = None


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What was said today, as if every visit were carried out."""

    order: str
    aspect: Aspect
    limit: datetime
    p: float


class Foresight:
    """Asks for the odds of the plan in force every hour, and learns from every evening's log."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._settings: RiskSettings = policy.risk
        self._visits: list[ObservedVisit] = []
        self._asked: set[tuple[int, int]] = set()
        self._said: list[_Said] = []
        self._came_true: list[tuple[float, bool]] = []
        self.predictions: list[Prediction] = []

    def learn(self, request: Request, events: Iterable[Event]) -> None:
        """Read a day's events."""
        events = tuple(events)
        self._visits += observed_visits(request, events, effective_policy(request, self._policy))
        self._came_true += _came_true_by(events, self._said)
        self._said = []
        share = carried_out(self._came_true)
        self._settings = learned(self._policy.risk, self._visits).model_copy(update={"carried_out": share})

    def look(self, day: LiveDay, *, number: int) -> None:
        """Note the odds of the visits of the next hours, once an hour."""
        request = day.plan_request
        if (number, day.now.hour) in self._asked:
            return
        self._asked.add((number, day.now.hour))
        packaged, now_learned = (
            odds_of_plan(request, day.plan, policy=self._with(risk), scenarios=SCENARIOS).visits
            for risk in (self._policy.risk, self._settings)
        )
        for route in day.plan.routes:
            for visit in route.visits:
                if visit.order not in day.orders or not day.now <= visit.start <= day.now + AHEAD:
                    continue
                limits = self._limits(visit, request.orders_by_id[visit.order])
                for aspect, limit in limits.items():
                    said, said_later = getattr(packaged[visit.order], aspect), getattr(now_learned[visit.order], aspect)
                    if said is not None and limit is not None:
                        p = said_later / self._settings.carried_out
                        self._said.append(_Said(order=visit.order, aspect=aspect, limit=limit, p=p))
                        self.predictions.append(
                            Prediction(
                                day=number,
                                order=visit.order,
                                aspect=aspect,
                                limit=limit,
                                packaged=said,
                                learned=said_later,
                            )
                        )

    def _with(self, risk: RiskSettings) -> Policy:
        return self._policy.model_copy(update={"risk": risk})

    def _limits(self, visit: VisitStop, order: Order) -> dict[Aspect, datetime | None]:
        late = timedelta(seconds=self._policy.appointment.late_s)
        window = next((w for w in order.windows if w.start <= visit.start <= w.end), None)
        told = None if window is None else window.end
        if order.agreed_start is not None:
            told = order.agreed_start + late
        return {"on_time": told, "promise_kept": visit.due}


def _came_true_by(events: Sequence[Event], said: Iterable[_Said]) -> Iterator[tuple[float, bool]]:
    """Yield what was said and whether it came true, as far as events tell; what customers caused tells nothing."""
    arrived = {event.order: event.at for event in events if isinstance(event, Arrived)}
    ended = {event.order: event.at for event in events if isinstance(event, (Done, SpeedTestFailed))}
    excused = {event.order for event in events if isinstance(event, _CUSTOMERS_DOING)}
    excused |= {child for event in events if isinstance(event, MassOutage) for child in event.children}
    evening = max((event.at for event in events), default=None)
    for one in said:
        moment = (arrived if one.aspect == "on_time" else ended).get(one.order)
        if one.order in excused or evening is None or (moment is None and one.limit > evening):
            continue
        yield one.p, moment is not None and moment <= one.limit


def judged(predictions: Iterable[Prediction], ledger: Ledger) -> tuple[Prediction, ...]:
    """Return predictions with what came of them."""
    return tuple(Prediction(**{**asdict(one), "came_true": _came_true(one, ledger)}) for one in predictions)


def _came_true(prediction: Prediction, ledger: Ledger) -> bool | None:
    case = ledger[prediction.order]
    if case.is_customers_doing or case.outcome in ("withdrawn", "cannot_install", "restored_by_parent"):
        return None
    moment = case.arrived_at if prediction.aspect == "on_time" else case.ended_at
    return moment is not None and moment <= prediction.limit


def predictions_text(predictions: Iterable[Prediction]) -> str:
    """Return predictions as JSON Lines."""
    return "".join(
        json.dumps({**asdict(one), "limit": one.limit.isoformat()}, sort_keys=True) + "\n" for one in predictions
    )


def read_predictions(paths: Sequence[Path]) -> tuple[Prediction, ...]:
    """Return the predictions of files.

    Raises
    ------
    BadInputError
        If a line is no prediction.
    """
    return tuple(
        _prediction(line, f"{path}:{number}")
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    )


def _prediction(line: str, source: str) -> Prediction:
    try:
        document: dict[str, Any] = json.loads(line)
        return Prediction(**{**document, "limit": datetime.fromisoformat(document["limit"])})
    except (ValueError, KeyError, TypeError) as error:
        problem = Problem(path="", message=f"is no prediction: {error}", remedy="write to another folder")
        raise BadInputError([problem], source=source) from None
