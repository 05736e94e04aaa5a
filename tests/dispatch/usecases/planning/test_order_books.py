"""Proposals, offers and bookings out of the order book, over several processes that share one store."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from dispatch.clock import SystemClock
from dispatch.domain.records.centre import Centre, NightlyRules
from dispatch.domain.records.order_book import BookEntry
from dispatch.domain.records.roster import CommunityRecord, ShiftRecord, TechnicianRecord
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Order, Window
from dispatch.errors import NotFoundError, StaleOfferError, TransitionError
from dispatch.planning_adapters import NightPlanner, load_live_book
from dispatch.usecases.planning.forget import forget_old
from dispatch.usecases.planning.order_books import OrderBooks
from dispatch.usecases.planning.proposals import Proposer
from dispatch.usecases.planning.slots import book_time, book_window, offers_for, times_for
from dispatch.usecases.work_orders.receive import NewOrder, receive_many
from dispatch.usecases.work_orders.withdrawal import withdraw
from tests.dispatch.planner.small import at, order, request, shift, technician
from tests.town import CENTRE, POLICY, Town

MORNING = Window(start=datetime.fromisoformat(at("08:30")), end=datetime.fromisoformat(at("12:00")))


def a_town(**changes: Any) -> Town:
    """Return a town with one technician, who works on the 10th only."""
    day = shift(start=at("08:00"), end=at("12:30"))
    return Town(request(technicians=[technician(shifts=[day], **changes)]))


def a_published_town() -> Town:
    """Return the same town with order o-1 in a plan in force."""
    day = shift(start=at("08:00"), end=at("12:30"))
    policy = POLICY.overridden({"planning": {"nightly_search_s": 0.1}})
    town = Town(
        request(order(1), technicians=[technician(shifts=[day])]),
        planner=NightPlanner(clock=SystemClock()),
        policy=policy,
        nightly=NightlyRules(cron="30 20 * * *", days=1),
    )
    town.receive(*town.request.orders)
    town.night()
    town.go_to(town.local(9, 20, 30))
    town.night()
    assert [plan.state for plan in town.automatic_plans()] == ["published"]
    return town


def an_order(number: int, **changes: Any) -> Order:
    return Order.model_validate(order(number, **changes))


def books_of(town: Town) -> OrderBooks:
    """Return the books of one more process."""
    return OrderBooks(town.office, load_live_book)


def entries(town: Town) -> list[tuple[int, str, str]]:
    with town.own.read() as transaction:
        found = transaction.records(BookEntry).all(sort="number")
    return [(entry.number, entry.order, entry.kind) for entry in found]


def test_r33_a_new_order_has_a_proposal_after_the_next_look() -> None:
    town = a_town()
    town.receive(an_order(1))
    Proposer(books_of(town)).propose()
    proposal = town.order("o-1").proposal
    assert proposal is not None
    assert (proposal.technician, proposal.made_at) == ("ann", town.clock.now())
    assert entries(town) == [(1, "o-1", "proposal")]


@pytest.mark.parametrize("is_published", [False, True])
def test_r33_an_order_that_comes_after_the_book_was_loaded_has_a_proposal_and_offers(is_published: bool) -> None:
    town = a_published_town() if is_published else a_town()
    books = books_of(town)
    proposer = Proposer(books)
    proposer.propose()
    assert (books.of(CENTRE).plan is not None) == is_published
    loaded_at = books.of(CENTRE).loaded_at
    town.clock.go_on(30)
    town.receive(an_order(2, accepted_at=(town.clock.now() + timedelta(seconds=60)).isoformat()))  # its clock is ahead
    assert offers_for("o-2", centre=CENTRE, books=books)
    assert times_for("o-2", centre=CENTRE, books=books)
    proposer.propose()
    assert town.order("o-2").proposal is not None
    assert books.of(CENTRE).loaded_at == loaded_at


@pytest.mark.parametrize("begin", [a_town, a_published_town])
def test_r33_an_order_of_a_community_that_is_newer_than_book_and_plan_has_a_proposal(begin: Callable[[], Town]) -> None:
    town = begin()
    proposer = Proposer(books_of(town))
    proposer.propose()
    town.clock.go_on(30)
    community = town.request.communities[0].model_copy(update={"id": "c-new"})
    with town.own.write() as transaction:
        made = {"created_at": town.clock.now(), "changed_at": town.clock.now()}
        transaction.records(CommunityRecord).add(CommunityRecord(id="c-new", community=community, **made))
    town.receive(an_order(2, community="c-new"))
    while proposer.propose():
        pass
    assert town.order("o-2").proposal is not None
    town.look()
    assert all(day.refused_events == () for day in town.days())  # the running day knows it, too


def test_r33_an_order_that_nobody_can_go_to_hides_none_of_another_centre() -> None:
    town = a_town()
    proposer = Proposer(books_of(town))
    town.receive(an_order(1, skills={"fiber": 9}))
    with town.store.of("north").write() as transaction, town.own.read() as here:
        for kind in (Centre, CommunityRecord, TechnicianRecord, ShiftRecord):
            transaction.records(kind).add_all(here.records(kind).all())  # type: ignore[type-abstract]
    receive_many([NewOrder(order=an_order(1))], **{**town.means("integration:crm"), "store": town.store.of("north")})
    proposer.propose()
    with town.store.of("north").read() as transaction:
        assert transaction.records(WorkOrder).get("o-1").proposal is not None
    assert town.order("o-1").proposal is None


def test_r07_what_has_begun_meanwhile_is_not_offered_any_more() -> None:
    town = a_town()
    books = books_of(town)
    town.receive(an_order(1))
    assert offers_for("o-1", centre=CENTRE, books=books)
    town.go_to(datetime.fromisoformat(at("11:30")))
    assert offers_for("o-1", centre=CENTRE, books=books) == ()


def test_r33_proposals_of_two_processes_share_one_capacity_and_are_made_once() -> None:
    # Ten minutes there and two hours of work: two orders fill the four and a half hours, the third fits nowhere.
    town = a_town()
    town.receive(*(an_order(number, duration="PT120M") for number in (1, 2, 3)))
    proposers = [Proposer(books_of(town)) for _ in range(2)]
    for proposer in proposers * 3:
        proposer.propose()
    assert [name for _, name, _ in entries(town)] == ["o-1", "o-2"]
    starts = [found.proposal.start for found in town.orders() if found.proposal is not None]
    assert len(starts) == 2
    assert abs(starts[0] - starts[1]) >= timedelta(minutes=130)


def test_r07_a_window_that_is_offered_can_be_booked() -> None:
    town, books = a_town(), None
    books = books_of(town)
    town.receive(an_order(1))
    labels = [offer.slot.label for offer in offers_for("o-1", centre=CENTRE, books=books)]
    assert labels[:1] == ["2026-03-10 morning"]
    booked = book_window("o-1", MORNING, centre=CENTRE, books=books, **town.means())
    assert (booked.order.state, booked.order.order.windows, booked.insertion.technician) == (
        "booked",
        (MORNING,),
        "ann",
    )
    assert entries(town) == [(1, "o-1", "booking")]


def test_r07_two_processes_give_the_last_place_once() -> None:
    town = a_town()
    town.receive(*(an_order(number, duration="PT150M") for number in (1, 2)))  # the morning has room for one of them
    both = [books_of(town), books_of(town)]
    for name, books in zip(("o-1", "o-2"), both, strict=True):
        assert "2026-03-10 morning" in [one.slot.label for one in offers_for(name, centre=CENTRE, books=books)]

    def try_to_book(number: int) -> bool:
        try:
            book_window(f"o-{number}", MORNING, centre=CENTRE, books=both[number - 1], **town.means())
        except StaleOfferError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(try_to_book, (1, 2))) == [False, True]
    assert sorted(found.state for found in town.orders()) == ["booked", "qualified"]


def test_r08_a_time_that_is_proposed_can_be_agreed() -> None:
    town = a_town()
    books = books_of(town)
    town.receive(an_order(1))
    offers = times_for("o-1", centre=CENTRE, books=books)
    assert len(offers) == 3
    told = offers[0].slot.told
    assert told is not None
    booked = book_time("o-1", told, centre=CENTRE, books=books, **town.means())
    assert booked.order.agreed_start == told
    assert entries(town) == [(1, "o-1", "agreement")]


def test_a_window_that_was_never_offered_cannot_be_booked() -> None:
    town = a_town()
    books = books_of(town)
    town.receive(an_order(1))
    night = Window(start=MORNING.start.replace(hour=2), end=MORNING.start.replace(hour=3))
    with pytest.raises(StaleOfferError, match="not offered"):
        book_window("o-1", night, centre=CENTRE, books=books, **town.means())


def test_a_booking_that_the_life_cycle_refuses_takes_no_place() -> None:
    town = a_town()
    books = books_of(town)
    town.receive(*(an_order(number, duration="PT150M") for number in (1, 2)))
    withdraw("o-1", reason="changed_mind", **town.means())
    with pytest.raises(TransitionError):
        book_window("o-1", MORNING, centre=CENTRE, books=books, **town.means())
    assert entries(town) == []
    book_window("o-2", MORNING, centre=CENTRE, books=books, **town.means())
    with pytest.raises(NotFoundError):
        offers_for("nothing", centre=CENTRE, books=books)


def test_places_that_were_taken_are_kept_when_a_book_is_loaded_anew() -> None:
    town = a_town()
    town.receive(*(an_order(number, duration="PT150M") for number in (1, 2)))
    book_window("o-1", MORNING, centre=CENTRE, books=books_of(town), **town.means())
    with pytest.raises(StaleOfferError):
        book_window("o-2", MORNING, centre=CENTRE, books=books_of(town), **town.means())


def test_places_taken_long_ago_are_forgotten_and_numbers_go_on() -> None:
    town = a_town()
    town.receive(an_order(1))
    books = books_of(town)
    Proposer(books).propose()
    town.clock.go_on(15 * 86_400)
    forget_old(town.office)
    assert entries(town) == []
    town.clock.go_on(-15 * 86_400)
    town.receive(an_order(2))
    Proposer(books_of(town)).propose()
    assert [number for number, _, _ in entries(town)] == [2]
