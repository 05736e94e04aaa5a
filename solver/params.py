"""What can be set about the search."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final

from solver.errors import InvalidParamsError

_SHARES = {
    "split_string",
    "keep_more",
    "blink",
    "whole_route",
    "full_retry",
    "eager",
    "full_scan",
    "tails",
    "opening",
    "focus",
}
_POSITIVE = {"mean_removed", "max_string", "max_segment", "start_temperature", "end_temperature", "syncs"}


# Where a broken promise costs thousands of legs, a search that is cooler is caught behind such a step. Where only the
# legs cost, long routes want many routes to begin with and lose them one visit at a time. Where there is a published
# plan, a warm search wanders off to another one as good, and pays disruption for nothing.
_FULL: Final[dict[str, Any]] = {
    "moves": 30,
    "start_temperature": 100.0,
    "end_temperature": 1.0,
    "short_run": 0,
    "whole_route": 0.05,
    "opening": 1.0,
    "focus": 0.0,
}
_PLAIN: Final[dict[str, Any]] = {
    "moves": 60,
    "start_temperature": 1.0,
    "end_temperature": 0.02,
    "short_run": 1000,
    "whole_route": 0.0,
    "opening": 0.02,
    "focus": 0.0,
}
_PUBLISHED: Final[dict[str, Any]] = _FULL | {"start_temperature": 3.0, "end_temperature": 0.02, "focus": 0.6}


@dataclass(frozen=True, kw_only=True)
class SearchParams:
    """Parameters of ruin and recreate; the defaults were measured (docs/benchmarking.md).

    Attributes
    ----------
    mean_removed
        Orders that a ruin takes out on average.
    max_string
        Longest string of visits taken out of one route.
    split_string, keep_more
        Share of strings that keep some visits in their middle; probability of each further visit kept.
    blink
        Probability that an insertion place is overlooked.
    whole_route
        Share of ruins that empty whole routes: how a route disappears. None = 0 where nothing costs by the hour, else
        0.05.
    retried
        Unassigned orders tried again in the routes that an iteration changed.
    full_retry
        Probability that such an order is tried near its neighbours, too.
    eager
        Share of iterations that insert whatever fits, even where that is dearer: some orders pay only together.
    full_scan
        Probability that every route is tried for an order that found no place nearby.
    moves, move_neighbours, max_segment, tails
        Exchanges tried after each iteration; among how many neighbours; longest stretch; share that swaps whole tails.
        None moves = 60 where nothing costs by the hour, else 30.
    ejections
        Tries, after each iteration, to put an order that is in no route into the place of a neighbour.
    focus, trouble
        Share of ruins round one of the orders that cost most where they are, in no route or late or making others late;
        what such an order costs at least, in mean leg costs. None focus = 0.6 where disruption has a price, else 0.
    start_temperature, end_temperature
        In mean leg costs. None = 1 and 0.02 where nothing costs by the hour, 3 and 0.02 where disruption has a price,
        else 100 and 1.
    short_run
        A run of fewer iterations an order begins cooler, in proportion, at 0.4 of the temperature at least; 0 = no run
        does. None = 1000 where nothing costs by the hour and `start_temperature` is left open, else 0.
    n_adjacent, n_insertion, n_starts, n_empty
        Length of the lists for ruins, insertions and unused shifts; unused shifts tried for an order.
    opening
        Share of the price of a route's first visit that counts where the first solution is built: the less, the more
        routes it has. None = 0.02 where nothing costs by the hour, else 1.
    syncs
        How often in a run the threads share the best solution.

    Raises
    ------
    InvalidParamsError
        If a share lies outside [0, 1], or a number is negative, or zero where that makes no sense.
    """

    mean_removed: float = 10.0
    max_string: int = 10
    split_string: float = 0.5
    keep_more: float = 0.5
    blink: float = 0.01
    whole_route: float | None = None
    retried: int = 12
    full_retry: float = 0.02
    eager: float = 0.05
    full_scan: float = 0.1
    moves: int | None = None
    ejections: int = 5
    focus: float | None = None
    trouble: float = 30.0
    move_neighbours: int = 20
    max_segment: int = 3
    tails: float = 0.25
    start_temperature: float | None = None
    end_temperature: float | None = None
    short_run: int | None = None
    n_adjacent: int = 200
    n_insertion: int = 60
    n_starts: int = 24
    n_empty: int = 3
    opening: float | None = None
    syncs: int = 20

    def __post_init__(self) -> None:
        for parameter in fields(self):
            value = getattr(self, parameter.name)
            if value is None:
                continue
            if parameter.name in _SHARES and not 0 <= value <= 1:
                raise InvalidParamsError(f"{parameter.name} is {value}, expected a share from 0 to 1")
            if parameter.name in _POSITIVE and not value > 0:
                raise InvalidParamsError(f"{parameter.name} is {value}, expected more than 0")
            if not value >= 0:
                raise InvalidParamsError(f"{parameter.name} is {value}, expected at least 0")

    def for_problem(self, *, is_plain: bool, is_published: bool = False) -> SearchParams:
        """Return these parameters with what suits a problem where they are left open.

        Parameters
        ----------
        is_plain
            Whether nothing costs by the hour.
        is_published
            Whether changes to a published plan have a price.
        """
        full = _PUBLISHED if is_published else _FULL
        suited = (_PLAIN if is_plain else full) | ({} if self.start_temperature is None else {"short_run": 0})
        return replace(self, **{name: value for name, value in suited.items() if getattr(self, name) is None})
