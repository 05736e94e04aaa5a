"""Orders that come in while the days go on: when, and what was arranged with the customer at the counter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.random import Generator

from benchmarks.cities.acceptance import COUNTER, FAULTS
from benchmarks.cities.demand import draw_ask, make_order
from benchmarks.cities.generate import effort_of, generate_city
from benchmarks.cities.geography import Geography, draw_geography
from benchmarks.cities.relations import with_relations
from benchmarks.cities.spec import CitySpec
from benchmarks.cities.streams import Streams
from benchmarks.replay.nature import Nature
from benchmarks.replay.spec import BOOKABLE_DAYS
from dispatch.domain.request import Order, Request, Window
from dispatch.policy.settings import Policy, load_policy

SAME_DAY_UNTIL_H: Final = 12
"""Who asks before noon may book today; who asks later, from tomorrow on."""
NOTICE: Final = timedelta(hours=1)
"""A slot that begins sooner than that is taken a day later."""
FIRST_INDEX: Final = 100_000
PER_DAY: Final = 20_000
"""Numbers of orders: those of day k begin at `FIRST_INDEX + k * PER_DAY`, far from those of the first evening."""


@dataclass(frozen=True, kw_only=True)
class Town:
    """A city whose orders keep coming in.

    Attributes
    ----------
    request
        The city on the evening before the first day, with a shift of each technician for that day.
    per_day
        How many orders come in on a day, on the average: as many as were open on the first evening.
    """

    spec: CitySpec
    request: Request
    geography: Geography
    effort: float
    policy: Policy

    @property
    def per_day(self) -> int:
        """Orders that come in on an average day."""
        return len(self.request.orders)

    def midnight(self, day: int) -> datetime:
        """Return when a day begins; day 0 is the first one that is planned."""
        return self.request.horizon.start + timedelta(days=day)


def found_town(spec: CitySpec, policy: Policy | None = None) -> Town:
    """Generate a city as `dispatch city` does, and keep what its later orders are drawn from.

    Parameters
    ----------
    policy
        The operator's; default: the packaged one, under which the city itself is drawn in any case.
    """
    drawn_under, streams = load_policy(), Streams(spec.seed)
    geography = draw_geography(spec, streams)
    request = generate_city(spec, geography=geography)
    asks = [draw_ask(index, spec, geography, streams) for index in range(spec.extent.orders)]
    effort = effort_of(asks, request.technicians, spec=spec, policy=drawn_under, origin=geography.origin)
    return Town(spec=spec, request=request, geography=geography, effort=effort, policy=policy or drawn_under)


def arrivals_of(town: Town, nature: Nature, day: int) -> tuple[Order, ...]:
    """Draw the orders of a day, in the sequence they are accepted."""
    streams = Streams(nature.seed)
    count = int(nature.draw("arrivals.count", day).poisson(town.per_day))
    first = FIRST_INDEX + day * PER_DAY
    orders = [_arrival(first + k, town, streams, nature, day) for k in range(count)]
    return tuple(sorted(orders, key=lambda order: (order.accepted_at, order.id)))


def _arrival(index: int, town: Town, streams: Streams, nature: Nature, day: int) -> Order:
    midnight = town.midnight(day)
    ask = draw_ask(index, town.spec, town.geography, streams)
    by_hour = FAULTS if ask.work.kind in {"repair", "speed_remedy"} else COUNTER
    accepted_at = midnight + _moment(by_hour, nature.draw("arrivals.moment", index))
    first_day = midnight if accepted_at.hour < SAME_DAY_UNTIL_H else midnight + timedelta(days=1)
    evening = (first_day - timedelta(hours=4)).replace(tzinfo=None)
    spec = replace(town.spec, evening=evening, days=BOOKABLE_DAYS)
    ask = replace(ask, accepted_at=accepted_at, is_ready=True)
    order = make_order(ask, effort=town.effort, spec=spec, policy=town.policy, streams=streams)
    order = with_relations(order, index, ask.community, town.request.technicians, streams)
    return _with_notice(order)


def _moment(by_hour: Sequence[float], rng: Generator) -> timedelta:
    """Draw a time of the day, to the second."""
    weights = np.array(by_hour, dtype=np.float64)
    hour = int(rng.choice(len(by_hour), p=weights / weights.sum()))
    return timedelta(hours=hour, seconds=int(rng.integers(3_600)))


def _with_notice(order: Order) -> Order:
    """Move what was arranged too soon to the same time of the next day."""
    soonest, day = order.accepted_at + NOTICE, timedelta(days=1)
    windows = tuple(
        window if window.start >= soonest else Window(start=window.start + day, end=window.end + day)
        for window in order.windows
    )
    agreed = order.agreed_start
    if agreed is not None and agreed < soonest:
        agreed += day
    late_key = order.earliest_start
    is_past = late_key is not None and late_key <= order.accepted_at
    return order.model_copy(
        update={"windows": windows, "agreed_start": agreed, "earliest_start": None if is_past else late_key}
    )
