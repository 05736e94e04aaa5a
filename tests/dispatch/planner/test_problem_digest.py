from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from dispatch.planner.encode import encode
from dispatch.planner.problem_digest import problem_digest
from dispatch.policy.settings import load_policy
from solver.problem import Prices, Problem
from tests.dispatch.planner.small import at, depot, order, planned, request, shift, technician
from tests.problems import with_disruption, with_risk

OTHERS = {"locked_routes", "prices", "shift_max_duration_s", "departure_keeps_end", "disruption", "risk"}
ARRAYS = [field.name for field in fields(Problem) if field.name not in OTHERS]
PAUSE = {"earliest": at("11:00"), "latest": at("13:00"), "duration": "PT30M"}


def problem() -> Problem:
    """Return a problem none of whose arrays is empty."""
    wanted = request(
        order(1, parts={"ont": 1}, tools=["splicer"]),
        depots=[depot()],
        technicians=[technician(shifts=[shift(breaks=[PAUSE])])],
    )
    return encode(wanted, load_policy()).problem


def test_the_same_request_has_the_same_digest() -> None:
    assert problem_digest(problem(), None) == problem_digest(problem(), None)


@pytest.mark.parametrize("name", ARRAYS)
def test_every_array_counts(name: str) -> None:
    array = getattr(problem(), name).copy()
    array.flat[-1] ^= np.ones((), array.dtype)
    assert problem_digest(replace(problem(), **{name: array}), None) != problem_digest(problem(), None)


def test_prices_locks_first_routes_and_rules_count() -> None:
    one = problem()
    others = [
        problem_digest(
            replace(one, prices=replace(one.prices, **{price.name: getattr(one.prices, price.name) + 1})), None
        )
        for price in fields(Prices)
    ]
    others += [problem_digest(replace(one, locked_routes=((0,),)), None), problem_digest(one, ((0,),))]
    others += [problem_digest(replace(one, departure_keeps_end=True), None)]
    others += [problem_digest(replace(one, shift_max_duration_s=np.array([longest])), None) for longest in (7, 8)]
    assert len({problem_digest(one, None), *others}) == 1 + len(others)


def test_prices_of_disruption_count() -> None:
    free = with_disruption(problem())
    others = [with_disruption(problem(), assignment={(0, 0): 1}), with_disruption(problem(), moved={0: (5, 0)})]
    others += [with_disruption(problem(), moved={0: (5, 1)}), with_disruption(problem(), dropped={0: 1})]
    digests = {problem_digest(one, None) for one in (problem(), free, *others)}
    assert len(digests) == 6


def test_a_plan_names_the_digest_of_what_was_solved() -> None:
    wanted = request(order(1))
    encoded = encode(wanted, load_policy())
    assert planned(wanted).run.digest == problem_digest(encoded.problem, encoded.initial)


def test_prices_of_risk_count() -> None:
    others = [with_risk(problem(), starts={0: ramp}) for ramp in ((5, 1, 9), (6, 1, 9), (5, 2, 9), (5, 1, 8))]
    others += [with_risk(problem()), with_risk(problem(), ends={0: (5, 1, 9)})]
    assert len({problem_digest(one, None) for one in (problem(), *others)}) == 7


def test_what_else_the_search_reads_counts() -> None:
    assert problem_digest(problem(), None, risk="odds") != problem_digest(problem(), None)
