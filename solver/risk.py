"""Chances of given routes when travel and service take other times than planned: a Monte Carlo in the core."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import cache, cached_property
from itertools import pairwise
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from solver import _core
from solver.errors import InvalidRoutesError
from solver.problem import I32, I64

F64 = NDArray[np.float64]

TABLE_SIZE: Final = 1024
"""Equally likely values that stand for a distribution."""
FACTOR_ONE: Final = 2**16
"""The core's factors are whole multiples of 1 / `FACTOR_ONE`."""
LARGEST_FACTOR: Final = 64.0
HOURS: Final = 24


@dataclass(frozen=True, kw_only=True, eq=False)
class SimulatedRoutes:
    """Routes as they are to be driven: `R` routes with `V` visits and `B` breaks together; C-contiguous arrays.

    A technician leaves at `departure_s`, keeps the sequence, takes each break in its gap once it is `earliest` (also if
    it is too late for it), and starts no visit before it opens. Whoever is late still serves.

    Attributes
    ----------
    route_first : (R + 1,) int32
        Visits of route `r` are `route_first[r] .. route_first[r + 1] - 1`, in sequence.
    departure_s, end_leg_s, shift_end_s : (R,) int64
        When the route begins; planned seconds from its last visit to its end; when overtime begins.
    leg_s, service_s : (V,) int64
        Planned seconds of travel to the visit (over a depot, where one is in between) and of its service.
    open_s, close_s, due_s : (V,) int64
        Earliest start; last start that keeps the window; last end that keeps the promise (`NEVER_S` = none).
    service_kind : (V,) int32
        Which of `Distributions.service_mean` the service time follows.
    break_first : (R + 1,) int32
        Breaks of route `r` are `break_first[r] .. break_first[r + 1] - 1`, in the sequence in which they are taken.
    break_before : (B,) int32
        The break is taken on the way to this visit of its route, counted from 0; number of visits = on the way to the
        end.
    break_earliest_s, break_duration_s : (B,) int64
    """

    route_first: I32
    departure_s: I64
    leg_s: I64
    service_s: I64
    open_s: I64
    close_s: I64
    due_s: I64
    service_kind: I32
    end_leg_s: I64
    shift_end_s: I64
    break_first: I32
    break_before: I32
    break_earliest_s: I64
    break_duration_s: I64

    @property
    def n_routes(self) -> int:
        """Number of routes."""
        return len(self.departure_s)

    @property
    def n_visits(self) -> int:
        """Number of visits of all routes."""
        return len(self.leg_s)


@dataclass(frozen=True, kw_only=True)
class Distributions:
    """How times really taken relate to planned ones: factors, of independent draws, each with the mean given.

    A service takes planned x `service_mean` of its kind x a draw of the technician's day x a draw of its own; a leg
    planned x `travel_mean_by_hour` of the hour in which it begins x a draw of the day x a draw of its own. Each draw
    has mean 1 and is lognormal, exp(sigma z) / mean, with z standard normal or of the shape given.

    Attributes
    ----------
    service_mean, service_sigma
        By kind of service.
    technician_day_sigma
        Of the draw that all services of a route share.
    day_sigma
        Of the draw that all travel of a scenario shares.
    travel_mean_by_hour
        24 factors, the first of the hour after midnight.
    midnight_s
        Second of some midnight.
    service_shape, travel_shape
        Equally likely values of z, ascending, as heavy in the tails as wanted; () = standard normal.

    Raises
    ------
    ValueError
        If there are not 24 hours, a mean is not in (0, 64], a sigma not in [0, 3], or a shape not ascending; and if
        numbers of kinds differ.
    """

    service_mean: tuple[float, ...]
    service_sigma: tuple[float, ...]
    technician_day_sigma: float
    day_sigma: float
    travel_mean_by_hour: tuple[float, ...]
    travel_sigma: float
    midnight_s: int
    service_shape: tuple[float, ...] = ()
    travel_shape: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if len(self.travel_mean_by_hour) != HOURS:
            raise ValueError(f"travel_mean_by_hour has {len(self.travel_mean_by_hour)} hours, expected {HOURS}")
        if not self.service_mean or len(self.service_mean) != len(self.service_sigma):
            raise ValueError(
                f"service_mean has {len(self.service_mean)} kinds, service_sigma {len(self.service_sigma)}: expected "
                "the same number, at least 1"
            )
        for name in ("service_mean", "travel_mean_by_hour"):
            for mean in getattr(self, name):
                if not 0 < mean <= LARGEST_FACTOR:
                    raise ValueError(f"{name} holds {mean}, expected more than 0 and at most {LARGEST_FACTOR:.0f}")
        sigmas = {name: getattr(self, name) for name in ("technician_day_sigma", "day_sigma", "travel_sigma")}
        for name, sigma in [*sigmas.items(), *(("service_sigma", sigma) for sigma in self.service_sigma)]:
            if not 0 <= sigma <= 3:
                raise ValueError(f"{name} is {sigma}, expected 0 to 3")
        for name in ("service_shape", "travel_shape"):
            shape = getattr(self, name)
            if any(later < earlier for earlier, later in pairwise(shape)):
                raise ValueError(f"{name} does not ascend")

    @cached_property
    def tables(self) -> ChanceTables:
        """The distributions as the core reads them; made once."""
        return ChanceTables(
            service_of_kind=np.array(
                [
                    factor_table(mean, sigma, self.service_shape)
                    for mean, sigma in zip(self.service_mean, self.service_sigma, strict=True)
                ]
            ),
            technician_day=factor_table(1.0, self.technician_day_sigma),
            day=factor_table(1.0, self.day_sigma),
            travel=factor_table(1.0, self.travel_sigma, self.travel_shape),
            travel_of_hour=np.rint(np.array(self.travel_mean_by_hour) * FACTOR_ONE).astype(np.int32),
            midnight_s=self.midnight_s,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class ChanceTables:
    """`Distributions` as tables of equally likely factors, in units of 1 / `FACTOR_ONE`.

    Attributes
    ----------
    service_of_kind : (kinds, TABLE_SIZE) int32
    technician_day, day, travel : (TABLE_SIZE,) int32
    travel_of_hour : (24,) int32
    midnight_s : int
    """

    service_of_kind: I32
    technician_day: I32
    day: I32
    travel: I32
    travel_of_hour: I32
    midnight_s: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Odds:
    """What `simulate` finds.

    Attributes
    ----------
    p_on_time, p_promise_kept : (V,) float64
        Share of scenarios in which the visit starts by `close_s`, and ends by `due_s`.
    arrival_s : (V, 3) int64
        10, 50 and 90 % of the scenarios have arrived by then.
    p_overtime : (R,) float64
        Share of scenarios in which the route ends after `shift_end_s`.
    """

    p_on_time: F64
    p_promise_kept: F64
    arrival_s: I64
    p_overtime: F64


@dataclass(frozen=True, kw_only=True, eq=False)
class OutcomeCounts:
    """Where the core writes: numbers of scenarios, and arrivals."""

    on_time: I64
    promise_kept: I64
    overtime: I64
    arrival_s: I64


def simulate(
    routes: SimulatedRoutes,
    distributions: Distributions,
    *,
    scenarios: int = 1000,
    seed: int = 1,
    threads: int = 1,
) -> Odds:
    """Drive routes in random scenarios and count. Reproducible, whatever the number of threads.

    A route draws the same whatever stands in the other ones, so that of two variants of a route the difference is seen
    with little noise. O(scenarios x visits); about 20 ns each.

    Raises
    ------
    InvalidRoutesError
        If an array of `routes` has another dtype or shape than its contract says, or values that cannot be.
    ValueError
        If `scenarios`, `seed` or `threads` is out of range.
    """
    if not 1 <= scenarios <= 10_000_000:
        raise ValueError(f"scenarios is {scenarios}, expected 1 to 10,000,000")
    if not 0 <= seed < 2**63:
        raise ValueError(f"seed is {seed}, expected 0 to 2**63 - 1")
    if threads < 1:
        raise ValueError(f"threads is {threads}, expected at least 1")
    _check_arrays(routes)
    n_routes, n_visits = routes.n_routes, routes.n_visits
    outcomes = OutcomeCounts(
        on_time=np.empty(n_visits, np.int64),
        promise_kept=np.empty(n_visits, np.int64),
        overtime=np.empty(n_routes, np.int64),
        arrival_s=np.empty((n_visits, 3), np.int64),
    )
    tables = distributions.tables

    def drive(first: int, last: int) -> None:
        _core.simulate_routes(routes, tables, outcomes, seed, scenarios, first, last)

    try:
        _core.check_routes(routes, len(distributions.service_mean))
    except ValueError as error:
        raise InvalidRoutesError(str(error)) from None
    if threads == 1 or n_routes < 2:
        drive(0, n_routes)
    else:
        bounds = [n_routes * part // threads for part in range(threads + 1)]
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(drive, bounds[:-1], bounds[1:]))
    return Odds(
        p_on_time=outcomes.on_time / scenarios,
        p_promise_kept=outcomes.promise_kept / scenarios,
        arrival_s=outcomes.arrival_s,
        p_overtime=outcomes.overtime / scenarios,
    )


def factor_table(mean: float, sigma: float, shape: Sequence[float] = ()) -> I32:
    """Return equally likely factors exp(sigma z), scaled to the mean given; shape (TABLE_SIZE,), 1 / `FACTOR_ONE`.

    Parameters
    ----------
    shape
        Equally likely values of z, ascending; () = standard normal.
    """
    z = normal_shape() if len(shape) == 0 else _resampled(shape)
    factors: F64 = np.exp(sigma * z)
    factors *= mean / factors.mean()
    units: I32 = np.rint(np.minimum(factors, LARGEST_FACTOR) * FACTOR_ONE).astype(np.int32)
    return units


@cache
def normal_shape() -> F64:
    """Return the standard normal distribution as `TABLE_SIZE` equally likely values, ascending."""
    normal = NormalDist()
    return np.array([normal.inv_cdf((k + 0.5) / TABLE_SIZE) for k in range(TABLE_SIZE)])


def _resampled(shape: Sequence[float]) -> F64:
    """Return a shape as `TABLE_SIZE` values."""
    places = (2 * np.arange(TABLE_SIZE) + 1) * len(shape) // (2 * TABLE_SIZE)
    return np.asarray(shape, np.float64)[places]


_LENGTHS: Final = {
    "route_first": "R + 1",
    "departure_s": "R",
    "end_leg_s": "R",
    "shift_end_s": "R",
    "break_first": "R + 1",
    "leg_s": "V",
    "service_s": "V",
    "open_s": "V",
    "close_s": "V",
    "due_s": "V",
    "service_kind": "V",
    "break_before": "B",
    "break_earliest_s": "B",
    "break_duration_s": "B",
}
_DTYPE: Final = {f.name: np.dtype(np.int32 if f.type == "I32" else np.int64) for f in fields(SimulatedRoutes)}


def _check_arrays(routes: SimulatedRoutes) -> None:
    """Refuse what the core could not read; it checks the values itself."""
    lengths = {"R": len(routes.departure_s), "V": len(routes.leg_s), "B": len(routes.break_before)}
    lengths["R + 1"] = lengths["R"] + 1
    for name, length in _LENGTHS.items():
        array, dtype = getattr(routes, name), _DTYPE[name]
        if array.dtype != dtype or array.shape != (lengths[length],) or not array.flags.c_contiguous:
            raise InvalidRoutesError(
                f"{name} has dtype {array.dtype} and shape {array.shape}, expected a C-contiguous array of {dtype} "
                f"with shape ({lengths[length]},)"
            )
