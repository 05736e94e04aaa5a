"""How much work a city has for the technicians of one day.

    load = (service + travel) / available

service    planned durations of the orders that can be planned, times the technicians' mean service factor
travel     for each of these orders, and for the way home of each technician: `access_s` plus the mean travel to the
           `NEIGHBOURS` nearest orders, at the mean speed of the technicians
available  the shifts of the first day without breaks; overtime does not count

A load of 1 would need a plan without waiting and without detours for appointments and skills. `NEIGHBOURS` stands for
those detours: a route goes to the nearest order only if windows, skills and territories allow it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from benchmarks.cities.geography import CENTRE, M_PER_DEGREE
from dispatch.domain.request import Location, Request, Technician
from dispatch.policy.settings import Policy, load_policy

F64 = NDArray[np.float64]

NEIGHBOURS: Final = 12
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Workload:
    """Work and time of one day, all in seconds."""

    service_s: float
    travel_s: float
    available_s: float

    @property
    def load(self) -> float:
        """Work over available time; 0 without any work."""
        return (self.service_s + self.travel_s) / self.available_s if self.service_s else 0.0


def measure_workload(
    places: Sequence[Location],
    durations_s: Sequence[int],
    technicians: Sequence[Technician],
    policy: Policy,
    *,
    day_end: datetime,
) -> Workload:
    """Measure the workload of orders at `places` with `durations_s`: O(n log n) in their number.

    Parameters
    ----------
    places, durations_s
        One for each order.
    technicians
        At least one of them with a shift that starts before `day_end`.
    day_end
        Only shifts that start before it count as available.
    """
    available_s = _available_s(technicians, day_end)
    bases = [technician.home for technician in technicians]
    if not durations_s:
        return Workload(service_s=0.0, travel_s=0.0, available_s=available_s)
    stops = _metres(places)
    tree = KDTree(stops)
    # An order is its own nearest neighbour: ask for one more and leave the first out.
    from_orders_m, _ = tree.query(stops, k=_ranks(2, NEIGHBOURS + 1, len(places)))
    from_bases_m, _ = tree.query(_metres(bases), k=_ranks(1, NEIGHBOURS, len(places)))
    straight_m = float(np.mean(from_orders_m, axis=1).sum() + np.mean(from_bases_m, axis=1).sum())
    pace = [3.6 * policy.travel.detour[t.profile] / policy.travel.speed_kmh[t.profile] for t in technicians]
    factors = [technician.service_factor for technician in technicians]
    return Workload(
        service_s=sum(durations_s) * sum(factors) / len(factors),
        travel_s=policy.travel.access_s * len(places) + straight_m * sum(pace) / len(pace),
        available_s=available_s,
    )


def workload_of(request: Request) -> Workload:
    """Measure the workload of a request's ready orders for the first day of its horizon."""
    orders = [order for order in request.orders if order.resource_ready]
    return measure_workload(
        [request.location_of(order) for order in orders],
        [int(order.duration.total_seconds()) for order in orders],
        request.technicians,
        load_policy(),
        day_end=request.horizon.start + ONE_DAY,
    )


def _ranks(first: int, last: int, count: int) -> list[int]:
    """Return the ranks of the neighbours to average over; the last one there is where there are too few."""
    return list(range(min(first, count), min(last, count) + 1))


def _metres(places: Sequence[Location]) -> F64:
    degrees = np.array([(place.lat, place.lon) for place in places], dtype=np.float64)
    metres: F64 = (degrees - CENTRE) * M_PER_DEGREE * np.array([1.0, cos(radians(CENTRE[0]))])
    return metres


def _available_s(technicians: Sequence[Technician], day_end: datetime) -> float:
    shifts = [shift for technician in technicians for shift in technician.shifts if shift.start < day_end]
    at_work = sum((shift.end - shift.start for shift in shifts), timedelta())
    pauses = sum((pause.duration for shift in shifts for pause in shift.breaks), timedelta())
    return (at_work - pauses).total_seconds()
