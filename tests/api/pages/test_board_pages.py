"""The board of dispatchers and supervisors: what is open, what runs out, who sees to it (R38)."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from dispatch.bootstrap import Service
from dispatch.domain.records.escalation import Escalation
from dispatch.domain.records.note import Note
from dispatch.domain.records.timer import Timer
from tests.api.pages.people import fields_of, log_in, soup_of, tap, text_of
from tests.api.pages.world import agreed_order, put, whole, work_order


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
