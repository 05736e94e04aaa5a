"""`dispatch diff`: what changes from one plan to another, whom it disturbs and what it buys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from dispatch.domain.broken_agreements import BrokenAgreement
    from dispatch.domain.diff import Disturbed, PlanDiff
    from dispatch.domain.plan import Plan, PlanCost
    from dispatch.domain.promise_changes import PromiseChanges
    from dispatch.domain.request import Request

_TOLD_TEXT = {"exact": "told an exact time", "half_day": "told a half-day", "nothing": "told nothing"}
_HOW_TEXT = {"half_day": "another half-day", "day": "another day", "dropped": "in no route any more"}


def register(app: typer.Typer) -> None:
    """Add `diff` to `app`."""
    app.command("diff")(diff)


def diff(
    before: Annotated[Path, typer.Argument(help="The plan so far.", metavar="BEFORE")],
    after: Annotated[Path, typer.Argument(help="The plan to compare with it.", metavar="AFTER")],
    *,
    request: Annotated[
        Path | None,
        typer.Option(
            metavar="REQUEST", help="What BEFORE answers, and AFTER too unless --request-after says otherwise."
        ),
    ] = None,
    request_after: Annotated[
        Path | None, typer.Option("--request-after", metavar="REQUEST", help="What AFTER answers.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as one JSON object.")] = False,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Policy file (TOML) the plans were made with.")
    ] = None,
) -> None:
    """Tell what changes from one plan to another: who is disturbed and how, promises and agreements, cost by term.

    Without requests, what customers were told is not known: every change of technician, start or day is listed.
    """
    if request_after is not None and request is None:
        raise typer.BadParameter("--request-after needs --request: what BEFORE answers")
    from dispatch.domain.diff import plan_diff
    from dispatch.domain.files import read_plan, read_request
    from dispatch.domain.plan_fit import require_fit
    from dispatch.policy.plan_changes import changes_between
    from dispatch.policy.settings import effective_policy, load_policy

    old, new = read_plan(before), read_plan(after)
    if request is None:
        _print(plan_diff(None, old, None, new), None, as_json=as_json)
        return
    was = read_request(request)
    is_now = was if request_after is None else read_request(request_after)
    require_fit(was, old)
    require_fit(is_now, new)
    rules = effective_policy(is_now, load_policy(policy))
    unchanged = None if request_after is None else _unchanged(is_now, old, policy, request_after.parent)
    found = changes_between(was, old, is_now, new, policy=rules, unchanged=unchanged)
    _print(found, is_now, as_json=as_json)


def _unchanged(request: Request, plan: Plan, policy: Path | None, folder: Path) -> PlanCost:
    from dispatch.planner.unchanged import unchanged_cost
    from dispatch.policy.settings import load_policy
    from dispatch.travel_sources import TravelSources

    return unchanged_cost(request, plan, policy=load_policy(policy), sources=TravelSources(folder=folder))


def _print(found: PlanDiff, request: Request | None, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(found.to_document(), ensure_ascii=False, indent=2))
        return
    for line in diff_lines(found, request):
        print(line)


def diff_lines(found: PlanDiff, request: Request | None) -> Iterator[str]:
    """Yield a diff as lines for a dispatcher, the customers first.

    Parameters
    ----------
    request
        Of the plan after, for the zone in which times are shown; None = as the plans write them.
    """

    def clock(moment: datetime) -> str:
        return f"{moment if request is None else moment.astimezone(request.zone):%d. %H:%M}"

    lists = [("new", found.added), ("finished", found.finished), ("gone", found.gone)]
    yield ", ".join(
        [f"{_counted(found.common, 'order')} in both plans", *(f"{len(own)} {name}" for name, own in lists if own)]
    )
    yield _disturbed_headline(found)
    yield from (f"  {_disturbed_text(one, clock)}" for one in found.disturbed)
    if found.rebooked:
        yield f"moved as their customers asked: {_listed(found.rebooked)}"
    if found.agreements_broken:
        newly = sum(one.is_new for one in found.agreements_broken)
        yield f"{len(found.agreements_broken)} agreed times broken, {newly} of them newly"
        yield from (f"  {_broken_text(one, clock)}" for one in found.agreements_broken)
    for name, orders in (("served now", found.served_now), ("left out now", found.left_out_now)):
        if orders:
            yield f"{name}: {_listed(orders)}"
    if found.next_visit_changed:
        yield f"another next visit for {len(found.next_visit_changed)}: {_listed(found.next_visit_changed)}"
    yield from _promise_lines(found.promises)
    yield from _cost_lines(found)


def _disturbed_headline(found: PlanDiff) -> str:
    if not found.disturbed:
        return "nobody is disturbed"
    counts = [f"{count} {_TOLD_TEXT[told]}" for told, count in found.disturbed_by_told.items() if count]
    known = f" ({', '.join(counts)})" if counts else ""
    return f"{_counted(len(found.disturbed), 'customer')} disturbed{known}"


def _disturbed_text(one: Disturbed, clock: Callable[[datetime], str]) -> str:
    told = f" ({_TOLD_TEXT[one.told]})" if one.told else ""
    if one.after is None or one.moved_s is None:
        return f"{one.order}{told}: {_HOW_TEXT['dropped']}, was {clock(one.before.start)} with {one.before.technician}"
    changes = [_HOW_TEXT[how] for how in one.how if how in _HOW_TEXT]
    who = one.before.technician
    if one.after.technician != who:
        who = f"{who} -> {one.after.technician}"
    when = f"{clock(one.before.start)} -> {clock(one.after.start)} ({one.moved_s / 60:+.0f} min)"
    return f"{one.order}{told}: {', '.join([when, who, *changes])}"


def _broken_text(one: BrokenAgreement, clock: Callable[[datetime], str]) -> str:
    agreed = f"{one.order} agreed for {clock(one.agreed_start)}"
    if one.start is None or one.late_s is None:
        return f"{agreed}, {one.why}"
    new = "" if one.is_new else ", as before"
    return f"{agreed}, starts {clock(one.start)} with {one.technician}, {one.late_s // 60} min late{new}: {one.why}"


def _promise_lines(promises: PromiseChanges) -> Iterator[str]:
    for one in promises.by_tier:
        kept, missed = f"{one.kept_before} -> {one.kept_after}", f"{one.missed_before} -> {one.missed_after}"
        yield f"promises{f' {one.tier}' if one.tier else ''}: kept {kept}, missed {missed}"
    for name, orders in (
        ("promises newly kept", promises.newly_kept),
        ("promises newly missed", promises.newly_missed),
        ("promises missed of new orders", promises.missed_of_added),
    ):
        if orders:
            yield f"{name}: {_listed(orders)}"


def _cost_lines(found: PlanDiff) -> Iterator[str]:
    cost = found.cost
    if cost.unchanged is None or cost.saved is None:
        yield f"cost {cost.before.total:,} -> {cost.after.total:,}, of different orders: not comparable as they stand"
        return
    yield f"cost {cost.unchanged.total:,} if nothing changes -> {cost.after.total:,}: {_saved_text(cost.saved)}"
    for name, change in cost.saved_by_term.items():
        was, is_now = cost.unchanged.terms.get(name, 0), cost.after.terms.get(name, 0)
        yield f"  {name:<14} {was:>12,} -> {is_now:>12,}  ({-change:+,})"


def _saved_text(saved: int) -> str:
    return f"{saved:,} less" if saved > 0 else f"{-saved:,} more" if saved else "the same"


def _counted(count: int, name: str) -> str:
    return f"1 {name}" if count == 1 else f"{count} {name}s"


def _listed(names: Sequence[str], most: int = 10) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
