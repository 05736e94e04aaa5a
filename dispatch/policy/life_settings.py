"""The life of an order as settings: limits, contact hours, withdrawal; each field's meaning is in `defaults.toml`."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, Strict, model_validator

from dispatch.domain.values import Document, refusal
from dispatch.policy.time_of_day import TimeOfDay

Minutes = Annotated[int, Strict(), Field(ge=1, le=44_640)]
Lead = Annotated[int, Strict(), Field(ge=0, le=44_640)]
Days = Annotated[int, Strict(), Field(ge=0, le=31)]
Refusal = Literal["unserved", "out_of_scope", "never"]


class ContactWindow(Document):
    """A part of the day in which a customer is called again, local time."""

    start: TimeOfDay
    end: TimeOfDay


class ContactSettings(Document):
    """When customers may be called, and how often (R08, R10)."""

    earliest: TimeOfDay
    latest: TimeOfDay
    roll_to: TimeOfDay
    windows: tuple[ContactWindow, ...] = Field(min_length=1)
    attempts: Annotated[int, Strict(), Field(ge=1, le=20)]

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        times = [self.earliest, *(time for window in self.windows for time in (window.start, window.end)), self.latest]
        for earlier, later in pairwise(times):
            if later < earlier:
                raise refusal(f"{later} follows {earlier}", "put the windows in order, inside earliest and latest")
        if not self.earliest <= self.roll_to <= self.latest:
            raise refusal(f"roll_to {self.roll_to} is outside the contact hours", "put it inside them")
        return self


class WithdrawalSettings(Document):
    """How long giving an order up may take (R12, R13)."""

    verify_days: Days
    close_days: Days
    is_strict: Annotated[bool, Field(strict=True)]


class LimitSettings(Document):
    """How long things may take."""

    accept_min: Minutes
    first_contact_min: Minutes
    close_min: Minutes
    hold_review_min: Minutes


class WarningSettings(Document):
    """How long before a timer runs out its warning is given, in minutes."""

    promise: Lead
    accept: Lead
    first_contact: Lead
    arrival: Lead
    close: Lead
    withdrawal_verify: Lead
    withdrawal_close: Lead
    hold: Lead


class LifeSettings(Document):
    """How an order lives: what holds between acceptance and closing."""

    refuses: Refusal
    operator_changes: Annotated[int, Strict(), Field(ge=0, le=100)]
    arrival_error_min: Minutes
    geofence_m: Annotated[int, Strict(), Field(ge=1, le=100_000)]
    offline_min: Minutes
    ahead_min: Annotated[int, Strict(), Field(ge=0, le=60)]
    furthest_days: Annotated[int, Strict(), Field(ge=1, le=3_660)]
    limits: LimitSettings
    warnings: WarningSettings
    contact: ContactSettings
    withdrawal: WithdrawalSettings
