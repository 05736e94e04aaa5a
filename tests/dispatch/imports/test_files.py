"""Files of orders, technicians and shifts as spreadsheets write them, good and bad."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook
from pydantic import ConfigDict

from dispatch.domain.request import Order, Shift
from dispatch.domain.values import Document, Identifier
from dispatch.errors import BadInputError
from dispatch.exports.csv_tables import table_text
from dispatch.exports.xlsx_tables import workbook_bytes
from dispatch.imports.kinds import ORDERS, SHIFTS, TABLES
from dispatch.imports.limits import ImportLimits
from dispatch.imports.tables import ImportedRow, read_table
from dispatch.imports.templates import csv_template, xlsx_template

SHANGHAI = ZoneInfo("Asia/Shanghai")
LIMITS = ImportLimits(file_bytes=1_000_000, unpacked_bytes=2_000_000, rows=100, cells=5_000)
TEXT = "工单号,类型,小区,受理时间,时长\r\no-1,装机,花园小区,2026/3/9 10:00,75\r\n"
EXPECTED = {
    "order": {
        "id": "o-1",
        "kind": "install",
        "community": "花园小区",
        "accepted_at": "2026-03-09T10:00:00+08:00",
        "duration": "PT1H15M",
    }
}


class OrderLine(Document):
    order: Order
    customer: Identifier | None = None


class ShiftLine(Document):
    technician: Identifier
    shift: Shift


def read(data: bytes, **changes: Any) -> tuple[ImportedRow, ...]:
    options: dict[str, Any] = {"model": OrderLine, "zone": SHANGHAI, "limits": LIMITS, "source": "orders.csv"} | changes
    return read_table(data, options.pop("table", ORDERS), **options)


def sheet(*rows: tuple[Any, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_encoding_and_separator_of_excel_is_read(encoding: str, separator: str) -> None:
    (row,) = read(TEXT.replace(",", separator).encode(encoding))
    assert row.problems == ()
    assert row.document == EXPECTED
    assert row.number == 2


def test_a_declared_separator_holds_and_does_not_shift_line_numbers() -> None:
    (row,) = read(f"sep=;\r\n{TEXT.replace(',', ';')}".encode())
    assert (row.number, row.document) == (3, EXPECTED)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-09 10:00",
        "2026/3/9 10:00:00",
        "2026年3月9日 10时",
        "2026年3月9日上午10:00",
        "2026-03-09T02:00:00Z",
        "46090.4166666667",
        "2026.3.9 10:00 AM",
    ],
)
def test_moments_are_read_as_people_and_excel_write_them(cell: str) -> None:
    (row,) = read(f"order,kind,community,accepted at,minutes\no-1,install,c-1,{cell},75\n".encode())
    assert row.problems == ()
    assert datetime.fromisoformat(row.document["order"]["accepted_at"]) == datetime(2026, 3, 9, 10, tzinfo=SHANGHAI)


def test_a_workbook_is_read_with_its_real_dates_and_numbers() -> None:
    data = sheet(
        ("工单号", "类型", "小区", "受理时间", "时长", "优先级"),
        (13800000001.0, "修障", "c-1", datetime(2026, 3, 9, 10), 30, 2.0),  # noqa: DTZ001
        (None, None),
        ("o-2", "移机", "c-1", 46090.5, "PT1H", "１"),
    )
    first, second = read(data)
    assert first.document["order"] == {
        "id": "13800000001",
        "kind": "repair",
        "community": "c-1",
        "accepted_at": "2026-03-09T10:00:00+08:00",
        "duration": "PT30M",
        "priority": 2,
    }
    assert (second.number, second.document["order"]["accepted_at"]) == (4, "2026-03-09T12:00:00+08:00")
    assert second.document["order"]["priority"] == 1


def test_each_bad_row_tells_its_problems_and_the_others_are_read() -> None:
    text = "order,kind,community,accepted at,minutes\no-1,dig,c-1,tomorrow,75\no-2,repair,c-1,2026-03-09 10:00,30\n"
    bad, good = read(text.encode())
    assert [problem.path for problem in bad.problems] == ["row 2.order.kind", "row 2.order.accepted_at"]
    assert "'dig' is not known here" in bad.problems[0].message
    assert good.problems == ()


def test_what_no_document_may_hold_is_told_by_row_and_field() -> None:
    (row,) = read(b"order,kind,community,accepted at,minutes,priority\no-1,repair,c-1,2026-03-09 10:00,30,9\n")
    assert [problem.path for problem in row.problems] == ["row 2.order.priority"]


@pytest.mark.parametrize("sign", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1"])
def test_cells_that_begin_like_formulas_stay_texts_and_are_escaped_when_written(sign: str) -> None:
    line = f'order,kind,community,accepted at,minutes\n"{sign}",repair,c-1,2026-03-09 10:00,30\n'
    (row,) = read(line.encode())
    assert row.document["order"]["id"] == sign
    written = table_text(("order",), [(sign,)])
    assert f"'{sign}" in written
    columns = ("order", "kind", "community", "accepted at", "minutes")
    cells = (sign, "repair", "c-1", "2026-03-09 10:00", "30")
    for data in (table_text(columns, [cells]).encode(), workbook_bytes("orders", columns, [cells])):
        (again,) = read(data)
        assert again.document["order"]["id"] == sign


def test_a_formula_of_a_workbook_is_not_evaluated() -> None:
    heading = ("order", "kind", "community", "accepted at", "minutes")
    (row,) = read(sheet(heading, ("=1+1", "repair", "c-1", "=NOW()", 30)))
    assert row.problems[0].path == "row 2.order.accepted_at"
    assert "is a formula, which is not calculated here" in row.problems[0].message


def test_no_text_written_to_a_workbook_is_a_formula() -> None:
    data = workbook_bytes("orders", ("order",), [("=1+1",), ("@x",)])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_templates_can_be_imported(name: str, language: Any) -> None:
    table = TABLES[name]
    for data in (csv_template(table, language=language).encode(), xlsx_template(table, language=language)):
        (row,) = read(data, table=table, model=AnyDocument)
        assert row.problems == ()


class AnyDocument(Document):
    model_config = ConfigDict(extra="allow")


def test_shifts_are_read() -> None:
    text = "班次,工号,上班,下班\ns-1,t-1,2026-03-10 8:30,2026-03-10 18:00\n"
    (row,) = read(text.encode("gb18030"), table=SHIFTS, model=ShiftLine)
    assert row.document["shift"]["end"] == "2026-03-10T18:00:00+08:00"


def bomb(part: str = "xl/worksheets/sheet1.xml") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, b"0" * 3_000_000)
    return stream.getvalue()


def with_sheet(xml: bytes) -> bytes:
    """Return a workbook whose sheet is the given XML."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sheet(("order",)))) as good,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for part in good.infolist():
            content = xml if part.filename == "xl/worksheets/sheet1.xml" else good.read(part)
            archive.writestr(part.filename, content)
    return stream.getvalue()


HEADING = b"order,kind,community,accepted at,minutes\n"
NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet ' + NAMESPACE + b">&b;</worksheet>"
FAR_ROW = (
    b"<worksheet " + NAMESPACE + b'><sheetData><row r="2000000000"><c r="A2000000000"/></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (bomb(), "unpacks to 3000000 bytes"),
        (b"PK\x03\x04 and then nothing", "is no readable XLSX workbook"),
        (with_sheet(ENTITIES), "is no readable XLSX workbook"),
        (with_sheet(FAR_ROW), "or 1048576 lines"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS or protected"),
        (b"order\n" + b"x" * 1_000_001, "is longer than 1000000 bytes"),
        (b"order\n\xff\xff\xff", "is neither UTF-8 nor UTF-16 nor GB 18030"),
        (b"order\x01\n", "U\\+0001"),
        ("工单号".encode("utf-16")[:-1], "is not text in utf-16"),
        (HEADING + b"o,repair,c,,\n" * 101, "more than 100 rows"),
        (HEADING + b"," * 6_000, "more than 5000 cells"),
        (b"order,kind,comunity\n", 'did you mean "community"'),
        (b"order,order,kind,community\n", "stands twice"),
        (b"order,kind\n", "has no column community/小区, accepted at/受理时间, minutes/时长"),
        (HEADING + b'"o-1,repair,c-1\n', "is broken"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        read(data)


def test_more_cells_than_headings_are_a_problem() -> None:
    (row,) = read(b"order,kind,community,accepted at,minutes\no-1,repair,c-1,2026-03-09 10:00,30,x\n")
    assert "more cells than headings" in row.problems[0].message
