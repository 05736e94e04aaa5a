"""A made-up company: what its days are really like, how they went, and what would have been predicted of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from dispatch.planner.learning import KINDS
from dispatch.planner.observed import ObservedVisit
from dispatch.planner.risk import distributions_of
from dispatch.policy.risk_settings import RiskSettings
from solver.driven import DrivenRoute, DrivenVisit, simulated_routes
from solver.risk import simulate

FIRST_DAY = date(2026, 3, 1)
DEPARTURE_S = 8 * 3600


@dataclass(frozen=True, kw_only=True)
class Truth:
    """Factors on planned times; sigmas of their logarithms."""

    kind: tuple[float, ...] = (1.0,) * 5
    technician: tuple[float, ...] = (1.0,) * 30
    travel: float = 1.0
    service_sigma: float = 0.35
    technician_day_sigma: float = 0.1
    travel_sigma: float = 0.25
    day_sigma: float = 0.08
    is_heavy: bool = False

    def noise(self, rng: np.random.Generator) -> float:
        """Draw with mean 0 and variance 1; if heavy, one in twelve is from a distribution twice as wide, and longer."""
        if not self.is_heavy:
            return float(rng.normal())
        z = rng.normal(1.0, 2.2) if rng.random() < 0.08 else rng.normal()
        return float((z - 0.08) / np.sqrt(0.92 + 0.08 * (1 + 2.2**2) - 0.08**2))


@dataclass(frozen=True, kw_only=True)
class Day:
    """Visits as observed, the routes as planned, and whether each visit was on time and its promise kept."""

    visits: list[ObservedVisit]
    routes: list[DrivenRoute]
    outcomes: list[tuple[bool, bool]]


def day_of(truth: Truth, number: int, rng: np.random.Generator) -> Day:
    """Draw a day: every technician makes 7 visits, 20 to 80 minutes long, 5 to 25 minutes apart."""
    visits: list[ObservedVisit] = []
    routes: list[DrivenRoute] = []
    outcomes: list[tuple[bool, bool]] = []
    travel_of_day = truth.travel * np.exp(rng.normal(0, truth.day_sigma))
    for technician, factor in enumerate(truth.technician):
        pace = factor * np.exp(rng.normal(0, truth.technician_day_sigma))
        planned = real = DEPARTURE_S
        driven = []
        for _ in range(7):
            kind, leg, service = int(rng.integers(5)), int(rng.integers(300, 1_500)), int(rng.integers(1_200, 4_800))
            planned += leg
            visit = DrivenVisit(
                leg_s=leg,
                service_s=service,
                open_s=planned + int(rng.integers(-5_000, 600)),
                close_s=planned + int(rng.integers(-600, 4_500)),
                due_s=planned + service + int(rng.integers(-600, 6_000)),
                kind=kind,
            )
            driven.append(visit)
            hour = real // 3600 % 24
            travel_s = round(leg * travel_of_day * np.exp(truth.travel_sigma * truth.noise(rng)))
            service_s = round(service * truth.kind[kind] * pace * np.exp(truth.service_sigma * truth.noise(rng)))
            start = max(real + travel_s, visit.open_s)
            real = start + service_s
            planned = max(planned, visit.open_s) + service
            outcomes.append((start <= visit.close_s, real <= visit.due_s))
            visits.append(
                ObservedVisit(
                    kind=KINDS[kind],
                    technician=f"t-{technician}",
                    day=FIRST_DAY + timedelta(days=number),
                    hour=hour,
                    planned_service_s=service,
                    service_s=service_s,
                    planned_travel_s=leg,
                    travel_s=travel_s,
                )
            )
        routes.append(DrivenRoute(departure_s=DEPARTURE_S, visits=driven))
    return Day(visits=visits, routes=routes, outcomes=outcomes)


def predictions(settings: RiskSettings, day: Day, seed: int) -> list[tuple[float, bool]]:
    """Return the odds of a day's visits, each with whether it came true."""
    routes = [
        DrivenRoute(departure_s=route.departure_s, visits=[_slowed(visit, number, settings) for visit in route.visits])
        for number, route in enumerate(day.routes)
    ]
    odds = simulate(simulated_routes(routes), distributions_of(settings, midnight_s=0), scenarios=500, seed=seed)
    on_time = zip(odds.p_on_time.tolist(), (on_time for on_time, _ in day.outcomes), strict=True)
    kept = zip(odds.p_promise_kept.tolist(), (kept for _, kept in day.outcomes), strict=True)
    return [*on_time, *kept]


def _slowed(visit: DrivenVisit, technician: int, settings: RiskSettings) -> DrivenVisit:
    factor = settings.technician_factor.get(f"t-{technician}", 1.0)
    return DrivenVisit(
        leg_s=visit.leg_s,
        service_s=round(visit.service_s * factor),
        open_s=visit.open_s,
        close_s=visit.close_s,
        due_s=visit.due_s,
        kind=visit.kind,
    )
