"""The route of one shift for CP-SAT: a circuit, travel times, breaks, the depot stop, and what they cost."""

from __future__ import annotations

from typing import Any

from solver.exact_model import ExactModel
from solver.exact_openings import breaks_of, legs_between, openings
from solver.problem import ELIGIBLE_NOT_PREFERRED, LAST_STOP


class ExactRoute:
    """Adds the route of one shift to the model.

    A gap is named by the stop behind it: an order, or `self.shift_stop` for the way to the end. Gap 0 lies before the
    first visit; all that happens there is part of the chosen opening.
    """

    def __init__(self, model: ExactModel, shift: int) -> None:
        self.model, self.problem, self.cp, self.shift = model, model.problem, model.cp, shift
        self.serves = model.serves[shift]
        self.follows = model.follows[shift]
        self.shift_stop = self.problem.n_orders
        self.breaks = breaks_of(self.problem, shift)
        self.is_used = self.cp.new_bool_var(f"is_used_{shift}")
        self.end_s = self.cp.new_int_var(0, int(self.problem.shift_latest_s[shift]), f"end_{shift}")
        self.break_start_s = [
            self.cp.new_int_var(b.earliest_s, b.latest_s - b.duration_s, f"break_{shift}") for b in self.breaks
        ]
        gaps = [*self.serves, self.shift_stop]
        self.is_taken_in = [{gap: self.cp.new_bool_var(f"taken_{shift}_{gap}") for gap in gaps} for _ in self.breaks]
        self.depot_stops: list[Any] = []
        """Literals "the depot is visited here"; at most one is true."""
        self.departure_s: list[Any] = []
        """Summands: the departure of the chosen opening."""
        self.settled: list[list[Any]] = [[] for _ in self.breaks]
        """For each break the literals of openings that settle it."""

    def add(self) -> None:
        """Add variables, constraints and costs."""
        for order in self.serves:
            self._add_openings(order)
            for destination in self.serves:
                if destination != order:
                    self._add_move(order, destination)
            self._add_return(order)
        self._add_circuit()
        self._add_breaks()
        self._add_depot_stop()
        self._add_costs()

    def _add_openings(self, order: int) -> None:
        """Begin the route with `order` in one of the ways there are."""
        model, cp = self.model, self.cp
        is_first = self._new_follows(self.shift_stop, order)
        chosen = []
        for opening in openings(self.problem, self.shift, order):
            is_chosen = cp.new_bool_var("opening")
            chosen.append(is_chosen)
            cp.add(model.start_s[order] == opening.start_s).only_enforce_if(is_chosen)
            cp.add(model.is_restocked[order] == opening.leg.by_depot).only_enforce_if(is_chosen)
            for settled in self.settled[: opening.n_breaks]:
                settled.append(is_chosen)
            self.departure_s.append(opening.departure_s * is_chosen)
            self._add_leg(is_chosen, opening.leg.travel_s, opening.leg.distance_m)
            if opening.leg.by_depot:
                self.depot_stops.append(is_chosen)
        cp.add(sum(chosen) == is_first)
        for taken in self.is_taken_in:
            cp.add_implication(is_first, ~taken[order])

    def _add_move(self, origin: int, destination: int) -> None:
        """Go from one order to the next, directly or by a depot, with breaks on the way."""
        model, cp = self.model, self.cp
        is_next = self._new_follows(origin, destination)
        places = int(self.problem.order_location[origin]), int(self.problem.order_location[destination])
        chosen = []
        for leg in legs_between(self.problem, self.shift, *places, with_depots=True):
            is_chosen = cp.new_bool_var("leg")
            chosen.append(is_chosen)
            ready_s = model.finish_s[origin] + leg.travel_s + self._rest_s(destination)
            cp.add(model.start_s[destination] >= ready_s).only_enforce_if(is_chosen)
            self._add_leg(is_chosen, leg.travel_s, leg.distance_m)
            if leg.by_depot:
                self.depot_stops.append(is_chosen)
                cp.add_implication(is_chosen, model.is_restocked[destination])
            else:
                cp.add(model.is_restocked[destination] == model.is_restocked[origin]).only_enforce_if(is_chosen)
        cp.add(sum(chosen) == is_next)
        self._add_breaks_after(origin, destination, is_next)

    def _add_return(self, origin: int) -> None:
        """Go from the last order to the end; nowhere if the route ends there."""
        is_last = self._new_follows(origin, self.shift_stop)
        place = int(self.problem.order_location[origin])
        end = int(self.problem.shift_end_location[self.shift])
        if end == LAST_STOP:
            self.cp.add(self.end_s >= self.model.finish_s[origin]).only_enforce_if(is_last)
            for taken in self.is_taken_in:
                self.cp.add_implication(is_last, ~taken[self.shift_stop])
            return
        for leg in legs_between(self.problem, self.shift, place, end, with_depots=False):
            arrival_s = self.model.finish_s[origin] + leg.travel_s + self._rest_s(self.shift_stop)
            self.cp.add(self.end_s >= arrival_s).only_enforce_if(is_last)
            self._add_leg(is_last, leg.travel_s, leg.distance_m)
            self._add_breaks_after(origin, self.shift_stop, is_last)
            return
        self.cp.add(is_last == 0)

    def _new_follows(self, origin: int, destination: int) -> Any:
        literal = self.cp.new_bool_var(f"follows_{self.shift}_{origin}_{destination}")
        self.follows[origin, destination] = literal
        return literal

    def _add_leg(self, literal: Any, travel_s: int, distance_m: int) -> None:
        prices = self.problem.prices
        self.model.costs["travel"].append(prices.travel * travel_s * literal)
        self.model.costs["distance"].append(prices.distance * distance_m * literal)

    def _rest_s(self, gap: int) -> Any:
        """Duration of all breaks in a gap."""
        return sum(b.duration_s * taken[gap] for b, taken in zip(self.breaks, self.is_taken_in, strict=True))

    def _add_breaks_after(self, origin: int, gap: int, is_next: Any) -> None:
        """Breaks in the gap begin after the visit before it."""
        for start_s, taken in zip(self.break_start_s, self.is_taken_in, strict=True):
            self.cp.add(start_s >= self.model.finish_s[origin]).only_enforce_if(is_next, taken[gap])

    def _add_circuit(self) -> None:
        node_of = {order: node for node, order in enumerate(self.serves, start=1)} | {self.shift_stop: 0}
        arcs = [(node_of[origin], node_of[destination], x) for (origin, destination), x in self.follows.items()]
        arcs += [(node_of[order], node_of[order], ~literal) for order, literal in self.serves.items()]
        arcs.append((0, 0, ~self.is_used))
        self.cp.add_circuit(arcs)
        self.cp.add(sum(self.serves.values()) <= int(self.problem.shift_max_visits[self.shift]))

    def _add_breaks(self) -> None:
        """Each break is settled by the opening, taken in a later gap, or not needed as the route ends early."""
        cp = self.cp
        was_taken: Any = None
        for b, pause in enumerate(self.breaks):
            taken, start_s = self.is_taken_in[b], self.break_start_s[b]
            is_avoided = cp.new_bool_var("ends_early")
            cp.add(self.end_s <= pause.latest_s - pause.duration_s).only_enforce_if(is_avoided)
            cp.add(sum(self.settled[b]) + sum(taken.values()) + is_avoided == self.is_used)
            for gap, literal in taken.items():
                after_s = self.end_s if gap == self.shift_stop else self.model.start_s[gap]
                cp.add(after_s >= start_s + pause.duration_s).only_enforce_if(literal)
                if gap != self.shift_stop:
                    cp.add_implication(literal, self.serves[gap])
            is_taken = cp.new_bool_var("is_taken")
            cp.add(sum(taken.values()) == is_taken)
            if was_taken is not None:
                done_s = self.break_start_s[b - 1] + self.breaks[b - 1].duration_s
                cp.add(start_s >= done_s).only_enforce_if(was_taken, is_taken)
            was_taken = is_taken

    def _add_depot_stop(self) -> None:
        """At most one depot stop, where parts or tools are short, and none if nothing is."""
        problem, cp = self.problem, self.cp
        first_load = {}
        for order, literal in self.serves.items():
            first_load[order] = cp.new_bool_var("from_first_load")
            cp.add_bool_or(~literal, self.model.is_restocked[order], first_load[order])
        shortages = []
        for part in range(problem.order_parts.shape[1]):
            stock = int(problem.shift_parts[self.shift, part])
            parts_of = {order: int(problem.order_parts[order, part]) for order in self.serves}
            cp.add(sum(parts_of[order] * first_load[order] for order in self.serves) <= stock)
            is_short = cp.new_bool_var("is_short")
            used = sum(parts_of[order] * literal for order, literal in self.serves.items())
            cp.add(used >= stock + 1).only_enforce_if(is_short)
            shortages.append(is_short)
        for order, literal in self.serves.items():
            if (problem.order_tools[order] & ~problem.shift_tools[self.shift]).any():
                cp.add(first_load[order] == 0)
                shortages.append(literal)
        if self.depot_stops:
            cp.add(sum(self.depot_stops) <= 1)
            cp.add(sum(shortages) >= sum(self.depot_stops))

    def _add_costs(self) -> None:
        costs, prices, cp = self.model.costs, self.problem.prices, self.cp
        shift_end_s, latest_s = int(self.problem.shift_end_s[self.shift]), int(self.problem.shift_latest_s[self.shift])
        overtime_s = cp.new_int_var(0, latest_s - shift_end_s, "overtime")
        cp.add(overtime_s >= self.end_s - shift_end_s)
        costs["overtime"].append(prices.overtime * overtime_s)
        costs["work_time"].append(prices.work_time * (self.end_s - sum(self.departure_s)))
        costs["shift_used"].append(prices.shift_used * self.is_used)
        for order, literal in self.serves.items():
            if self.problem.eligibility[order, self.shift] == ELIGIBLE_NOT_PREFERRED:
                costs["preference"].append(prices.preference * literal)
            if self.problem.disruption is not None:
                cost = int(self.problem.disruption.assignment_cost[order, self.shift])
                costs["disruption"].append(cost * literal)
