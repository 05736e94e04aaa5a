"""The explanation of an order as lines for a dispatcher."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dispatch.planner.reason_details import local_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dispatch.domain.plan import Unassigned
    from dispatch.domain.request import Request
    from dispatch.planner.alternatives import Alternative
    from dispatch.planner.order_story import Explanation, OrderStory
    from dispatch.planner.remedies import Remedies
    from dispatch.planner.why_late import WhyLate
    from dispatch.planner.why_not import WhyNot

_SHOWN: Final = 3


def explanation_lines(found: Explanation, request: Request) -> Iterator[str]:
    """Yield everything that is said about an order."""
    yield from _story_lines(found.story, request)
    if found.why_late is not None:
        yield from _late_lines(found.why_late, request)
    if found.alternatives:
        served = "elsewhere" if found.story.visit is not None else "it could go"
        yield f"{served}, all other visits as they are:"
        yield from (f"  {_place_text(one, request)}" for one in found.alternatives[:_SHOWN])
        if len(found.alternatives) > _SHOWN:
            yield f"  {len(found.alternatives) - _SHOWN} more technicians have room, each at a higher cost"
    else:
        yield "no other place has room for it, all other visits as they are"
    if found.why_not is not None:
        yield from _why_not_lines(found.why_not, request)
    if found.remedies is not None:
        yield from remedy_lines(found.remedies, request)


def reason_lines(entry: Unassigned) -> Iterator[str]:
    """Yield the reasons for which an order is in no route."""
    for reason in entry.reasons:
        count = "1 technician" if reason.technicians == 1 else f"{reason.technicians} technicians"
        yield f"{reason.code} ({count}): {reason.detail}"


def remedy_lines(found: Remedies, request: Request) -> Iterator[str]:
    """Yield what would help."""
    if found.needs_none:
        yield "a longer search is enough: planning the visits around it again finds a better plan with it"
    elif not found.remedies:
        yield "no single change that was tried would help"
    else:
        yield "what would help, each verified by planning again:"
        for one in found.remedies:
            visit = f"{one.technician} at {local_text(one.start, request)}"
            yield f"  {one.text} ({visit}, {one.saves:,} cheaper in all)"


def _story_lines(story: OrderStory, request: Request) -> Iterator[str]:
    order = story.order
    yield f"order {order.id}: {order.kind} in community {order.community}, tier {request.tier_of(order)}"
    for promise in story.due.promises:
        yield f"  promise {promise.rule}: due {local_text(promise.due, request)} ({promise.reason})"
    if order.due is not None:
        yield f"  due {local_text(order.due, request)}, as the order says itself"
    if story.due.due is None:
        yield "  nothing is promised"
    if story.unassigned is not None:
        yield "in no route:"
        yield from (f"  {line}" for line in reason_lines(story.unassigned))
    if story.route is None or story.visit is None:
        return
    visit = story.visit
    yield f"served by technician {story.route.technician} on shift {story.route.shift}"
    yield f"  arrival {local_text(visit.arrival, request)} after {visit.travel_s} s of travel, wait {visit.wait_s} s"
    yield f"  service {local_text(visit.start, request)} to {local_text(visit.end, request)}, lock {visit.lock}"
    if story.due.due is not None:
        early_s = int((story.due.due - visit.end).total_seconds())
        yield f"  ends {early_s} s before it is due" if early_s >= 0 else f"  ends {-early_s} s late"
    if story.slack_s is not None:
        yield f"  slack {story.slack_s} s: it may start so much later without making its route late or impossible"


def _late_lines(found: WhyLate, request: Request) -> Iterator[str]:
    promise = "its own due time" if found.promise is None else f"promise {found.promise.rule}"
    yield f"late: {promise}, due {local_text(found.due, request)}"
    if found.earliest is not None:
        who, end = found.earliest.technician, local_text(found.earliest.end, request)
        verdict = "in time" if found.is_possible else "late as well"
        yield f"  at the earliest {who} would end {end} with nothing else to do: {verdict}"
    if found.possible_until is None:
        yield "  nobody could be in time, whenever they set out"
    else:
        until = local_text(found.possible_until, request)
        since = "" if found.is_possible else ", before any of them may"
        yield f"  it is impossible for everybody who has not set out by {until}{since}"
    if found.on_time is None:
        yield "  between the other visits as they are, nobody has a place for it in time"
    else:
        yield f"  in time: {_place_text(found.on_time, request)}"


def _why_not_lines(found: WhyNot, request: Request) -> Iterator[str]:
    if found.is_served_by:
        yield f"technician {found.technician} serves it"
        return
    if found.ruled_out is not None:
        yield f"why not {found.technician}: {found.ruled_out.code}: {found.ruled_out.detail}"
        return
    yield f"why not {found.technician}, who could:"
    if found.at_once is None:
        yield "  at once: the order fits nowhere between the other visits"
    else:
        yield f"  at once: {_place_text(found.at_once, request)}"
    if found.after_search is None:
        yield "  after planning the visits around it again: no plan was found"
        return
    forced = found.after_search
    consequences = [f"{len(forced.moved)} other orders go elsewhere"] if forced.moved else []
    if forced.left_out:
        consequences.append(f"left out: {', '.join(forced.left_out)}")
    cost = _cost_text(forced.extra_cost, forced.extra_by_term)
    after = "after planning the visits around it again"
    yield f"  {after}: {'; '.join([f'start {local_text(forced.start, request)}, {cost}', *consequences])}"


def _place_text(one: Alternative, request: Request) -> str:
    when = f"{one.technician} on shift {one.shift}, start {local_text(one.start, request)}"
    late = ["late"] if one.is_late else []
    others = [f"makes late: {', '.join(one.newly_late)}"] if one.newly_late else []
    return "; ".join([f"{when}, {_cost_text(one.extra_cost, one.extra_by_term)}", *late, *others])


def _cost_text(extra: int, by_term: Mapping[str, int]) -> str:
    if not extra and not by_term:
        return "costs the same"
    terms = ", ".join(f"{term} {change:+,}" for term, change in by_term.items())
    return f"costs {abs(extra):,} {'less' if extra < 0 else 'more'} ({terms})"
