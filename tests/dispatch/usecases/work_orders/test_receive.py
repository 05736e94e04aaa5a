"""Intake: the scope gate, due times as in docs/commitments.md, many orders at once."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import pytest

from dispatch.domain.records.roster import CommunityRecord
from dispatch.errors import AlreadyThereError, BadInputError, ForbiddenError
from dispatch.policy.scope import NO_NETWORK, NOT_READY, OUTSIDE_CITY
from dispatch.usecases.work_orders.booking import amend, qualify
from dispatch.usecases.work_orders.receive import NewOrder, receive, receive_many
from tests.dispatch.usecases.work_orders.life import Life, half_day, local


@pytest.mark.parametrize(
    ("community", "accepted", "kind", "due", "soft"),
    [
        ("best", "09 09:00", "install", "10 09:00", "10 00:00"),
        ("best", "09 16:59:59", "install", "10 16:59:59", "10 00:00"),
        ("best", "09 17:00", "install", "10 17:00", None),
        ("best", "09 16:59:59", "repair", "10 00:00", "09 20:30"),
        ("best", "09 17:00", "repair", "10 15:00", None),
        ("best", "09 23:30", "repair", "10 15:00", None),
        ("best", "10 00:10", "repair", "11 00:00", "10 20:30"),
        ("best", "09 16:00", "move", "12 16:00", None),
        ("c-1", "09 16:00", "repair", "10 16:00", None),
        ("c-1", "09 16:00", "install", "12 16:00", None),
        ("c-1", "09 16:00", "move", "12 16:00", None),
        ("fast", "09 16:00", "install", "10 16:00", None),
    ],
)
def test_r17_the_worked_cases_fall_due_as_promised(
    life: Life, *, community: str, accepted: str, kind: str, due: str, soft: str | None
) -> None:
    """R01 to R05, R17 to R20: section 5.1 of docs/commitments.md, and the timer of the promise with it."""
    life.at(accepted)
    order = life.receive(community=community, kind=kind)
    assert order.state == "qualified"
    assert order.due == local(due)
    assert order.soft_due == (local(soft) if soft else None)
    assert life.timers()["promise"].due_at == local(due)


def test_r04_outside_the_network_an_order_is_rejected_with_a_truthful_message(life: Life) -> None:
    order = life.receive(community="dark")
    assert (order.state, order.outcome, order.in_scope, order.due) == ("rejected", "rejected", False, None)
    assert order.scope_reason == NO_NETWORK
    assert life.timers() == {}
    assert life.news() == []


def test_r04_outside_the_city_an_order_is_served_without_a_promise_and_told_so(life: Life) -> None:
    order = life.receive(community="village")
    assert (order.state, order.in_scope, order.due, order.scope_reason) == ("qualified", False, None, OUTSIDE_CITY)
    assert life.timers() == {}


def test_r04_which_orders_are_rejected_is_policy(life: Life) -> None:
    life.policy = life.policy.overridden({"life": {"refuses": "out_of_scope"}})
    assert life.receive(community="village").state == "rejected"
    life.policy = life.policy.overridden({"life": {"refuses": "never"}})
    assert life.receive("o-2", community="dark").state == "qualified"


def test_t8_an_order_waits_for_its_line_and_its_clock_counts_from_acceptance(life: Life) -> None:
    order = life.receive(resource_ready=False)
    assert (order.state, order.due, order.scope_reason) == ("received", None, NOT_READY)
    life.at("10 09:00")
    order = qualify("o-1", **life.means("integration:crm"))
    assert (order.state, order.in_scope, order.scope_reason) == ("qualified", True, None)
    assert order.due == local("12 09:00")  # Monday 09:00 + 72 h
    assert order.order.resource_ready


def test_r16_the_tier_is_that_of_the_day_of_acceptance_and_stays(life: Life) -> None:
    assert life.receive(community="best").order.tier == "premium"


def test_the_address_is_not_kept_with_the_order(life: Life) -> None:
    order = life.receive(address="Jiefang Road 1, unit 2-301")
    assert order.order.address is None
    assert "Jiefang" not in life.audit()[0].model_dump_json()


def test_r07_an_order_that_comes_with_a_booking_is_booked(life: Life) -> None:
    order = life.receive(windows=[half_day("10", "13:30", "18:00")])
    assert (order.state, order.holds) == ("booked", ())


def test_r33_the_running_day_hears_of_an_order_at_once(life: Life) -> None:
    life.receive()
    assert life.news() == ["order_accepted"]


def test_r31_an_order_that_is_sent_twice_is_taken_in_once(life: Life) -> None:
    document = life.document()
    first = receive(document, **life.means())
    assert receive(document, **life.means()) == first
    assert life.actions() == ["receive"]


def test_an_id_belongs_to_one_order(life: Life) -> None:
    life.receive()
    with pytest.raises(AlreadyThereError, match="'o-1' exists already"):
        life.receive(kind="repair")


def test_an_order_that_is_sent_otherwise_is_not_taken_for_the_same(life: Life) -> None:
    life.receive(skills={"copper": 1})
    with pytest.raises(AlreadyThereError, match=r"'o-1' exists already, .* was sent otherwise\nMaybe change it by"):
        life.receive(skills={"fiber": 2})
    assert life.order().order.skills == {"copper": 1}
    assert life.receive(skills={"copper": 1}) == life.order()


def test_an_order_is_the_same_however_it_is_written_and_whatever_became_of_it(life: Life) -> None:
    document = life.document(duration="PT60M")
    receive(document, **life.means())
    amend("o-1", document.model_copy(update={"duration": timedelta(minutes=90)}), **life.means("dispatcher:li"))
    in_utc = document.model_copy(update={"accepted_at": document.accepted_at.astimezone(UTC), "address": "Road 1"})
    assert receive(in_utc, **life.means()).order.duration == timedelta(minutes=90)
    assert life.actions() == ["receive", "amend"]


def test_an_order_whose_line_the_community_lacks_is_the_same_when_it_is_sent_again(life: Life) -> None:
    with life.store.write() as transaction:
        community = transaction.records(CommunityRecord).get("c-1")
        transaction.records(CommunityRecord).save(community.model_copy(update={"resource_ready": False}))
    document = life.document()
    first = receive(document, **life.means())
    assert (document.resource_ready, first.order.resource_ready) == (True, False)
    assert receive(document, **life.means()) == first


def test_an_order_of_an_unknown_community_is_refused_with_a_remedy(life: Life) -> None:
    with pytest.raises(BadInputError, match=r"community: no community 'x'; enter the community first"):
        life.receive(community="x")


def test_who_may_not_take_in_orders_is_told_so(life: Life) -> None:
    with pytest.raises(ForbiddenError, match="nobody:x"):
        receive(life.document(), **life.means("nobody:x"))


def test_many_orders_at_once_list_what_failed_and_lose_nothing(life: Life) -> None:
    life.receive("o-7")
    good: list[dict[str, Any]] = [{"order_id": f"o-{number}"} for number in range(1200)]
    bad = {
        3: {"order_id": "o-3", "community": "x"},
        7: {"order_id": "o-7", "kind": "repair"},
        500: {"order_id": "o-499"},
        800: {"order_id": "o-800", "windows": [half_day("11", "18:00", "13:30")]},
    }
    given = [bad.get(number, fields) for number, fields in enumerate(good)]
    done = receive_many([NewOrder(order=life.document(**fields)) for fields in given], **life.means())
    assert [(failure.index, failure.code) for failure in done.failures] == [
        (3, "bad_input"),
        (7, "already_there"),
        (800, "bad_input"),
    ]
    assert done.failures[2].problems[0].path == "windows[0].end"
    assert done.known == ("o-499",)
    assert len(done.received) == 1200 - 3 - 1
    assert len(life.news()) == 1 + 1196
    again = receive_many([NewOrder(order=life.document(**fields)) for fields in given], **life.means())
    assert (len(again.received), len(again.known), len(again.failures)) == (0, 1197, 3)
