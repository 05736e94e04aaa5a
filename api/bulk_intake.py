"""Thousands of orders at once: each judged by itself, none lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Unpack

from pydantic import ValidationError

from api.schemas.orders import BulkReport, FailedOrder, OrderBody, RawBulkBody
from api.schemas.problem import FieldProblem
from dispatch.domain.problems import problems_of
from dispatch.errors import BadInputError, Problem
from dispatch.policy.intake import Origin
from dispatch.usecases.work_orders.receive import NewOrder, receive_many
from dispatch.usecases.work_orders.turn import Means


def received(documents: Sequence[Any], **means: Unpack[Means]) -> BulkReport:
    """Take in orders as they came, and return what became of each."""
    orders: list[NewOrder] = []
    places: list[int] = []
    failed: list[FailedOrder] = []
    for index, document in enumerate(documents):
        try:
            body = OrderBody.model_validate(document)
        except ValidationError as error:
            problems = problems_of(error, document, model=OrderBody)
            failed.append(_failed(index, _id_of(document), "bad_input", problems))
            continue
        orders.append(NewOrder(order=body.order, origin=Origin(customer=body.customer, channel=body.channel)))
        places.append(index)
    intake = receive_many(orders, **means)
    for failure in intake.failures:
        problems = [replace(problem, path=f"order.{problem.path}") for problem in failure.problems]
        failed.append(_failed(places[failure.index], failure.order, failure.code, problems))
    return BulkReport(
        received=[order.id for order in intake.received],
        known=list(intake.known),
        failed=sorted(failed, key=lambda one: one.index),
    )


def require_few(body: RawBulkBody, most: int) -> None:
    """Refuse more orders than one request may hold."""
    if len(body.orders) > most:
        message = f"holds {len(body.orders)} orders; {most} are taken in at most"
        raise BadInputError([Problem(path="orders", message=message, remedy="send them in several requests")])


def _failed(index: int, order: str | None, code: Any, problems: Sequence[Problem]) -> FailedOrder:
    place = f"orders[{index}]"
    return FailedOrder(
        index=index,
        id=order,
        code=code,
        problems=[
            FieldProblem(
                path=f"{place}.{fault.path}" if fault.path else place, message=fault.message, remedy=fault.remedy
            )
            for fault in problems
        ],
    )


def _id_of(document: Any) -> str | None:
    """Return the id of an order that cannot be read as a whole."""
    order = document.get("order") if isinstance(document, dict) else None
    found = order.get("id") if isinstance(order, dict) else None
    return found if isinstance(found, str) else None
