"""The figures of a replay, counted as the operator counts them (docs/commitments.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from benchmarks.replay.calls import contact_limit
from benchmarks.replay.cases import Case
from benchmarks.replay.crew import Person
from benchmarks.replay.days import Played
from dispatch.domain.request import Tier

TIERS: Final[tuple[Tier, ...]] = ("standard", "fast24", "premium")
AGREED_TOLERANCE: Final = timedelta(hours=1)
"""R09: both ways."""
_CLOSED_BY_OTHERS: Final = ("withdrawn", "cannot_install")
"""Orders without a promise any more."""


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """What a figure is called, and which way is better."""

    name: str
    label: str
    unit: Literal["%", "1", "min"]
    better: Literal["more", "less"]


KPIS: Final = (
    Kpi(name="kept_net", label="promises kept, net", unit="%", better="more"),
    Kpi(name="kept_gross", label="promises kept, gross", unit="%", better="more"),
    *(
        Kpi(name=f"kept_{count}_{tier}", label=f"{tier}, {count}", unit="%", better="more")
        for tier in TIERS
        for count in ("net", "gross")
    ),
    Kpi(name="agreed_kept", label="agreed times kept (±60 min)", unit="%", better="more"),
    Kpi(name="half_days_kept", label="half-days kept", unit="%", better="more"),
    Kpi(name="contact_2h", label="customer called in 2 h", unit="%", better="more"),
    Kpi(name="exact_times", label="visits with an exact time agreed", unit="%", better="more"),
    Kpi(name="disturbed", label="disturbed customers of 100 served", unit="1", better="less"),
    Kpi(name="put_off", label="put off untold, of 100 served", unit="1", better="less"),
    Kpi(name="jobs", label="jobs a technician-day", unit="1", better="more"),
    Kpi(name="travel_share", label="travel, share of working time", unit="%", better="less"),
    Kpi(name="travel_min", label="travel a visit", unit="min", better="less"),
    Kpi(name="overtime_min", label="overtime a technician-day", unit="min", better="less"),
    Kpi(name="reopened", label="reopened: second visit or remedy", unit="%", better="less"),
    Kpi(name="left_open", label="open in the end, of 100 accepted", unit="1", better="less"),
    Kpi(name="refused", label="plans refused, of 100 checked", unit="1", better="less"),
)
KPI_BY_NAME: Final[Mapping[str, Kpi]] = {kpi.name: kpi for kpi in KPIS}


def kpis_of(played: Played) -> dict[str, float | None]:
    """Return every figure of `KPIS` for a stretch of days; None where there is nothing to count.

    Promises count where the due time lies in the replayed days and the order was not given up. Net (T7), one that was
    missed counts as kept if the customer had caused time to pass: was out, was not reached, or asked for later.
    """
    cases = list(played.ledger.cases.values())
    owed = [case for case in cases if _is_owed(case, played.end)]
    figures: dict[str, float | None] = {
        "kept_net": _percent(owed, _is_kept_net),
        "kept_gross": _percent(owed, _is_kept),
    }
    for tier in TIERS:
        of_tier = [case for case in owed if case.tier == tier]
        figures[f"kept_net_{tier}"] = _percent(of_tier, _is_kept_net)
        figures[f"kept_gross_{tier}"] = _percent(of_tier, _is_kept)
    visited = [case for case in cases if case.arrived_at is not None]
    served = [case for case in visited if case.is_done]
    taken = [case for case in cases if case.taken_at is not None]
    return figures | {
        "agreed_kept": _share_kept(cases, "exact"),
        "half_days_kept": _share_kept(cases, "half_day"),
        "contact_2h": _percent([case for case in taken if _is_call_due(case, played.end)], _was_called_in_time),
        "exact_times": _percent(served, lambda case: case.order.agreed_start is not None),
        "disturbed": _percent(served, is_disturbed, of=cases),
        "put_off": _percent(served, lambda case: case.is_put_off, of=cases),
        **_work_figures(played.people),
        "reopened": _percent(served, lambda case: case.visits > 1 or case.outcome == "remedy_pending"),
        "left_open": _percent(cases, lambda case: case.is_open),
        "refused": 100 * played.checks.refused / played.checks.judged if played.checks.judged else None,
    }


def is_disturbed(case: Case) -> bool:
    """Tell whether a customer was disturbed: what they were told was taken back by a plan, or did not come true."""
    return case.is_disturbed or case.broken_words > 0 or _is_agreed_missed(case)


def _is_owed(case: Case, end: datetime) -> bool:
    return case.due is not None and case.due <= end and case.outcome not in _CLOSED_BY_OTHERS


def _is_kept(case: Case) -> bool:
    return case.is_done and case.ended_at is not None and case.due is not None and case.ended_at <= case.due


def _is_kept_net(case: Case) -> bool:
    return case.is_customers_doing or _is_kept(case)


def _is_agreed_missed(case: Case) -> bool:
    agreed, arrived = case.order.agreed_start, case.arrived_at
    return agreed is not None and arrived is not None and abs(arrived - agreed) > AGREED_TOLERANCE


def _share_kept(cases: Iterable[Case], told: Literal["exact", "half_day"]) -> float | None:
    """Return the share of words that came true: each visit as told, against each day on which nobody came in time."""
    kept = broken = 0
    for case in cases:
        broken += case.broken_exact if told == "exact" else case.broken_half_days
        if case.arrived_at is None:
            continue
        if case.order.agreed_start is not None:
            is_missed = _is_agreed_missed(case)
            kept, broken = kept + (told == "exact" and not is_missed), broken + (told == "exact" and is_missed)
        elif told == "half_day" and case.order.windows:
            is_inside = any(w.start - AGREED_TOLERANCE <= case.arrived_at <= w.end for w in case.order.windows)
            kept, broken = kept + is_inside, broken + (not is_inside)
    return 100 * kept / (kept + broken) if kept + broken else None


def _is_call_due(case: Case, end: datetime) -> bool:
    return case.taken_at is not None and contact_limit(case.taken_at) <= end


def _was_called_in_time(case: Case) -> bool:
    called, taken = case.first_call_at, case.taken_at
    return called is not None and taken is not None and called <= contact_limit(taken)


def _work_figures(days: Sequence[Sequence[Person]]) -> dict[str, float | None]:
    people = [person for day in days for person in day if person.visits]
    if not people:
        return dict.fromkeys(("jobs", "travel_share", "travel_min", "overtime_min"))
    visits, travel_s = sum(person.visits for person in people), sum(person.travel_s for person in people)
    at_work_s = travel_s + sum(person.service_s for person in people)
    late = (max(timedelta(), person.home_at - person.shift.end) for person in people if person.home_at is not None)
    return {
        "jobs": visits / len(people),
        "travel_share": 100 * travel_s / at_work_s,
        "travel_min": travel_s / visits / 60,
        "overtime_min": sum(late, timedelta()).total_seconds() / len(people) / 60,
    }


def _percent(
    cases: Sequence[Case], is_counted: Callable[[Case], bool], *, of: Sequence[Case] | None = None
) -> float | None:
    """Return how many of a hundred `cases` are counted; with `of`, the count among those against the number here."""
    return 100 * sum(map(is_counted, cases if of is None else of)) / len(cases) if cases else None
