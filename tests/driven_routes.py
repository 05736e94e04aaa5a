"""Routes to be simulated, and distributions of which only what is named is uncertain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solver.driven import DrivenBreak, DrivenRoute, DrivenVisit, simulated_routes
from solver.problem import NEVER_S
from solver.risk import Distributions, SimulatedRoutes


def drive(
    *,
    leg_s: int = 10,
    service_s: int = 10,
    open_s: int = 0,
    close_s: int = NEVER_S,
    due_s: int = NEVER_S,
    kind: int = 0,
) -> DrivenVisit:
    """One visit: 10 seconds of travel, 10 of service, any time."""
    return DrivenVisit(leg_s=leg_s, service_s=service_s, open_s=open_s, close_s=close_s, due_s=due_s, kind=kind)


def tour(
    *visits: DrivenVisit, breaks: Sequence[DrivenBreak] = (), departure_s: int = 0, shift_end_s: int = NEVER_S
) -> DrivenRoute:
    """One route; 10 seconds back."""
    return DrivenRoute(departure_s=departure_s, visits=visits, breaks=breaks, end_leg_s=10, shift_end_s=shift_end_s)


def driven(*tours: DrivenRoute) -> SimulatedRoutes:
    return simulated_routes(tours)


def certain(
    *,
    service_mean: Sequence[float] = (1.0,),
    service_sigma: Sequence[float] | None = None,
    technician_day_sigma: float = 0.0,
    day_sigma: float = 0.0,
    travel_mean_by_hour: Sequence[float] = (1.0,) * 24,
    travel_sigma: float = 0.0,
    midnight_s: int = 0,
) -> Distributions:
    """Everything takes as long as planned, but for what is named."""
    return Distributions(
        service_mean=tuple(service_mean),
        service_sigma=tuple(service_sigma or [0.0] * len(service_mean)),
        technician_day_sigma=technician_day_sigma,
        day_sigma=day_sigma,
        travel_mean_by_hour=tuple(travel_mean_by_hour),
        travel_sigma=travel_sigma,
        midnight_s=midnight_s,
    )


def random_tours(rng: np.random.Generator, n_kinds: int) -> SimulatedRoutes:
    """Draw up to 5 routes of up to 6 visits with breaks, windows and due times near the planned moments."""
    return driven(*(_random_tour(rng, n_kinds) for _ in range(rng.integers(0, 6))))


def _random_tour(rng: np.random.Generator, n_kinds: int) -> DrivenRoute:
    departure = int(rng.integers(-90_000, 90_000))
    n_visits = int(rng.integers(0, 7))
    planned, visits = departure, []
    for _ in range(n_visits):
        leg, service = int(rng.integers(0, 3_000)), int(rng.integers(0, 8_000))
        planned += leg
        visits.append(
            DrivenVisit(
                leg_s=leg,
                service_s=service,
                open_s=planned + int(rng.integers(-3_000, 2_000)),
                close_s=planned + int(rng.integers(-1_000, 4_000)),
                due_s=planned + service + int(rng.integers(-2_000, 5_000)),
                kind=int(rng.integers(n_kinds)),
            )
        )
        planned += service
    breaks = [
        DrivenBreak(
            before=before,
            earliest_s=departure + int(rng.integers(0, 30_000)),
            duration_s=int(rng.integers(1, 4_000)),
        )
        for before in sorted(rng.integers(0, n_visits + 1, rng.integers(0, 3)).tolist())
    ]
    end_leg = int(rng.integers(0, 3_000))
    shift_end = planned + end_leg + int(rng.integers(-3_000, 6_000))
    return DrivenRoute(departure_s=departure, visits=visits, breaks=breaks, end_leg_s=end_leg, shift_end_s=shift_end)
