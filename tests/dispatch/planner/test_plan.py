"""Whole planning runs: checked, reproducible, stopped when asked to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.check import check
from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.errors import BadPolicyError, CheckFailedError
from dispatch.planner import plan as planning
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.planner.timings import PlanningTimings
from dispatch.policy.settings import load_policy
from dispatch.ports import PlannerProgress
from tests.dispatch.planner.small import order, planned, request, shift, technician

ONE_THREAD = PlanOptions(limit_s=None, iterations=500, threads=1)


def village(*, load: float = 0.9, travel: str = "straight_line", seed: int = 7) -> Request:
    return generate_city(CitySpec(size="village", seed=seed, load=load, travel=travel))


def without_runtime(plan: Plan) -> Plan:
    return plan.model_copy(update={"run": plan.run.model_copy(update={"runtime_s": 0.0})})


def ticking() -> Iterator[float]:
    """A clock that moves on by a second at every look."""
    seconds = 0.0
    while True:
        seconds += 1.0
        yield seconds


@pytest.mark.parametrize("load", [0.7, 1.3])
@pytest.mark.parametrize("travel", ["straight_line", "matrix"])
def test_village_is_planned_and_passes_the_checker(load: float, travel: str) -> None:
    wanted = village(load=load, travel=travel)
    plan = planned(wanted, iterations=300)
    assert check(wanted, plan).violations == ()
    served = {visit.order for route in plan.routes for visit in route.visits}
    assert served | {entry.order for entry in plan.unassigned} == set(wanted.orders_by_id)


def test_every_technician_is_accounted_for_in_every_reason() -> None:
    wanted = village(load=1.3)
    plan = planned(wanted, iterations=300)
    assert plan.unassigned
    for entry in plan.unassigned:
        assert sum(reason.technicians for reason in entry.reasons) == len(wanted.technicians)


@pytest.mark.parametrize("threads", [1, 2])
def test_same_seed_and_iterations_give_the_same_plan(threads: int) -> None:
    first, second = (without_runtime(planned(village(), iterations=400, threads=threads)) for _ in range(2))
    assert first == second


def test_plan_in_force_is_never_made_worse() -> None:
    wanted = village(load=1.3)
    good = planned(wanted, iterations=2_000)
    again = planned(wanted.model_copy(update={"current_plan": good}), iterations=0)
    assert again.cost.total <= good.cost.total


def test_free_visits_of_the_plan_in_force_that_are_impossible_now_are_dropped() -> None:
    wanted = request(order(1), order(2))
    good = planned(wanted)
    short = technician(shifts=[shift(end="2026-03-10T08:50:00Z")])
    plan = planned(request(order(1), order(2), technicians=[short], current_plan=good.model_dump(mode="json")))
    assert plan.kpis["planned"] == 1


def test_cancelled_run_returns_its_best_plan() -> None:
    clock = ticking()
    wanted = village()
    plan = make_plan(
        wanted,
        policy=load_policy(),
        options=PlanOptions(limit_s=None, threads=1),
        clock=lambda: next(clock),
        is_cancelled=lambda: True,
    )
    assert plan.run.stopped_by == "cancelled"
    assert check(wanted, plan).ok


def test_time_limit_is_measured_on_the_given_clock() -> None:
    clock = ticking()
    options = PlanOptions(limit_s=5.0, threads=1)
    plan = make_plan(village(), policy=load_policy(), options=options, clock=lambda: next(clock))
    assert (plan.run.stopped_by, plan.run.limit_s) == ("limit", 5.0)


def test_progress_comes_with_a_checked_plan_on_demand() -> None:
    clock, wanted = ticking(), village()
    told: list[PlannerProgress] = []
    plans: list[Plan | None] = []

    def look(report: PlannerProgress) -> None:
        told.append(report)
        plans.append(report.best_plan())

    options = PlanOptions(limit_s=40.0, threads=1)
    make_plan(wanted, policy=load_policy(), options=options, clock=lambda: next(clock), on_progress=look)
    assert told
    for report, plan in zip(told, plans, strict=True):
        assert plan is not None
        assert plan.cost.total == report.progress.cost == sum(report.progress.cost_terms.values())
        assert len(plan.unassigned) == report.progress.unassigned
        assert check(wanted, plan).ok


def test_phases_are_timed() -> None:
    clock = ticking()
    timings = PlanningTimings(lambda: next(clock))
    make_plan(request(order(1)), policy=load_policy(), options=ONE_THREAD, clock=timings.clock, timings=timings)
    assert list(timings.seconds) == ["promises", "travel", "encode", "search", "decode", "check"]
    assert all(seconds >= 1.0 for seconds in timings.seconds.values())


def test_policy_of_the_request_overrides_the_operators() -> None:
    # Travel there and back: 1,200 s at 3 a second.
    plan = planned(request(order(1), policy={"prices": {"travel": 3}}))
    assert plan.cost.terms["travel"] == 3_600


def test_unknown_setting_is_refused() -> None:
    with pytest.raises(BadPolicyError, match=r"policy\.prices\.travle"):
        planned(request(order(1), policy={"prices": {"travle": 3}}))


def test_plan_that_fails_the_check_is_not_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    right = planning.decode

    def wrong(*args: object, **options: object) -> Plan:
        plan = right(*args, **options)  # type: ignore[arg-type]
        cost = plan.cost.model_copy(update={"total": plan.cost.total + 1})
        return plan.model_copy(update={"cost": cost})

    monkeypatch.setattr(planning, "decode", wrong)
    with pytest.raises(CheckFailedError, match="cost_total"):
        planned(request(order(1)))


def test_a_draft_is_the_same_plan_without_reasons() -> None:
    wanted = village(load=1.3)
    draft, whole = (
        make_plan(wanted, policy=load_policy(), options=options, clock=lambda: 0.0)
        for options in (replace(ONE_THREAD, is_draft=True), ONE_THREAD)
    )
    assert (draft.routes, draft.cost) == (whole.routes, whole.cost)
    assert [entry.order for entry in draft.unassigned] == [entry.order for entry in whole.unassigned]
    assert not any(entry.reasons for entry in draft.unassigned)


def test_one_impossible_order_does_not_cost_the_night() -> None:
    plan = planned(request(order(1, duration="P30D"), order(2)))
    assert [visit.order for visit in plan.routes[0].visits] == ["o-2"]
    assert [reason.code for reason in plan.unassigned[0].reasons] == ["shift"]


def test_empty_request_has_an_empty_plan() -> None:
    plan = planned(request(technicians=[]))
    assert (plan.routes, plan.unassigned, plan.cost.total) == ((), (), 0)


def test_the_plan_keeps_how_the_best_cost_fell() -> None:
    plan = make_plan(
        village(),
        policy=load_policy(),
        options=PlanOptions(limit_s=None, iterations=2000, threads=1),
        clock=lambda: 0.0,
    )
    costs = [point.cost for point in plan.run.trajectory]
    assert len(costs) > 2
    assert costs == sorted(set(costs), reverse=True)
    assert costs[-1] == plan.cost.total
    assert plan.run.trajectory[0].iterations == 0
