"""Masks for personal data, and who may see it without: pure rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.records.access import Principal
from dispatch.domain.records.customer import CustomerDetails
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Order, Request, Technician
from dispatch.policy.privacy_settings import PrivacySettings

HIDDEN: Final = "*"
FREE_TEXTS: Final = frozenset({"note", "reason_text", "text", "reply", "explanation", "comment", "words", "extra"})
"""Fields in which people write what they like; they may name persons."""
ERASED: Final = "(erased)"

_SHOWN_AT_FRONT: Final = 3
_SHOWN_AT_END: Final = 2
_NUMBER: Final = r"(?:[0-9０-９]+|[A-Za-zＡ-Ｚ](?![A-Za-z])|[一二三四五六七八九十百零〇]+)"
_DOOR: Final = re.compile(
    rf"(?:{_NUMBER}[-－]?)+(?=\s*(?:号楼|號樓|幢|栋|棟|座|单元|單元|层|層|楼|樓|室|户|戶))"
    r"|(?<![0-9])[0-9]{1,5}(?:[-－][0-9]{1,5})+(?![0-9])"
    r"|(?:(?<=unit )|(?<=room )|(?<=apt )|(?<=flat )|(?<=suite )|(?<=floor )|(?<=#))[0-9A-Za-z-]+",
    re.IGNORECASE,
)
"""What leads to a door inside a compound: numbers of building, entrance, floor, room; never the house in its street."""
_CODE: Final = re.compile(r"[a-z0-9_]*", re.ASCII)
_LONG_NUMBER: Final = re.compile(
    r"(?<![0-9-])(?![0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))\+?[0-9０-９](?:[ ()-]{0,2}[0-9０-９]){6,}"
)
"""What may be a phone number or an account inside a text, and is no date."""


def masked_phone(phone: str, *, hidden_digits: int) -> str:
    """Return a phone number with at least so many digits hidden, never fewer than six; `138******78`.

    The first digits tell the operator, the last ones let a customer know the own number again. Of a short number less
    is shown, or nothing. How many digits it has stays visible only where something is shown.
    """
    digits = "".join(letter for letter in phone if letter.isdecimal())
    most_shown = len(digits) - hidden_digits
    if most_shown <= 0:
        return HIDDEN * hidden_digits
    at_end = min(_SHOWN_AT_END, most_shown)
    at_front = min(_SHOWN_AT_FRONT, most_shown - at_end)
    return digits[:at_front] + HIDDEN * (len(digits) - at_front - at_end) + digits[len(digits) - at_end :]


def masked_name(name: str) -> str:
    """Return a name of which the first letter of each word is left: `张*`, `J*** S****`."""
    words = [word[0] + HIDDEN * max(1, len(word) - 1) if len(word) > 1 else HIDDEN for word in name.split()]
    return " ".join(words)


def masked_email(email: str) -> str:
    """Return a mail address of which the first letter and the server are left."""
    name, _, server = email.rpartition("@")
    return f"{name[:1] if len(name) > 1 else ''}{HIDDEN * 3}@{server}"


def masked_address(address: str) -> str:
    """Return an address without what leads to a door, wherever somebody has written it."""
    return masked_text(_DOOR.sub(HIDDEN, address))


def masked_text(text: str) -> str:
    """Return a text without long numbers: what somebody wrote may hold a phone number."""
    return _LONG_NUMBER.sub(HIDDEN * 6, text)


def masked(details: CustomerDetails, *, settings: PrivacySettings) -> CustomerDetails:
    """Return what everybody may see of a customer; what is unknown stays unknown.

    The fields are not validated: a mask is no phone number.
    """
    phone, name, email, address = details.phone, details.name, details.email, details.address
    return CustomerDetails.model_construct(
        name=None if name is None else masked_name(name),
        phone=None if phone is None else masked_phone(phone, hidden_digits=settings.hidden_digits),
        email=None if email is None else masked_email(email),
        wechat=None if details.wechat is None else HIDDEN * 3,
        address=None if address is None else masked_address(address),
        unit=None if details.unit is None else HIDDEN * 3,
        reference=None if details.reference is None else HIDDEN * 3,
    )


def sees_all(principal: Principal, *, settings: PrivacySettings) -> bool:
    """Tell whether somebody's role may see the data of every customer of the dispatch centre."""
    return principal.role in settings.full_view


def order_in_hand(
    principal: Principal, orders: Iterable[WorkOrder], *, now: datetime, settings: PrivacySettings
) -> WorkOrder | None:
    """Return the first order that is in a technician's hands; None = none is, or it is no technician."""
    return next((order for order in orders if is_in_hand(order, principal, now=now, settings=settings)), None)


def is_in_hand(order: WorkOrder, principal: Principal, *, now: datetime, settings: PrivacySettings) -> bool:
    """Tell whether an order is in a technician's hands: from the acceptance on, until some hours after the close."""
    if principal.role != "technician" or principal.technician is None or order.technician != principal.technician:
        return False
    if order.technician_accepted_at is None or now < order.technician_accepted_at:
        return False
    return order.closed_at is None or now <= order.closed_at + timedelta(hours=settings.full_view_after_close_h)


def without_personal_data(order: Order) -> Order:
    """Return an order as planning needs it: without address text and without the sender's own data, whatever it is."""
    if order.address is None and order.extra is None:
        return order
    return order.model_copy(update={"address": None, "extra": None})


def planning_request_to_keep(request: Request, *, is_geocoded: bool) -> Request:
    """Return a planning request without personal data, as it is stored: of orders no address, of nobody own data.

    Parameters
    ----------
    is_geocoded
        Addresses are looked up: that of an order without a location stays, without what leads to a door.
    """

    def kept(order: Order) -> Order:
        plain = without_personal_data(order)
        if not is_geocoded or order.location is not None or order.address is None:
            return plain
        return plain.model_copy(update={"address": masked_address(order.address)})

    return request.model_copy(
        update={
            "orders": tuple(map(kept, request.orders)),
            "communities": tuple(one.model_copy(update={"extra": None}) for one in request.communities),
            "depots": tuple(one.model_copy(update={"extra": None}) for one in request.depots),
            "technicians": tuple(map(_without_own_data, request.technicians)),
            "extra": None,
        }
    )


def _without_own_data(technician: Technician) -> Technician:
    shifts = tuple(shift.model_copy(update={"extra": None}) for shift in technician.shifts)
    return technician.model_copy(update={"shifts": shifts, "extra": None})


def without_free_texts(document: object) -> object:
    """Return plain dicts and lists in which everything that people wrote is gone, at any depth."""
    if isinstance(document, dict):
        return {
            name: _erased(value) if _is_free_text(name, value) else without_free_texts(value)
            for name, value in document.items()
        }
    if isinstance(document, list | tuple):
        return [without_free_texts(part) for part in document]
    return document


def kept_until(orders: Iterable[WorkOrder], *, since: datetime, settings: PrivacySettings) -> datetime | None:
    """Return until when a customer's data is kept; None while an order is open.

    Parameters
    ----------
    since
        When the customer became known; what counts without any order.
    """
    closed = [order.closed_at for order in orders]
    known = [moment for moment in closed if moment is not None]
    if len(known) < len(closed):
        return None
    return max(known, default=since) + timedelta(days=settings.retention_days)


def _is_free_text(name: object, value: object) -> bool:
    """Tell whether somebody wrote the value of a field; a reason is a code, or words in place of one."""
    if name == "reason":
        return isinstance(value, str) and _CODE.fullmatch(value) is None
    return name in FREE_TEXTS


def _erased(value: object) -> object:
    if isinstance(value, str):
        return ERASED
    return {} if isinstance(value, dict) else None
