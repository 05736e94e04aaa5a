"""The hand-checked cases, through the encoder, the compiled core and its plain-Python twin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace

import pytest

from dispatch.planner.decode import decode
from dispatch.planner.encode import Encoded, encode
from dispatch.policy.settings import effective_policy
from solver.cost import evaluate, time_route
from solver.problem import Problem
from solver.solution import CostTerms, Routes, Solution, TimedRoute
from tests.golden.cases import Case, GoldenRoute, golden_cases
from tests.naive import naive_evaluate, naive_time_route

FEASIBLE = [pytest.param(case, id=case.name) for case in golden_cases() if case.breaks is None]
INFEASIBLE = [pytest.param(case, id=case.name) for case in golden_cases() if case.breaks is not None]
TimeRoute = Callable[[Problem, int, Sequence[int]], TimedRoute | None]
TIMERS = pytest.mark.parametrize(
    "timer", [pytest.param(time_route, id="core"), pytest.param(naive_time_route, id="twin")]
)


def encoded_case(case: Case) -> Encoded:
    return encode(case.request, effective_policy(case.request))


def numbers(route: GoldenRoute, encoded: Encoded) -> tuple[int, tuple[int, ...]]:
    orders = tuple(encoded.order_ids.index(order) for order in route.orders)
    return encoded.shift_keys.index((route.technician, route.shift)), orders


def routes_of(case: Case, encoded: Encoded) -> Routes:
    routes: list[tuple[int, ...]] = [()] * len(encoded.shifts)
    for route in case.routes:
        shift, orders = numbers(route, encoded)
        routes[shift] = orders
    return tuple(routes)


def without_terms(timed: TimedRoute | None) -> TimedRoute | None:
    return None if timed is None else replace(timed, terms=CostTerms())


@TIMERS
@pytest.mark.parametrize("case", FEASIBLE)
def test_routes_are_timed_as_calculated_by_hand(case: Case, timer: TimeRoute) -> None:
    encoded = encoded_case(case)
    for route in case.routes:
        shift, orders = numbers(route, encoded)
        expected = route.timed(encoded.epoch.second_of, orders=orders, shift=shift, depots=case.depot_ids)
        assert without_terms(timer(encoded.problem, shift, orders)) == expected, case.why


@pytest.mark.parametrize("pricer", [pytest.param(evaluate, id="core"), pytest.param(naive_evaluate, id="twin")])
@pytest.mark.parametrize("case", FEASIBLE)
def test_plans_are_priced_as_calculated_by_hand(
    case: Case, pricer: Callable[[Problem, Routes], Solution | None]
) -> None:
    encoded = encoded_case(case)
    solution = pricer(encoded.problem, routes_of(case, encoded))
    assert solution is not None, case.why
    terms = solution.terms
    expected = {term.name: case.terms.get(term.name, 0) for term in fields(CostTerms)}  # `risk` is the search's alone
    assert {name: getattr(terms, name) for name in expected} == expected, case.why


@pytest.mark.parametrize("case", FEASIBLE)
def test_decoded_routes_are_those_calculated_by_hand(case: Case) -> None:
    encoded = encoded_case(case)
    plan = decode(encoded, case.request, routes_of(case, encoded), run=case.plan().run)
    expected = case.plan()
    assert (plan.routes, plan.cost) == (expected.routes, expected.cost), case.why


@TIMERS
@pytest.mark.parametrize("case", INFEASIBLE)
def test_a_route_that_breaks_a_rule_is_refused(case: Case, timer: TimeRoute) -> None:
    encoded = encoded_case(case)
    for route in case.routes:
        assert timer(encoded.problem, *numbers(route, encoded)) is None, case.why
