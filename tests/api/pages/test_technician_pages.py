"""A technician's day on a phone: every action, twice, does what it does once (R31)."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from dispatch.bootstrap import Service
from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.customer import Customer, CustomerDetails, Reveal
from dispatch.domain.records.note import Note
from dispatch.domain.records.question import Question
from dispatch.domain.records.speed_test import SpeedTest
from dispatch.domain.records.work_order import WorkOrder
from tests.api.pages.people import log_in, soup_of, tap, text_of
from tests.api.pages.world import agreed_order, put, whole, work_order

VISIT = "/visits/o-1"


@pytest.fixture
def phone(anonymous: httpx.Client, service: Service) -> httpx.Client:
    """The phone of technician t-1, who has logged in."""
    log_in(anonymous, service, "technician")
    return anonymous


def order(service: Service, order_id: str = "o-1") -> WorkOrder:
    with service.store.of("main").read() as transaction:
        return transaction.records(WorkOrder).get(order_id)


def actions(service: Service) -> list[str]:
    with service.store.of("main").read() as transaction:
        return [
            event.action for event in transaction.records(AuditEvent).all(where={"order": "o-1"}, sort="created_at")
        ]


def test_r31_the_route_shows_the_own_visits_in_their_order(phone: httpx.Client, service: Service) -> None:
    now = service.clock.now()
    early = work_order(now, "o-2", state="dispatched", technician="t-1", planned_start=whole(now))
    put(service, agreed_order(now), early, agreed_order(now, "o-3", technician="t-2"), work_order(now, "o-4"))
    links = [str(link["href"]) for link in soup_of(phone.get("/visits")).select(".stops a")]
    assert links == ["/visits/o-2", "/visits/o-1"]


def test_r31_the_whole_day_stays_on_the_route_and_the_next_visit_stands_out(
    phone: httpx.Client, service: Service
) -> None:
    now = service.clock.now()
    start = whole(now) - timedelta(seconds=1)
    over = agreed_order(now, "o-2", state="closed", planned_start=start, restored_at=start, closed_at=start)
    put(
        service,
        agreed_order(now),
        over,
        agreed_order(now, "o-3", state="closed", planned_start=start, technician="t-2"),
    )
    page = soup_of(phone.get("/visits"))
    assert [str(link["href"]) for link in page.select(".stops a")] == ["/visits/o-2", "/visits/o-1"]
    assert [str(link["href"]) for link in page.select(".stops .next a")] == ["/visits/o-1"]


def test_r31_from_accepting_to_closing_each_tap_counts_once(phone: httpx.Client, service: Service) -> None:
    now = service.clock.now()
    put(service, work_order(now, state="dispatched", technician="t-1", dispatched_at=whole(now), customer=None))
    tap(phone, VISIT, "accept", times=2)
    start = (now + timedelta(hours=1)).astimezone(order(service).zone)
    tap(phone, VISIT, "call", times=2, result="agreed", agreed_start=f"{start:%Y-%m-%dT%H:%M}")
    tap(phone, VISIT, "set-out", times=2)
    tap(phone, VISIT, "arrive", times=2, lat="34.26", lon="117.18")
    assert order(service).arrival_source == "position"
    checklist = service.policy.quality.checklist
    for stage in ("appointment", "arrival", "entry", "work", "leaving"):
        tap(phone, VISIT, "tick", times=2, item=list(checklist.items_of(stage)))  # type: ignore[arg-type]
    tap(phone, VISIT, "speed-test", times=2, contracted="100", measured=["98.5", "97,2", "99"], is_wired="yes")
    tap(phone, VISIT, "finish", times=2, more_parts="onu = 1\ncable = 12")
    assert order(service).parts_used == {"onu": 1, "cable": 12}
    shown = tap(phone, VISIT, "close", times=2)
    assert shown.url.path == "/visits"
    assert order(service).state == "closed"
    done = actions(service)
    assert [action for action in done if done.count(action) > 1] == []
    with service.store.of("main").read() as transaction:
        assert transaction.records(SpeedTest).count() == 1


def test_r31_a_second_phone_with_an_old_page_does_no_harm(phone: httpx.Client, service: Service) -> None:
    put(service, agreed_order(service.clock.now(), state="accepted", agreed_start=None, agreed_at=None))
    sent = {"result": "no_answer"}
    tap(phone, VISIT, "call", times=3, **sent)
    assert order(service).contact_attempts == 1
    assert actions(service).count("record_contact") == 1


def test_r14_r25_closing_says_what_is_missing(phone: httpx.Client, service: Service) -> None:
    now = whole(service.clock.now())
    put(service, agreed_order(now, state="done", arrived_at=now - timedelta(minutes=30), restored_at=now))
    page = text_of(phone.get(VISIT))
    assert "回单前还需完成" in page
    assert "测速" in page


def test_r22_a_risky_item_needs_the_text_and_consent(phone: httpx.Client, service: Service) -> None:
    now = whole(service.clock.now())
    premium = agreed_order(now, state="on_site", arrived_at=now)
    premium = premium.model_copy(update={"order": premium.order.model_copy(update={"tier": "premium"})})
    put(service, premium)
    page = soup_of(phone.get(VISIT))
    assert service.policy.quality.convenience.risk_texts.antivirus.zh in page.get_text()
    csrf = str(page.find("input", {"name": "csrf"})["value"])  # type: ignore[index]
    form = {"csrf": csrf, "action_id": "a", "item": "antivirus", "result": "done", "text_version": "1"}
    assert phone.post(f"{VISIT}/convenience", data=form).status_code == 422
    assert phone.post(f"{VISIT}/convenience", data={**form, "consent": "yes"}).status_code == 303


def test_r35_a_note_reaches_the_customer_and_one_of_the_customer_is_read(phone: httpx.Client, service: Service) -> None:
    now = service.clock.now()
    put(service, agreed_order(now))
    made = {"created_at": now, "changed_at": now}
    with service.store.of("main").write() as transaction:
        transaction.records(Note).add(
            Note(id="n-1", order="o-1", author="customer", actor="customer", text="请带长网线", **made)
        )
    assert "1条新留言" in text_of(phone.get("/visits"))
    assert "请带长网线" in text_of(phone.get(VISIT))
    assert "1条新留言" not in text_of(phone.get("/visits"))
    tap(phone, VISIT, "note", times=2, text="好的")
    with service.store.of("main").read() as transaction:
        assert [note.text for note in transaction.records(Note).all(where={"author": "technician"})] == ["好的"]


def test_r28_what_the_technician_hears_is_logged_once_and_stays_theirs(phone: httpx.Client, service: Service) -> None:
    put(service, agreed_order(service.clock.now()))
    tap(phone, VISIT, "question", times=2, kind="complaint", category="fee", text="账单不对")
    with service.store.of("main").read() as transaction:
        [question] = transaction.records(Question).all()
    assert question.owner == "technician:t-1"


def test_r11_a_withdrawal_needs_a_reason(phone: httpx.Client, service: Service) -> None:
    put(service, agreed_order(service.clock.now()))
    assert tap(phone, VISIT, "cannot-install", reason="").status_code == 422
    assert tap(phone, VISIT, "cannot-install", reason="no_duct", times=2).status_code == 200
    assert order(service).state == "withdrawal_requested"


def test_r31_somebody_elses_visit_is_not_shown_and_not_changed(phone: httpx.Client, service: Service) -> None:
    put(service, agreed_order(service.clock.now(), technician="t-2"), agreed_order(service.clock.now(), "o-2"))
    assert phone.get(VISIT).status_code == 403
    csrf = str(soup_of(phone.get("/visits/o-2")).find("input", {"name": "csrf"})["value"])  # type: ignore[index]
    for action in ("set-out", "tick", "note", "question", "speed-test", "convenience"):
        form = {"csrf": csrf, "action_id": "a", "item": "greeted", "text": "x", "kind": "question", "category": "fee"}
        form |= {"contracted": "100", "measured": "99", "result": "declined"}
        refused = phone.post(f"{VISIT}/{action}", data=form)
        assert refused.status_code in {403, 422}, action
    assert actions(service) == []


def test_a_form_without_its_token_does_nothing(phone: httpx.Client, service: Service) -> None:
    put(service, agreed_order(service.clock.now()))
    assert phone.post(f"{VISIT}/set-out", data={"action_id": "a"}).status_code == 403
    assert order(service).state == "agreed"


def test_r31_the_way_is_a_link_that_the_phones_map_opens(phone: httpx.Client, service: Service) -> None:
    put(service, agreed_order(service.clock.now()))
    assert soup_of(phone.get(VISIT)).find("a", href="geo:34.260000,117.180000") is not None


def test_r31_the_customers_data_is_shown_from_the_acceptance_on_and_that_is_written_down(
    phone: httpx.Client, service: Service
) -> None:
    now = service.clock.now()
    dispatched = work_order(now, "o-2", state="dispatched", technician="t-1", dispatched_at=whole(now))
    put(service, agreed_order(now), dispatched)
    made = {"created_at": now, "changed_at": now, "review_at": now + timedelta(days=30)}
    with service.store.of("main").write() as transaction:
        details = CustomerDetails(name="李娜", phone="13800001234", address="中山路1号", unit="2栋301")
        transaction.records(Customer).add(Customer(id="k-1", details=details, **made))
    assert "13800001234" not in phone.get(VISIT).text
    csrf = {"csrf": str(soup_of(phone.get(VISIT)).find("input", {"name": "csrf"})["value"])}  # type: ignore[index]
    shown = text_of(phone.post(f"{VISIT}/person", data=csrf))
    assert "李娜" in shown
    assert "中山路1号 2栋301" in shown
    assert phone.post("/visits/o-2/person", data=csrf).status_code == 403
    with service.store.of("main").read() as transaction:
        assert [(one.actor, one.order) for one in transaction.records(Reveal).all()] == [("technician:t-1", "o-1")]
