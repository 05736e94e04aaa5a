from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.files import write_text
from dispatch.exports.csv_tables import BYTE_ORDER_MARK, FORMULA_SIGNS, UNASSIGNED_COLUMNS, csv_files, table_text
from tests.dispatch.domain.documents import community_document, order_document, visit_document
from tests.dispatch.exports.plans import export_of, indexed, tiny, tiny_request


def rows_of(text: str) -> list[dict[str, str]]:
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")))


def test_visits_have_local_times_and_chinese_names() -> None:
    first, second = rows_of(csv_files(tiny())["visits.csv"])
    assert first["community_name"] == "桂花园"
    assert (first["day"], first["sequence"], first["order"]) == ("2026-03-10", "1", "o-1")
    assert (first["start"], first["end"], first["utc_offset"]) == (
        "2026-03-10 09:00:00",
        "2026-03-10 11:59:00",
        "UTC+08:00",
    )
    assert first["appointment"] == "2026-03-10 09:00-10:00"
    assert (second["lat"], second["lon"]) == ("34.02", "117.02")


def test_a_route_is_summed_up() -> None:
    (route,) = rows_of(csv_files(tiny())["routes.csv"])
    assert (route["departure"], route["return"]) == ("2026-03-10 08:50:00", "2026-03-10 13:49:00")
    assert route["visits"] == "2"
    assert route["service_s"] == str(179 * 60 + 30 * 60)
    assert route["travel_s"] == str(600 + 300 + 900)
    assert route["distance_m"] == str(3000 + 1500 + 4500)
    assert route["break_s"] == "3600"
    assert route["overtime_s"] == "0"


def test_unassigned_orders_name_their_reasons() -> None:
    reasons = [{"code": "skill", "detail": 'needs, "fiber"', "technicians": 1}, {"code": "reach", "detail": "too far"}]
    (row,) = rows_of(csv_files(tiny(unassigned=[{"order": "o-2", "reasons": reasons}]))["unassigned.csv"])
    assert row["order"] == "o-2"
    assert row["reasons"] == "skill reach"
    assert row["details"] == 'skill: needs, "fiber"; reach: too far'
    assert row["due"] == "2026-03-12 09:00:00"  # an install, accepted on the 9th at 09:00, + 72 h


def test_an_empty_plan_gives_tables_with_heads_only() -> None:
    files = csv_files(tiny(routes=[]))
    assert files["visits.csv"].count("\r\n") == 1
    assert files["unassigned.csv"] == BYTE_ORDER_MARK + ",".join(UNASSIGNED_COLUMNS) + "\r\n"


def test_hostile_texts_are_no_formulas_and_lose_nothing() -> None:
    name, address = '=HYPERLINK("http://x";"y")', "@SUM(1,2)\nsecond line"
    request = tiny_request(
        communities=[community_document(location=indexed(1), name=name)],
        orders=[order_document(id="-o-1", address=address, location=indexed(1))],
    )
    route = {"technician": "t-1", "shift": "d1"}
    stops = [{"kind": "start", "departure": "2026-03-10T08:50:00+08:00"}, visit_document(order="-o-1")]
    end = {"kind": "end", "arrival": "2026-03-10T10:25:00+08:00", "travel_s": 600, "distance_m": 3000}
    exported = export_of(request, routes=[{**route, "stops": [*stops, end]}])
    (row,) = rows_of(csv_files(exported)["visits.csv"])
    assert (row["order"], row["community_name"], row["address"]) == ("'-o-1", f"'{name}", f"'{address}")


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1, max_size=4))
def test_any_text_comes_back_behind_at_most_an_apostrophe(texts: list[str]) -> None:
    text = table_text(["column"] * len(texts), [texts]).removeprefix(BYTE_ORDER_MARK)
    _, found = csv.reader(io.StringIO(text, newline=""))
    for wanted, cell in zip(texts, found, strict=True):
        assert cell in (wanted, f"'{wanted}")
        assert not cell.startswith(FORMULA_SIGNS)


def test_the_file_is_utf_8_with_a_byte_order_mark_and_crlf(tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    write_text(path, csv_files(tiny())["visits.csv"])
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == content.count(b"\n") == 3
    assert "桂花园".encode() in content


def test_a_wall_clock_that_jumps_is_told_by_its_offset() -> None:
    request = tiny_request(time_zone="Europe/Berlin")
    first, _ = rows_of(csv_files(export_of(request))["visits.csv"])
    assert (first["start"], first["utc_offset"]) == ("2026-03-10 02:00:00", "UTC+01:00")


@pytest.mark.parametrize("sign", FORMULA_SIGNS)
def test_every_sign_of_a_formula_is_guarded(sign: str) -> None:
    assert f"'{sign}1" in table_text(["a"], [[f"{sign}1"]])
