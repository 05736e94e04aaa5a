"""The figures: by hand on a small plan, and the same as the planner's on a village."""

from __future__ import annotations

import pytest

from dispatch.policy.settings import effective_policy, load_policy
from dispatch.report.figures import PlanFigures, RouteFigures, plan_figures, route_figures, summed
from dispatch.report.reading import read_for_showing
from tests.dispatch.planner.small import order, planned, request, shift, technician
from tests.dispatch.report.pages import two_visits_and_one_left, village


def test_figures_of_two_visits_and_an_order_that_nobody_can_do() -> None:
    wanted = two_visits_and_one_left()

    figures = plan_figures(read_for_showing(wanted, planned(wanted), load_policy()))

    # Leaves at 08:00; 3 ways of 600 s and 6,000 m; 2 visits of 1,800 s; back at 09:30; the shift has 9 h = 32,400 s.
    assert figures.total == RouteFigures(
        visits=2, travel_s=1800, distance_m=18_000, service_s=3600, work_s=5400, shift_s=32_400
    )
    assert figures.total.utilisation == pytest.approx(5400 / 32_400)
    assert figures.total.travel_share == pytest.approx(1800 / 5400)
    assert (figures.orders, figures.planned, figures.unassigned) == (3, 2, 1)
    # All three are due at noon: the one left out is missed, since that lies inside the horizon.
    assert figures.by_kind == {"repair": {"kept": 2, "missed": 1, "open": 0}}
    assert figures.by_tier == {"standard": {"kept": 2, "missed": 1, "open": 0}}
    assert figures.on_time_share == pytest.approx(2 / 3)
    assert figures.unassigned_by_kind["nobody_can_serve"] == 1
    assert figures.reasons == {"skill": 1}


def test_a_visit_that_ends_after_it_is_due_is_late() -> None:
    # The shift starts at noon, the repair was due at noon: 12:00 + 600 s of travel + 1,800 s of service.
    wanted = request(order(1), technicians=[technician(shifts=[shift(start="2026-03-10T12:00:00Z")])])

    shown = read_for_showing(wanted, planned(wanted), load_policy())

    assert (shown.routes[0].visits[0].tardiness_s, route_figures(shown.routes[0]).late) == (2400, 1)
    assert plan_figures(shown).on_time_share == 0


@pytest.mark.parametrize("days", [1, 2])
def test_figures_agree_with_those_in_the_plan(days: int) -> None:
    wanted, plan = village(days=days)

    figures = plan_figures(read_for_showing(wanted, plan, effective_policy(wanted)))

    kpis, total = plan.kpis, figures.total
    for name in ("travel_s", "distance_m", "service_s", "wait_s", "break_s", "overtime_s", "work_s", "tardiness_s"):
        assert getattr(total, name) == kpis[name], name
    assert total.utilisation == pytest.approx(kpis["utilisation"], abs=5e-5)
    assert figures.on_time_share == pytest.approx(kpis["on_time_share"], abs=5e-5)
    assert dict(sorted(figures.by_tier.items())) == kpis["promises"]["by_tier"]
    assert dict(sorted(figures.by_kind.items())) == kpis["promises"]["by_kind"]
    assert figures.unassigned_by_kind == kpis["unassigned_by_kind"]
    counts = (figures.orders, figures.planned, figures.unassigned, figures.routes, figures.technicians_used)
    assert counts == tuple(kpis[name] for name in ("orders", "planned", "unassigned", "routes", "technicians_used"))
    assert figures.shifts == kpis["shifts_available"]


def test_sums_of_nothing_have_no_shares() -> None:
    nothing = summed([])
    assert (nothing, nothing.utilisation, nothing.travel_share) == (RouteFigures(), None, None)


def test_no_promise_is_no_share() -> None:
    wanted = request(order(1, kind="follow_up"))
    figures: PlanFigures = plan_figures(read_for_showing(wanted, planned(wanted), load_policy()))
    assert (figures.on_time_share, figures.by_kind, figures.kept, figures.missed) == (None, {}, 0, 0)
