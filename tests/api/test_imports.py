"""Spreadsheets over HTTP: stored row by row, tried without storing, refused when they are none or too large."""

import http.client
from collections.abc import Iterator

import httpx
import pytest

from dispatch.bootstrap import Service
from dispatch.domain.records.customer import Customer
from dispatch.domain.records.work_order import WorkOrder
from tests.api.journey import expect_problem

CSV = {"content-type": "text/csv"}
TECHNICIANS = "工号,姓名,纬度,经度\nt-1,李雷,34.25,117.2\nt-2,韩梅,34.26,91x\nt-3,王芳,34.27,117.2\n".encode("gb18030")
SHIFTS = "班次,工号,上班,下班\ns-1,t-1,2026-03-10 8:30,2026-03-10 18:00\ns-2,t-9,2026-03-10 8:30,2026-03-10 18:00\n"


def send(client: httpx.Client, table: str, data: bytes | str, query: str = "") -> httpx.Response:
    return client.post(f"/v1/imports/{table}{query}", content=data, headers=CSV)


def test_good_rows_are_stored_and_bad_ones_listed(client: httpx.Client) -> None:
    report = send(client, "technicians", TECHNICIANS).json()
    assert (report["rows"], report["added"], len(report["failed"])) == (3, 2, 1)
    assert report["failed"][0]["row"] == 3
    assert report["failed"][0]["problems"][0]["path"] == "row 3.technician.home.lon"
    names = [item["name"] for item in client.get("/v1/technicians").json()["items"]]
    assert names == ["李雷", "王芳"]


def test_a_dry_run_says_the_same_and_stores_nothing(client: httpx.Client) -> None:
    tried = send(client, "technicians", TECHNICIANS, "?dry_run=true").json()
    assert client.get("/v1/technicians").json()["items"] == []
    done = send(client, "technicians", TECHNICIANS).json()
    assert (tried["is_dry_run"], done["is_dry_run"]) == (True, False)
    assert {**tried, "is_dry_run": False} == done


def test_what_is_there_is_replaced_only_if_that_is_asked_for(client: httpx.Client) -> None:
    send(client, "technicians", TECHNICIANS)
    again = send(client, "technicians", TECHNICIANS).json()
    assert (again["added"], again["replaced"], again["unchanged"], len(again["failed"])) == (0, 0, 2, 1)
    other = TECHNICIANS.replace("李雷".encode("gb18030"), "李蕾".encode("gb18030"))
    refused = send(client, "technicians", other).json()
    assert (refused["replaced"], refused["unchanged"], len(refused["failed"])) == (0, 1, 2)
    replaced = send(client, "technicians", other, "?replace=true").json()
    assert (replaced["replaced"], replaced["unchanged"], len(replaced["failed"])) == (1, 1, 1)
    assert client.get("/v1/technicians/t-1").headers["etag"] == '"2"'


def test_a_shift_of_nobody_and_an_id_that_stands_twice_are_faults(client: httpx.Client) -> None:
    send(client, "technicians", TECHNICIANS)
    twice = SHIFTS + SHIFTS.splitlines()[1] + "\n"
    report = send(client, "shifts", twice).json()
    assert [(one["row"], one["problems"][0]["path"]) for one in report["failed"]] == [
        (3, "row 3.technician"),
        (4, "row 4.id"),
    ]
    assert client.get("/v1/shifts/s-1").json()["shift"]["start"] == "2026-03-10T08:30:00+08:00"


ORDERS = "工单号,类型,小区,受理时间,时长\no-1,装机,c-1,2026/3/9 10:00,75\no-2,修障,c-9,2026/3/9 10:00,30\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_orders_are_taken_in_as_excel_in_china_writes_them(client: httpx.Client, encoding: str) -> None:
    client.post("/v1/communities", json={"community": {"id": "c-1", "location": {"lat": 34.26, "lon": 117.18}}})
    tried = send(client, "orders", ORDERS.encode(encoding), "?dry_run=true").json()
    assert client.get("/v1/orders").json()["items"] == []
    report = send(client, "orders", ORDERS.encode(encoding)).json()
    assert {**tried, "is_dry_run": False} == report
    assert (report["added"], report["failed"][0]["problems"][0]["path"]) == (1, "row 3.order.community")
    again = send(client, "orders", ORDERS.encode(encoding)).json()
    assert (again["added"], again["unchanged"]) == (0, 1)


PEOPLE = (
    "工单号,类型,小区,受理时间,时长,客户姓名,联系电话,门牌,语言,通知方式\n"
    "o-1,装机,c-1,2026/3/9 10:00,75,=张伟,13812345678,3-502,英文,短信；微信\n"
    "o-2,修障,c-9,2026/3/9 10:00,30,李雷,13912345678,,,\n"
    "o-3,修障,c-1,2026/3/9 10:00,30,王芳,13x,,,\n"
)


def test_customers_of_a_table_are_kept_apart_masked_and_not_doubled(client: httpx.Client, service: Service) -> None:
    def customers() -> int:
        with service.store.of("main").read() as transaction:
            return transaction.records(Customer).count()

    client.post("/v1/communities", json={"community": {"id": "c-1", "location": {"lat": 34.26, "lon": 117.18}}})
    tried = send(client, "orders", PEOPLE, "?dry_run=true").json()
    assert customers() == 0
    report = send(client, "orders", PEOPLE).json()
    assert {**tried, "is_dry_run": False} == report
    assert report["added"] == 1
    assert [one["problems"][0]["path"] for one in report["failed"]] == ["row 3.order.community", "row 4.details.phone"]
    assert not any(personal in str(report) for personal in ("13x", "13912345678", "李雷"))
    assert (send(client, "orders", PEOPLE).json()["unchanged"], customers()) == (1, 1)
    order = client.get("/v1/orders/o-1")
    assert not any(personal in order.text for personal in ("13812345678", "张伟", "3-502"))
    customer = order.json()["customer"]
    assert client.get(f"/v1/customers/{customer}").json()["details"]["phone"] == "138******78"
    wishes = client.get(f"/v1/message-wishes/{customer}").json()
    assert (wishes["language"], wishes["channels"]) == ("en", ["sms", "wechat"])


def test_an_order_that_comes_twice_has_the_customer_of_its_first_row(client: httpx.Client, service: Service) -> None:
    client.post("/v1/communities", json={"community": {"id": "c-1", "location": {"lat": 34.26, "lon": 117.18}}})
    rows = [f"o-1,装机,c-1,2026/3/9 10:00,75,张伟,{phone}\n" for phone in ("13812345678", "13999999999")]
    report = send(client, "orders", "工单号,类型,小区,受理时间,时长,客户姓名,联系电话\n" + "".join(rows)).json()
    assert (report["added"], report["unchanged"]) == (1, 1)
    with service.store.of("main").read() as transaction:
        [customer] = transaction.records(Customer).all()
        assert customer.details.phone == "13812345678"
        assert transaction.records(WorkOrder).get("o-1").customer == customer.id


def test_a_row_names_a_customer_or_tells_about_one(client: httpx.Client) -> None:
    client.post("/v1/communities", json={"community": {"id": "c-1", "location": {"lat": 34.26, "lon": 117.18}}})
    both = "工单号,类型,小区,受理时间,时长,客户编号,客户姓名\no-1,装机,c-1,2026/3/9 10:00,75,k-1,张伟\n"
    report = send(client, "orders", both).json()
    assert report["failed"][0]["problems"][0]["path"] == "row 2.customer"


@pytest.mark.parametrize("file", ["csv", "xlsx"])
@pytest.mark.parametrize("table", ["communities", "technicians"])
def test_a_template_can_be_downloaded_and_sent_back(client: httpx.Client, table: str, file: str) -> None:
    template = client.get(f"/v1/imports/{table}/template?file={file}&language=zh")
    assert f'filename="{table}.{file}"' in template.headers["content-disposition"]
    answer = client.post(
        f"/v1/imports/{table}", content=template.content, headers={"content-type": template.headers["content-type"]}
    )
    assert answer.json()["added"] == 1


def test_a_file_that_is_none_is_refused(client: httpx.Client) -> None:
    expect_problem(send(client, "shifts", b"\xff\xff\xff"), 422, "bad_input")
    expect_problem(client.post("/v1/imports/shifts", json={}), 415, "unsupported_media_type")


def test_a_gigabyte_is_refused_without_being_read(client: httpx.Client) -> None:
    sent_bytes = 0

    def gigabyte() -> Iterator[bytes]:
        nonlocal sent_bytes
        for _ in range(1_000):
            sent_bytes += 1_000_000
            yield b"x" * 1_000_000

    try:
        answer = client.post("/v1/imports/shifts", content=gigabyte(), headers=CSV)
    except httpx.TransportError:
        pass  # the connection was closed while we were still sending
    else:
        expect_problem(answer, 413, "body_too_large")
    assert sent_bytes < 1_000_000_000
    declared = client.build_request("POST", "/v1/imports/shifts", content=b"x", headers=CSV)
    declared.headers["content-length"] = "1000000000"
    expect_problem(_headers_only(client, declared), 413, "body_too_large")


def _headers_only(client: httpx.Client, request: httpx.Request) -> httpx.Response:
    """Send a request that promises more than it has; the answer must not wait for the rest."""
    connection = http.client.HTTPConnection(request.url.host, request.url.port, timeout=10)
    connection.putrequest("POST", request.url.path)
    for name, value in request.headers.items():
        if name not in {"host", "accept-encoding"}:
            connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    found = httpx.Response(answer.status, headers=dict(answer.getheaders()), content=answer.read())
    connection.close()
    return found
