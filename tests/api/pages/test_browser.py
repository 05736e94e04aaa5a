"""The pages in Chromium: WCAG 2 AA by axe, nothing sticks out of a narrow phone, no script and no complaint."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from dispatch.bootstrap import Service
from dispatch.domain.records.escalation import Escalation
from dispatch.domain.records.note import Note
from dispatch.domain.records.timer import Timer
from tests.api.pages.people import WORD, log_in
from tests.api.pages.world import agreed_order, ask_for_rating, give_shifts, link_to, put, whole, work_order

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
CUSTOMER = ("", "/fault")
STAFF = ("/board", "/board/plan", "/board/technicians", "/board/figures", "/board/orders/o-1")
TECHNICIAN = ("/visits", "/visits/o-1")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path")]


@pytest.fixture
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


def fill(service: Service) -> None:
    """A visit under way with all its forms, other orders, a countdown, an escalation, notes."""
    now = whole(service.clock.now())
    made = {"created_at": now, "changed_at": now}
    on_site = agreed_order(now, state="on_site", agreed_start=now, en_route_at=now, arrived_at=now)
    on_site = on_site.model_copy(
        update={"order": on_site.order.model_copy(update={"tier": "premium", "parts": {"onu": 1}})}
    )
    put(
        service,
        on_site,
        work_order(now, "o-2", state="qualified"),
        agreed_order(now, "o-3", p_on_time=0.5, due=now + timedelta(hours=1)),
    )
    with service.store.of("main").write() as transaction:
        for number, author in enumerate(("customer", "technician")):
            note = {"order": "o-1", "author": author, "actor": author, "text": "请带一根长网线"}
            transaction.records(Note).add(Note.model_validate({"id": f"n-{number}", **note, **made}))
        due = now + timedelta(minutes=5)
        timer = {"order": "o-1", "kind": "close", "due_at": due, "warn_at": now, "next_at": due, "is_warned": True}
        transaction.records(Timer).add(Timer.model_validate({"id": "w-1", **timer, **made}))
        raised = {"order": "o-3", "kind": "accept", "level": "escalation", "audience": "supervisor", "text": "late"}
        transaction.records(Escalation).add(Escalation.model_validate({"id": "e-1", "at": now, **raised, **made}))


def judged(browser: Any, client: httpx.Client, paths: list[str], language: str, *, login: str = "") -> list[str]:
    """What axe finds, what sticks out at 320 px, what the console says; on every page."""
    context = browser.new_context(
        base_url=str(client.base_url), locale=language, java_script_enabled=True, viewport={"width": 320, "height": 800}
    )
    page = context.new_page()
    found: list[str] = []
    page.on("console", lambda message: found.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    if login:
        page.goto("/login")
        page.fill("#name", login)
        page.fill("#password", WORD)
        page.click("main button")
    for path in paths:
        answer = page.goto(path)
        assert answer.status == 200, path
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{path}: sticks out at {width} px")
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        results = axe.Axe().run(page, options=RULES).response
        for fault in results["violations"]:
            nodes = ", ".join(node["html"][:120] for node in fault["nodes"][:3])
            found.append(f"{path}: {fault['id']}: {fault['help']}: {nodes}")
    context.close()
    return found


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_r34_customers_pages_are_accessible(
    browser: Any, anonymous: httpx.Client, service: Service, language: str
) -> None:
    fill(service)
    give_shifts(service)
    now = whole(service.clock.now())
    put(service, agreed_order(now, "o-4", state="closed", restored_at=now, closed_at=now))
    ask_for_rating(service, "o-4")
    start = link_to(service)
    paths = [f"{start}{path}" for path in CUSTOMER]
    paths += [f"{link_to(service, 'o-2')}/times", f"{link_to(service, 'o-4')}/rating"]
    assert judged(browser, anonymous, [*paths, "/login"], language) == []


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_r31_technicians_pages_are_accessible(
    browser: Any, anonymous: httpx.Client, service: Service, language: str
) -> None:
    fill(service)
    log_in(anonymous, service, "technician")
    assert judged(browser, anonymous, list(TECHNICIAN), language, login="technician") == []


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_r38_the_boards_pages_are_accessible(
    browser: Any, anonymous: httpx.Client, service: Service, language: str
) -> None:
    fill(service)
    log_in(anonymous, service, "supervisor")
    assert judged(browser, anonymous, list(STAFF), language, login="supervisor") == []
