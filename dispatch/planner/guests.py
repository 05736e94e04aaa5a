"""Turns an order that comes during the day into the solver's terms: a guest of the routes that are loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from dispatch.domain.request import Order, Request
from dispatch.planner.capability import Demand, demand_of, equipment_of
from dispatch.planner.encode import Encoded
from dispatch.planner.order_terms import OrderTerms
from dispatch.policy.eligibility import exclusions, is_preferred
from dispatch.travel import Nodes, OrderTravel
from geo.provider import UNREACHABLE
from solver.live import Guest
from solver.problem import ELIGIBLE, ELIGIBLE_NOT_PREFERRED, I32, NEVER_S, NOT_ELIGIBLE, U8, UNREACHABLE_S, Problem

MANY_VISITS: Final = 100_000
"""More than any shift has."""
CARRIED: Final = 1_000_000
"""Stock that stands for a tool."""
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Carried:
    """A problem with room for whatever comes.

    Where a shift has no limit on visits, the number of orders is none either, and every part and tool that somebody
    carries has a column, not only those that orders ask for.

    A tool that no order asks for becomes a part of which those who carry it have plenty. What nobody carries is one
    column more: it has to be fetched from a depot.

    Attributes
    ----------
    part_column, tool_column
        By name: the column in `order_parts` or `order_tools`.
    tool_as_part
        By name: the column in `order_parts` of a tool.
    nowhere
        The column in `order_parts` of all that nobody carries.
    """

    problem: Problem
    part_column: Mapping[str, int]
    tool_column: Mapping[str, int]
    tool_as_part: Mapping[str, int]
    nowhere: int


def with_all_carried(encoded: Encoded, request: Request) -> Carried:
    """Return the problem of a request with room for all that may come."""
    problem, technicians = encoded.problem, [planned.technician for planned in encoded.shifts]
    asked = equipment_of(request, encoded.shifts)
    tool_column = {tool: number for number, names in enumerate(asked.tool_names) for tool in names}
    parts = sorted({part for one in technicians for part in one.stock} - set(asked.part_names))
    tools = sorted({tool for one in technicians for tool in one.tools} - tool_column.keys())
    stock = [
        [*(one.stock.get(part, 0) for part in parts), *(CARRIED if tool in one.tools else 0 for tool in tools), 0]
        for one in technicians
    ]
    is_unlimited = np.array([planned.shift.max_visits is None for planned in encoded.shifts], np.bool_)
    n_more = len(parts) + len(tools) + 1
    first = len(asked.part_names)
    return Carried(
        problem=replace(
            problem,
            shift_max_visits=np.where(is_unlimited, np.int32(MANY_VISITS), problem.shift_max_visits),
            order_parts=np.ascontiguousarray(np.pad(problem.order_parts, ((0, 0), (0, n_more)))),
            shift_parts=np.hstack((problem.shift_parts, np.array(stock, np.int32).reshape(len(stock), n_more))),
        ),
        part_column={part: number for number, part in enumerate((*asked.part_names, *parts))},
        tool_column=tool_column,
        tool_as_part={tool: first + len(parts) + number for number, tool in enumerate(tools)},
        nowhere=first + n_more - 1,
    )


class GuestMaker:
    """Makes guests of orders.

    Parameters
    ----------
    request
        Its communities and technicians are those of the orders to come.
    encoded, carried
        Of the request.
    travel
        Of the request.
    nodes
        What stands at the problem's locations.
    """

    def __init__(self, request: Request, encoded: Encoded, carried: Carried, travel: OrderTravel, nodes: Nodes) -> None:
        self._request, self._encoded, self._carried = request, encoded, carried
        self._travel, self._nodes = travel, nodes
        self._profiles = tuple(sorted({planned.technician.profile for planned in encoded.shifts}))
        numbers = {technician.id: number for number, technician in enumerate(request.technicians)}
        self._technician_of_shift = np.array([numbers[planned.technician.id] for planned in encoded.shifts], np.int64)
        self._levels: dict[tuple[Demand, tuple[str, ...]], U8] = {}

    def node_of(self, order: Order) -> Nodes:
        """Return where an order is.

        Raises
        ------
        TravelError
            If that cannot be told.
        """
        return self._travel.node_of(order)

    def guest(self, order: Order, node: Nodes, terms: OrderTerms, others: Sequence[Nodes | None]) -> Guest:
        """Return an order as the solver sees it.

        Parameters
        ----------
        node
            Where it is.
        others
            Where the guests are that are there already, by place; None = nobody is there.

        Raises
        ------
        TravelError
            If travel cannot be had.
        """
        parts, tools = self._equipment(order)
        return Guest(
            **self._tables(node, others),
            service_s=order.duration // _SECOND,
            windows=tuple((self.second_of(w.start), self.second_of(w.end)) for w in terms.windows),
            eligibility=self._eligibility(order),
            parts=parts,
            tools=tools,
            due_s=self.second_of(terms.due.due),
            soft_due_s=self.second_of(terms.due.soft_due),
            buffer_from_s=self.second_of(terms.buffer_from),
            broken_from_s=self.second_of(terms.broken_from),
            missed_cost=terms.missed_cost,
            unassigned_cost=terms.unassigned_cost,
        )

    def second_of(self, instant: datetime | None) -> int:
        """Return the solver's second of a moment; None = never. What lies before second 0 has long been over."""
        return NEVER_S if instant is None else max(0, self._encoded.epoch.second_of(instant))

    def _tables(self, node: Nodes, others: Sequence[Nodes | None]) -> dict[str, I32]:
        """Travel from and to every place, by profile; 0 where nobody is."""
        size, known = len(self._nodes.places), [k for k, other in enumerate(others) if other is not None]
        there = [other for other in others if other is not None]
        guests = Nodes(
            places=tuple(other.places[0] for other in there),
            community=np.array([other.community[0] for other in there], np.int32),
        )
        shape = (len(self._profiles), size + len(others))
        tables = {name: np.zeros(shape, np.int32) for name in ("into_s", "out_s", "into_m", "out_m")}
        columns = size + np.array(known, np.int64)
        for number, profile in enumerate(self._profiles):
            for rim, where in ((self._nodes, slice(0, size)), (guests, columns)):
                if not rim.places:
                    continue
                spokes = self._travel.spokes(node, rim, profile)
                tables["into_s"][number, where] = _reachable_s(spokes.inward_s)
                tables["out_s"][number, where] = _reachable_s(spokes.outward_s)
                tables["into_m"][number, where] = np.maximum(spokes.inward_m, 0)
                tables["out_m"][number, where] = np.maximum(spokes.outward_m, 0)
        return tables

    def _equipment(self, order: Order) -> tuple[I32, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
        carried = self._carried
        parts = np.zeros(carried.problem.order_parts.shape[1], np.int32)
        tools = np.zeros(carried.problem.order_tools.shape[1], np.bool_)
        for part, amount in order.parts.items():
            if amount:
                parts[carried.part_column.get(part, carried.nowhere)] += amount
        for tool in order.tools:
            if tool in carried.tool_column:
                tools[carried.tool_column[tool]] = True
            else:
                parts[carried.tool_as_part.get(tool, carried.nowhere)] += 1
        return parts, tools

    def _eligibility(self, order: Order) -> U8:
        key = demand_of(order, self._request), order.preferred_technicians
        if key not in self._levels:
            levels = [
                NOT_ELIGIBLE
                if exclusions(order, technician, self._request)
                else ELIGIBLE
                if is_preferred(order, technician)
                else ELIGIBLE_NOT_PREFERRED
                for technician in self._request.technicians
            ]
            self._levels[key] = np.array(levels, np.uint8)[self._technician_of_shift]
        return self._levels[key]


def windows_of(problem: Problem, order: int) -> tuple[tuple[int, int], ...]:
    """Return the windows of an order of a problem."""
    own = slice(*problem.order_window_first[order : order + 2])
    return tuple(zip(problem.window_open_s[own].tolist(), problem.window_close_s[own].tolist(), strict=True))


def _reachable_s(seconds: I32) -> I32:
    return np.where(seconds == UNREACHABLE, np.int32(UNREACHABLE_S), seconds)
