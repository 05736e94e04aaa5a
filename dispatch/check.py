"""The independent checker: reads request and plan as documents and recomputes every time, rule and cost term.

It shares nothing with the planner but the domain, the promises and prices of the policy, and the travel provider.
A wrong plan never raises here: whatever is wrong with it comes out as a violation, one for each fault. The rules and
their names stand in `dispatch.checker.findings.RULES`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.checker.breaks import breaks_of
from dispatch.checker.cost import JudgedRoute, Pricing, check_cost, plan_cost
from dispatch.checker.findings import Findings
from dispatch.checker.fitness import check_equipment, check_technician
from dispatch.checker.legs import RouteLegs, legs_of_routes
from dispatch.checker.locks import Locks, check_locks, check_status, locks_of
from dispatch.checker.promises import check_promise
from dispatch.checker.reading import ReadRoute, read
from dispatch.checker.roster import check_roster
from dispatch.checker.timing import check_times, stated_times
from dispatch.checker.windows import check_start, starts_of
from dispatch.domain.files import request_digest
from dispatch.domain.plan import Plan, PlanCost, Violation
from dispatch.domain.request import Request, TravelSource
from dispatch.policy.promise import DueTimes, due_times
from dispatch.policy.settings import Policy, effective_policy
from dispatch.travel_sources import TravelSources, travel_used


@dataclass(frozen=True, kw_only=True)
class CheckReport:
    """What the checker found.

    Attributes
    ----------
    violations
        Rules that are broken and should not be; the plan is good if there are none.
    declared
        Rules that are broken because a lock of the plan in force demands it, and that the plan declares.
    cost
        The cost as recomputed at the stated times; of the understood part, if an id of the plan is unknown.
    """

    violations: tuple[Violation, ...]
    declared: tuple[Violation, ...]
    cost: PlanCost

    @property
    def ok(self) -> bool:
        """Whether the plan keeps every rule and states its cost rightly."""
        return not self.violations


def check(
    request: Request, plan: Plan, *, policy: Policy | None = None, sources: TravelSources | None = None
) -> CheckReport:
    """Judge a plan against its request: O(stops), and one call of the travel provider for each profile.

    Parameters
    ----------
    request
        As read by `parse_request`, so sound in itself.
    plan
        Anything of the form of a plan.
    policy
        The operator's policy, default the packaged one; the request's own overrides come on top.
    sources
        Where travel comes from; default: one that reads files relative to the working directory.

    Raises
    ------
    TravelError, BadPolicyError
        If the request's travel or policy cannot be used; never because of the plan.
    """
    policy = effective_policy(request, policy)
    findings = Findings(request.zone)
    digest = request_digest(request)
    if plan.request_digest != digest:
        findings.add("request_digest", expected=digest, found=plan.request_digest)
    reading = read(request, plan, findings)
    locks = locks_of(request)
    check_locks(plan, locks, findings)
    due_of_order = {order.id: due_times(order, request, policy) for order in request.orders}
    judge = _Judge(request, policy, locks, due_of_order, findings)
    used = _travel_of(plan, request, policy, findings)
    legs = legs_of_routes(reading.routes, request, policy, sources=sources or TravelSources(), used=used)
    routes = [judge.judge(route, ways) for route, ways in zip(reading.routes, legs, strict=True)]
    pricing = Pricing(request, policy, due_of_order)
    stated = pricing.terms(routes, reading.unvisited, is_right=False)
    right = pricing.terms(routes, reading.unvisited, is_right=True)
    check_cost(plan, stated, right, findings, is_complete=reading.is_complete)
    violations, declared = _apart(findings.violations, plan.violations, locks)
    return CheckReport(violations=violations, declared=declared, cost=plan_cost(stated))


def _travel_of(plan: Plan, request: Request, policy: Policy, findings: Findings) -> TravelSource:
    """Return the provider to judge by: the one that the plan says it used, unless that is no answer to the request."""
    asked, stated = request.travel.provider, plan.run.travel
    if stated is not None and stated.asked != asked:
        findings.add("travel_source", expected=f"{asked} asked", found=f"{stated.asked} asked")
        return asked
    if stated is not None and policy.routing.fallback == "refuse":
        findings.add("travel_source", expected=f"{asked}, as the policy refuses others", found=stated.provider)
    return travel_used(request, plan)


@dataclass(frozen=True)
class _Judge:
    """Judges routes one by one."""

    request: Request
    policy: Policy
    locks: Locks
    due_of_order: dict[str, DueTimes]
    findings: Findings

    def judge(self, route: ReadRoute, legs: RouteLegs) -> JudgedRoute:
        """Note every broken rule of a route."""
        check_roster(route, self.request, self.locks, self.findings)
        starts = []
        for visit in route.visits:
            check_technician(route, visit, self.request, self.findings)
            check_status(route.route, visit, self.locks, self.findings)
            locked_s = self.locks.locked_start_s(route.route, visit.order.id)
            starts.append(starts_of(visit.order, self.request, self.policy, locked_s=locked_s))
            check_start(route.route, visit.order, starts[-1], visit.start_s, self.findings)
        check_equipment(route, self.findings)
        right = check_times(
            route,
            legs,
            breaks_of(route, self.findings),
            starts,
            request=self.request,
            is_locked_in_time=self.locks.is_route_locked_in_time(route.route),
            findings=self.findings,
        )
        for visit, (_, right_end_s) in zip(route.visits, right.visits_s, strict=True):
            due = self.due_of_order[visit.order.id]
            check_promise(route.route, visit, due, right_end_s, self.findings)
        return JudgedRoute(route=route, legs=legs, stated=stated_times(route), right=right)


def _apart(
    found: Sequence[Violation], declared: Sequence[Violation], locks: Locks
) -> tuple[tuple[Violation, ...], tuple[Violation, ...]]:
    """Tell found violations that a lock forces and the plan declares from all others.

    A declaration covers what it names: rule and order have to agree, technician and shift if it gives them. One that
    covers nothing is a fault of its own.
    """
    open_violations: list[Violation] = []
    forced: list[Violation] = []
    used: set[int] = set()
    for violation in found:
        covering = [number for number, entry in enumerate(declared) if _covers(entry, violation)]
        used.update(covering)
        is_forced = locks.is_locked(violation.order) or (
            violation.order is None and locks.has_locked_visit(violation.technician, violation.shift)
        )
        (forced if covering and is_forced else open_violations).append(violation)
    for number, entry in enumerate(declared):
        if number not in used:
            missing = Violation(
                rule="declared_not_found",
                order=entry.order,
                technician=entry.technician,
                shift=entry.shift,
                expected=f"{entry.rule} broken, as declared",
                found="it is kept",
            )
            open_violations.append(missing)
    return tuple(open_violations), tuple(forced)


def _covers(entry: Violation, violation: Violation) -> bool:
    return (
        entry.rule == violation.rule
        and entry.order == violation.order
        and entry.technician in (None, violation.technician)
        and entry.shift in (None, violation.shift)
    )
