"""From routes to plans: stops in time order, figures by name."""

from __future__ import annotations

from dispatch.domain.plan import COST_TERMS, BreakStop, DepotStop
from tests.dispatch.planner.small import at, depot, digest, order, planned, request, shift, technician


def test_stops_tell_arrival_wait_service_and_tardiness() -> None:
    # Window from 12:00: leaves 11:50, 12:00 to 12:30; due at noon, 30 min late. Home 12:40.
    wanted = request(order(1, windows=[{"start": at("12:00"), "end": at("13:00")}]))
    plan = planned(wanted)
    start, stop, end = plan.routes[0].stops
    assert start.kind == "start"
    assert stop.kind == "visit"
    assert end.kind == "end"
    assert f"{start.departure:%H:%M}" == "11:50"
    assert (f"{stop.arrival:%H:%M}", stop.wait_s, f"{stop.end:%H:%M}") == ("12:00", 0, "12:30")
    assert (stop.travel_s, stop.distance_m, stop.tardiness_s) == (600, 6_000, 1_800)
    assert stop.due is not None
    assert f"{stop.due:%H:%M}" == "12:00"
    assert (f"{end.arrival:%H:%M}", end.travel_s, end.distance_m) == ("12:40", 600, 6_000)


def test_wait_between_visits_is_told() -> None:
    # o-1 08:10 to 08:40, 08:50 at o-2, which opens at 09:20: 30 min of wait.
    first = order(1, windows=[{"start": at("08:10"), "end": at("08:10")}])
    second = order(2, windows=[{"start": at("09:20"), "end": at("09:20")}])
    assert [visit.wait_s for visit in planned(request(first, second)).routes[0].visits] == [0, 1_800]


def test_breaks_and_depot_stand_where_they_are_in_time() -> None:
    pause = {"earliest": at("08:30"), "latest": at("11:00"), "duration": "PT1H"}
    ann = technician(shifts=[shift(breaks=[pause])])
    orders = [order(number, parts={"ont": 1}, duration="PT90M") for number in (1, 2)]
    plan = planned(request(*orders, technicians=[ann], depots=[depot()]))
    stops = plan.routes[0].stops
    assert {"break", "depot"} <= {stop.kind for stop in stops}
    moments = [
        getattr(stop, "departure", None) or getattr(stop, "arrival", None) or getattr(stop, "start", None)
        for stop in stops
    ]
    assert moments == sorted(moments)
    pauses = [stop for stop in stops if isinstance(stop, BreakStop)]
    assert [(one.end - one.start).total_seconds() for one in pauses] == [3_600]
    assert [one.depot for one in stops if isinstance(one, DepotStop)] == ["store"]


def test_every_cost_term_is_there_and_they_sum_up() -> None:
    plan = planned(request(order(1), order(2, kind="follow_up", skills={"fiber": 1})))
    assert tuple(plan.cost.terms) == COST_TERMS
    assert plan.cost.terms["travel"] == 1_200
    assert plan.cost.terms["unassigned"] == 900
    assert plan.cost.total == 2_100


def test_moments_are_local_time_of_the_request() -> None:
    plan = planned(request(order(1), time_zone="Asia/Shanghai"))
    assert plan.routes[0].visits[0].start.isoformat() == "2026-03-10T16:10:00+08:00"


def test_plan_names_its_request_and_its_run() -> None:
    wanted = request(order(1))
    plan = planned(wanted, iterations=7, seed=3)
    assert plan.request_digest == digest(wanted)
    assert (plan.run.seed, plan.run.iterations, plan.run.stopped_by, plan.run.limit_s) == (3, 7, "iterations", None)


def test_figures_count_orders_promises_and_time() -> None:
    # o-1 08:10 to 08:40 in time; o-2 cannot be done and is due inside the horizon; nor can o-3, which has no promise.
    orders = [order(1), order(2, skills={"fiber": 1}), order(3, kind="follow_up", skills={"fiber": 1})]
    kpis = planned(request(*orders)).kpis
    assert (kpis["orders"], kpis["planned"], kpis["unassigned"]) == (3, 1, 2)
    assert kpis["promises"]["by_tier"] == {"standard": {"kept": 1, "missed": 1, "open": 0}}
    assert kpis["promises"]["by_kind"] == {"repair": {"kept": 1, "missed": 1, "open": 0}}
    assert kpis["on_time_share"] == 0.5
    assert (kpis["travel_s"], kpis["distance_m"], kpis["service_s"], kpis["work_s"]) == (1_200, 12_000, 1_800, 3_000)
    assert kpis["utilisation"] == round(3_000 / 32_400, 4)
    assert (kpis["routes"], kpis["technicians_used"], kpis["visits_per_route"]) == (1, 1, 1.0)


def test_unassigned_orders_are_counted_by_what_keeps_them_out() -> None:
    # Nobody's skill; on hold twice, promised or not; booked for the day after the horizon; ten minutes there and ten
    # back (1,200) cost more than leaving a follow-up out (900); the one visit of the shift goes to an urgent repair.
    late = {"start": at("09:00", day=14), "end": at("10:00", day=14)}
    orders = [
        order(1, priority=3),
        order(2),
        order(3, skills={"fiber": 1}),
        order(4, resource_ready=False),
        order(5, kind="follow_up", hold_until=at("00:00", day=14)),
        order(6, windows=[late]),
        order(7, kind="follow_up"),
    ]
    kpis = planned(request(*orders, technicians=[technician(shifts=[shift(max_visits=1)])])).kpis
    assert kpis["unassigned"] == 6
    assert kpis["unassigned_by_kind"] == {
        "deferred": 1,
        "crowded_out": 1,
        "on_hold": 2,
        "after_horizon": 1,
        "nobody_can_serve": 1,
    }


def test_figures_of_a_plan_without_routes_are_unknown_rather_than_zero() -> None:
    kpis = planned(request()).kpis
    assert (kpis["on_time_share"], kpis["utilisation"], kpis["visits_per_route"]) == (None, None, None)
