"""The naive twin, by numbers a reader can check: order j lies 10 x (j + 1) seconds from location 0, service is 10."""

from __future__ import annotations

import pytest

from solver.problem import ELIGIBLE_NOT_PREFERRED, LAST_STOP, NOT_ELIGIBLE, UNREACHABLE_S, Prices
from solver.solution import TimedBreak
from tests.brute_force import brute_force
from tests.naive import naive_evaluate, naive_time_route
from tests.problems import BreakSpec, OrderSpec, ShiftSpec, build_problem, with_disruption, with_risk

FREE = Prices(travel=0, overtime=0, preference=0, agreed_buffer=0, agreed_broken=0, soft_due=0, tardiness=0)


def lunch(earliest_s: int, latest_s: int, duration_s: int) -> ShiftSpec:
    return ShiftSpec(breaks=(BreakSpec(earliest_s=earliest_s, latest_s=latest_s, duration_s=duration_s),))


def test_a_route_goes_out_serves_in_sequence_and_comes_back():
    route = naive_time_route(build_problem([OrderSpec(), OrderSpec()]), 0, (0, 1))
    assert route is not None
    assert [(v.arrival_s, v.start_s, v.end_s) for v in route.visits] == [(10, 10, 20), (30, 30, 40)]
    assert route.end_s == 60  # 40 + 20 back
    assert route.terms.travel == route.terms.total == 40  # 10 + 10 + 20


def test_departure_is_as_late_as_delays_no_start():
    route = naive_time_route(build_problem([OrderSpec(windows=((50, 60),))]), 0, (0,))
    assert route is not None
    assert (route.departure_s, route.visits[0].arrival_s, route.visits[0].start_s) == (40, 50, 50)


def test_a_visit_waits_for_the_next_of_its_windows():
    orders = [OrderSpec(), OrderSpec(windows=((0, 29), (45, 50), (70, 80)))]
    route = naive_time_route(build_problem(orders), 0, (0, 1))
    assert route is not None
    assert (route.visits[1].arrival_s, route.visits[1].start_s) == (30, 45)


def test_a_window_that_is_missed_by_a_second_makes_a_route_infeasible():
    assert naive_time_route(build_problem([OrderSpec(windows=((0, 9),))]), 0, (0,)) is None
    assert naive_time_route(build_problem([OrderSpec(windows=((0, 10),))]), 0, (0,)) is not None


def test_service_is_rounded_up():
    problem = build_problem([OrderSpec(service_s=11)], [ShiftSpec(service_permille=1_100)])
    route = naive_time_route(problem, 0, (0,))
    assert route is not None
    assert route.visits[0].end_s - route.visits[0].start_s == 13  # 12.1


def test_a_route_that_ends_where_its_last_visit_ends_has_no_way_back():
    route = naive_time_route(build_problem([OrderSpec()], [ShiftSpec(end=LAST_STOP)]), 0, (0,))
    assert route is not None
    assert (route.end_s, route.end_travel_s, route.terms.travel) == (20, 0, 10)


def test_overtime_is_priced_up_to_the_latest_end():
    # The route ends at 10 + 10 + 10 = 30.
    def over(latest_s: int):
        return build_problem([OrderSpec()], [ShiftSpec(end_s=25, latest_s=latest_s)])

    route = naive_time_route(over(30), 0, (0,))
    assert route is not None
    assert route.terms.overtime == 10  # 5 s x 2
    assert naive_time_route(over(29), 0, (0,)) is None


def test_an_unreachable_leg_makes_a_route_infeasible():
    one_way = [[0, 10], [UNREACHABLE_S, 0]]
    assert naive_time_route(build_problem([OrderSpec()], travel_s=one_way), 0, (0,)) is None
    there = build_problem([OrderSpec()], [ShiftSpec(end=LAST_STOP)], travel_s=one_way)
    assert naive_time_route(there, 0, (0,)) is not None


def test_too_many_visits_and_orders_not_eligible_make_a_route_infeasible():
    problem = build_problem(
        [OrderSpec(), OrderSpec(), OrderSpec(eligibility={0: NOT_ELIGIBLE})], [ShiftSpec(max_visits=1)]
    )
    assert naive_time_route(problem, 0, (0,)) is not None
    assert naive_time_route(problem, 0, (0, 1)) is None
    assert naive_time_route(problem, 0, (2,)) is None


def test_a_break_is_not_needed_if_the_route_ends_early():
    problem = build_problem([OrderSpec(windows=((10, 10),))], [lunch(20, 50, 20)])
    route = naive_time_route(problem, 0, (0,))  # ends at 30 = 50 - 20
    assert route is not None
    assert route.breaks == ()


def test_a_break_interrupts_the_way_to_the_end():
    problem = build_problem([OrderSpec(windows=((10, 10),))], [lunch(20, 49, 20)])
    route = naive_time_route(problem, 0, (0,))  # would end at 30 > 49 - 20
    assert route is not None
    assert route.breaks == (TimedBreak(before=1, start_s=20, end_s=40),)
    assert route.end_s == 50


def test_a_break_is_not_needed_if_the_route_departs_late():
    problem = build_problem([OrderSpec(windows=((50, 60),))], [lunch(20, 200, 20)])
    route = naive_time_route(problem, 0, (0,))
    assert route is not None
    assert (route.departure_s, route.breaks) == (40, ())  # 40 = 20 + 20


def test_a_break_while_waiting_counts_before_the_arrival():
    # Served at 10 to 20, there at 30, break from 40 (its earliest) to 60.
    orders = [OrderSpec(windows=((10, 10),)), OrderSpec(windows=((45, 100),))]
    route = naive_time_route(build_problem(orders, [lunch(40, 60, 20)]), 0, (0, 1))
    assert route is not None
    assert route.breaks == (TimedBreak(before=1, start_s=40, end_s=60),)
    assert (route.visits[1].arrival_s, route.visits[1].start_s) == (60, 60)


def test_two_breaks_on_one_way_follow_each_other():
    pauses = (
        BreakSpec(earliest_s=20, latest_s=30, duration_s=10),
        BreakSpec(earliest_s=25, latest_s=45, duration_s=15),
    )
    orders = [OrderSpec(windows=((10, 10),)), OrderSpec(windows=((30, 200),))]
    route = naive_time_route(build_problem(orders, [ShiftSpec(breaks=pauses)]), 0, (0, 1))
    assert route is not None
    assert [(b.start_s, b.end_s) for b in route.breaks] == [(20, 30), (30, 45)]
    assert route.visits[1].start_s == 55  # 20 + 10 travel + 10 + 15


def test_work_time_is_saved_by_departing_after_a_break():
    # Departing at 5 + 15 = 20: start 30, end 50, work 30. Departing at 0 with the break on the way: start 25, work 45.
    problem = build_problem([OrderSpec(windows=((20, 33),))], [lunch(5, 24, 15)], prices=Prices(work_time=1))
    route = naive_time_route(problem, 0, (0,))
    assert route is not None
    assert (route.departure_s, route.visits[0].start_s, route.terms.work_time) == (20, 30, 30)


def test_a_break_on_the_way_to_the_first_visit_keeps_its_start():
    # Departing at 20 is too late for the window. Depart at 3, break at 5 to 20, there at 13 + 15 = 28.
    problem = build_problem([OrderSpec(windows=((28, 29),))], [lunch(5, 24, 15)])
    route = naive_time_route(problem, 0, (0,))
    assert route is not None
    assert route.breaks == (TimedBreak(before=0, start_s=5, end_s=20),)
    assert (route.departure_s, route.visits[0].arrival_s, route.visits[0].start_s) == (3, 28, 28)


def test_the_gap_of_a_break_is_the_cheapest():
    # Order 1 is due at 45. Break before it: 30 + 20 = 50, end 60, late by 15. Break after it: served by 40.
    orders = [OrderSpec(windows=((10, 10),)), OrderSpec(due_s=45, windows=((30, 99),))]
    route = naive_time_route(build_problem(orders, [lunch(15, 60, 20)]), 0, (0, 1))
    assert route is not None
    assert route.breaks[0].before == 2
    assert route.terms.tardiness == 0


def test_a_depot_stop_is_made_where_parts_are_short_and_it_costs_least():
    # Depot at location 3, two orders at 1 and 2 that need one part each, one in stock: depot before 1 or before 2.
    orders = [OrderSpec(parts={"ont": 1}), OrderSpec(parts={"ont": 1})]
    problem = build_problem(orders, [ShiftSpec(parts={"ont": 1})], depots=[3])
    route = naive_time_route(problem, 0, (0, 1))
    assert route is not None
    assert route.depot is not None
    assert (route.depot.before, route.depot.travel_s, route.depot.arrival_s) == (1, 20, 40)
    assert route.visits[1].travel_s == 10
    assert route.terms.travel == 60  # 10 + 20 + 10 + 20


def test_a_depot_stop_is_not_made_where_nothing_is_short():
    # By the depot the way out would be cheaper: 1 + 1 instead of 10.
    detour = [[0, 10, 1], [10, 0, 10], [10, 1, 0]]
    problem = build_problem([OrderSpec(parts={"ont": 1})], [ShiftSpec(parts={"ont": 1})], travel_s=detour, depots=[2])
    route = naive_time_route(problem, 0, (0,))
    assert route is not None
    assert route.depot is None


def test_a_depot_stop_comes_before_the_first_visit_that_lacks_a_tool():
    orders = [OrderSpec(tools=frozenset({"splicer"})), OrderSpec()]
    problem = build_problem(orders, depots=[3])
    route = naive_time_route(problem, 0, (0, 1))
    assert route is not None
    assert route.depot is not None
    assert route.depot.before == 0
    assert naive_time_route(build_problem(orders), 0, (0, 1)) is None  # no depot


def test_terms_of_lateness_stop_at_their_caps():
    prices = Prices(tardiness=3, tardiness_cap_s=4, soft_due=1, soft_due_cap_s=6)
    order = OrderSpec(due_s=15, soft_due_s=13, missed_cost=100)  # ends at 20: 5 and 7 late
    route = naive_time_route(build_problem([order], prices=prices), 0, (0,))
    assert route is not None
    assert (route.terms.tardiness, route.terms.soft_due, route.terms.promise_missed) == (12, 6, 100)


def test_an_end_at_the_due_time_is_not_late():
    route = naive_time_route(build_problem([OrderSpec(due_s=20, missed_cost=100)]), 0, (0,))
    assert route is not None
    assert route.terms.promise_missed == route.terms.tardiness == 0


def test_agreed_times_are_judged_at_the_start():
    prices = Prices(agreed_buffer=2, agreed_broken=500)
    order = OrderSpec(windows=((10, 99),), buffer_from_s=7, broken_from_s=9)  # starts at 10
    route = naive_time_route(build_problem([order], prices=prices), 0, (0,))
    assert route is not None
    assert (route.terms.agreed_buffer, route.terms.agreed_broken) == (6, 500)


def test_every_use_of_a_shift_and_an_unwanted_technician_is_charged():
    prices = Prices(shift_used=40, preference=9, distance=3)
    problem = build_problem(
        [OrderSpec(eligibility={0: ELIGIBLE_NOT_PREFERRED})], prices=prices, distance_m=[[0, 5], [7, 0]]
    )
    solution = naive_evaluate(problem, ((0,),))
    assert solution is not None
    assert (solution.terms.shift_used, solution.terms.preference, solution.terms.distance) == (40, 9, 36)


def test_orders_in_no_route_are_charged_as_unassigned():
    problem = build_problem([OrderSpec(unassigned_cost=7), OrderSpec(unassigned_cost=50)], prices=FREE)
    solution = naive_evaluate(problem, ((1,),))
    assert solution is not None
    assert (solution.unassigned, solution.cost) == ((0,), 7)


def test_changes_to_a_published_plan_are_charged():
    # Both start at 10: order 0 on a shift that it was not to have and later than 9, order 1 no later than told.
    orders = [OrderSpec(location=1), OrderSpec(location=1), OrderSpec(unassigned_cost=7)]
    problem = with_disruption(
        build_problem(orders, [ShiftSpec(), ShiftSpec()], prices=FREE),
        assignment={(0, 0): 30, (1, 0): 1_000},
        moved={0: (9, 400), 1: (10, 5_000)},
        dropped={0: 20_000, 2: 50},
    )
    solution = naive_evaluate(problem, ((0,), (1,)))
    assert solution is not None
    assert (solution.terms.disruption, solution.terms.unassigned) == (480, 7)  # 30 + 400 + 50
    assert solution.cost == 487


def test_likely_lateness_is_charged_by_the_second_up_to_its_cap():
    # Order 0 from 10 to 20, order 1 from 10 to 20, order 2 from 40 to 50, behind order 1.
    orders = [OrderSpec(location=1), OrderSpec(location=1), OrderSpec(location=3)]
    problem = with_risk(
        build_problem(orders, [ShiftSpec(), ShiftSpec()], prices=FREE),
        starts={0: (7, 100, 50), 1: (10, 1_000, 50)},  # 3 x 100; not after 10
        ends={0: (15, 20, 4), 2: (49, 1, 50)},  # 5 s late, at most 4 x 20; 1 x 1
    )
    solution = naive_evaluate(problem, ((0,), (1, 2)))
    assert solution is not None
    assert (solution.terms.risk, solution.cost) == (381, 381)


def test_a_broken_lock_and_an_order_visited_twice_are_infeasible():
    problem = build_problem([OrderSpec(), OrderSpec()], [ShiftSpec(), ShiftSpec()], locked_routes=[(0,), ()])
    assert naive_evaluate(problem, ((0,), (1,))) is not None
    assert naive_evaluate(problem, ((1,), ())) is None
    assert naive_evaluate(problem, ((1,), (0,))) is None
    assert naive_evaluate(problem, ((0, 1), (1,))) is None


def test_a_route_without_visits_is_refused():
    with pytest.raises(ValueError, match="orders is empty"):
        naive_time_route(build_problem([OrderSpec()]), 0, ())


def test_brute_force_finds_what_is_obvious():
    # Locations 10 to 30 on a line, two shifts, one visit each at most: serve the two dearest.
    orders = [OrderSpec(unassigned_cost=cost) for cost in (100, 300, 200)]
    problem = build_problem(orders, [ShiftSpec(max_visits=1), ShiftSpec(max_visits=1)])
    solution = brute_force(problem)
    assert solution.unassigned == (0,)
    assert solution.cost == 200  # 100 + 2 x 20 + 2 x 30
