"""Plans that are likely to come true: every way takes ten minutes, a repair half an hour, the shift begins at 8:00."""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np
import pytest

from dispatch.check import check
from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.planner.encode import encode
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.planner.policy_search import Effort, PolicySearch
from dispatch.planner.risk import odds_of_plan
from dispatch.planner.risk_search import risk_rules, solve_by_odds, with_risk
from dispatch.policy.settings import effective_policy, load_policy
from dispatch.ports import PlannerProgress
from solver.cost import RouteTimer
from solver.problem import NEVER_S, Problem
from solver.result import Result
from solver.solution import Routes
from solver.solve import solve
from solver.stop import IterationLimit
from tests.dispatch.planner.small import at, order, request, starts, technician

POLICY = load_policy()


def planned_with(in_search: str, *orders: dict[str, Any], **changes: Any) -> tuple[Request, Plan]:
    wanted = request(*orders, policy={"risk": {"in_search": in_search, **changes}})
    options = PlanOptions(limit_s=None, iterations=600, threads=1)
    return wanted, make_plan(wanted, policy=POLICY, options=options, clock=lambda: 0.0)


def close_call() -> list[dict[str, Any]]:
    """Two orders; whichever comes second begins at 8:50 and ends at 9:20.

    For o-2 that is two minutes before it is due. For o-1 it is within the hour after the time agreed, but ten minutes
    beyond the half hour from which on a second costs one.
    """
    return [order(1, due=at("16:00"), agreed_start=at("08:10")), order(2, due=at("09:22"))]


def test_without_risk_a_close_call_is_as_good_as_any() -> None:
    assert starts(planned_with("none", *close_call())[1]) == {"o-1": "08:10", "o-2": "08:50"}


@pytest.mark.parametrize(
    ("in_search", "changes"),
    [("odds", {}), ("buffer", {}), ("buffer", {"buffer_s": 121})],
    ids=["odds", "buffer", "just"],
)
def test_with_risk_what_is_due_soon_comes_first(in_search: str, changes: dict[str, Any]) -> None:
    wanted, plan = planned_with(in_search, *close_call(), **changes)
    assert starts(plan) == {"o-2": "08:10", "o-1": "08:50"}
    assert check(wanted, plan, policy=POLICY).ok
    kept = odds_of_plan(wanted, plan, policy=POLICY).visits["o-2"].promise_kept
    assert kept is not None
    assert kept > 0.95


def test_a_buffer_that_changes_nothing_changes_nothing() -> None:
    assert starts(planned_with("buffer", *close_call(), buffer_s=119)[1])["o-1"] == "08:10"


def test_the_cost_of_the_plan_knows_no_risk() -> None:
    # Three ways of 600 s, and ten minutes beyond the buffer after the time agreed.
    terms = planned_with("odds", *close_call())[1].cost.terms
    assert {name: cost for name, cost in terms.items() if cost} == {"travel": 1_800, "agreed_buffer": 600}


def test_a_plan_by_odds_is_reproducible() -> None:
    first, again = (planned_with("odds", *close_call())[1] for _ in range(2))
    assert starts(first) == starts(again)
    assert first.run.digest == again.run.digest
    assert planned_with("none", *close_call())[1].run.digest != first.run.digest


def test_prices_rise_around_the_moment_from_which_on_lateness_is_likely() -> None:
    # Departure at 8:00. A service that is certain to take half an hour more than planned: there at 8:10, done at 9:10.
    risk = {"technician_day_sigma": 0.0, "day_sigma": 0.0, "travel_sigma": 0.0, "travel_mean_by_hour": [1.0] * 24}
    kinds = ("install", "move", "repair", "speed_remedy", "follow_up")
    service = {kind: {"mean": 2.0, "sigma": 0.0} for kind in kinds}
    wanted = request(
        order(1, due=at("12:00"), windows=[{"start": at("08:00"), "end": at("11:00")}]),
        order(2, kind="follow_up"),
        technicians=[technician()],
        policy={"risk": {**risk, "service": service}},
    )
    policy = effective_policy(wanted, POLICY)
    encoded = encode(wanted, policy)
    problem = with_risk(encoded.problem, ((0, 1),), risk_rules(encoded, wanted, policy, seed=1))
    assert problem.risk is not None
    # Planned to end at 11:30 it would end at 12:00; nothing is uncertain, so that the whole price comes in a minute.
    due = encoded.epoch.second_of(wanted.orders[0].due)
    assert (problem.risk.end_from_s[0], problem.risk.end_cap_s[0]) == (due - 1_800, 60)
    assert problem.risk.end_rate[0] == -(-100_000 // 60)
    closes = encoded.epoch.second_of(wanted.orders[0].windows[0].end)
    assert problem.risk.start_from_s[0] == closes
    # A follow-up has no due time, and its customer was told nothing.
    assert (problem.risk.end_from_s[1], problem.risk.start_from_s[1]) == (NEVER_S, NEVER_S)
    assert not problem.order_missed_cost.any()


def test_orders_in_no_route_are_as_uncertain_as_the_median_visit() -> None:
    wanted = request(*(order(number) for number in range(1, 5)))
    policy = effective_policy(wanted, POLICY)
    encoded = encode(wanted, policy)
    risk = with_risk(encoded.problem, ((0, 1, 2),), risk_rules(encoded, wanted, policy, seed=1)).risk
    assert risk is not None
    assert risk.end_cap_s[3] == pytest.approx(np.median(risk.end_cap_s[:3]), abs=1)
    assert risk.end_cap_s[0] < risk.end_cap_s[1] < risk.end_cap_s[2]  # the later in the route, the less certain


@pytest.mark.parametrize(
    ("initial", "risky"),
    [(None, [False, True, True]), (((0, 1),), [True, True, True]), (((),), [True, True, True])],
    ids=["from nothing", "from a plan", "from a plan that is over"],
)
def test_the_first_part_knows_risk_where_there_is_a_plan(initial: Routes | None, risky: list[bool]) -> None:
    wanted = request(*(order(number) for number in range(1, 3)))
    policy = effective_policy(wanted, POLICY)
    encoded = encode(wanted, policy)
    searched: list[Problem] = []

    def search(problem: Problem, routes: Routes | None) -> Result:
        searched.append(problem)
        return solve(problem, stop=IterationLimit(10), seed=1, threads=1, initial=routes)

    rules = risk_rules(encoded, wanted, policy, seed=1)
    found = solve_by_odds(encoded.problem, initial, rules=rules, searches=[search] * 3)
    assert [problem.risk is not None for problem in searched] == risky
    assert found.iterations == 30
    assert found.solution.cost == RouteTimer(encoded.problem).evaluate(found.solution.routes).cost


def test_progress_goes_on_from_part_to_part() -> None:
    wanted = request(*(order(number) for number in range(1, 6)), policy={"risk": {"in_search": "odds"}})
    seconds = count()
    told: list[PlannerProgress] = []
    make_plan(
        wanted,
        policy=POLICY,
        options=PlanOptions(limit_s=None, iterations=900, threads=1),
        clock=lambda: float(next(seconds)),
        on_progress=told.append,
    )
    iterations = [one.progress.iterations for one in told]
    assert iterations == sorted(iterations)
    assert iterations[-1] == 900
    assert [one.progress.elapsed_s for one in told] == sorted(one.progress.elapsed_s for one in told)


def test_what_is_worked_out_between_the_parts_counts_towards_the_time() -> None:
    wanted = request(*(order(number) for number in range(1, 5)), policy={"risk": {"in_search": "odds"}})
    policy = effective_policy(wanted, POLICY)
    seconds = count()
    search = PolicySearch(
        encoded=encode(wanted, policy),
        request=wanted,
        policy=policy,
        seed=1,
        threads=1,
        clock=lambda: float(next(seconds)),  # every look at it takes a second
        is_cancelled=lambda: False,
        on_progress=None,
    )
    search.run(Effort(limit_s=300, iterations=None))
    assert next(seconds) == pytest.approx(300, abs=10)
