"""Where else an order could go, why not with a certain technician, and why late; every way takes ten minutes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dispatch.domain.request import Request
from dispatch.errors import NotFoundError
from dispatch.planner.order_story import Explanation, PlanReader
from dispatch.planner.why_not import WhyNot
from dispatch.policy.settings import load_policy
from tests.dispatch.planner.small import at, order, plan_in_force, planned, request, shift, technician, visit


def explained(wanted: Request, name: str, why_not: str | None = None) -> Explanation:
    return PlanReader(wanted, planned(wanted), policy=load_policy()).explanation(name, why_not=why_not)


def why_not(wanted: Request, name: str, who: str) -> WhyNot:
    found = explained(wanted, name, who).why_not
    assert found is not None
    return found


def test_alternatives_tell_what_each_technician_costs_more_term_by_term() -> None:
    # Ann goes to 1 and 2: three ways. With 2 given to bob there are four ways; bob is not the one preferred for it.
    asked = [order(1, preferred_technicians=["ann"]), order(2, preferred_technicians=["ann"])]
    found = explained(request(*asked, technicians=[technician(), technician("bob")]), "o-2").alternatives
    told = {one.technician: (one.extra_cost, one.extra_by_term, one.is_late) for one in found}
    assert told["bob"] == (1_200, {"travel": 600, "preference": 600}, False)
    assert told["ann"] == (0, {}, False)  # before the other visit instead of after it


def test_an_alternative_names_the_others_that_it_makes_late() -> None:
    # Order 1 ends at 08:40, just in time; with order 2 before it, it ends at 09:20 and is 2,400 s late.
    wanted = request(order(1, due=at("08:40")), order(2))
    (elsewhere,) = explained(wanted, "o-2").alternatives
    assert elsewhere.newly_late == ("o-1",)
    assert elsewhere.extra_by_term == {"tardiness": 2_400, "promise_missed": 100_000}


def test_a_route_that_breaks_a_rule_is_explained_as_far_as_that_goes() -> None:
    # By hand, order 2 is put before order 1, whose window is over by then.
    windows = [{"start": at("08:00"), "end": at("08:15")}]
    wanted = request(order(1, windows=windows), order(2), technicians=[technician(), technician("bob")])
    plan = planned(wanted)
    (route,) = plan.routes
    other = "bob" if route.technician == "ann" else "ann"
    start, first, second, *rest = route.stops
    edited = plan.model_copy(update={"routes": (route.model_copy(update={"stops": (start, second, first, *rest)}),)})
    found = PlanReader(wanted, edited, policy=load_policy()).explanation("o-2", why_not=other)
    assert found.alternatives == ()
    assert found.why_not is not None
    assert found.why_not.at_once is None
    assert found.why_not.after_search is not None


def test_an_order_in_no_route_has_no_alternative_where_nothing_fits() -> None:
    assert explained(request(order(1, skills={"fiber": 1})), "o-1").alternatives == ()


@pytest.mark.parametrize(
    ("asked", "bob", "code", "detail"),
    [
        pytest.param({"skills": {"fiber": 1}}, {}, "skill", "needs fiber at level 1", id="skill"),
        pytest.param({}, {"territories": ["south"]}, "territory", "which is not theirs: bob", id="territory"),
        pytest.param({"excluded_technicians": ["bob"]}, {}, "excluded", "excluded by name: bob", id="excluded"),
        pytest.param({}, {"shifts": [shift(end=at("08:20"))]}, "shift", "fits into no shift", id="shift"),
        pytest.param({}, {"shifts": []}, "shift", "no shift in the horizon: bob", id="no-shift"),
    ],
)
def test_who_cannot_go_is_told_why(asked: dict[str, Any], bob: dict[str, Any], code: str, detail: str) -> None:
    wanted = request(order(1, **asked), technicians=[technician(skills={"fiber": 1}), technician("bob", **bob)])
    found = why_not(wanted, "o-1", "bob")
    assert found.ruled_out is not None
    assert found.ruled_out.code == code
    assert detail in found.ruled_out.detail
    assert (found.at_once, found.after_search) == (None, None)


def test_a_locked_order_stays_with_its_technician() -> None:
    current = plan_in_force(visit(1, "08:10", "08:40"))
    wanted = request(order(1), technicians=[technician(), technician("bob")], current_plan=current)
    found = why_not(wanted, "o-1", "bob").ruled_out
    assert found is not None
    assert (found.code, found.detail) == ("locked", "locked to technician ann on shift day")


def test_forcing_a_technician_costs_the_same_at_once_and_after_a_search_where_nothing_else_can_move() -> None:
    asked = [order(1, preferred_technicians=["ann"]), order(2, required_technician="ann")]
    found = why_not(request(*asked, technicians=[technician(), technician("bob")]), "o-1", "bob")
    assert found.at_once is not None
    assert found.after_search is not None
    assert found.at_once.extra_by_term == found.after_search.extra_by_term == {"travel": 600, "preference": 600}
    assert (found.after_search.extra_cost, found.after_search.moved, found.after_search.left_out) == (1_200, (), ())


def test_forcing_a_technician_may_push_another_visit_out() -> None:
    # Bob's shift has room for one visit, of order 2, which nobody else may serve: leaving it out costs 250,000.
    technicians = [technician(), technician("bob", shifts=[shift(end=at("09:00"))])]
    found = why_not(request(order(1), order(2, required_technician="bob"), technicians=technicians), "o-1", "bob")
    assert found.at_once is None
    assert found.after_search is not None
    assert found.after_search.left_out == ("o-2",)
    assert found.after_search.extra_by_term == {"travel": -1_200, "unassigned": 250_000}


def test_forcing_a_technician_may_move_another_visit() -> None:
    # Ann and bob have room for one visit each and bob costs ten more minutes in order 2's preference only.
    short = [shift(end=at("08:50"))]
    technicians = [technician(shifts=short), technician("bob", shifts=short)]
    asked = [order(1, preferred_technicians=["ann"]), order(2, preferred_technicians=["bob"])]
    found = why_not(request(*asked, technicians=technicians), "o-1", "bob")
    assert found.at_once is None
    assert found.after_search is not None
    assert found.after_search.moved == ("o-2",)
    assert found.after_search.extra_by_term == {"preference": 1_200}


def test_the_technician_who_goes_already_needs_no_explanation() -> None:
    found = why_not(request(order(1)), "o-1", "ann")
    assert (found.is_served_by, found.ruled_out, found.at_once) == (True, None, None)


def test_an_unknown_technician_is_refused() -> None:
    with pytest.raises(NotFoundError, match="technician 'zoe' is not in the request"):
        explained(request(order(1)), "o-1", "zoe")


def test_a_late_visit_tells_who_could_have_been_in_time_and_what_that_costs() -> None:
    # Both are due at 08:45, ann ends the first at 08:40 and the second at 09:20. Bob comes at 08:30 and ends at 09:10.
    bob = technician("bob", shifts=[shift(start=at("08:20"))])
    wanted = request(
        order(1, due=at("08:45"), tier="premium"), order(2, due=at("08:45")), technicians=[technician(), bob]
    )
    late = next(entry.order for route in planned(wanted).routes for entry in route.visits if entry.tardiness_s)
    found = explained(wanted, late).why_late
    assert late == "o-2"
    assert found is not None
    assert found.earliest is not None
    assert (found.earliest.technician, f"{found.earliest.end:%H:%M}", found.is_possible) == ("ann", "08:40", True)
    assert f"{found.possible_until:%H:%M}" == "08:05"  # 45 minus 30 minus 10
    assert found.on_time is not None
    assert (found.on_time.technician, found.on_time.newly_late) == ("ann", ("o-1",))


def test_nobody_can_keep_a_promise_that_was_over_before_anybody_may_set_out() -> None:
    found = explained(request(order(1, due=at("08:00"))), "o-1").why_late
    assert found is not None
    assert found.earliest is not None
    assert (f"{found.earliest.end:%H:%M}", found.is_possible, found.on_time) == ("08:40", False, None)
    assert f"{found.possible_until:%H:%M}" == "07:20"


def test_a_window_that_opens_too_late_leaves_no_moment_at_which_the_promise_could_be_kept() -> None:
    windows = [{"start": at("10:00"), "end": at("12:00")}]
    found = explained(request(order(1, due=at("10:15"), windows=windows)), "o-1").why_late
    assert found is not None
    assert found.possible_until is None


def test_a_visit_in_time_needs_neither_excuse_nor_remedy() -> None:
    found = explained(request(order(1)), "o-1")
    assert (found.why_late, found.remedies, found.why_not) == (None, None, None)


def test_an_explanation_as_a_document_is_json() -> None:
    wanted = request(
        order(1, due=at("08:00"), preferred_technicians=["ann"]), technicians=[technician(), technician("bob")]
    )
    document = json.loads(json.dumps(explained(wanted, "o-1", "bob").to_document()))
    assert document["story"]["order"]["id"] == "o-1"
    assert document["why_late"]["due"] == "2026-03-10T08:00:00Z"
    assert document["why_not"]["at_once"]["technician"] == "bob"
    assert document["remedies"]["remedies"][0]["text"].endswith("40 min earlier")
