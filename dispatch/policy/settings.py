"""The operator's rules as frozen settings: read from TOML, overridden by a file and by the request."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, Strict, ValidationError, model_validator

from dispatch.domain.problems import problems_of
from dispatch.domain.request import Profile, Request
from dispatch.domain.values import Document, refusal
from dispatch.errors import BadPolicyError, Problem
from dispatch.policy.life_settings import LifeSettings
from dispatch.policy.message_settings import MessageSettings
from dispatch.policy.planning_settings import PlanningSettings
from dispatch.policy.privacy_settings import PrivacySettings
from dispatch.policy.quality_settings import QualitySettings
from dispatch.policy.reserve_settings import ReserveSettings
from dispatch.policy.risk_settings import RiskInSearch, RiskSettings
from dispatch.policy.time_of_day import TimeOfDay

InstallBeforeCutoff = Literal["PLUS_24H", "SAME_DAY_2400", "SAME_DAY_SHIFT_END"]
AgreedWindow = Literal["hard", "priced"]
RoadClass = Literal[
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "residential",
    "living_street",
    "service",
    "track",
    "cycleway",
    "footway",
    "steps",
]
Fallback = Literal["straight_line", "refuse"]

OPERATORS_SECTIONS: Final = ("geocoding", "privacy", "routing")
"""Sections that no planning request may set: they name servers that the program calls, or concern no plan."""
OPERATORS_OWN_SECTIONS: Final = ("geocoding", "routing")
"""Sections that no dispatch centre may set either."""


def _is_a_speed(speed_kmh: float) -> float:
    """Refuse what the straight-line provider refuses: below 1 km/h the longest ways overflow."""
    if speed_kmh < 1:
        raise refusal(f"{speed_kmh} is slower than 1 km/h", "give kilometres per hour, like 18.0")
    return speed_kmh


Hours = Annotated[int, Strict(), Field(ge=1, le=10_000)]
WholeSeconds = Annotated[int, Strict(), Field(ge=0, le=31 * 86_400)]
UnitPrice = Annotated[int, Strict(), Field(ge=0, le=10_000)]
"""Price of a second or a metre. The limits on prices keep sums below 2**53."""
OncePrice = Annotated[int, Strict(), Field(ge=0, le=1_000_000_000)]
Permille = Annotated[int, Strict(), Field(ge=0, le=1_000)]
Probability = Annotated[float, Field(strict=True, ge=0, le=1)]
Positive = Annotated[float, Field(strict=True, gt=0, le=1_000)]
Speed = Annotated[float, Field(strict=True, le=1_000), AfterValidator(_is_a_speed)]


class PromiseSettings(Document):
    """What is promised to customers; the meaning of each field stands in `defaults.toml`."""

    install_h: Hours
    move_h: Hours
    repair_h: Hours
    fast24_install_h: Hours
    speed_remedy_h: Hours
    premium_cut_off: TimeOfDay
    premium_install_before_cutoff: InstallBeforeCutoff
    premium_install_h: Hours
    premium_install_next_day: TimeOfDay
    premium_repair_next_day: TimeOfDay
    evening_shift_end: TimeOfDay

    @model_validator(mode="after")
    def _evening_follows_cut_off(self) -> Self:
        if self.evening_shift_end <= self.premium_cut_off:
            raise refusal(
                f"evening_shift_end {self.evening_shift_end} is not after premium_cut_off {self.premium_cut_off}",
                "end the evening shift later, or cut off earlier",
            )
        return self


class HalfDay(Document):
    """A bookable part of a day, local time."""

    start: TimeOfDay
    end: TimeOfDay

    @model_validator(mode="after")
    def _end_follows_start(self) -> Self:
        if self.end <= self.start:
            raise refusal(f"end {self.end} is not after start {self.start}", "swap them")
        return self


class HalfDays(Document):
    """The bookable parts of a day."""

    morning: HalfDay
    afternoon: HalfDay
    evening: HalfDay


class AppointmentSettings(Document):
    """How far a visit may lie from the time told to the customer."""

    early_s: WholeSeconds
    late_s: WholeSeconds
    buffer_s: WholeSeconds
    agreed_window: AgreedWindow
    half_days: HalfDays


class RoadSettings(Document):
    """How fast the profiles are on roads; a class that is missing or 0 cannot be used by the profile."""

    snap_m: Positive
    speed_kmh: dict[Profile, dict[RoadClass, Annotated[float, Field(strict=True, ge=0, le=200)]]]

    @model_validator(mode="after")
    def _every_profile_can_move(self) -> Self:
        for profile, speed_of_class in self.speed_kmh.items():
            slow = next((name for name, speed in speed_of_class.items() if 0 < speed < 1), None)
            if slow is not None:
                raise refusal(
                    f"speed_kmh.{profile}.{slow} is {speed_of_class[slow]}, slower than 1 km/h",
                    "give kilometres per hour, like 18.0, or 0 where the profile may not go",
                )
            if not any(speed_of_class.values()):
                raise refusal(f"speed_kmh.{profile} has no road to move on", "give a speed for some class")
        return self


class TravelSettings(Document):
    """What the straight-line provider, the road graph and the stops at orders need."""

    access_s: WholeSeconds
    same_community_s: WholeSeconds
    speed_kmh: dict[Profile, Speed]
    detour: dict[Profile, Annotated[float, Field(strict=True, ge=1, le=10)]]
    roads: RoadSettings


class MissedPrices(Document):
    """Price of a missed promise by its class."""

    standard: OncePrice
    fast24: OncePrice
    premium: OncePrice
    speed_remedy: OncePrice


class UnassignedPrices(Document):
    """Price of an order in no route."""

    base: OncePrice
    per_priority: OncePrice
    defer_base: OncePrice
    defer_share: OncePrice
    no_promise_h: Hours
    follow_up: OncePrice


class PriceSettings(Document):
    """The cost table."""

    travel: UnitPrice
    distance: UnitPrice
    work_time: UnitPrice
    overtime: UnitPrice
    shift_used: OncePrice
    preference: OncePrice
    agreed_buffer: UnitPrice
    agreed_broken: OncePrice
    soft_due: UnitPrice
    soft_due_cap_s: WholeSeconds
    tardiness: UnitPrice
    tardiness_cap_s: WholeSeconds
    promise_missed: MissedPrices
    unassigned: UnassignedPrices


class LiveSettings(Document):
    """What holds on the running day."""

    freeze_min: Annotated[int, Field(strict=True, ge=0, le=10_080)]
    risk_in_search: RiskInSearch


class ToldPrices(Document):
    """Price of a change by what the customer was told."""

    exact: OncePrice
    half_day: OncePrice
    nothing: OncePrice


class DisruptionSettings(Document):
    """What changing the plan in force costs."""

    enabled: Annotated[bool, Field(strict=True)]
    tolerance_s: WholeSeconds
    soon_h: Annotated[int, Strict(), Field(ge=0, le=10_000)]
    soon_permille: Permille
    same_day_permille: Permille
    later_permille: Permille
    later: OncePrice
    most_agreed_moved: Annotated[int, Strict(), Field(ge=0)] | None = None
    technician: ToldPrices
    day: ToldPrices
    dropped: ToldPrices


class SlotSettings(Document):
    """Which windows and times customers are offered."""

    days: Annotated[int, Strict(), Field(ge=1, le=14)]
    finer_h: Annotated[int, Strict(), Field(ge=1, le=12)]
    least_probability: Probability
    exact_probability: Probability
    step_min: Annotated[int, Strict(), Field(ge=1, le=60)]
    scenarios: Annotated[int, Strict(), Field(ge=1, le=100_000)]


class GeocodingSettings(Document):
    """How addresses without coordinates are looked up."""

    enabled: Annotated[bool, Field(strict=True)]
    provider: str
    domain: str
    user_agent: str
    min_delay_s: Annotated[float, Field(ge=0, le=3_600)]
    timeout_s: Positive


class RoutingSettings(Document):
    """How routing servers are asked."""

    servers: tuple[str, ...]
    fallback: Fallback
    timeout_s: Positive
    retries: Annotated[int, Strict(), Field(ge=0, le=10)]
    table_size: Annotated[int, Strict(), Field(ge=2, le=100_000)]


class Policy(Document):
    """All settings of the operator's rules."""

    promise: PromiseSettings
    appointment: AppointmentSettings
    travel: TravelSettings
    prices: PriceSettings
    live: LiveSettings
    disruption: DisruptionSettings
    risk: RiskSettings
    reserve: ReserveSettings
    slots: SlotSettings
    planning: PlanningSettings
    quality: QualitySettings
    life: LifeSettings
    messages: MessageSettings
    privacy: PrivacySettings
    geocoding: GeocodingSettings
    routing: RoutingSettings

    def overridden(self, changes: Mapping[str, Any], *, source: str = "", at: str = "") -> Policy:
        """Return this policy with some settings replaced; sections may be partial.

        Parameters
        ----------
        changes
            Same shape as the policy file; null means no change.
        source
            Name of the document the changes come from, for errors.
        at
            Path of the changes inside that document, for errors.

        Raises
        ------
        BadPolicyError
            If a setting is unknown or out of its limits.
        """
        if not changes:
            return self
        merged = _merged(self.model_dump(), changes)
        try:
            return Policy.model_validate(merged)
        except ValidationError as error:
            raise BadPolicyError(problems_of(error, merged, model=Policy, at=at), source=source) from None


def load_policy(path: Path | None = None) -> Policy:
    """Return the default policy, overridden by a TOML file if one is given.

    Raises
    ------
    BadPolicyError
        If the file cannot be read, is not TOML, or has an unknown or impossible setting.
    """
    if path is None:
        return _default_policy()
    try:
        changes = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        problem = Problem(path="", message=f"cannot be read: {error.strerror}", remedy="check the path")
        raise BadPolicyError([problem], source=str(path)) from None
    except UnicodeDecodeError as error:
        problem = Problem(path="", message=f"is not UTF-8 (byte {error.start})", remedy="save it as UTF-8")
        raise BadPolicyError([problem], source=str(path)) from None
    except tomllib.TOMLDecodeError as error:
        problem = Problem(path="", message=f"is not TOML: {error}", remedy="correct it there")
        raise BadPolicyError([problem], source=str(path)) from None
    except (RecursionError, ValueError):  # ValueError: Python reads no whole number of more than 4,300 digits
        message = "is nested too deeply, or holds a number of thousands of digits"
        problem = Problem(path="", message=message, remedy="compare it with what `dispatch policy` prints")
        raise BadPolicyError([problem], source=str(path)) from None
    return _default_policy().overridden(changes, source=str(path))


def stored_policy(document: Mapping[str, Any]) -> Policy:
    """Return a policy that was stored, maybe by an earlier version: settings that were unknown then have defaults.

    Raises
    ------
    BadPolicyError
        If this version does not know one of its settings, or allows it no more.
    """
    return _default_policy().overridden(document, source="stored policy")


def effective_policy(request: Request, base: Policy | None = None) -> Policy:
    """Return the policy a request is planned under: `base` (default: the packaged one), overridden by the request.

    Raises
    ------
    BadPolicyError
        If the request's policy section has an unknown or impossible setting, or one that is the operator's alone:
        whoever may send a request could otherwise make a service call any host.
    """
    problems = [
        Problem(
            path=f"policy.{section}",
            message="cannot be set by a request",
            remedy="leave it out; the operator's policy file alone may set it",
        )
        for section in OPERATORS_SECTIONS
        if request.policy.get(section) is not None
    ]
    if problems:
        raise BadPolicyError(problems)
    return (base or load_policy()).overridden(request.policy, at="policy")


@cache
def _default_policy() -> Policy:
    text = files("dispatch.policy").joinpath("defaults.toml").read_text(encoding="utf-8")
    return Policy.model_validate(tomllib.loads(text))


def _merged(settings: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(settings)
    for name, value in changes.items():
        if value is None and name in merged:
            continue
        old = merged.get(name)
        merged[name] = _merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged
