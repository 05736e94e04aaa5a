"""Who can serve which order, as arrays: eligibility, parts and tools.

The rules themselves are those of `dispatch.policy.eligibility`. They are asked once for each technician and group of
orders that ask for the same, instead of once for each order and shift.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dispatch.domain.request import Order, Request
from dispatch.errors import BadInputError, Problem
from dispatch.planner.roster import PlannedShift
from dispatch.policy.eligibility import exclusions, is_preferred
from solver.problem import ELIGIBLE, ELIGIBLE_NOT_PREFERRED, I32, NOT_ELIGIBLE, U8, Bool
from solver.validate import MAX_TOOLS

Demand = tuple[object, ...]
"""What an order asks of a technician."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Equipment:
    """What orders use up and need, and what shifts start with; arrays as in `solver.problem.Problem`.

    Attributes
    ----------
    part_names
        Names of the parts, in the order of the columns.
    tool_names
        Names of the tools of each column: tools that are carried by the same shifts share one, for needing any of them
        excludes the same shifts.
    """

    part_names: tuple[str, ...]
    tool_names: tuple[tuple[str, ...], ...]
    order_parts: I32
    order_tools: Bool
    shift_parts: I32
    shift_tools: Bool


def eligibility_of(request: Request, shifts: Sequence[PlannedShift]) -> U8:
    """Return the eligibility of every order (row) for every shift (column).

    O(groups of equal orders x technicians) policy calls, O(orders x shifts) copied bytes.
    """
    technicians = request.technicians
    members: dict[Demand, list[int]] = {}
    for number, order in enumerate(request.orders):
        members.setdefault(demand_of(order, request), []).append(number)
    is_able = np.zeros((len(request.orders), len(technicians)), np.bool_)
    for numbers in members.values():
        example = request.orders[numbers[0]]
        is_able[numbers] = [not exclusions(example, technician, request) for technician in technicians]
    level = np.where(is_able, ELIGIBLE, NOT_ELIGIBLE).astype(np.uint8)
    for number, order in enumerate(request.orders):
        if order.preferred_technicians:
            others = [not is_preferred(order, technician) for technician in technicians]
            level[number, is_able[number] & others] = ELIGIBLE_NOT_PREFERRED
    column = {technician.id: number for number, technician in enumerate(technicians)}
    return np.ascontiguousarray(level[:, [column[shift.technician.id] for shift in shifts]])


def equipment_of(request: Request, shifts: Sequence[PlannedShift]) -> Equipment:
    """Return what orders need and shifts carry, of the parts and tools that some order asks for.

    Raises
    ------
    BadInputError
        If the shifts carry the tools asked for in more than `MAX_TOOLS` different ways.
    """
    parts = sorted({name for order in request.orders for name, amount in order.parts.items() if amount})
    tools = sorted({name for order in request.orders for name in order.tools})
    carried = _held(tools, (shift.technician.tools for shift in shifts))
    needed = _held(tools, (order.tools for order in request.orders))
    shift_tools, group_of_tool = np.unique(carried, axis=1, return_inverse=True) if tools else (carried, np.array([]))
    groups = [np.flatnonzero(group_of_tool == group) for group in range(shift_tools.shape[1])]
    if len(groups) > MAX_TOOLS:
        message = (
            f"orders ask for tools that {len(groups)} different sets of shifts carry; {MAX_TOOLS} can be told apart"
        )
        remedy = "leave out tools that everybody has, or make a skill of a tool that only some have"
        raise BadInputError([Problem(path="orders", message=message, remedy=remedy)])
    order_tools = np.array([needed[:, group].any(axis=1) for group in groups], np.bool_).T
    return Equipment(
        part_names=tuple(parts),
        tool_names=tuple(tuple(tools[tool] for tool in group) for group in groups),
        order_parts=_amounts(parts, (order.parts for order in request.orders)),
        order_tools=np.ascontiguousarray(order_tools.reshape(len(request.orders), len(groups))),
        shift_parts=_amounts(parts, (shift.technician.stock for shift in shifts)),
        shift_tools=np.ascontiguousarray(shift_tools),
    )


def demand_of(order: Order, request: Request) -> Demand:
    """Return everything that `exclusions` looks at: orders of one demand exclude the same technicians."""
    return (
        tuple(sorted(order.skills.items())),
        tuple(sorted(order.parts.items())),
        tuple(sorted(order.tools)),
        request.community_of(order).territory,
        order.required_technician,
        tuple(sorted(order.excluded_technicians)),
    )


def _amounts(names: Sequence[str], owners: Iterable[Mapping[str, int]]) -> I32:
    rows = [[amounts.get(name, 0) for name in names] for amounts in owners]
    return np.array(rows, np.int32).reshape(len(rows), len(names))


def _held(names: Sequence[str], owners: Iterable[Sequence[str]]) -> Bool:
    rows = [[name in held for name in names] for held in map(set, owners)]
    return np.array(rows, np.bool_).reshape(len(rows), len(names))
