"""What can be set about the search."""

from __future__ import annotations

from dataclasses import dataclass, fields

from solver.errors import InvalidParamsError

_SHARES = {"split_string", "keep_more", "blink", "whole_route", "full_retry", "eager", "full_scan", "tails"}
_POSITIVE = {"mean_removed", "max_string", "max_segment", "start_temperature", "end_temperature", "syncs"}


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
        Share of ruins that empty whole routes: how a route disappears.
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
    ejections
        Tries, after each iteration, to put an order that is in no route into the place of a neighbour.
    start_temperature, end_temperature
        In mean leg costs.
    n_adjacent, n_insertion, n_starts, n_empty
        Length of the lists for ruins, insertions and unused shifts; unused shifts tried for an order.
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
    whole_route: float = 0.05
    retried: int = 12
    full_retry: float = 0.02
    eager: float = 0.05
    full_scan: float = 0.1
    moves: int = 30
    ejections: int = 5
    move_neighbours: int = 20
    max_segment: int = 3
    tails: float = 0.25
    start_temperature: float = 100.0
    end_temperature: float = 1.0
    n_adjacent: int = 200
    n_insertion: int = 60
    n_starts: int = 24
    n_empty: int = 3
    syncs: int = 20

    def __post_init__(self) -> None:
        for parameter in fields(self):
            value = getattr(self, parameter.name)
            if parameter.name in _SHARES and not 0 <= value <= 1:
                raise InvalidParamsError(f"{parameter.name} is {value}, expected a share from 0 to 1")
            if parameter.name in _POSITIVE and not value > 0:
                raise InvalidParamsError(f"{parameter.name} is {value}, expected more than 0")
            if not value >= 0:
                raise InvalidParamsError(f"{parameter.name} is {value}, expected at least 0")
