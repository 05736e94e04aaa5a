"""The board of dispatchers and supervisors: what is open, what runs out, who sees to it (R38)."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from dispatch.bootstrap import Service
from dispatch.domain.records.escalation import Escalation
from dispatch.domain.records.field_event import FieldEvent
from dispatch.domain.records.note import Note
from dispatch.domain.records.timer import Timer
from dispatch.domain.records.work_order import WorkOrder
from tests.api.pages.people import fields_of, log_in, soup_of, tap, text_of
from tests.api.pages.world import agreed_order, give_shifts, put, whole, work_order

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def desk(anonymous: httpx.Client, service: Service) -> httpx.Client:
    log_in(anonymous, service, "supervisor")
    return anonymous


def ids(page: httpx.Response) -> list[str]:
    return [str(link.get_text()) for link in soup_of(page).select("table.stacked th a")]


def test_r38_orders_are_counted_by_state_and_filtered(desk: httpx.Client, service: Service) -> None:
    now = service.clock.now()
    put(
        service, agreed_order(now), work_order(now, "o-2"), work_order(now, "o-3", state="closed", closed_at=whole(now))
    )
    tiles = [tile.get_text(" ", strip=True) for tile in soup_of(desk.get("/board")).select(".tiles li")]
    assert tiles == ["1 已受理", "1 已约定时间", "1 已回单"]
    assert ids(desk.get("/board")) == ["o-1", "o-2"]
    assert ids(desk.get("/board?state=closed")) == ["o-3"]
    assert ids(desk.get("/board?technician=t-1")) == ["o-1"]
    assert ids(desk.get("/board?order=o-3")) == ["o-3"]


def test_r38_timers_are_countdowns_the_next_to_run_out_first(desk: httpx.Client, service: Service) -> None:
    now = whole(service.clock.now())
    put(service, agreed_order(now))
    with service.store.of("main").write() as transaction:
        for kind, minutes in (("arrival", 90), ("first_contact", -5)):
            due = now + timedelta(minutes=minutes)
            times = {"created_at": now, "changed_at": now, "due_at": due, "warn_at": due - timedelta(minutes=10)}
            # next_at: the service's own sweep is not to end them meanwhile
            timer = Timer(id=kind, order="o-1", kind=kind, next_at=now + timedelta(hours=9), **times)  # type: ignore[arg-type]
            transaction.records(Timer).add(timer)
    rows = [
        row.get_text(" ", strip=True) for row in soup_of(desk.get("/board")).select("table:has(#countdowns) tbody tr")
    ]
    assert [row.split()[1] for row in rows] == ["首次联系", "上门"]
    assert "已超" in rows[0]
    assert "还剩" in rows[1]


def test_r38_promises_at_risk_stand_out(desk: httpx.Client, service: Service) -> None:
    now = whole(service.clock.now())
    late = agreed_order(now, "o-2", due=now + timedelta(hours=1))  # planned until three hours from now
    put(service, agreed_order(now), late, agreed_order(now, "o-3", p_on_time=0.4))
    rows = soup_of(desk.get("/board")).select("table:has(#risk) tbody th")
    assert [row.get_text() for row in rows] == ["o-2", "o-3"]


def test_r38_an_escalation_is_taken_up_by_somebody(desk: httpx.Client, service: Service) -> None:
    now = whole(service.clock.now())
    put(service, agreed_order(now))
    made = {"created_at": now, "changed_at": now, "at": now}
    with service.store.of("main").write() as transaction:
        transaction.records(Escalation).add(
            Escalation(
                id="e-1", order="o-1", kind="accept", level="escalation", audience="supervisor", text="late", **made
            )
        )
    fields = fields_of(soup_of(desk.get("/board")), "/escalations/e-1")
    assert desk.post("/board/escalations/e-1", data=fields).status_code == 303
    with service.store.of("main").read() as transaction:
        assert transaction.records(Escalation).get("e-1").taken_up_by == "supervisor:supervisor"
    assert "由我处理" not in text_of(desk.get("/board"))


def test_r35_the_desk_answers_what_a_customer_wrote(desk: httpx.Client, service: Service) -> None:
    now = service.clock.now()
    put(service, agreed_order(now))
    made = {"created_at": now, "changed_at": now}
    with service.store.of("main").write() as transaction:
        transaction.records(Note).add(
            Note(id="n-1", order="o-1", author="customer", actor="customer", text="几点来？", **made)
        )
    assert "1条新留言" in text_of(desk.get("/board"))
    assert "几点来？" in text_of(tap(desk, "/board/orders/o-1", "note", times=2, text="九点"))
    with service.store.of("main").read() as transaction:
        assert [note.text for note in transaction.records(Note).all(where={"author": "dispatcher"})] == ["九点"]


def test_r38_a_day_without_a_plan_says_so(desk: httpx.Client, service: Service) -> None:
    put(service, work_order(service.clock.now()))
    assert "没有生效的计划" in text_of(desk.get("/board/plan?day=2026-03-10"))
    assert desk.get("/board/plan?day=tomorrow").status_code == 422


def test_r06_figures_keep_coverage_and_attainment_apart(desk: httpx.Client, service: Service) -> None:
    put(service, work_order(service.clock.now()))
    page = text_of(desk.get("/board/figures"))
    assert "承诺覆盖率" in page
    assert "覆盖率表示承诺的范围" in page


def test_the_start_leads_everybody_to_their_page(desk: httpx.Client) -> None:
    assert desk.get("/").headers["location"] == "/board"


def test_technicians_do_not_see_the_board(anonymous: httpx.Client, service: Service) -> None:
    put(service)
    log_in(anonymous, service, "technician")
    assert anonymous.get("/board").status_code == 403
    assert anonymous.get("/").headers["location"] == "/visits"


def test_r32_the_desk_reports_somebody_off_and_back_and_a_visit_under_way_is_open_again(
    desk: httpx.Client, service: Service
) -> None:
    now = service.clock.now()
    put(service, agreed_order(now, state="en_route", agreed_start=whole(now), en_route_at=whole(now)))
    give_shifts(service, first=0)
    assert "t-1 · 王磊" in text_of(desk.get("/board/technicians", headers=ENGLISH))
    told = tap(desk, "/board/technicians", "off", times=2, technician="t-1")
    page = text_of(told)
    assert "已返岗" in page
    with service.store.of("main").read() as transaction:
        order = transaction.records(WorkOrder).get("o-1")
        assert (order.state, order.technician) == ("booked", None)
        assert [one.actor for one in transaction.records(FieldEvent).all()] == ["supervisor:supervisor"]
    tap(desk, "/board/technicians", "back", times=2)
    with service.store.of("main").read() as transaction:
        kinds = [one.kind for one in transaction.records(FieldEvent).all(sort="sequence")]
    assert kinds == ["technician_off", "technician_back"]
    assert "已返岗" not in text_of(desk.get("/board/technicians"))


def test_a_form_of_the_desk_without_its_token_reports_nobody_off(desk: httpx.Client, service: Service) -> None:
    put(service)
    assert desk.post("/board/technicians/off", data={"technician": "t-1"}).status_code == 403


@pytest.mark.parametrize("fields", [{"technician": ""}, {"technician": "nobody"}, {"until": "2020-01-01T00:00"}])
def test_what_cannot_be_reported_is_refused_on_a_page(
    desk: httpx.Client, service: Service, fields: dict[str, str]
) -> None:
    put(service)
    give_shifts(service, first=0)
    answer = tap(desk, "/board/technicians", "off", **{"technician": "t-1", **fields})
    assert answer.status_code == 422, answer.text
