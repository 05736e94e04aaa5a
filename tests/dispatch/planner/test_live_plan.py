"""A plan that is kept ready: what it offers, what it takes in, what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.domain.offers import InsertionOffer, SlotWindow
from dispatch.domain.request import Order, Request, Window
from dispatch.errors import BadInputError, StaleOfferError
from dispatch.planner.live_plan import LivePlan
from dispatch.policy.settings import load_policy
from tests.dispatch.planner.small import at, depot, order, planned, request, starts, technician


def live_plan(wanted: Request) -> LivePlan:
    return LivePlan(wanted, planned(wanted), policy=load_policy())


def an_order(number: int, **changes: Any) -> Order:
    return Order.model_validate(order(number, **changes))


def window(start: str, end: str, day: int = 10) -> Window:
    return Window.model_validate({"start": at(start, day), "end": at(end, day)})


def test_an_offer_tells_who_when_and_at_what_cost() -> None:
    # ann is at o-1 from 08:10 to 08:40 and home at 08:50. Every way takes 600 s, so one more visit costs 600 s, after
    # o-1 as well as before it; the last of equals is told.
    offers = live_plan(request(order(1))).insertions(an_order(2))
    assert len(offers) == 1
    found = offers[0]
    assert (found.technician, found.shift, found.position) == ("ann", "day", 1)
    assert (found.cost, found.terms) == (600, {"travel": 600})
    assert (f"{found.arrival:%H:%M}", f"{found.start:%H:%M}", f"{found.end:%H:%M}") == ("08:50", "08:50", "09:20")
    assert found.due is not None
    assert (f"{found.due:%d %H:%M}", found.is_late, found.broken, found.disturbed) == ("10 12:00", False, (), ())


def test_an_order_that_was_taken_in_is_in_the_checked_plan() -> None:
    live = live_plan(request(order(1)))
    second = an_order(2, windows=[{"start": at("09:00"), "end": at("10:00")}])
    live.insert(second, live.insertions(second)[0])
    assert starts(live.plan()) == {"o-1": "08:10", "o-2": "09:00"}
    assert live.request.orders_by_id["o-2"] == second


def test_at_most_so_many_shifts_are_told_cheapest_first() -> None:
    far = technician("far", home={"index": 5})
    live = live_plan(request(order(1), technicians=[technician(), far, technician("bob")]))
    offers = live.insertions(an_order(2), most=2)
    assert len(offers) == 2
    assert offers[0].cost == 600  # behind o-1 in the route that is there; 1,200 in one of its own
    assert offers[1].cost == 1_200


def test_a_visit_that_makes_another_late_says_so() -> None:
    # o-1 is due 08:45 and at 08:10 it is in time. o-2 can start at 08:10 only, so o-1 starts at 08:50.
    live = live_plan(request(order(1, due=at("08:45"))))
    found = live.insertions(an_order(2, windows=[{"start": at("08:10"), "end": at("08:10")}]))[0]
    assert (found.broken, found.disturbed) == (("o-1",), ("o-1",))
    assert found.terms["promise_missed"] == 100_000


def test_a_start_later_than_an_exact_time_told_disturbs_beyond_the_tolerance() -> None:
    # Told 08:10, which is when the visit starts; 08:50 is within the agreed hour, but 40 minutes later than expected.
    live = live_plan(request(order(1, agreed_start=at("08:10"))))
    found = live.insertions(an_order(2, windows=[{"start": at("08:10"), "end": at("08:10")}]))[0]
    assert (found.broken, found.disturbed) == ((), ("o-1",))


def anything(_: InsertionOffer) -> bool:
    return True


def breaks_nothing(offer: InsertionOffer) -> bool:
    return not offer.broken


def slot(start: str, end: str, day: int = 10) -> SlotWindow:
    return SlotWindow(label=start, window=window(start, end, day))


def test_each_window_has_its_own_answer() -> None:
    live = live_plan(request(order(1)))
    slots = [slot("09:30", "10:00"), slot("20:00", "21:00"), slot("08:00", "08:15")]
    late, night, early = live.first_within(an_order(2), slots, accept=anything)
    assert late is not None
    assert early is not None
    assert (f"{late.start:%H:%M}", night, f"{early.start:%H:%M}") == ("09:30", None, "08:10")


def test_a_window_goes_to_the_next_technician_if_the_cheapest_will_not_do() -> None:
    # ann can be there at 08:10 only before o-1, which is due 08:45; bob has all day, but comes from home and back.
    technicians = [technician(), technician("bob", home={"index": 5})]
    live = live_plan(request(order(1, due=at("08:45"), required_technician="ann"), technicians=technicians))
    asked = an_order(2, required_technician=None)
    assert live.insertions(asked)[0].technician == "ann"
    found = live.first_within(asked, [slot("08:10", "08:10")], accept=breaks_nothing)[0]
    assert found is not None
    assert found.technician == "bob"


def test_of_many_windows_the_cheapest_ones_suffice() -> None:
    # Both windows of the 10th cost 600 s, so the first of them suffices; on the 11th nobody works.
    live = live_plan(request(order(1)))
    slots = [slot("09:30", "10:00", day=11), slot("09:30", "10:00"), slot("10:30", "11:00")]
    found = live.first_within(an_order(2), slots, accept=anything, enough=1)
    assert [one is not None for one in found] == [False, True, False]


def test_the_chance_to_be_on_time_counts_from_what_is_told() -> None:
    # A visit that can be reached an hour before its window closes is surely in time; one that is reached as it closes
    # is as likely late as not.
    live = live_plan(request(order(1)))
    wide, narrow = live.first_within(an_order(2), [slot("09:00", "11:00"), slot("08:00", "08:10")], accept=anything)
    assert wide is not None
    assert narrow is not None
    assert wide.p_on_time is not None
    assert narrow.p_on_time is not None
    assert wide.p_on_time > 0.95
    assert 0.2 < narrow.p_on_time < 0.8
    assert live.insertions(an_order(2))[0].p_on_time is None  # nothing is told


def test_an_order_of_the_plan_can_be_moved() -> None:
    wanted = request(order(1), order(2))
    live = live_plan(wanted)
    moved = wanted.orders[0].model_copy(update={"windows": (window("15:00", "16:00"),)})
    found = live.insertions(moved)
    assert [f"{one.start:%H:%M}" for one in found] == ["15:00"]
    assert set(starts(live.plan())) == {"o-1", "o-2"}  # asking has changed nothing
    live.insert(moved, found[0])
    assert starts(live.plan())["o-1"] == "15:00"
    assert live.request.orders_by_id["o-1"].windows == moved.windows


def test_an_offer_is_stale_once_its_route_has_changed() -> None:
    live = live_plan(request(order(1)))
    only = window("09:00", "09:00")
    second, third = (an_order(k, windows=[only.model_dump(mode="json")]) for k in (2, 3))
    offer, other = live.insertions(second)[0], live.insertions(third)[0]
    live.insert(second, offer)
    with pytest.raises(StaleOfferError, match="o-3 can no longer be served by ann"):
        live.insert(third, other)
    assert set(starts(live.plan())) == {"o-1", "o-2"}


def test_the_last_place_is_booked_once() -> None:
    live = live_plan(request(order(1)))
    only = window("09:00", "09:00").model_dump(mode="json")
    assert f"{live.book(an_order(2, windows=[only]), accept=breaks_nothing).start:%H:%M}" == "09:00"
    with pytest.raises(StaleOfferError, match="order o-3: what it was offered can no longer be kept"):
        live.book(an_order(3, windows=[only]), accept=breaks_nothing)


def test_nothing_is_booked_that_breaks_another_promise() -> None:
    live = live_plan(request(order(1, due=at("08:45"))))
    with pytest.raises(StaleOfferError, match="can no longer be kept"):
        live.book(an_order(2, windows=[window("08:10", "08:10").model_dump(mode="json")]), accept=breaks_nothing)


def test_an_order_that_is_withdrawn_is_gone() -> None:
    live = live_plan(request(order(1), order(2)))
    live.remove("o-1")
    assert [one.id for one in live.request.orders] == ["o-2"]
    assert set(starts(live.plan())) == {"o-2"}
    live.insert(an_order(1), live.insertions(an_order(1))[0])
    assert set(starts(live.plan())) == {"o-1", "o-2"}
    with pytest.raises(BadInputError, match="order: 'o-9' is not in the plan"):
        live.remove("o-9")


@pytest.mark.parametrize("needs", [{"parts": {"ont": 1}}, {"tools": ["splicer"]}], ids=["part", "tool"])
def test_what_no_order_asked_for_so_far_is_known_by_who_carries_it(needs: dict[str, Any]) -> None:
    # Ways are as long for both, so without the need ann's route, which is there, would be cheaper.
    equipped = technician("bob", stock={"ont": 1}, tools=["splicer"])
    live = live_plan(request(order(1), technicians=[technician(), equipped]))
    for _ in range(2):
        found = live.insertions(an_order(2, **needs))
        assert {one.technician for one in found} == {"bob"}
    live.insert(an_order(2, **needs), found[0])
    assert len(live.insertions(an_order(3, **needs))) == (0 if "parts" in needs else 1)
    assert live.plan().violations == ()


def test_what_nobody_carries_is_fetched_from_a_depot() -> None:
    live = live_plan(request(order(1), depots=[depot()]))
    wanted = an_order(2, parts={"rare": 1})
    live.insert(wanted, live.insertions(wanted)[0])
    plan = live.plan()
    assert [stop.kind for stop in plan.routes[0].stops].count("depot") == 1


def test_an_impossible_order_is_refused_with_a_remedy() -> None:
    live = live_plan(request(order(1)))
    with pytest.raises(BadInputError, match=r"order\.community"):
        live.insertions(an_order(2, community="nowhere"))


def test_visits_that_no_longer_fit_are_left_out() -> None:
    wanted = request(order(1), order(2, windows=[{"start": at("08:00"), "end": at("09:00")}]))
    plan = planned(wanted)
    # At 10:00 its window is over.
    later = wanted.model_copy(update={"now": window("10:00", "10:00").start})
    assert starts(LivePlan(later, plan, policy=load_policy()).plan()) == {"o-1": "10:10"}


@pytest.mark.parametrize("seed", [3, 8])
def test_offers_cost_what_the_checked_plan_then_costs_more(seed: int) -> None:
    full = generate_city(CitySpec(size="village", seed=seed))
    known, coming = full.orders[:45], full.orders[45:]
    live = live_plan(full.model_copy(update={"orders": known}))
    cost = live.plan().cost
    inserted = 0
    for one in coming:
        offers = live.insertions(one)
        if not offers:
            continue
        chosen = offers[inserted % len(offers)]
        live.insert(one, chosen)
        after = live.plan().cost
        assert after.total - cost.total == chosen.cost
        assert {n: c - cost.terms[n] for n, c in after.terms.items() if c != cost.terms[n]} == chosen.terms
        visit = next(v for route in live.plan().routes for v in route.visits if v.order == one.id)
        assert (visit.arrival, visit.start, visit.end) == (chosen.arrival, chosen.start, chosen.end)
        cost = after
        inserted += 1
    assert inserted >= 8
