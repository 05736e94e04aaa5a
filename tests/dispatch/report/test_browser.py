"""The page in Chromium: no errors, filter and jumps work, nothing sticks out of a phone's screen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.policy.settings import load_policy
from tests.dispatch.report.pages import page_of, village

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no chromium on the path")]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    wanted, plan = village(days=2)
    path = tmp_path_factory.mktemp("report") / "page.html"
    path.write_text(page_of(wanted, plan), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, file: Path) -> Iterator[Any]:
    """The page on a desk; what the browser complains about fails the test."""
    tab = browser.new_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(file.as_uri())
    yield tab
    tab.close()
    assert complaints == []


def shown_rows(page: Any) -> int:
    count: int = page.locator(".gantt tbody tr:visible").count()
    return count


def test_the_filter_leaves_the_technicians_that_are_looked_for(page: Any) -> None:
    everybody = shown_rows(page)
    page.fill("#find", "t-003")
    assert shown_rows(page) == 2
    assert page.locator(".route-table:visible").count() == page.locator("#routes .route:not(.off)").count() <= 2
    assert page.inner_text("#shown") == f"2 of {everybody} shifts shown"
    page.fill("#find", "nobody at all")
    assert page.locator("#none-fits").is_visible()
    page.fill("#find", "")
    page.select_option("#days", "1")
    assert shown_rows(page) == everybody // 2


def test_only_routes_with_late_visits_can_be_shown(page: Any) -> None:
    page.select_option("#show", "late")
    rows = page.locator(".gantt tbody tr:visible")
    assert rows.count() == rows.locator("em.alarm").count() > 0


def test_a_click_on_a_visit_shows_its_route_on_the_map(page: Any) -> None:
    page.click('.gantt a[href="#v2"] > svg > rect')
    row = page.locator(".gantt tr", has=page.locator('a[href="#v2"]'))
    stops = row.locator("a.visit").count()
    assert page.locator("#routes .route.on").count() == 1
    assert page.locator("#stops circle").count() == page.locator(".panel li").count() == stops
    assert page.locator("#stops .hit").get_attribute("data-visit") == "2"
    assert page.locator("#city").evaluate("map => map.getBoundingClientRect().top") < 200
    page.click("#to-row")
    assert row.locator("th a").evaluate("link => link === document.activeElement")


def test_one_stop_at_a_time_stands_out_on_the_map(page: Any) -> None:
    page.click('.gantt a[href="#v2"] > svg > rect')
    buttons = page.locator(".panel li button")
    for k in (-2, -1, 0, -1, -2):
        buttons.nth(k).click()
        assert page.locator("#stops .hit text").all_text_contents() == [buttons.nth(k).locator("i").inner_text()]


def test_pointing_at_a_visit_shows_what_its_table_says(page: Any) -> None:
    page.hover('.gantt a[href="#v0"] > svg > rect')
    order = page.locator("#v0 th").text_content()
    assert page.inner_text(".tip").startswith(order)
    assert page.locator(".gantt .may-start").count() >= 1


def test_keys_lead_along_the_visits_of_a_technician(page: Any) -> None:
    page.locator(".gantt th a").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#v0"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('href')").startswith("#r")


def test_the_map_zooms_and_shows_all_again(page: Any) -> None:
    whole = page.get_attribute("#city", "viewBox")
    page.click("#zoom-in")
    assert page.get_attribute("#city", "viewBox") != whole
    page.click("#zoom-all")
    assert page.get_attribute("#city", "viewBox") == whole


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_nothing_sticks_out_sideways(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.click("#open-all")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_long_names_neither_widen_the_page_nor_heighten_a_row(browser: Any, tmp_path: Path) -> None:
    wanted, _ = village()
    names = ("Alexandra Konstantinidis", "N" * 10_000)
    named = [one.model_copy(update={"name": names[k % 2]}) for k, one in enumerate(wanted.technicians)]
    wanted = wanted.model_copy(update={"technicians": tuple(named)})
    options = PlanOptions(limit_s=None, iterations=10, seed=1, threads=1)
    path = tmp_path / "page.html"
    plan = make_plan(wanted, policy=load_policy(), options=options, clock=lambda: 0.0)
    path.write_text(page_of(wanted, plan), encoding="utf-8")
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    tab.goto(path.as_uri())
    heights = tab.evaluate("[...document.querySelectorAll('.gantt tbody tr')].map(row => row.offsetHeight)")
    assert len(set(heights)) == 1
    assert tab.evaluate("document.documentElement.scrollWidth") <= 1440
    tab.close()


def test_a_phone_shows_the_reasons_below_the_order_they_keep_out(page: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    box = page.locator("#unassigned .reasons").first.bounding_box()
    assert box["x"] + box["width"] <= 390


def test_the_page_is_complete_without_script(browser: Any, file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(file.as_uri())
    assert tab.locator(".gantt a.visit").first.is_visible()
    assert tab.locator("#routes .route").first.is_visible()
    assert not tab.locator("#find").is_visible()
    context.close()
