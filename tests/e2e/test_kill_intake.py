"""The service dies while orders and files are taken in, and they are sent again: each row is there once."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from api.routes.imports import CSV_MEDIA_TYPE
from dispatch.exports.xlsx_tables import XLSX_MEDIA_TYPE, workbook_bytes
from tests.e2e.mortal_service import MortalService
from tests.e2e.running_command import Death

pytestmark = pytest.mark.slow

RECEIVED = "audit_events WHERE action = 'receive'"
ROWS = dict.fromkeys((RECEIVED, "work_orders", "timers", "field_events"), 1_200) | {"technicians": 60, "shifts": 120}
ACCEPTED_AT = "2026-03-09T10:00:00+08:00"


@dataclass(frozen=True, kw_only=True)
class Load:
    """Something to be taken in.

    Attributes
    ----------
    table
        Which it changes first.
    moments
        So many there are in taking it in, or some more.
    """

    path: str
    body: bytes
    media_type: str
    table: str
    moments: int


def bulk() -> Load:
    like = {"kind": "install", "community": "c-1", "accepted_at": ACCEPTED_AT, "duration": "PT1H"}
    body = json.dumps({"orders": [{"order": {"id": f"b-{number}"} | like} for number in range(600)]}).encode()
    return Load(path="/v1/orders/bulk", body=body, media_type="application/json", table="work_orders", moments=30)


def technicians() -> Load:
    people = [(f"t-{number}", f"李{number}", 34.25, 117.2) for number in range(60)]
    body = workbook_bytes("technicians", ("工号", "姓名", "纬度", "经度"), people)
    path = "/v1/imports/technicians"
    return Load(path=path, body=body, media_type=XLSX_MEDIA_TYPE, table="technicians", moments=8)


def orders() -> Load:
    rows = "".join(f"f-{number},修障,c-1,2026/3/9 10:00,30\n" for number in range(600))
    body = f"工单号,类型,小区,受理时间,时长\n{rows}".encode("gb18030")
    path = "/v1/imports/orders"
    return Load(path=path, body=body, media_type=CSV_MEDIA_TYPE, table="work_orders", moments=30)


def shifts() -> Load:
    rows = "".join(f"s-{number},t-{number % 60},2026-03-10 8:30,2026-03-10 18:00\n" for number in range(120))
    body = f"班次,工号,上班,下班\n{rows}".encode()
    return Load(path="/v1/imports/shifts", body=body, media_type=CSV_MEDIA_TYPE, table="shifts", moments=8)


@pytest.mark.parametrize("seed", [1])
def test_what_was_cut_off_and_is_sent_again_with_the_same_key_is_there_once(
    database: dict[str, str], seed: int, tmp_path: Path
) -> None:
    rng, service = random.Random(seed), MortalService(tmp_path, database | {"runs": "threads"})
    community = {"community": {"id": "c-1", "location": {"lat": 34.26, "lon": 117.18}}}
    cut_off: Load | None = None
    try:
        for load in (bulk(), technicians(), orders(), shifts()):
            service.start(dies_at=Death(moment=rng.randint(1, load.moments), table=load.table))
            if cut_off is None:
                service.until_answered("POST", "/v1/communities", json=community)
            else:
                send_again(cut_off, service)
            assert send(load, service) is None  # the service has died over it
            service.kill()
            cut_off = load
        service.start()
        send_again(shifts(), service)
    finally:
        service.kill()
    found = {table: service.count(f"SELECT count(*) FROM {table}") for table in ROWS}  # noqa: S608 - our own names
    assert found == ROWS


def send(load: Load, service: MortalService) -> httpx.Response | None:
    headers = {"content-type": load.media_type}
    return service.ask_once("POST", load.path, content=load.body, headers=headers, key=load.path)


def send_again(load: Load, service: MortalService) -> None:
    answer = send(load, service)
    assert answer is not None
    assert answer.status_code == 200, answer.text
    assert not answer.json()["failed"]
