"""Personal data: taken in, revealed for a reason, handed out, erased, forgotten in time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain.records.access import Principal
from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.contact import ContactAttempt
from dispatch.domain.records.customer import Customer, CustomerDetails, Reveal
from dispatch.domain.records.link import Link
from dispatch.domain.records.message_wishes import MessageWishes
from dispatch.domain.records.note import Note
from dispatch.domain.records.question import Question
from dispatch.domain.records.record import Record
from dispatch.domain.records.survey import Survey, SurveyAnswer
from dispatch.domain.records.work_order import Hold, WorkOrder
from dispatch.domain.request import Order
from dispatch.errors import BadInputError, ForbiddenError, NotFoundError
from dispatch.policy.settings import load_policy
from dispatch.store.record_tables import ROW_OF
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.privacy import forgetting
from dispatch.usecases.privacy.customers import (
    add_customer,
    change_customer,
    customer_addresses,
    get_customer,
    keep_customers,
    list_reveals,
    reveal_customer,
)
from dispatch.usecases.privacy.forgetting import erase_customer, export_customer, sweep_retention
from tests.fakes import FakeClock, FakeStore, counting_ids

POLICY = load_policy()
SETTINGS = POLICY.privacy
LI = Principal(name="li", role="dispatcher")
ANN = Principal(name="ann", role="technician", technician="t-1")
PERSONAL = CustomerDetails(
    name="张伟伟",
    phone="13812345678",
    email="zww@example.org",
    wechat="oX-17",
    address="中山北路12号",
    unit="3幢501室",
    reference="K-4711",
)
WORDS = "ask for grandma Wu, 13987654321"


class World:
    def __init__(self) -> None:
        self.everywhere = FakeStore()
        self.store = self.everywhere.of("main")
        self.clock = FakeClock()
        self.new_id = counting_ids("x")

    def customer(self, details: CustomerDetails = PERSONAL) -> Customer:
        return add_customer(details, store=self.store, clock=self.clock, new_id=self.new_id, settings=SETTINGS)

    def add(self, kind: type[Record], record_id: str, /, **fields: Any) -> None:
        now = self.clock.now()
        with self.store.write() as transaction:
            transaction.records(kind).add(kind(id=record_id, created_at=now, changed_at=now, **fields))

    def order(self, customer: str, order_id: str = "o-1", **fields: Any) -> None:
        now = self.clock.now()
        order = Order.model_validate(
            {"id": order_id, "kind": "install", "community": "c-1", "accepted_at": now, "duration": "PT60M"}
        )
        given: dict[str, Any] = {
            "state": "accepted",
            "order": order,
            "customer": customer,
            "received_at": now,
            "in_scope": True,
            "technician": "t-1",
            "technician_accepted_at": now,
        }
        self.add(WorkOrder, order_id, **given | fields)

    def reveal(self, customer: str, principal: Principal, **given: Any) -> Customer:
        return reveal_customer(
            customer,
            principal=principal,
            store=self.store,
            clock=self.clock,
            new_id=self.new_id,
            settings=SETTINGS,
            **{"purpose": "call", **given},
        )

    def all(self, kind: type[Record]) -> tuple[Any, ...]:
        with self.store.read() as transaction:
            return transaction.records(kind).all()

    def sweep(self) -> bool:
        return sweep_retention(store=self.everywhere, clock=self.clock, policies=CentrePolicies(POLICY))

    def text_of_everything(self) -> str:
        return json.dumps([record.model_dump(mode="json") for kind in ROW_OF for record in self.all(kind)], default=str)


@pytest.fixture
def world() -> World:
    return World()


def test_the_id_of_a_customer_says_nothing_about_the_person(world: World) -> None:
    customer = world.customer()
    assert get_customer(customer.id, store=world.store).details == PERSONAL
    assert customer.id == "x-1"


def test_a_customer_with_a_known_reference_is_changed_and_not_doubled(world: World) -> None:
    first = world.customer()
    second = world.customer(CustomerDetails(reference="K-4711", phone="13800000000"))
    assert second.id == first.id
    assert second.details == PERSONAL.model_copy(update={"phone": "13800000000"})
    assert world.customer().version == 3
    assert world.customer().version == 3  # nothing new


def test_many_customers_are_kept_at_once_in_the_order_given(world: World) -> None:
    known = world.customer()
    drafts = [CustomerDetails(reference=f"N-{number % 3}") for number in range(6)] + [PERSONAL, CustomerDetails()]
    with world.store.write() as transaction:
        kept = keep_customers(
            drafts, transaction=transaction, now=world.clock.now(), new_id=world.new_id, settings=SETTINGS
        )
    assert [customer.reference for customer in kept] == [draft.reference for draft in drafts]
    assert len({customer.id for customer in kept}) == 5  # N-0, N-1, N-2, the known one, the one without a reference
    assert kept[6].id == known.id
    assert len(world.all(Customer)) == 5


def test_a_change_replaces_everything(world: World) -> None:
    customer = world.customer()
    details = CustomerDetails(name="Li")
    changed = change_customer(customer.id, details, store=world.store, clock=world.clock, settings=SETTINGS)
    assert (changed.details, changed.version) == (details, 2)


def test_a_customer_can_be_written_to_by_what_is_known(world: World) -> None:
    customer = world.customer().id
    nameless = world.customer(CustomerDetails(email="x@example.org")).id
    with world.store.read() as transaction:
        assert customer_addresses(transaction, customer) == {
            "sms": PERSONAL.phone,
            "wechat": PERSONAL.wechat,
            "email": PERSONAL.email,
        }
        assert customer_addresses(transaction, nameless) == {"email": "x@example.org"}
        assert customer_addresses(transaction, "nobody") == {}


def test_every_reveal_is_written_down(world: World) -> None:
    customer = world.customer()
    world.order(customer.id)
    assert world.reveal(customer.id, LI, purpose="call about the time", order="o-1").details == PERSONAL
    world.clock.go_on(60)
    world.reveal(customer.id, ANN)
    found = list_reveals(customer.id, store=world.store)
    assert [(reveal.actor, reveal.role, reveal.purpose, reveal.order) for reveal in found] == [
        ("technician:t-1", "technician", "call", "o-1"),
        ("dispatcher:li", "dispatcher", "call about the time", "o-1"),
    ]


@pytest.mark.parametrize(
    "principal",
    [
        Principal(name="bob", role="technician", technician="t-2"),
        Principal(name="crm", role="integration"),
        Principal(name="root", role="admin"),
    ],
)
def test_who_has_no_reason_sees_nothing_and_leaves_no_reveal(world: World, principal: Principal) -> None:
    customer = world.customer()
    world.order(customer.id)
    with pytest.raises(ForbiddenError):
        world.reveal(customer.id, principal)
    assert world.all(Reveal) == ()


def test_a_technician_sees_the_customer_of_an_accepted_order_until_a_day_after_the_close(world: World) -> None:
    customer = world.customer()
    world.order(customer.id, "o-1", technician_accepted_at=None)
    with pytest.raises(ForbiddenError):
        world.reveal(customer.id, ANN)
    world.order(customer.id, "o-2", closed_at=world.clock.now())
    world.clock.go_on(24 * 3600)
    world.reveal(customer.id, ANN)
    with pytest.raises(ForbiddenError):
        world.reveal(customer.id, ANN, order="o-1")  # for the order of another day
    world.clock.go_on(1)
    with pytest.raises(ForbiddenError):
        world.reveal(customer.id, ANN)


def test_a_reveal_needs_a_purpose_and_an_order_of_this_customer(world: World) -> None:
    customer = world.customer()
    with pytest.raises(BadInputError, match="purpose"):
        world.reveal(customer.id, LI, purpose="  ")
    with pytest.raises(NotFoundError, match="no order"):
        world.reveal(customer.id, LI, order="o-9")


def fill(world: World) -> str:
    """Store a customer and something of every kind that people write into."""
    customer = world.customer().id
    now = world.clock.now()
    hold = Hold(cause="customer_request", start=now, end=now, note=WORDS)
    world.order(customer, state="closed", closed_at=now, reason_text=WORDS, holds=(hold,))
    world.add(
        AuditEvent,
        "a-1",
        order="o-1",
        order_version=2,
        action="hold",
        at=now,
        actor="customer",
        to_state="held",
        reason=WORDS,
        after={"reason": "customer_request", "reason_text": WORDS, "holds": [{"note": WORDS}]},
    )
    world.add(ContactAttempt, "c-1", order="o-1", at=now, actor="technician:t-1", result="reached", note=WORDS)
    world.add(Note, "n-1", order="o-1", author="customer", actor="customer", text=WORDS)
    question = {"channel": "phone", "text": WORDS, "reply": WORDS, "first_owner": "li", "owner": "li", "due": now}
    world.add(Question, "q-1", customer=customer, **question)
    answer = SurveyAnswer(channel="web", source="page", score=4, comment=WORDS)
    survey = {"kind": "install", "state": "answered", "open_until": now, "asks_about_gifts": False, "answer": answer}
    world.add(Survey, "survey-o-1", order="o-1", customer=customer, **survey)
    world.add(MessageWishes, customer, language="en")
    world.add(Link, "l-1", purpose="order_page", subject="o-1", customer=customer)
    world.reveal(customer, LI)
    return customer


def test_an_export_holds_everything_about_the_customer_and_nothing_about_others(world: World) -> None:
    customer = fill(world)
    world.customer(CustomerDetails(name="Somebody Else"))
    world.order("another", "o-2")
    export = export_customer(customer, store=world.store)
    assert {kind: len(found) for kind, found in export.items()} == {
        "AuditEvent": 1,
        "ContactAttempt": 1,
        "Customer": 1,
        "Link": 1,
        "MessageWishes": 1,
        "Note": 1,
        "Question": 1,
        "Reveal": 1,
        "Survey": 1,
        "WorkOrder": 1,
    }
    text = json.dumps(export, ensure_ascii=False)
    assert PERSONAL.phone is not None
    assert PERSONAL.phone in text
    assert "Somebody" not in text
    assert "o-2" not in text


def test_erasing_leaves_the_order_and_nothing_of_the_person(world: World) -> None:
    customer = fill(world)
    erased = erase_customer(customer, store=world.store, clock=world.clock)
    assert erased.details == CustomerDetails()
    assert erased.pseudonymised_at == world.clock.now()
    left = world.text_of_everything()
    for _, value in PERSONAL:
        assert json.dumps(value)[1:-1] not in left
    assert "grandma" not in left
    (order,) = world.all(WorkOrder)
    assert (order.state, order.customer, order.reason_text) == ("closed", customer, "(erased)")
    (audit,) = world.all(AuditEvent)
    assert audit.after == {"reason": "customer_request", "reason_text": "(erased)", "holds": [{"note": "(erased)"}]}
    (survey,) = world.all(Survey)
    assert survey.score == 4
    (link,) = world.all(Link)
    assert link.revoked_at is not None
    assert len(world.all(Reveal)) == 1  # who saw the data stays known


def test_erasing_twice_changes_nothing_more(world: World) -> None:
    customer = fill(world)
    erase_customer(customer, store=world.store, clock=world.clock)
    before = world.all(WorkOrder)
    erase_customer(customer, store=world.store, clock=world.clock)
    assert world.all(WorkOrder) == before


def test_data_of_another_centre_cannot_be_reached(world: World) -> None:
    customer = fill(world)
    east = world.everywhere.of("east")
    for reach in (
        lambda: get_customer(customer, store=east),
        lambda: export_customer(customer, store=east),
        lambda: erase_customer(customer, store=east, clock=world.clock),
        lambda: list_reveals(customer, store=east),
    ):
        with pytest.raises(NotFoundError):
            reach()


def test_retention_forgets_a_customer_so_many_days_after_the_last_close(world: World) -> None:
    customer = fill(world)
    world.clock.go_on(timedelta(days=SETTINGS.retention_days).total_seconds() - 1)
    world.sweep()
    assert get_customer(customer, store=world.store).details == PERSONAL
    world.clock.go_on(2)
    world.sweep()
    assert get_customer(customer, store=world.store).details == CustomerDetails()
    assert "grandma" not in world.text_of_everything()


def test_retention_waits_for_open_orders_and_counts_from_their_close(world: World) -> None:
    customer = world.customer().id
    world.order(customer)
    days = timedelta(days=SETTINGS.retention_days).total_seconds()
    world.clock.go_on(days + 1)
    world.sweep()
    assert get_customer(customer, store=world.store).review_at == world.clock.now() + timedelta(
        days=SETTINGS.review_days
    )
    with world.store.write() as transaction:
        orders = transaction.records(WorkOrder)
        orders.save(orders.get("o-1").changed(world.clock.now(), closed_at=world.clock.now()))
    closed_at = world.clock.now()
    world.clock.go_on(timedelta(days=SETTINGS.review_days).total_seconds() + 1)
    world.sweep()
    assert get_customer(customer, store=world.store).pseudonymised_at is None
    world.clock.moment = closed_at + timedelta(seconds=days + 1)
    world.sweep()
    assert get_customer(customer, store=world.store).pseudonymised_at is not None


def test_retention_says_whether_there_may_be_more(world: World) -> None:
    for _ in range(3):
        world.customer(CustomerDetails(name="x"))
    world.clock.go_on(timedelta(days=SETTINGS.retention_days).total_seconds() + 1)

    def some() -> bool:
        policies = CentrePolicies(POLICY)
        return sweep_retention(store=world.everywhere, clock=world.clock, policies=policies, limit=2)

    assert [some(), some(), some()] == [True, False, False]


def test_every_kind_of_record_about_a_customer_or_an_order_is_handed_out_and_erased() -> None:
    """Fails for a new kind of record until somebody has said what erasing means for it."""
    known = {
        Customer,
        MessageWishes,
        *forgetting.BY_CUSTOMER,
        *forgetting.BY_PERSON,
        *forgetting.BY_ORDER,
        *forgetting.IMPERSONAL,
    }
    about = {
        kind for kind, row in ROW_OF.items() if {"customer", "order", "person"} & set(row.__table__.columns.keys())
    }
    assert {kind.__name__ for kind in about - known} == set()
