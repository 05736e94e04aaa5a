"""The page as a file: well-formed, self-contained, complete, and safe whatever names the documents hold."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from typing import Any

import pytest

from dispatch.domain.plan import Plan, TrajectoryPoint, TravelUsed, Violation
from dispatch.domain.request import Request
from dispatch.errors import BadInputError
from dispatch.planner.order_story import PlanReader
from dispatch.planner.risk import odds_of_plan, with_odds
from dispatch.policy.settings import load_policy
from dispatch.report.build import build_report
from dispatch.report.texts import Language
from dispatch.travel_sources import TravelSources
from tests.dispatch.domain.documents import PLACE, at, order_document, request_with, shift_document, technician_document
from tests.dispatch.planner.small import order, plan_in_force, planned, request, visit
from tests.dispatch.report.pages import data_of, element, page_of, tree_of, two_visits_and_one_left, village

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


@pytest.fixture(scope="module")
def two_days() -> tuple[Request, Plan, str]:
    wanted, plan = village(days=2)
    return wanted, plan, page_of(wanted, plan)


def visit_links(page: str) -> list[str]:
    return [link.attributes["href"] or "" for link in element(page, "schedule").all("a", class_="visit")]


def with_run(plan: Plan, **changes: Any) -> Plan:
    return plan.model_copy(update={"run": plan.run.model_copy(update=changes)})


def test_the_page_is_well_formed_in_both_languages(two_days: tuple[Request, Plan, str]) -> None:
    wanted, plan, english = two_days
    for page, lang in ((english, "en"), (page_of(wanted, plan, language="zh"), "zh-Hans")):
        assert tree_of(page).all("html", lang=lang)
        assert "{" not in element(page, "overview").text


def test_remedies_of_a_plan_stand_beside_the_reasons() -> None:
    wanted = two_visits_and_one_left()
    plan = PlanReader(wanted, planned(wanted), policy=load_policy()).plan_with_remedies()
    assert "Would help skill fiber-1 for ann" in element(page_of(wanted, plan), "unassigned").text


def test_the_page_loads_nothing(two_days: tuple[Request, Plan, str]) -> None:
    page = two_days[2]
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)\S+", page) == []
    assert re.findall(r"\b(?:src|srcset)=|@import|url\((?!#)|<link|<iframe|<img", page) == []
    assert {href[0] for href in re.findall(r'href="([^"]+)"', page)} == {"#"}


def test_the_content_policy_allows_this_style_and_script_only(two_days: tuple[Request, Plan, str]) -> None:
    root = tree_of(two_days[2])
    policy = next(m.attributes["content"] for m in root.all("meta") if m.attributes.get("http-equiv"))
    for tag in ("style", "script"):
        text = root.all(tag)[-1].texts[0]
        assert f"{tag}-src 'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" in (policy or "")
    assert not re.search(r"\son[a-z]+=|\sstyle=", two_days[2])


def test_every_visit_is_in_the_schedule_and_in_the_tables_once(two_days: tuple[Request, Plan, str]) -> None:
    _, plan, page = two_days
    orders = [visit.order for route in plan.routes for visit in route.visits]
    assert sorted(visit_links(page)) == sorted(f"#v{number}" for number in range(len(orders)))
    rows = element(page, "technicians").all("tr")
    shown = {row.attributes["id"]: row.all("th")[0].text for row in rows if row.attributes.get("id")}
    assert shown == {f"v{number}": order for number, order in enumerate(orders)}
    assert len(data_of(page)["visits"]) == len(orders)


def test_each_day_has_a_chart_with_a_row_for_every_shift(two_days: tuple[Request, Plan, str]) -> None:
    wanted, _, page = two_days
    charts = element(page, "schedule").all("table", class_="gantt")
    assert len(charts) == 2
    assert sum(len(chart.all("tbody")[0].all("tr")) for chart in charts) == sum(
        len(t.shifts) for t in wanted.technicians
    )


def test_every_unassigned_order_is_listed_with_its_reasons(two_days: tuple[Request, Plan, str]) -> None:
    _, plan, page = two_days
    text = element(page, "unassigned").text
    assert plan.unassigned
    assert [entry.order for entry in plan.unassigned if entry.order not in text] == []
    details = [" ".join(reason.detail.split()) for entry in plan.unassigned for reason in entry.reasons]
    assert [detail for detail in details if detail not in text] == []


def test_ids_are_unique_and_links_lead_to_them(two_days: tuple[Request, Plan, str]) -> None:
    page = two_days[2].partition("<script")[0]
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_same_documents_make_the_same_page(two_days: tuple[Request, Plan, str]) -> None:
    assert page_of(two_days[0], two_days[1]) == two_days[2]


def test_the_tiles_show_figures_checked_by_hand() -> None:
    wanted = two_visits_and_one_left()
    tiles = [tile.text for tile in element(page_of(wanted, planned(wanted)), "overview").all("div", class_="tile")]
    # As in test_figures: 2 of 3 promises; 5,400 of 32,400 s; 1,800 of 5,400 s.
    assert tiles[0].startswith("Promises kept 66.7% 2 kept, 1 missed")
    assert tiles[1].startswith("Late visits 0 all 2 visits on time")
    assert tiles[2].startswith("Orders planned 2 of 3; 1 not planned")
    assert tiles[3].startswith("Utilisation 17%")
    assert tiles[4].startswith("Travel share 33% of time at work; 0.5 h, 18.0 km")
    assert tiles[5].startswith("Overtime 0.0 h no route runs over")


def test_hostile_names_stay_text() -> None:
    technician = technician_document(id=HOSTILE, name=HOSTILE, territories=[HOSTILE])
    community = {"id": HOSTILE, "name": HOSTILE, "location": PLACE, "territory": HOSTILE}
    orders = [
        order_document(id=f"{HOSTILE}{number}", community=HOSTILE, skills={HOSTILE: 1} if number == 2 else {})
        for number in (1, 2)
    ]
    wanted = request_with(technicians=[technician], communities=[community], orders=orders)
    plan = with_run(planned(wanted), stopped_by=HOSTILE, version=HOSTILE)
    page = page_of(wanted, plan)
    root = tree_of(page)
    assert len(root.all("script")) == 2
    assert root.all("img") == []
    assert f"{HOSTILE}1" in root.text
    assert data_of(page)["map"]["unassigned"][0][0] == f"{HOSTILE}2"


def test_an_empty_plan_says_so() -> None:
    wanted = request(technicians=[])
    page = page_of(wanted, planned(wanted))
    assert "This plan has no routes." in element(page, "schedule").text
    assert "none made" in element(page, "overview").text


def test_a_plan_of_unassigned_orders_only_shows_idle_technicians() -> None:
    wanted = request(order(1, skills={"fiber": 1}))
    page = page_of(wanted, planned(wanted))
    row = element(page, "schedule").all("table")[0].all("tbody")[0].all("tr")[0]
    assert "ann" in row.text
    assert "no visits" in row.text
    assert "nobody can serve it" in element(page, "unassigned").text


def test_places_without_coordinates_make_no_map() -> None:
    wanted = two_visits_and_one_left()
    page = page_of(wanted, planned(wanted))
    assert "there is no map" in element(page, "map").text
    assert data_of(page)["map"] is None


def test_a_break_is_drawn_and_a_plan_without_breaks_has_none() -> None:
    rest = {"earliest": at(10, "08:30"), "latest": at(10, "10:00"), "duration": "PT30M"}
    for breaks, drawn in (((), 0), ((rest,), 1)):
        technician = technician_document(shifts=[shift_document(breaks=list(breaks))])
        wanted = request_with(technicians=[technician])
        page = page_of(wanted, planned(wanted))
        assert len(element(page, "schedule").all("table")[0].all("rect", class_="break")) == drawn


def test_a_late_visit_has_a_flag_and_a_hatched_end() -> None:
    # Accepted two days before, the repair was due on the 8th.
    wanted = request_with(orders=[order_document(kind="repair", accepted_at=at(7, "09:00"))])
    page = page_of(wanted, planned(wanted))
    chart = element(page, "schedule").all("table")[0]
    assert len(chart.all("path", class_="flag")) == len(chart.all("rect", class_="tail")) == 1
    assert element(page, "overview").all("div", class_="tile")[1].text.startswith("Late visits 1")


def test_an_agreed_time_shows_an_hour_on_both_sides() -> None:
    # The axis runs from 08:00 to 18:00: 10:00 to 12:00 is 20 to 40 per cent.
    wanted = request_with(orders=[order_document(agreed_start=at(10, "11:00"))])
    chart = element(page_of(wanted, planned(wanted)), "schedule").all("table")[0]
    assert chart.all("rect", class_="promise", x="20.0%", width="20.0%")


def test_windows_of_a_visit_are_given_to_the_script() -> None:
    window = {"start": at(10, "13:00"), "end": at(10, "15:00")}
    wanted = request_with(orders=[order_document(windows=[window], due=at(10, "16:00"))])
    # 13:00 is half of 08:00 to 18:00, two hours are a fifth, 16:00 is four fifths.
    assert data_of(page_of(wanted, planned(wanted)))["visits"] == [[[[50.0, 20.0]], 80.0]]


def test_a_stand_in_for_travel_is_announced() -> None:
    wanted = two_visits_and_one_left()
    used = TravelUsed(provider="straight_line", asked="osrm", reason="no answer <after> 3 tries")
    page = page_of(wanted, with_run(planned(wanted), travel=used))
    banner = tree_of(page).all("div", role="alert")[0].text
    assert "OSRM" in banner
    assert "no answer <after> 3 tries" in banner


def test_violations_that_a_lock_forces_are_announced_and_listed() -> None:
    wanted = request(order(1, skills={"fiber": 1}), current_plan=plan_in_force(visit(1, "09:00", "09:30")))
    page = page_of(wanted, planned(wanted))
    (banner,) = tree_of(page).all("div", role="alert")
    assert "1 rule is broken, forced by locked visits." in banner.text
    assert "skill o-1 ann · day" in element(page, "violations").text


@pytest.mark.parametrize(("language", "said"), [("en", "fails the check: 2 violations."), ("zh", "发现2处违规")])
def test_a_plan_that_fails_the_check_says_so_first_and_lists_why(language: Language, said: str) -> None:
    wanted = two_visits_and_one_left()
    violation = Violation(rule="window", order="o-1", expected="10:00", found="11:00")
    plan = planned(wanted).model_copy(update={"unassigned": (), "violations": (violation,)})
    page = page_of(wanted, plan, language=language)
    (banner,) = tree_of(page).all("div", role="alert")
    assert said in banner.text
    assert banner.all("a", href="#failed")
    rows = [row.text for row in element(page, "failed").all("tbody")[0].all("tr")]
    assert [row.split()[:2] for row in rows] == [["order_lost", "o-3"], ["declared_not_found", "o-1"]]
    assert "window broken, as declared it is kept" in rows[1]


def test_of_many_violations_the_first_are_listed() -> None:
    wanted = request(*(order(1, id=f"o-{number}", skills={"fiber": 1}) for number in range(201)))
    page = page_of(wanted, planned(wanted).model_copy(update={"unassigned": ()}))
    assert "201 violations" in tree_of(page).all("div", role="alert")[0].text
    assert "The first 200 are listed" in element(page, "failed").text
    assert len(element(page, "failed").all("tbody")[0].all("tr")) == 200


def test_a_plan_that_could_not_be_checked_says_so() -> None:
    wanted = two_visits_and_one_left()
    page = build_report(wanted, planned(wanted), verdict=None, policy=load_policy(), sources=TravelSources())
    (banner,) = tree_of(page).all("div", role="alert")
    assert "This plan could not be checked" in banner.text


def test_the_progress_of_the_search_is_a_curve_or_a_line_of_text() -> None:
    wanted = two_visits_and_one_left()
    points = tuple(TrajectoryPoint(runtime_s=s, iterations=10 * s, cost=c) for s, c in ((0, 5000), (1, 400), (8, 300)))
    page = page_of(wanted, with_run(planned(wanted), trajectory=points))
    assert "Cost fell from 5,000 to 300 in 8.0 s and 80 iterations." in element(page, "overview").text
    bare = page_of(wanted, with_run(planned(wanted), trajectory=()))
    assert "keeps no record" in element(bare, "overview").text


def test_a_plan_of_another_request_is_refused() -> None:
    plan = planned(two_visits_and_one_left())
    with pytest.raises(BadInputError, match=r"request_digest: sha256:.* is not the digest of this request"):
        page_of(request(order(1)), plan)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"technician": "bob"}, r"routes\[0\].technician: 'bob' is not a technician of the request"),
        ({"shift": "night"}, r"routes\[0\].shift: 'night' is not a shift of that technician"),
        ({"stops": ()}, r"routes\[0\].stops: is not start, stops, end; `dispatch check` tells all"),
    ],
)
def test_a_plan_that_names_what_the_request_lacks_is_refused(changes: dict[str, Any], message: str) -> None:
    wanted = two_visits_and_one_left()
    plan = planned(wanted)
    route = plan.routes[0].model_copy(update=changes)
    with pytest.raises(BadInputError, match=message):
        page_of(wanted, plan.model_copy(update={"routes": (route,)}))


def test_odds_are_shown_where_a_visit_is_and_only_if_the_plan_has_them() -> None:
    wanted = two_visits_and_one_left()
    plan = planned(wanted)
    told = with_odds(plan, odds_of_plan(wanted, plan, policy=load_policy()))
    page = tree_of(page_of(wanted, told))
    [heads] = [row for row in page.all("tr") if "Arrival, 10–90%" in row.text]
    assert [head.text for head in heads.all("th")][-3:] == ["Arrival, 10–90%", "On time", "Promise kept"]
    odds = told.routes[0].visits[0].odds
    assert odds is not None
    shown = [cell.text for cell in page.all("tr", id="v0")[0].all("td")][-3:]
    assert shown == [f"{odds.arrival_from:%H:%M}–{odds.arrival_to:%H:%M}", "", "100%"]
    assert "overtime with a chance of 0%" in page.text
    assert "Arrival, 10–90%" not in page_of(wanted, plan)
