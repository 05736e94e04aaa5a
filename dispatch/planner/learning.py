"""Learns from finished visits how times really taken relate to planned ones; with few of them the policy's guess stays.

A mixed model of the logarithms of real over planned time (Searle, Casella & McCulloch 1992, ch. 3 and 8):

    service:  y = kind + technician + technician's day + noise of the kind
    travel:   y = hour + day + noise

Kinds and hours are drawn towards the policy's means; technicians, technician-days and days are normal effects whose
variances are learned as well, drawn towards the policy's. All is found by expectation and maximization, one effect
after the other: O(rounds x visits). What is left over gives the shape of the noise, its tails as heavy as they are.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.request import OrderKind
from dispatch.planner.observed import ObservedVisit
from dispatch.policy.risk_settings import HOURS, RiskSettings, ServiceChances
from solver.risk import normal_shape

F64 = NDArray[np.float64]
Index = NDArray[np.intp]

KINDS: Final[tuple[OrderKind, ...]] = get_args(OrderKind)
ROUNDS: Final = 40
MEAN_SD: Final = 0.15
"""How far the policy's means of kinds and hours may be off, as the standard deviation of a logarithm."""
TECHNICIAN_SD: Final = 0.10
"""The same of technicians, before anything is known of them."""
VARIANCE_VISITS: Final = 40
"""The policy's variances count as much as so many visits ..."""
VARIANCE_DAYS: Final = 8
"""... or, of a day and of a technician's day, so many days."""
SHAPE_VISITS: Final = 100
"""The normal shape counts as much as so many visits."""
SHAPE_VALUES: Final = 200
LONGEST: Final = 20.0
"""Times so many times as long as planned, or as short, are slips of the record."""


def learned(prior: RiskSettings, visits: Sequence[ObservedVisit]) -> RiskSettings:
    """Return the distributions that visits speak for, beginning at those of `prior`.

    A technician's factor is drawn towards 1 as far as it is uncertain; what stays uncertain of it widens the spread of
    technician-days, so that early odds are honest about what is not known yet.
    """
    return _with_travel(_with_service(prior, visits), prior, visits)


def _with_service(prior: RiskSettings, visits: Sequence[ObservedVisit]) -> RiskSettings:
    observed = [visit for visit in visits if _is_usable(visit.planned_service_s, visit.service_s)]
    if not observed:
        return prior
    kinds = [prior.service.of(kind) for kind in KINDS]
    day_variance = prior.technician_day_sigma**2
    technicians = _Effect.by([visit.technician for visit in observed], variance=TECHNICIAN_SD**2, weight=VARIANCE_DAYS)
    days = _Effect.by(
        [(visit.technician, visit.day) for visit in observed], variance=day_variance, weight=VARIANCE_DAYS
    )
    known = np.log([prior.technician_factor.get(str(name), 1.0) for name in technicians.names])
    fit = _fit(
        _logs([(visit.planned_service_s, visit.service_s) for visit in observed]) - known[technicians.level],
        group=np.array([KINDS.index(visit.kind) for visit in observed]),
        means=np.array([_location(kind.mean, prior.service_shape, kind.sigma**2, day_variance) for kind in kinds]),
        variances=np.array([kind.sigma**2 for kind in kinds]),
        effects=[technicians, days],
    )
    shape = _shape(fit.residuals / np.sqrt(fit.variances[fit.group]))
    spread = float(np.sqrt(days.variance + technicians.uncertainty.mean()))
    found = {
        kind: {
            "mean": _bounded(np.exp(fit.means[k]) * _mean_factor(shape, fit.variances[k]) * np.exp(spread**2 / 2)),
            "sigma": min(2.0, float(np.sqrt(fit.variances[k]))),
        }
        for k, kind in enumerate(KINDS)
    }
    factors = {
        str(name): _bounded(np.exp(value)) for name, value in zip(technicians.names, technicians.values, strict=True)
    }
    return prior.model_copy(
        update={
            "service": ServiceChances.model_validate(found),
            "service_shape": shape,
            "technician_day_sigma": min(2.0, spread),
            "technician_factor": {**prior.technician_factor, **factors},
        }
    )


def _with_travel(settings: RiskSettings, prior: RiskSettings, visits: Sequence[ObservedVisit]) -> RiskSettings:
    observed = [visit for visit in visits if _is_usable(visit.planned_travel_s, visit.travel_s)]
    if not observed:
        return settings
    noise, day_variance = prior.travel_sigma**2, prior.day_sigma**2
    days = _Effect.by([visit.day for visit in observed], variance=day_variance, weight=VARIANCE_DAYS)
    fit = _fit(
        _logs([(visit.planned_travel_s, visit.travel_s) for visit in observed]),
        group=np.array([visit.hour for visit in observed]),
        means=np.array([_location(m, prior.travel_shape, noise, day_variance) for m in prior.travel_mean_by_hour]),
        variances=np.array([noise]),
        effects=[days],
    )
    shape = _shape(fit.residuals / np.sqrt(fit.variances[0]))
    spread = float(np.sqrt(days.variance))
    scale = _mean_factor(shape, fit.variances[0]) * np.exp(spread**2 / 2)
    return settings.model_copy(
        update={
            "travel_mean_by_hour": tuple(_bounded(np.exp(fit.means[hour]) * scale) for hour in range(HOURS)),
            "travel_sigma": min(2.0, float(np.sqrt(fit.variances[0]))),
            "travel_shape": shape,
            "day_sigma": min(2.0, spread),
        }
    )


class _Effect:
    """Independent normal effects, one for each level, with a variance of their own.

    Attributes
    ----------
    names
        Of the levels.
    level : (visits,)
        Which level each visit has.
    values, uncertainty : (levels,)
        Expectation and variance of each effect, given the visits.
    """

    def __init__(self, names: Sequence[Hashable], level: Index, *, variance: float, weight: int) -> None:
        self.names = names
        self.level = level
        self.variance = max(variance, 1e-6)
        self.values: F64 = np.zeros(len(names))
        self.uncertainty: F64 = np.full(len(names), self.variance)
        self._prior_variance = self.variance
        self._weight = weight

    @classmethod
    def by(cls, keys: Sequence[Hashable], *, variance: float, weight: int) -> _Effect:
        """Return an effect with a level for each different key; its first variance counts as `weight` levels."""
        number = {key: k for k, key in enumerate(dict.fromkeys(keys))}
        return cls(list(number), np.array([number[key] for key in keys], np.intp), variance=variance, weight=weight)

    def update(self, rest: F64, variances: F64) -> None:
        """Estimate anew what `rest`, logarithms less all else, says; `variances` of its noise. Both (visits,)."""
        precision = np.bincount(self.level, 1 / variances, len(self.names)) + 1 / self.variance
        self.values = np.bincount(self.level, rest / variances, len(self.names)) / precision
        self.uncertainty = 1 / precision
        total = float((self.values**2 + self.uncertainty).sum())
        self.variance = (self._weight * self._prior_variance + total) / (self._weight + len(self.names))

    def of_visits(self) -> F64:
        """Return the effect on each visit."""
        return self.values[self.level]


@dataclass(frozen=True, kw_only=True)
class _Fit:
    """What `_fit` finds: means of the groups, variances of the noise, and what is left of each visit."""

    group: Index
    means: F64
    variances: F64
    residuals: F64


def _fit(y: F64, *, group: Index, means: F64, variances: F64, effects: Sequence[_Effect]) -> _Fit:
    """Fit means of groups, effects and variances of the noise to logarithms; changes the effects.

    Parameters
    ----------
    y, group : (visits,)
    means : (groups,)
        Where the means are drawn to, with standard deviation `MEAN_SD`.
    variances : (groups,) or (1,)
        Those of the noise, which count as `VARIANCE_VISITS` visits; (1,) = the same for all groups.
    """
    of_noise = group if len(variances) > 1 else np.zeros_like(group)
    counts = np.bincount(of_noise, minlength=len(variances))
    found_means, found_variances = means, np.maximum(variances, 1e-6)
    residuals = y
    for _ in range(ROUNDS):
        noise = found_variances[of_noise]
        others = sum((effect.of_visits() for effect in effects), np.zeros_like(y))
        precision = np.bincount(group, 1 / noise, len(means)) + 1 / MEAN_SD**2
        weighted = np.bincount(group, (y - others) / noise, len(means)) + means / MEAN_SD**2
        found_means = weighted / precision
        for effect in effects:
            others -= effect.of_visits()
            effect.update(y - found_means[group] - others, noise)
            others += effect.of_visits()
        residuals = y - found_means[group] - others
        unknown = sum((effect.uncertainty[effect.level] for effect in effects), np.zeros_like(y))
        squares = np.bincount(of_noise, residuals**2 + unknown, len(variances))
        found_variances = (VARIANCE_VISITS * variances + squares) / (VARIANCE_VISITS + counts)
        found_variances = np.maximum(found_variances, 1e-6)
    return _Fit(group=of_noise, means=found_means, variances=found_variances, residuals=residuals)


def _shape(z: F64) -> tuple[float, ...]:
    """Return the shape of standardized noise, mixed with the normal one: ascending, mean 0, variance 1."""
    normal = normal_shape()
    values = np.concatenate([normal, (z - z.mean()) / max(float(z.std()), 1e-9)])
    weights = np.concatenate([np.full(len(normal), SHAPE_VISITS / len(normal)), np.ones(len(z))])
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) - weights[order] / 2
    wanted = (np.arange(SHAPE_VALUES) + 0.5) / SHAPE_VALUES * weights.sum()
    shape = np.interp(wanted, reached, values[order])
    shape = (shape - shape.mean()) / shape.std()
    return tuple(round(value, 4) for value in shape.tolist())


def _is_usable(planned_s: int, real_s: int | None) -> bool:
    return real_s is not None and planned_s > 0 and 1 / LONGEST < real_s / planned_s < LONGEST


def _logs(times: Sequence[tuple[int, int | None]]) -> F64:
    """Return the logarithms of real over planned times, all of which are usable."""
    return np.log([float(real_s or 0) / planned_s for planned_s, real_s in times])


def _location(mean: float, shape: tuple[float, ...], noise: float, shared: float) -> float:
    """Return the mean of the logarithm of a factor whose noise and shared draw have these variances."""
    return float(np.log(mean / _mean_factor(shape, noise))) - shared / 2


def _mean_factor(shape: tuple[float, ...], variance: float) -> float:
    """Return the mean of exp(sigma z); z of the shape, () = standard normal."""
    return float(np.exp(np.sqrt(variance) * (np.array(shape) if shape else normal_shape())).mean())


def _bounded(factor: float) -> float:
    return round(float(np.clip(factor, 0.1, 10.0)), 4)
