"""Masks, and who may see personal data without."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.records.access import Principal
from dispatch.domain.records.customer import CustomerDetails
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Order
from dispatch.policy.privacy import (
    is_in_hand,
    kept_until,
    masked,
    masked_address,
    masked_email,
    masked_name,
    masked_phone,
    masked_text,
    sees_all,
    without_free_texts,
    without_personal_data,
)
from dispatch.policy.settings import load_policy

SETTINGS = load_policy().privacy
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
ANN = Principal(name="ann", role="technician", technician="t-1")


def work_order(**fields: Any) -> WorkOrder:
    order = Order.model_validate(
        {
            "id": "o-1",
            "kind": "install",
            "community": "c-1",
            "accepted_at": "2026-03-09T10:00:00Z",
            "duration": "PT60M",
        }
    )
    given: dict[str, Any] = {
        "id": "o-1",
        "created_at": NOON,
        "changed_at": NOON,
        "state": "accepted",
        "order": order,
        "received_at": NOON,
        "in_scope": True,
        "technician": "t-1",
        "technician_accepted_at": NOON,
    }
    return WorkOrder(**given | fields)


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138******78"),  # 11 digits: 6 hidden, 5 shown
        ("+86 138-1234-5678", "861********78"),  # 13 digits: the most that is shown are 5
        ("0516 8765432", "051******32"),
        ("87654321", "******21"),  # 8 digits: 2 shown
        ("8765432", "******2"),
        ("110110", "******"),
        ("12345", "******"),
    ],
)
def test_of_a_phone_number_six_digits_or_more_are_hidden(phone: str, shown: str) -> None:
    assert masked_phone(phone, hidden_digits=6) == shown


@given(st.text("0123456789", min_size=1, max_size=20), st.integers(6, 12))
def test_of_any_phone_number_enough_digits_are_hidden(phone: str, hidden: int) -> None:
    shown = masked_phone(phone, hidden_digits=hidden)
    assert shown.count("*") >= hidden
    assert sum(letter.isdecimal() for letter in shown) <= max(0, len(phone) - hidden)


@pytest.mark.parametrize(
    ("name", "shown"), [("张伟", "张*"), ("欧阳娜娜", "欧***"), ("John Smith", "J*** S****"), ("X", "*"), ("", "")]
)
def test_of_a_name_the_first_letters_are_left(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("email", "shown"), [("li.na@example.org", "l***@example.org"), ("x@example.org", "***@example.org")]
)
def test_of_a_mail_address_the_server_is_left(email: str, shown: str) -> None:
    assert masked_email(email) == shown


@pytest.mark.parametrize(
    ("address", "hidden"),
    [
        ("徐州市泉山区中山北路12号3幢2单元501室", ["3幢", "2单元", "501室"]),
        ("金山花园 B座 12楼 1203室", ["B座", "12楼", "1203"]),
        ("翡翠城十二栋三单元", ["十二栋", "三单元"]),
        ("中山北路12号 3-2-501", ["3-2-501", "501"]),
        ("12 High Street, Flat 5b", ["5b"]),
        ("8 Green Road, Unit 17, Floor 3", ["17", "3"]),
        ("Garden Court #1204", ["1204"]),
        ("中山北路12号 电话13812345678", ["13812345678"]),
    ],
)
def test_of_an_address_what_leads_to_a_door_is_hidden_wherever_it_stands(address: str, hidden: list[str]) -> None:
    shown = masked_address(address)
    assert [part for part in hidden if part in shown] == []


@pytest.mark.parametrize("address", ["中山北路12号", "12 High Street", "徐州市泉山区金山花园"])
def test_the_house_in_its_street_is_left(address: str) -> None:
    assert masked_address(address) == address


@pytest.mark.parametrize(
    "text", ["call 13812345678", "电话:138 1234 5678。", "+86-138-1234-5678", "卡号6222021234567890123"]
)
def test_of_a_text_long_numbers_are_hidden(text: str) -> None:
    assert "1234" not in masked_text(text)


def test_a_text_without_long_numbers_stays() -> None:
    assert masked_text("at 18:30 on 2026-03-10, order 12345") == "at 18:30 on 2026-03-10, order 12345"


def test_everything_personal_is_masked_and_the_unknown_stays_unknown() -> None:
    details = CustomerDetails(
        name="张伟",
        phone="13812345678",
        email="zw@example.org",
        wechat="oX1",
        address="中山北路12号3幢",
        unit="501",
        reference="K-7",
    )
    shown = masked(details, settings=SETTINGS)
    for name, value in details:
        assert value not in str(getattr(shown, name)), name
    assert masked(CustomerDetails(), settings=SETTINGS) == CustomerDetails()


@pytest.mark.parametrize("role", ["dispatcher", "supervisor"])
def test_roles_that_need_it_see_all(role: Any) -> None:
    assert sees_all(Principal(name="li", role=role), settings=SETTINGS)


@pytest.mark.parametrize("role", ["integration", "technician", "admin"])
def test_other_roles_do_not(role: Any) -> None:
    assert not sees_all(Principal(name="li", role=role, technician="t-1"), settings=SETTINGS)


@pytest.mark.parametrize(
    ("fields", "at", "is_shown"),
    [
        ({}, NOON, True),
        ({}, NOON - timedelta(seconds=1), False),  # before the acceptance
        ({"technician_accepted_at": None}, NOON, False),
        ({"technician": "t-2"}, NOON, False),  # reassigned
        ({"technician": None}, NOON, False),
        ({"closed_at": NOON}, NOON + timedelta(hours=24), True),
        ({"closed_at": NOON}, NOON + timedelta(hours=24, seconds=1), False),
    ],
)
def test_a_technician_sees_the_customer_from_the_acceptance_until_a_day_after_the_close(
    fields: dict[str, Any], at: datetime, is_shown: bool
) -> None:
    assert is_in_hand(work_order(**fields), ANN, now=at, settings=SETTINGS) is is_shown


def test_data_is_kept_while_an_order_is_open_and_so_many_days_after_the_last_close() -> None:
    days = timedelta(days=SETTINGS.retention_days)
    closed = [work_order(closed_at=NOON), work_order(closed_at=NOON + timedelta(days=3))]
    assert kept_until(closed, since=NOON, settings=SETTINGS) == NOON + timedelta(days=3) + days
    assert kept_until([*closed, work_order()], since=NOON, settings=SETTINGS) is None
    assert kept_until([], since=NOON, settings=SETTINGS) == NOON + days


def test_an_order_for_planning_has_no_address_text_and_nothing_of_the_senders_own() -> None:
    order = work_order().order
    personal = order.model_copy(update={"address": "3-2-501", "extra": {"phone": "13812345678"}})
    assert without_personal_data(personal) == order
    assert without_personal_data(order) is order


def test_what_people_wrote_is_erased_at_any_depth_and_codes_stay() -> None:
    document = {
        "reason": "no_resource",
        "before": {"reason": "mother of 13812345678 called", "holds": [{"cause": "no_access", "note": "dog"}]},
        "words": {"a": "b"},
        "comment": None,
    }
    assert without_free_texts(document) == {
        "reason": "no_resource",
        "before": {"reason": "(erased)", "holds": [{"cause": "no_access", "note": "(erased)"}]},
        "words": {},
        "comment": None,
    }
