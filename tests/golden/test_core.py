"""The hand-checked cases, through the encoder and the compiled core."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from dispatch.planner.decode import decode
from dispatch.planner.encode import Encoded, encode
from dispatch.policy.settings import effective_policy
from solver.cost import RouteTimer
from solver.solution import CostTerms, Routes, TimedRoute
from tests.golden.cases import Case, GoldenRoute, golden_cases

CASES = [pytest.param(case, id=case.name) for case in golden_cases()]


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


@pytest.mark.parametrize("case", [case for case in CASES if case.values[0].breaks is None])
def test_core_times_the_route_as_calculated_by_hand(case: Case) -> None:
    encoded = encoded_case(case)
    timer = RouteTimer(encoded.problem)
    for route in case.routes:
        shift, orders = numbers(route, encoded)
        expected = route.timed(encoded.epoch.second_of, orders=orders, shift=shift, depots=case.depot_ids)
        assert without_terms(timer.time_route(shift, orders)) == expected, case.why


@pytest.mark.parametrize("case", [case for case in CASES if case.values[0].breaks is None])
def test_core_prices_the_plan_as_calculated_by_hand(case: Case) -> None:
    encoded = encoded_case(case)
    terms = RouteTimer(encoded.problem).evaluate(routes_of(case, encoded)).terms
    expected = {term.name: case.terms[term.name] for term in fields(CostTerms)}
    assert {name: getattr(terms, name) for name in expected} == expected, case.why


@pytest.mark.parametrize("case", [case for case in CASES if case.values[0].breaks is None])
def test_decoded_routes_are_those_calculated_by_hand(case: Case) -> None:
    encoded = encoded_case(case)
    plan = decode(encoded, case.request, routes_of(case, encoded), run=case.plan().run)
    expected = case.plan()
    assert (plan.routes, plan.cost) == (expected.routes, expected.cost), case.why


@pytest.mark.parametrize("case", [case for case in CASES if case.values[0].breaks is not None])
def test_core_refuses_a_route_that_breaks_a_rule(case: Case) -> None:
    encoded = encoded_case(case)
    timer = RouteTimer(encoded.problem)
    for route in case.routes:
        assert timer.time_route(*numbers(route, encoded)) is None, case.why
