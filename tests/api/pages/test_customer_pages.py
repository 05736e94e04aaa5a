"""The customer's page: the five fields, the own order only, both languages, messages both ways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from bs4 import BeautifulSoup
from starlette.responses import Response

from api.pages.page_cache import SecondsCache
from dispatch.bootstrap import Service
from dispatch.domain.records.note import Note
from dispatch.domain.records.order_state import State
from dispatch.domain.records.survey import Survey, survey_id
from dispatch.domain.records.work_order import WorkOrder
from dispatch.settings import Settings
from dispatch.usecases.access.links import revoke_links
from tests.api.pages.world import agreed_order, ask_for_rating, give_shifts, link_to, put, work_order


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"status_cache_s": 0.0, "fee_url": "https://fees.example.test/"})


def soup_of(client: httpx.Client, path: str, language: str = "zh") -> BeautifulSoup:
    answer = client.get(path, headers={"accept-language": language}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def text_of(client: httpx.Client, path: str, language: str = "zh") -> str:
    return " ".join(soup_of(client, path, language).get_text(" ").split())


def test_r35_the_customer_sees_technician_accepted_agreed_closed_and_messages(
    anonymous: httpx.Client, service: Service
) -> None:
    put(service, agreed_order(service.clock.now()))
    text = text_of(anonymous, link_to(service))
    for shown in ("王磊", "XZ-0471", "051600000000", "装维人员接单", "约定时间", "回单", "给我们留言", "预计到达"):
        assert shown in text, shown
    assert "可能性 80%" in text


def test_r34_the_page_speaks_the_readers_language(anonymous: httpx.Client, service: Service) -> None:
    put(service, agreed_order(service.clock.now()))
    path = link_to(service)
    english = soup_of(anonymous, path, "en-GB,en")
    assert english.html is not None
    assert english.html["lang"] == "en"
    assert "Your appointment is agreed" in english.get_text()
    soup_of(anonymous, f"{path}?lang=zh", "en")
    assert "上门时间已约定" in text_of(anonymous, path, "en"), "the choice is remembered"


def test_r34_the_same_data_is_there_for_every_channel(anonymous: httpx.Client, service: Service) -> None:
    put(service, agreed_order(service.clock.now()))
    status = anonymous.get(f"{link_to(service)}/status.json").json()
    assert status["technician"] == {"name": "王磊", "badge": "XZ-0471", "phone": "051600000000"}
    assert status["expected"]["probability"] == 0.8
    assert [step["step"] for step in status["steps"] if step["at"]] == ["received", "accepted", "agreed"]


def test_r35_nobody_is_named_before_the_technician_has_accepted(anonymous: httpx.Client, service: Service) -> None:
    put(service, work_order(service.clock.now(), state="dispatched", technician="t-1"))
    assert "王磊" not in text_of(anonymous, link_to(service))


def test_r35_the_number_is_gone_when_the_order_is_closed(anonymous: httpx.Client, service: Service) -> None:
    now = service.clock.now().replace(microsecond=0)
    put(service, agreed_order(now, state="closed", restored_at=now, closed_at=now))
    text = text_of(anonymous, link_to(service))
    assert "王磊" in text
    assert "051600000000" not in text


def test_r04_out_of_scope_is_said_truthfully(anonymous: httpx.Client, service: Service) -> None:
    put(service, work_order(service.clock.now(), state="rejected", in_scope=False))
    assert "您的地址暂不具备承诺条件" in text_of(anonymous, link_to(service))


@pytest.mark.parametrize(
    "spoil",
    [lambda path: f"{path}x", lambda path: path[:-3], lambda _: "/c/nonsense"],
    ids=["longer", "cut", "made up"],
)
def test_r34_a_link_that_is_not_ours_opens_nothing(
    anonymous: httpx.Client, service: Service, spoil: Callable[[str], str]
) -> None:
    put(service, agreed_order(service.clock.now()))
    answer = anonymous.get(spoil(link_to(service)))
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "o-1" not in answer.text


def test_r34_a_link_expires_and_can_be_revoked(anonymous: httpx.Client, service: Service) -> None:
    put(service, agreed_order(service.clock.now()))
    assert anonymous.get(link_to(service, valid_s=0)).status_code == 404
    path = link_to(service)
    revoke_links("order_page", "o-1", store=service.store.of("main"), clock=service.clock)
    assert anonymous.get(path).status_code == 404


def test_r34_a_link_opens_the_order_of_its_own_centre_only(anonymous: httpx.Client, service: Service) -> None:
    put(service, agreed_order(service.clock.now()))
    put(service, work_order(service.clock.now()), centre="east")
    assert "王磊" not in text_of(anonymous, link_to(service, centre="east"))


def test_r35_what_the_customer_writes_is_stored_once_however_often_it_is_sent(
    anonymous: httpx.Client, service: Service
) -> None:
    put(service, agreed_order(service.clock.now()))
    path = link_to(service)
    form = {"action": "a-1", "text": "请带一根长网线 <b>"}
    for _ in range(2):
        assert anonymous.post(f"{path}/notes", data=form).status_code == 303
    anonymous.post(f"{path}/notes", data={**form, "text": "谢谢"})
    with service.store.of("main").read() as transaction:
        notes = [note.text for note in transaction.records(Note).all(sort="created_at")]
    assert notes == ["请带一根长网线 <b>", "谢谢"]
    assert "网线 <b>" not in anonymous.get(path).text


def test_an_empty_note_is_refused_on_a_page(anonymous: httpx.Client, service: Service) -> None:
    put(service, agreed_order(service.clock.now()))
    answer = anonymous.post(f"{link_to(service)}/notes", data={"action": "a-1", "text": " \n"})
    assert answer.status_code == 422
    assert "<h1>" in answer.text


def test_r34_an_answer_is_kept_for_the_seconds_that_the_settings_say() -> None:
    now = [100.0]
    cache: SecondsCache[tuple[str, str], Response] = SecondsCache(keep_s=3.0, most=10, now_s=lambda: now[0])
    cache.put(("token", "zh"), Response("page"), made_at_s=100.0)
    now[0] = 102.9
    assert cache.find(("token", "zh")) is not None
    assert cache.find(("token", "en")) is None
    now[0] = 103.0
    assert cache.find(("token", "zh")) is None


def test_r34_kept_answers_are_bounded_by_number_and_by_age() -> None:
    now = [100.0]
    cache: SecondsCache[int, str] = SecondsCache(keep_s=3.0, most=10, now_s=lambda: now[0])
    for number in range(25):
        cache.put(number, "page", made_at_s=now[0])
    assert len(cache) == 10
    assert cache.find(14) is None
    assert cache.find(15) == "page"
    now[0] = 104.0
    cache.put(99, "page", made_at_s=now[0])
    assert len(cache) == 1


def test_r36_fees_are_a_link(anonymous: httpx.Client, service: Service) -> None:
    put(service, agreed_order(service.clock.now()))
    assert soup_of(anonymous, link_to(service)).find("a", href="https://fees.example.test/") is not None


def test_a_page_needs_no_script_and_nothing_from_elsewhere(anonymous: httpx.Client, service: Service) -> None:
    put(service, agreed_order(service.clock.now()))
    answer = anonymous.get(link_to(service))
    soup = BeautifulSoup(answer.text, "html.parser")
    assert soup.find_all("script") == soup.select("[style]") == soup.find_all("style") == []
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    style = soup.find("link", rel="stylesheet")
    assert style is not None
    assert anonymous.get(str(style["href"])).headers["content-type"] == "text/css; charset=utf-8"


def test_r34_a_change_is_seen(anonymous: httpx.Client, service: Service) -> None:
    now = service.clock.now().replace(microsecond=0)
    put(service, agreed_order(now))
    path = link_to(service)
    assert "装维人员正在赶来" not in text_of(anonymous, path)
    arrival = now + timedelta(hours=2)
    with service.store.of("main").write() as transaction:
        order = transaction.records(WorkOrder).get("o-1")
        changed = order.changed(now, state="en_route", en_route_at=now, expected_arrival=arrival)
        transaction.records(WorkOrder).save(changed)
    assert "装维人员正在赶来" in text_of(anonymous, path)


def test_r36_a_fault_that_is_reported_twice_is_one_repair_order(anonymous: httpx.Client, service: Service) -> None:
    now = service.clock.now().replace(microsecond=0)
    put(service, agreed_order(now, state="closed", restored_at=now, closed_at=now))
    path = link_to(service)
    form = {"action": "a-1", "symptom": "slow", "text": "晚上特别慢"}
    pages = [anonymous.post(f"{path}/fault", data=form, follow_redirects=True).text for _ in range(2)]
    assert all("报修已受理" in page and "晚上特别慢" in page for page in pages)
    with service.store.of("main").read() as transaction:
        [repair] = transaction.records(WorkOrder).all(where={"kind": "repair"})
    assert (repair.community, repair.customer, repair.channel) == ("c-1", "k-1", "page")
    assert anonymous.post(f"{path}/fault", data={**form, "symptom": "x"}).status_code == 422


@pytest.mark.parametrize("state", ["done", "withdrawal_requested"])
def test_r36_what_is_reported_while_a_repair_is_awaited_is_added_to_it(
    anonymous: httpx.Client, service: Service, state: State
) -> None:
    now = service.clock.now().replace(microsecond=0)
    put(service, agreed_order(now, state="closed", restored_at=now, closed_at=now))
    path = link_to(service)
    for number, text in enumerate(("晚上特别慢", "现在完全断网")):
        form = {"action": f"a-{number}", "symptom": "slow", "text": text}
        told = anonymous.post(f"{path}/fault", data=form, follow_redirects=True).text
    assert "晚上特别慢" in told
    assert "现在完全断网" in told
    store = service.store.of("main")
    with store.read() as transaction:
        [repair] = transaction.records(WorkOrder).all(where={"kind": "repair"})
    with store.write() as transaction:
        transaction.records(WorkOrder).save(repair.changed(now, state=state))
    anonymous.post(f"{path}/fault", data={"action": "a-9", "symptom": "slow"})
    with store.read() as transaction:
        assert len(transaction.records(WorkOrder).all(where={"kind": "repair"})) == 2


def rated_world(service: Service) -> str:
    now = service.clock.now().replace(microsecond=0)
    put(service, agreed_order(now, state="closed", restored_at=now, closed_at=now))
    ask_for_rating(service)
    return link_to(service)


def test_r37_the_customer_rates_the_visit_once(anonymous: httpx.Client, service: Service) -> None:
    path = rated_world(service)
    assert soup_of(anonymous, path).find("a", href=f"{path}/rating") is not None
    form = {"score": "5", "text": "很好", "gifts": "no"}
    for _ in range(2):
        assert anonymous.post(f"{path}/rating", data=form).status_code == 303
    assert anonymous.post(f"{path}/rating", data={**form, "score": "1"}).status_code == 409
    with service.store.of("main").read() as transaction:
        answer = transaction.records(Survey).get(survey_id("o-1")).answer
        assert transaction.records(WorkOrder).get("o-1").state == "surveyed"
    assert answer is not None
    assert (answer.score, answer.gifts_taken, answer.channel) == (5, False, "web")
    assert soup_of(anonymous, path).find("a", href=f"{path}/rating") is None


def test_r37_a_visit_without_a_survey_is_not_rated(anonymous: httpx.Client, service: Service) -> None:
    put(service, agreed_order(service.clock.now()))
    assert anonymous.get(f"{link_to(service)}/rating").status_code == 404


def test_r07_the_customer_chooses_another_time_out_of_those_that_can_be_kept(
    anonymous: httpx.Client, service: Service
) -> None:
    now = service.clock.now()
    put(service, work_order(now, state="qualified"))
    give_shifts(service)
    path = link_to(service)
    choices = soup_of(anonymous, f"{path}/times").select("input[type=radio]")
    assert choices
    slot = str(choices[-1]["value"])
    form = {"action": "a-1", "slot": slot}
    for _ in range(2):
        assert anonymous.post(f"{path}/times", data=form).status_code == 303
    with service.store.of("main").read() as transaction:
        order = transaction.records(WorkOrder).get("o-1")
    assert order.state == "booked"
    assert order.order.windows[0].start.isoformat() == slot.partition("/")[0]
    never = {"action": "a-2", "slot": "2026-03-10T03:00:00+00:00/2026-03-10T04:00:00+00:00"}
    refused = anonymous.post(f"{path}/times", data=never)
    assert (refused.status_code, "该时间已被占用" in refused.text) == (409, True)
