"""Routes to be simulated, written down shortly or drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from solver.problem import NEVER_S
from solver.risk import Distributions, SimulatedRoutes


@dataclass(frozen=True, kw_only=True)
class Drive:
    """One visit: 10 seconds of travel, 10 of service, any time."""

    leg_s: int = 10
    service_s: int = 10
    open_s: int = 0
    close_s: int = NEVER_S
    due_s: int = NEVER_S
    kind: int = 0


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A break on the way to visit `before`."""

    before: int
    earliest_s: int
    duration_s: int


@dataclass(frozen=True, kw_only=True)
class Tour:
    """One route; 10 seconds back."""

    drives: Sequence[Drive]
    pauses: Sequence[Pause] = ()
    departure_s: int = 0
    end_leg_s: int = 10
    shift_end_s: int = NEVER_S


def driven(*tours: Tour) -> SimulatedRoutes:
    drives = [drive for tour in tours for drive in tour.drives]
    pauses = [pause for tour in tours for pause in tour.pauses]
    return SimulatedRoutes(
        route_first=np.array([0, *accumulate(len(tour.drives) for tour in tours)], np.int32),
        departure_s=np.array([tour.departure_s for tour in tours], np.int64),
        leg_s=np.array([drive.leg_s for drive in drives], np.int64),
        service_s=np.array([drive.service_s for drive in drives], np.int64),
        open_s=np.array([drive.open_s for drive in drives], np.int64),
        close_s=np.array([drive.close_s for drive in drives], np.int64),
        due_s=np.array([drive.due_s for drive in drives], np.int64),
        service_kind=np.array([drive.kind for drive in drives], np.int32),
        end_leg_s=np.array([tour.end_leg_s for tour in tours], np.int64),
        shift_end_s=np.array([tour.shift_end_s for tour in tours], np.int64),
        break_first=np.array([0, *accumulate(len(tour.pauses) for tour in tours)], np.int32),
        break_before=np.array([pause.before for pause in pauses], np.int32),
        break_earliest_s=np.array([pause.earliest_s for pause in pauses], np.int64),
        break_duration_s=np.array([pause.duration_s for pause in pauses], np.int64),
    )


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


def _random_tour(rng: np.random.Generator, n_kinds: int) -> Tour:
    departure = int(rng.integers(-90_000, 90_000))
    n_visits = int(rng.integers(0, 7))
    planned, drives = departure, []
    for _ in range(n_visits):
        leg, service = int(rng.integers(0, 3_000)), int(rng.integers(0, 8_000))
        planned += leg
        drives.append(
            Drive(
                leg_s=leg,
                service_s=service,
                open_s=planned + int(rng.integers(-3_000, 2_000)),
                close_s=planned + int(rng.integers(-1_000, 4_000)),
                due_s=planned + service + int(rng.integers(-2_000, 5_000)),
                kind=int(rng.integers(n_kinds)),
            )
        )
        planned += service
    pauses = [
        Pause(
            before=before,
            earliest_s=departure + int(rng.integers(0, 30_000)),
            duration_s=int(rng.integers(1, 4_000)),
        )
        for before in sorted(rng.integers(0, n_visits + 1, rng.integers(0, 3)).tolist())
    ]
    end_leg = int(rng.integers(0, 3_000))
    shift_end = planned + end_leg + int(rng.integers(-3_000, 6_000))
    return Tour(drives=drives, pauses=pauses, departure_s=departure, end_leg_s=end_leg, shift_end_s=shift_end)
