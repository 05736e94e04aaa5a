"""Prices routes of all shifts in the core, in parallel, and sums up what the least reduced costs prove."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, Final, Self

from solver import _core

SCALE: Final = 64
"""Duals are integers in units of 1 / SCALE of a cost unit: the bound made from them is exact."""
_LOOK_EVERY_S: Final = 0.05
_NEVER_WORTH_IT: Final = -(2**60)
"""A dual price at which no route visits an order."""


@dataclass(frozen=True, kw_only=True)
class ShiftClass:
    """Shifts with the same data: one pricing problem serves them all."""

    shifts: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many routes of the class there may be."""
        return len(self.shifts)


@dataclass(frozen=True, kw_only=True)
class RowCut:
    """A subset-row cut as the core prices it: `price` scaled, not negative."""

    orders: tuple[int, ...]
    memory: tuple[int, ...]
    price: int


@dataclass(frozen=True, kw_only=True)
class Effort:
    """One way to look for routes.

    Attributes
    ----------
    heuristic
        Quick: labels are compared by time and cost alone, so that routes may be missed.
    max_arcs
        From each order only to so many of the nearest and of the most promising orders; 0 = to all.
    max_routes
        The best so many of each class are returned.
    """

    heuristic: bool
    max_arcs: int
    max_routes: int


@dataclass(frozen=True, kw_only=True)
class PricingTask:
    """What the core's `Pricer.price` reads; see `solver/core/pricing.h`."""

    duals: Sequence[int]
    cuts: Sequence[RowCut]
    neighbours: Sequence[Sequence[int]]
    scale: int
    threshold: int
    max_routes: int
    heuristic: bool
    max_arcs: int
    max_labels: int


@dataclass(frozen=True, kw_only=True)
class Column:
    """A route of one class of shifts; an order may occur in it more than once. `cost` is at most its true cost."""

    shift_class: int
    orders: tuple[int, ...]
    cost: int


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Dual prices, scaled integers: of each order, of each class of shifts (not positive), of the cuts."""

    orders: Sequence[int]
    classes: Sequence[int]
    cuts: Sequence[RowCut]


@dataclass(frozen=True, kw_only=True)
class Priced:
    """One round of pricing.

    Attributes
    ----------
    proven
        The lower bound it proves, scaled; weak unless the round was exact.
    is_exact
        Whether no route of negative reduced cost was missed.
    """

    columns: tuple[Column, ...]
    proven: int
    is_exact: bool
    n_labels: int


def shift_classes(core: _core.Problem) -> tuple[ShiftClass, ...]:
    """Group the shifts that may have the same routes at the same costs."""
    members: dict[int, list[int]] = {}
    for shift, team in enumerate(core.teams):
        members.setdefault(team, []).append(shift)
    return tuple(ShiftClass(shifts=tuple(shifts)) for shifts in members.values())


class ParallelPricing:
    """Pricers of all classes, run in a pool of threads; a context manager.

    Parameters
    ----------
    is_over
        True once time is up: pricing in progress is then given up.
    max_labels
        Labels that one class may make in an exact round (about 100 bytes each).
    """

    def __init__(
        self,
        core: _core.Problem,
        classes: Sequence[ShiftClass],
        *,
        threads: int,
        is_over: Callable[[], bool],
        max_labels: int,
    ) -> None:
        self.classes = classes
        self.max_labels = max_labels
        self._pricers = [_core.Pricer(core, shift_class.shifts[0]) for shift_class in classes]
        self._is_over = is_over
        self._pool = ThreadPoolExecutor(threads)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def orders_of(self, index: int) -> Sequence[int]:
        """Orders that a class may serve."""
        return self._pricers[index].orders

    def price(
        self,
        prices: Prices,
        *,
        neighbours: Sequence[Sequence[int]],
        effort: Effort,
        forbidden: Mapping[int, Sequence[int]],
    ) -> Priced:
        """Find routes of negative reduced cost in every class; `forbidden`: by class the orders it does not serve."""
        tasks = [
            PricingTask(
                duals=_without(prices.orders, forbidden.get(index, ())),
                cuts=prices.cuts,
                neighbours=neighbours,
                scale=SCALE,
                threshold=threshold - 1,
                max_routes=effort.max_routes,
                heuristic=effort.heuristic,
                max_arcs=effort.max_arcs,
                max_labels=self.max_labels,
            )
            for index, threshold in enumerate(prices.classes)
        ]
        futures = [self._pool.submit(pricer.price, task) for pricer, task in zip(self._pricers, tasks, strict=True)]
        self._await(futures)
        found = [future.result() for future in futures]
        columns = tuple(
            Column(shift_class=index, orders=tuple(orders), cost=cost)
            for index, (_, _, _, routes) in enumerate(found)
            for cost, orders in routes
        )
        proven = sum(prices.orders) - sum(cut.price for cut in prices.cuts)
        proven += sum(c.size * min(0, least) for c, (least, _, _, _) in zip(self.classes, found, strict=True))
        return Priced(
            columns=columns,
            proven=proven,
            is_exact=all(complete for _, complete, _, _ in found),
            n_labels=sum(n for _, _, n, _ in found),
        )

    def _await(self, futures: Sequence[Future[Any]]) -> None:
        """Wait for all; once time is up, have them give up."""
        pending = set(futures)
        while pending:
            _, pending = wait(pending, timeout=_LOOK_EVERY_S, return_when=FIRST_COMPLETED)
            if pending and self._is_over():
                for pricer in self._pricers:
                    pricer.cancel()
                wait(pending)
                return


def _without(duals: Sequence[int], forbidden: Sequence[int]) -> Sequence[int]:
    """Dual prices at which no route visits the forbidden orders."""
    if not forbidden:
        return duals
    changed = list(duals)
    for order in forbidden:
        changed[order] = _NEVER_WORTH_IT
    return changed
