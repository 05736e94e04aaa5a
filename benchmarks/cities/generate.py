"""Generates a synthetic city: the same parameters, the same request, byte for byte.

A city has its technicians; what varies from day to day is what comes in. So `load` changes the number of orders, and
nothing else: the orders of a light evening are the first ones of a heavy evening of the same seed, on the same map,
for the same technicians. At `REFERENCE_LOAD` the number is exactly that of the size; one factor on all durations
(`effort`, 0.95 to 1.35: a village has fewer orders for each technician) makes this load come out for every seed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import ceil
from typing import Final

from benchmarks.cities.demand import Ask, draw_ask, make_order
from benchmarks.cities.geography import Geography, draw_geography
from benchmarks.cities.load import available_s, service_s, travel_s
from benchmarks.cities.matrix import with_matrix
from benchmarks.cities.plane import Origin
from benchmarks.cities.relations import with_relations
from benchmarks.cities.spec import REFERENCE_LOAD, CitySpec
from benchmarks.cities.streams import Streams
from benchmarks.cities.workforce import draw_technicians
from dispatch.domain.request import Horizon, Request, Technician, Travel
from dispatch.policy.settings import Policy, load_policy

EFFORT_LIMITS: Final = (0.25, 4.0)
"""Far wider than any seed needs."""
EFFORT_HALVINGS: Final = 30
"""The factor is then exact to 1e-8, far below the five minutes that durations are rounded to."""
SAID: Final = ("size", "seed", "load", "days", "travel")
"""The parameters that a request repeats in `extra.city`; the time zone stands in the request itself."""
SPARE: Final = 1.25
"""So many times the proportional number of orders is drawn to choose from: many orders lie closer together, and the
further ones may be shorter than the first."""


def generate_city(spec: CitySpec, *, geography: Geography | None = None, travel: Travel | None = None) -> Request:
    """Generate a city's planning request.

    Its load, as `benchmarks.cities.load` measures it, lies within half an order's work of `spec.load`. Days beyond the
    first add shifts and days to book, not orders (see `CitySpec`).

    Parameters
    ----------
    geography
        Where everything lies; None = `draw_geography` draws it.
    travel
        What the request says about travel; None = straight lines, or their matrix. A spec with road_graph needs it
        (`benchmarks.cities.on_roads` makes both).
    """
    if spec.travel == "road_graph" and travel is None:
        raise ValueError("travel is None, must name the file of the road graph")
    policy, streams = load_policy(), Streams(spec.seed)
    geography = draw_geography(spec, streams) if geography is None else geography
    technicians = draw_technicians(spec, geography, streams)
    drawn = ceil(spec.extent.orders * max(1.0, SPARE * spec.load / REFERENCE_LOAD)) + 10
    asks = [draw_ask(index, spec, geography, streams) for index in range(drawn)]
    day_s = available_s(technicians, day_end=spec.midnights[1])
    count = spec.extent.orders
    effort = effort_of(asks[:count], technicians, spec=spec, policy=policy, origin=geography.origin)
    if spec.load != REFERENCE_LOAD:
        count = _order_count(
            asks, technicians, effort=effort, wanted_s=spec.load * day_s, policy=policy, origin=geography.origin
        )
    orders = []
    for ask in asks[:count]:
        order = make_order(ask, effort=effort, spec=spec, policy=policy, streams=streams)
        orders.append(with_relations(order, ask.index, ask.community, technicians, streams))
    request = Request(
        now=spec.now,
        horizon=Horizon(start=spec.midnights[0], end=spec.midnights[-1]),
        time_zone=spec.time_zone,
        travel=travel or Travel(),
        depots=geography.depots,
        communities=geography.communities,
        technicians=technicians,
        orders=tuple(orders),
        extra={"city": {name: getattr(spec, name) for name in SAID}},
    )
    return with_matrix(request, policy) if spec.travel == "matrix" else request


def effort_of(
    asks: Sequence[Ask], technicians: Sequence[Technician], *, spec: CitySpec, policy: Policy, origin: Origin
) -> float:
    """Find the factor on durations with which all `asks` make a load of `REFERENCE_LOAD`, by halving."""
    wanted_s = REFERENCE_LOAD * available_s(technicians, day_end=spec.midnights[1])
    ready = [ask for ask in asks if ask.is_ready]
    wanted_service_s = wanted_s - travel_s([ask.place for ask in ready], technicians, policy, origin=origin)
    low, high = EFFORT_LIMITS
    for _ in range(EFFORT_HALVINGS):
        middle = (low + high) / 2
        if service_s((ask.duration_s(middle) for ask in ready), technicians) < wanted_service_s:
            low = middle
        else:
            high = middle
    return high


def _order_count(
    asks: Sequence[Ask],
    technicians: Sequence[Technician],
    *,
    effort: float,
    wanted_s: float,
    policy: Policy,
    origin: Origin,
) -> int:
    """Find how many of `asks` make a work closest to `wanted_s`."""

    def work_s(count: int) -> float:
        ready = [ask for ask in asks[:count] if ask.is_ready]
        durations_s = (ask.duration_s(effort) for ask in ready)
        return service_s(durations_s, technicians) + travel_s(
            [ask.place for ask in ready], technicians, policy, origin=origin
        )

    count = bisect_left(range(len(asks)), wanted_s, key=work_s)
    return min(count - 1, count, key=lambda n: abs(work_s(n) - wanted_s))
