"""The technicians of a city: skills, stock, tools, base, territory; their shifts come from `roster`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import Final

from numpy.random import Generator

from benchmarks.cities.geography import Geography, nearest
from benchmarks.cities.plane import Spot
from benchmarks.cities.roster import PATTERN_CYCLE, Pattern, draw_shifts
from benchmarks.cities.spec import CitySpec
from benchmarks.cities.streams import Streams
from dispatch.domain.request import Technician

HOME_SHARE: Final = 0.40
"""Technicians who start from home; the others share the offices."""
TERRITORY_SHARE: Final = 0.50
"""Of the installers and repairers who do not work late: those who keep to the territory of their office."""
LAST_STOP_SHARE: Final = 0.10
"""Of those based at an office: the working day ends with the last visit."""
FACTOR_LIMITS: Final = (0.85, 1.30)
MAX_VISITS_SHARE: Final = 0.10
"""Technicians in training: at most `TRAINEE_VISITS` visits a day."""
TRAINEE_VISITS: Final = 8


@dataclass(frozen=True, kw_only=True)
class Role:
    """A trade: what its technicians can do and carry.

    Attributes
    ----------
    share
        Of all technicians.
    skills
        Least and highest level of each skill that everybody of the role has.
    extra_skills
        Share of the role's technicians that has the skill besides, at level 1.
    stock
        Fewest and most pieces carried.
    tools
        Share that carries the tool.
    car_share
        Share that drives a car; the others ride e-bikes.
    is_bound
        True if the role may be bound to a territory; rare skills serve the whole city.
    """

    name: str
    share: float
    skills: Mapping[str, tuple[int, int]]
    extra_skills: Mapping[str, float]
    stock: Mapping[str, tuple[int, int]]
    tools: Mapping[str, float]
    car_share: float
    is_bound: bool


ROLES: Final = (
    Role(
        name="installer", share=0.45, is_bound=True, car_share=0.06,
        skills={"fiber": (1, 2), "cpe": (1, 2), "wiring": (1, 2)}, extra_skills={},
        stock={"ont": (3, 7), "drop_cable": (4, 8), "router": (2, 5)}, tools={"ladder": 0.45},
    ),
    Role(
        name="repairer", share=0.30, is_bound=True, car_share=0.06,
        skills={"fiber": (1, 2), "cpe": (1, 2), "wiring": (1, 1)}, extra_skills={"copper": 0.35},
        stock={"ont": (1, 4), "drop_cable": (2, 5), "router": (3, 7)}, tools={"ladder": 0.30},
    ),
    Role(
        name="splicer", share=0.15, is_bound=False, car_share=0.50,
        skills={"fiber": (3, 3), "splice": (1, 2), "wiring": (1, 2), "cpe": (1, 1)}, extra_skills={"copper": 0.30},
        stock={"ont": (1, 4), "drop_cable": (4, 8), "router": (1, 3)},
        tools={"splicer": 0.75, "otdr": 0.20, "ladder": 0.70},
    ),
    Role(
        name="senior", share=0.10, is_bound=False, car_share=0.40,
        skills={"fiber": (3, 3), "splice": (2, 2), "wiring": (2, 3), "cpe": (2, 3), "copper": (1, 2)}, extra_skills={},
        stock={"ont": (2, 5), "drop_cable": (4, 8), "router": (3, 7)},
        tools={"splicer": 0.50, "otdr": 0.60, "ladder": 0.60},
    ),
)  # fmt: skip


def draw_technicians(spec: CitySpec, geography: Geography, streams: Streams) -> tuple[Technician, ...]:
    """Draw the technicians and their shifts: independent of load and travel.

    Roles and patterns of shifts come by quota, not by lot, so that every city has each of them: a village has one
    senior, on the day shift, who can do everything.
    """
    posts = [(role, PATTERN_CYCLE[k % len(PATTERN_CYCLE)]) for role in ROLES for k in range(_quota(role, spec))]
    mixed = streams.of("staff.order").permutation(len(posts))
    return tuple(
        _technician(k, *posts[post], spec=spec, geography=geography, streams=streams) for k, post in enumerate(mixed)
    )


def _quota(role: Role, spec: CitySpec) -> int:
    """Round the role's share of the technicians; the first role takes what rounding leaves."""
    count = spec.extent.technicians
    others = sum(round(other.share * count) for other in ROLES[1:])
    return count - others if role is ROLES[0] else round(role.share * count)


def _technician(
    index: int, role: Role, pattern: Pattern, *, spec: CitySpec, geography: Geography, streams: Streams
) -> Technician:
    name = f"{spec.prefix}t-{index + 1:03d}"
    base = streams.of("staff.bases", index)
    is_at_home = base.random() < HOME_SHARE
    living = geography.spots[int(base.choice(len(geography.spots), p=geography.weights))].scattered(400, base)
    living = living if geography.home_at is None else geography.home_at(living)
    office = nearest(living, geography.offices)
    spot: Spot = living if is_at_home else geography.offices[office]
    is_bound = role.is_bound and not pattern.is_late and base.random() < TERRITORY_SHARE
    ends_anywhere = not is_at_home and base.random() < LAST_STOP_SHARE
    kit = streams.of("staff.kits", index)
    return Technician(
        id=name,
        skills=_skills(role, pattern, streams.of("staff.skills", index)),
        profile="car" if streams.of("staff.profiles", index).random() < role.car_share else "ebike",
        service_factor=_service_factor(streams.of("staff.factors", index)),
        home=geography.origin.location_of(spot),
        territories=(geography.territories[office],) if is_bound else (),
        stock={part: int(kit.integers(low, high + 1)) for part, (low, high) in role.stock.items()},
        tools=tuple(tool for tool, share in role.tools.items() if kit.random() < share),
        shifts=draw_shifts(
            name,
            pattern,
            spec.midnights,
            end_at="last_stop" if ends_anywhere else None,
            max_visits=TRAINEE_VISITS if streams.of("staff.trainees", index).random() < MAX_VISITS_SHARE else None,
            rng=streams.of("staff.overtime", index),
        ),
    )


def _skills(role: Role, pattern: Pattern, rng: Generator) -> dict[str, int]:
    """Draw the levels; whoever works late is alone in the city and has the highest of the role."""
    drawn = {skill: int(rng.integers(low, high + 1)) for skill, (low, high) in role.skills.items()}
    if pattern.is_late:
        drawn = {skill: high for skill, (_, high) in role.skills.items()}
    return drawn | {skill: 1 for skill, share in role.extra_skills.items() if rng.random() < share}


def _service_factor(rng: Generator) -> float:
    low, high = FACTOR_LIMITS
    return round(min(high, max(low, exp(0.1 * rng.standard_normal()))), 2)
