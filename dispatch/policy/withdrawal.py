"""Giving an order up: reason codes, who may verify, and by when (R11-R13)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from dispatch.domain.problems import shown
from dispatch.domain.records.work_order import Withdrawal
from dispatch.domain.values import with_fixed_offset
from dispatch.errors import BadInputError, ForbiddenError, Problem
from dispatch.policy.life_settings import WithdrawalSettings

WithdrawalReason = Literal[
    "no_resource",
    "no_duct",
    "property_refuses",
    "changed_mind",
    "duplicate",
    "wrong_address",
    "unreachable",
    "other",
]
"""Why an order is given up (R11); `other` needs words."""

WITHDRAWAL_REASONS: Final[tuple[WithdrawalReason, ...]] = get_args(WithdrawalReason)


def require_reason(reason: str | None, text: str | None) -> None:
    """Refuse a withdrawal without a reason code (R11).

    Raises
    ------
    BadInputError
        If the reason is missing or none of the codes, or is `other` without words.
    """
    if reason is None or reason not in WITHDRAWAL_REASONS:
        message = "is missing" if not reason else f"{shown(reason)} is no reason for a withdrawal"
        remedy = f"give one of {', '.join(WITHDRAWAL_REASONS)}"
        raise BadInputError([Problem(path="reason", message=message, remedy=remedy)])
    if reason == "other" and not (text or "").strip():
        raise BadInputError([Problem(path="text", message="is missing", remedy="say why in words: reason is other")])


def verify_by(requested_at: datetime, settings: WithdrawalSettings, zone: ZoneInfo) -> datetime:
    """Return by when a withdrawal is to be verified: 24:00 of the day after the request (R12)."""
    return _end_of(_local_day(requested_at, zone), settings.verify_days, zone)


def close_by(
    requested_at: datetime, verified_at: datetime | None, settings: WithdrawalSettings, zone: ZoneInfo
) -> datetime:
    """Return by when a withdrawal is to be closed (R13).

    Two days after the verification, 24:00; until it is verified, two days after the last day for that. By the strict
    reading: two days after the request, 24:00.
    """
    requested = _local_day(requested_at, zone)
    if settings.is_strict:
        return _end_of(requested, settings.close_days, zone)
    if verified_at is None:
        return _end_of(requested, settings.verify_days + settings.close_days, zone)
    return _end_of(_local_day(verified_at, zone), settings.close_days, zone)


def require_other_person(withdrawal: Withdrawal, actor: str) -> None:
    """Refuse a verification by the technician who had the order (R12).

    Raises
    ------
    ForbiddenError
        If the actor is that technician.
    """
    if actor == f"technician:{withdrawal.technician}":
        msg = f"{actor} had the order and may not verify that it is given up\nMaybe let somebody else call the customer"
        raise ForbiddenError(msg)


def _local_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _end_of(day: date, later: int, zone: ZoneInfo) -> datetime:
    """Return 24:00 of a day so many days later."""
    return with_fixed_offset(datetime.combine(day + timedelta(days=later + 1), time(), tzinfo=zone))
