"""Travel asked from a routing server in blocks and remembered, so that no pair of places is asked twice."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Final

import numpy as np

from geo.errors import GeoError, PlaceError
from geo.point import Point
from geo.provider import I32, Place, Spokes, TravelLegs, TravelTable, check_paired, check_profile, spokes_by_legs
from geo.server import RoutingServer, Session
from geo.server_answer import Block
from geo.server_blocks import BlockLimits, Indices, Rectangle, cut

NOT_ASKED: Final = -2
"""Stands in the remembered figures of a pair that no call has held so far."""


class ServerTravel(ABC):
    """Travel provider over a server that answers blocks; what differs between servers is in the subclasses.

    Every pair of places is asked once while the provider lives, by `table` or by `legs`, so the two agree. A place has
    no travel to itself. If a call fails, what the other calls have brought is kept for the next attempt. Memory: 8
    bytes for each pair of the places seen.

    Parameters
    ----------
    server_of_profile
        The server for each profile that it knows.
    """

    def __init__(self, server_of_profile: dict[str, RoutingServer]) -> None:
        self._server_of_profile = server_of_profile
        self._memory_of_profile = {profile: _Memory() for profile in server_of_profile}
        self._lock = Lock()

    @abstractmethod
    def _limits(self, profile: str) -> BlockLimits:
        """Return what one call may hold."""

    @abstractmethod
    def _ask(self, session: Session, origins: Sequence[Point], destinations: Sequence[Point], profile: str) -> Block:
        """Ask for one block that keeps the limits; called by several threads at once."""

    def table(self, places: Sequence[Place], profile: str) -> TravelTable:
        """Compute travel between all places; calls the server for pairs that it has not been asked so far.

        Raises
        ------
        ProfileError
            If the server is not known to have `profile`.
        PlaceError
            If a place is an index, or the server cannot use it.
        ServerError
            If the server cannot be reached or fails, after the retries or at the deadline.
        SettingError
            If the server refuses the call as such, e.g. as too large.
        """
        check_profile(profile, tuple(self._server_of_profile))
        points = _points(places, "places")
        with self._lock:
            memory = self._memory_of_profile[profile]
            index = memory.index(points)
            unique = np.unique(index)
            wanted = memory.duration_s[np.ix_(unique, unique)] == NOT_ASKED
            self._fill(
                memory,
                [Rectangle(rows=unique[r.rows], columns=unique[r.columns]) for r in cut(wanted, self._limits(profile))],
                profile,
            )
            cells = np.ix_(index, index)
            return TravelTable(duration_s=memory.duration_s[cells], distance_m=memory.distance_m[cells])

    def legs(self, origins: Sequence[Place], destinations: Sequence[Place], profile: str) -> TravelLegs:
        """Compute travel from each origin to the destination of the same position; calls the server as `table` does.

        Raises
        ------
        ProfileError, PlaceError, ServerError, SettingError
            As `table`; PlaceError too if the lists differ in length.
        """
        check_profile(profile, tuple(self._server_of_profile))
        check_paired(origins, destinations)
        start, end = _points(origins, "origins"), _points(destinations, "destinations")
        with self._lock:
            memory = self._memory_of_profile[profile]
            both = memory.index([*start, *end])
            rows, columns = both[: len(start)], both[len(start) :]
            unknown = memory.duration_s[rows, columns] == NOT_ASKED
            self._fill(memory, _rectangles_of_pairs(rows[unknown], columns[unknown], self._limits(profile)), profile)
            return TravelLegs(duration_s=memory.duration_s[rows, columns], distance_m=memory.distance_m[rows, columns])

    def spokes(self, hub: Place, rim: Sequence[Place], profile: str) -> Spokes:
        """Compute travel between `hub` and each place of `rim`; raises as `legs`."""
        return spokes_by_legs(self, hub, rim, profile)

    def _fill(self, memory: _Memory, rectangles: Sequence[Rectangle], profile: str) -> None:
        """Ask for the rectangles, a few calls at once, and remember the answers; no call begins after a failure."""
        if not rectangles:
            return
        server = self._server_of_profile[profile]
        failures: list[GeoError] = []
        with server.session() as session, ThreadPoolExecutor(max_workers=server.options.parallel_calls) as pool:

            def ask(rectangle: Rectangle) -> Block | None:
                if failures:
                    return None
                origins, destinations = (
                    [memory.points[k] for k in side] for side in (rectangle.rows, rectangle.columns)
                )
                try:
                    return self._ask(session, origins, destinations, profile)
                except GeoError as error:
                    failures.append(error)
                    session.stop()
                    return None

            try:
                for rectangle, block in zip(rectangles, pool.map(ask, rectangles), strict=True):
                    if block is not None:
                        memory.keep(rectangle, block)
            finally:
                session.stop()
        if failures:
            raise failures[0]


class _Memory:
    """What has been asked: points in the order they were first seen, and a square of figures for them."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.duration_s: I32 = np.empty((0, 0), dtype=np.int32)
        self.distance_m: I32 = np.empty((0, 0), dtype=np.int32)
        self._index_of: dict[Point, int] = {}

    def index(self, points: Sequence[Point]) -> Indices:
        """Return the row of each point; adds rows for new ones."""
        for point in points:
            if self._index_of.setdefault(point, len(self.points)) == len(self.points):
                self.points.append(point)
        old, new = len(self.duration_s), len(self.points)
        if new > old:
            self.duration_s, self.distance_m = (_grown(a, new) for a in (self.duration_s, self.distance_m))
        return np.array([self._index_of[point] for point in points], dtype=np.intp)

    def keep(self, rectangle: Rectangle, block: Block) -> None:
        """Take over the figures of a block, but for a place to itself and pairs known already."""
        cells = np.ix_(rectangle.rows, rectangle.columns)
        is_new = self.duration_s[cells] == NOT_ASKED
        self.duration_s[cells] = np.where(is_new, block.duration_s, self.duration_s[cells])
        self.distance_m[cells] = np.where(is_new, block.distance_m, self.distance_m[cells])


def _grown(figures: I32, size: int) -> I32:
    grown = np.full((size, size), NOT_ASKED, dtype=np.int32)
    np.fill_diagonal(grown, 0)
    grown[: len(figures), : len(figures)] = figures
    return grown


def _rectangles_of_pairs(rows: Indices, columns: Indices, limits: BlockLimits) -> list[Rectangle]:
    """Cover pairs that hardly share places: so many in a row as the limits allow, each with the others' cells too."""
    side = limits.max_places // 2
    while side * side > limits.max_pairs or side > (limits.max_origins or side):
        side -= 1
    return [
        Rectangle(rows=np.unique(rows[k : k + side]), columns=np.unique(columns[k : k + side]))
        for k in range(0, len(rows), side)
    ]


def _points(places: Sequence[Place], name: str) -> list[Point]:
    points: list[Point] = []
    for k, place in enumerate(places):
        if not isinstance(place, Point):
            raise PlaceError(
                f"{name}[{k}] is the index {place}, a routing server needs a coordinate\n"
                "Maybe a location has an index but no lat and lon."
            )
        points.append(place)
    return points
