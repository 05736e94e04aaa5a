from tests.dispatch.check.edits import PLAIN, TWO_SHIFTS, broken_by, edited, report, stops
from tests.golden.cases import case_named

UNASSIGNED = case_named("An unassigned order that is due inside the horizon costs its promise and more")
BERLIN = case_named("A promise for a local hour holds on the day when clocks go forward")


def test_a_plan_for_another_request_is_told_by_its_digest() -> None:
    assert broken_by(PLAIN, lambda plan: plan.update(request_digest="sha256:0")) == [("request_digest", None)]


def test_an_order_neither_visited_nor_unassigned_is_lost() -> None:
    assert broken_by(UNASSIGNED, lambda plan: plan["unassigned"].pop(0)) == [("order_lost", "a")]


def test_a_visit_taken_out_of_a_route_is_an_order_lost() -> None:
    # The route without b is timed as before, so the way home (15 min from a) does not fit either.
    assert ("order_lost", "b") in broken_by(PLAIN, lambda plan: stops(plan).pop(2))


def test_an_order_both_visited_and_unassigned_is_doubled() -> None:
    entry = {"order": "a", "reasons": [{"code": "capacity"}]}

    assert broken_by(PLAIN, lambda plan: plan["unassigned"].append(entry)) == [("order_doubled", "a")]


def test_an_order_visited_twice_is_doubled() -> None:
    assert ("order_doubled", "a") in broken_by(TWO_SHIFTS, lambda plan: stops(plan, 1)[1].update(order="a"))


def test_an_order_unassigned_twice_is_doubled() -> None:
    assert broken_by(UNASSIGNED, lambda plan: plan["unassigned"].append(plan["unassigned"][0])) == [
        ("order_doubled", "a")
    ]


def test_an_unassigned_order_needs_a_reason() -> None:
    assert broken_by(UNASSIGNED, lambda plan: plan["unassigned"][1].update(reasons=[])) == [("unassigned_reason", "b")]


def test_unknown_ids_are_told() -> None:
    entry = {"order": "x", "reasons": [{"code": "capacity"}]}

    assert broken_by(PLAIN, lambda plan: plan["unassigned"].append(entry)) == [("unknown_order", "x")]
    assert broken_by(PLAIN, lambda plan: plan["routes"][0].update(technician="eve")) == [("unknown_technician", None)]
    assert broken_by(PLAIN, lambda plan: plan["routes"][0].update(shift="night")) == [("unknown_shift", None)]
    assert set(broken_by(PLAIN, lambda plan: stops(plan)[1].update(order="x"))) == {
        ("order_lost", "a"),
        ("unknown_order", "x"),
    }


def test_an_unknown_depot_is_told() -> None:
    depot = {
        "kind": "depot",
        "depot": "x",
        "arrival": "2026-03-10T08:05:00Z",
        "departure": "2026-03-10T08:05:00Z",
        "travel_s": 300,
        "distance_m": 3000,
    }

    assert broken_by(PLAIN, lambda plan: stops(plan).insert(1, depot)) == [("unknown_depot", None)]


def test_a_shift_has_one_route() -> None:
    assert ("shift_doubled", None) in broken_by(TWO_SHIFTS, lambda plan: plan["routes"][1].update(shift="day"))


def test_a_route_is_start_first_and_end_last() -> None:
    assert broken_by(PLAIN, lambda plan: stops(plan).pop(0)) == [("sequence", None)]
    assert broken_by(PLAIN, lambda plan: stops(plan).pop()) == [("sequence", None)]
    assert broken_by(PLAIN, lambda plan: stops(plan).insert(1, stops(plan)[0])) == [("sequence", None)]
    assert ("sequence", None) in broken_by(PLAIN, lambda plan: stops(plan).clear())


def test_a_route_without_a_visit_is_left_out() -> None:
    assert ("empty_route", None) in broken_by(PLAIN, lambda plan: plan["routes"][0].update(stops=_bare(stops(plan))))


def _bare(full: list[dict[str, object]]) -> list[dict[str, object]]:
    return [full[0], full[-1]]


def test_a_violation_says_what_was_expected_and_found_in_local_time() -> None:
    plan = edited(BERLIN, lambda document: stops(document)[1].update(wait_s=7))

    (violation,) = report(BERLIN.request, plan).violations

    assert (violation.technician, violation.shift, violation.order) == ("ann", "day", "a")
    assert (violation.expected, violation.found) == ("0 s", "7 s")


def test_moments_are_told_in_local_time() -> None:
    late = {"start": "2026-03-29T13:50:00Z", "end": "2026-03-29T14:20:00Z"}
    plan = edited(BERLIN, lambda document: stops(document)[1].update(late, wait_s=4200, tardiness_s=4800))

    violations = {violation.rule: violation for violation in report(BERLIN.request, plan).violations}

    assert violations["start_too_late"].expected == "2026-03-29 14:40:00+02:00"
    assert violations["start_too_late"].found == "2026-03-29 15:50:00+02:00"
