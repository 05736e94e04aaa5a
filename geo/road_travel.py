"""Travel along the shortest ways of a road graph, at a speed for each class of road."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from geo.errors import PlaceError, SettingError
from geo.point import Point
from geo.provider import Place, Spokes, TravelLegs, TravelTable, check_paired, check_profile
from geo.road_graph import F64, LENGTH_LIMIT_DM, PROFILE_BITS, RoadGraph
from geo.road_lines import RoadLines, lines_of
from geo.road_network import I64, RoadNetwork, network_of, speeds_m_per_h, turned_round
from geo.road_pairs import settle_pairs
from geo.road_paths import RoadPaths
from geo.road_pool import travel_table
from geo.road_search import RoadEnds, ends_of, seconds_and_metres
from geo.road_snap import FARTHEST_M, RoadSnapper, SnappedPlaces
from geo.road_spokes import inward_weights, outward_weights
from geo.table_cache import TableCache

METHOD: Final = "shortest ways 1"
"""Part of the key of a kept table; counts up when the same graph, speeds and places give another table."""

NAMED_PLACES: Final = 10
"""Places too far from a road that an error writes out."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Roads:
    """What one profile needs: its part of the graph, and how to get onto it."""

    network: RoadNetwork
    snapper: RoadSnapper

    @cached_property
    def turned(self) -> RoadNetwork:
        """The network for searches towards a place."""
        return turned_round(self.network)


@dataclass(frozen=True, kw_only=True, eq=False)
class _Placed:
    """Different places on the roads, and which of them each place that was asked for is."""

    snapped: SnappedPlaces
    ends: RoadEnds
    of_place: I64


class RoadTravel:
    """Travel provider: shortest ways by time, from and to the nearest place on a road.

    The way between a place and the road is not counted. Between two places on the roads there is always a way, since
    every profile is kept to the largest part of its roads where one gets from everywhere to everywhere; one that takes
    longer than 74 h, or 3,355 km at the highest speed, counts as none. Figures do not depend on what else is asked.

    Parameters
    ----------
    graph
        The roads.
    speed_kmh
        By profile (of `PROFILE_BITS`) and class of road (of `ROAD_CLASSES`), km/h; a class that is missing or 0 is not
        used. A posted limit lowers the speed of a car.
    digest
        Says which graph it is, among those whose tables are in `cache`.
    max_snap_m
        A place farther than this from the roads of its profile is refused, metres; at most 100 km.
    cache
        Where tables are kept; `None` = nowhere.
    workers
        Processes for a table; `None` = one for each core where that is faster.

    Raises
    ------
    SettingError
        If a profile or class of road is unknown, or a number out of its limits.
    """

    def __init__(
        self,
        graph: RoadGraph,
        *,
        speed_kmh: Mapping[str, Mapping[str, float]],
        digest: str,
        max_snap_m: float = 1000.0,
        cache: TableCache | None = None,
        workers: int | None = None,
    ) -> None:
        if unknown := sorted(set(speed_kmh) - set(PROFILE_BITS)):
            raise SettingError(f"speed_kmh.{unknown[0]} is no profile, known are: {', '.join(PROFILE_BITS)}")
        if not 0 < max_snap_m <= FARTHEST_M:
            raise SettingError(f"max_snap_m is {max_snap_m}, must be above 0 and at most {FARTHEST_M:g}")
        if workers is not None and workers < 1:
            raise SettingError(f"workers is {workers}, must be at least 1")
        self._graph = graph
        self._speeds = {name: speeds_m_per_h(speeds, f"speed_kmh.{name}") for name, speeds in speed_kmh.items()}
        self._digest = digest
        self._max_snap_m = float(max_snap_m)
        self._cache = cache
        self._workers = workers
        self._lines: RoadLines | None = None
        self._roads: dict[str, _Roads] = {}
        self._rims: dict[str, tuple[tuple[Sequence[Place], RoadEnds], ...]] = {}

    def table(self, places: Sequence[Place], profile: str) -> TravelTable:
        """Compute travel between all places, or take it from the cache.

        Raises
        ------
        ProfileError
            If `profile` has no speeds.
        PlaceError
            If a place is an index, or too far from every road.
        RoadGraphError
            If there is no road for the profile.
        """
        check_profile(profile, tuple(self._speeds))
        where = _coordinates(places, "places")
        key = self._key(where, profile)
        kept = self._cache.get(key, size=len(places)) if self._cache else None
        if kept is not None:
            return kept
        placed = self._place(where, profile, [f"places[{k}]" for k in range(len(places))])
        table = travel_table(self._of(profile).network, placed.ends, workers=self._workers)
        cells = np.ix_(placed.of_place, placed.of_place)
        table = TravelTable(duration_s=table.duration_s[cells], distance_m=table.distance_m[cells])
        if self._cache:
            self._cache.put(key, table)
        return table

    def legs(self, origins: Sequence[Place], destinations: Sequence[Place], profile: str) -> TravelLegs:
        """Compute travel from each origin to the destination of the same position.

        Raises
        ------
        ProfileError, PlaceError, RoadGraphError
            As `table`; also PlaceError if the lists differ in length.
        """
        placed, origin, destination = self._pairs(origins, destinations, profile)
        network = self._of(profile).network
        weights = np.full(len(origin), np.inf)
        for settled in settle_pairs(network, placed.ends, origin, destination):
            weights[settled.pair] = settled.weight
        seconds, metres = seconds_and_metres(weights)
        return TravelLegs(duration_s=seconds, distance_m=metres)

    def spokes(self, hub: Place, rim: Sequence[Place], profile: str) -> Spokes:
        """Compute travel between `hub` and each place of `rim` by one search from the hub and one towards it.

        Raises
        ------
        ProfileError, PlaceError, RoadGraphError
            As `legs`.
        """
        check_profile(profile, tuple(self._speeds))
        roads = self._of(profile)
        hub_ends = self._ends((hub,), profile, "hub")
        rim_ends = self._ends_of_rim(rim, profile)
        inward_s, inward_m = seconds_and_metres(inward_weights(roads.network, roads.turned, hub_ends, rim_ends))
        outward_s, outward_m = seconds_and_metres(outward_weights(roads.network, hub_ends, rim_ends))
        return Spokes(
            inward=TravelLegs(duration_s=inward_s, distance_m=inward_m),
            outward=TravelLegs(duration_s=outward_s, distance_m=outward_m),
        )

    def _ends_of_rim(self, rim: Sequence[Place], profile: str) -> RoadEnds:
        """Return the ends of a rim; those of the last two tuples are kept, for a large one that comes again."""
        rims = self._rims.get(profile, ())
        known = next((ends for places, ends in rims if places is rim), None)
        ends = self._ends(rim, profile, "rim") if known is None else known
        if isinstance(rim, tuple):
            self._rims[profile] = ((rim, ends), *(kept for kept in rims if kept[0] is not rim))[:2]
        return ends

    def _ends(self, places: Sequence[Place], profile: str, name: str) -> RoadEnds:
        """Place each on the roads; one row for each, even where two are the same."""
        names = [f"{name}[{k}]" for k in range(len(places))]
        placed = self._place(_coordinates(places, name), profile, names)
        return placed.ends.take(placed.of_place)

    def paths(self, origins: Sequence[Place], destinations: Sequence[Place], profile: str) -> tuple[F64, ...]:
        """Draw the ways that `legs` measures.

        Returns
        -------
        tuple of (k, 2) float64
            Latitudes and longitudes along the roads, WGS-84, at least two points: from the place on the road nearest
            to the origin to that nearest to the destination. Of ways as short as each other always the same is drawn.
            No points, (0, 2), where there is no way.

        Raises
        ------
        ProfileError, PlaceError, RoadGraphError
            As `legs`.
        """
        placed, origin, destination = self._pairs(origins, destinations, profile)
        network = self._of(profile).network
        paths = RoadPaths(network=network, lines=self._all_lines(), snapped=placed.snapped, ends=placed.ends)
        return paths.draw(origin, destination)

    def _pairs(self, origins: Sequence[Place], destinations: Sequence[Place], profile: str) -> tuple[_Placed, I64, I64]:
        check_profile(profile, tuple(self._speeds))
        check_paired(origins, destinations)
        m = len(origins)
        where = np.concatenate((_coordinates(origins, "origins"), _coordinates(destinations, "destinations")), axis=1)
        names = [f"origins[{k}]" for k in range(m)] + [f"destinations[{k}]" for k in range(m)]
        placed = self._place(where, profile, names)
        return placed, placed.of_place[:m], placed.of_place[m:]

    def _place(self, where: F64, profile: str, names: Sequence[str]) -> _Placed:
        roads = self._of(profile)
        snapped = roads.snapper.snap(where[0], where[1], within_m=self._max_snap_m)
        far = np.flatnonzero(~(snapped.off_road_m <= self._max_snap_m))
        if len(far):
            listed = [
                f"{names[k]} (lat {where[0, k]:.6f}, lon {where[1, k]:.6f}) {snapped.off_road_m[k]:,.0f} m"
                for k in far[:NAMED_PLACES]
            ]
            more = f" and {len(far) - NAMED_PLACES} more" if len(far) > NAMED_PLACES else ""
            raise PlaceError(
                f"farther than {self._max_snap_m:g} m from every road that {profile} may use and get back from: "
                f"{'; '.join(listed)}{more}\n"
                "Maybe their coordinates are wrong, the roads do not cover the region, or max_snap_m is too small.",
                places=tuple(far[:NAMED_PLACES].tolist()),
            )
        keys = snapped.segment.astype(np.int64) * LENGTH_LIMIT_DM + snapped.position_dm
        _, first, of_place = np.unique(keys, return_index=True, return_inverse=True)
        unique = snapped.take(first)
        return _Placed(snapped=unique, ends=ends_of(roads.network, unique), of_place=of_place)

    def _of(self, profile: str) -> _Roads:
        # Made when first needed, which for a table from the cache is never. Two threads may both make them: the same.
        if profile not in self._roads:
            network = network_of(self._graph, profile, self._speeds[profile])
            snapper = RoadSnapper(self._all_lines(), network)
            self._roads[profile] = _Roads(network=network, snapper=snapper)
        return self._roads[profile]

    def _all_lines(self) -> RoadLines:
        if self._lines is None:
            self._lines = lines_of(self._graph)
        return self._lines

    def _key(self, where: F64, profile: str) -> str:
        says = [METHOD, self._digest, profile, self._speeds[profile].tolist(), self._max_snap_m]
        key = hashlib.sha256(json.dumps(says).encode())
        key.update(where.astype("<f8").tobytes())
        return key.hexdigest()


def _coordinates(places: Sequence[Place], name: str) -> F64:
    where = np.empty((2, len(places)))
    for k, place in enumerate(places):
        if not isinstance(place, Point):
            raise PlaceError(
                f"{name}[{k}] is the index {place}, travel along roads needs a coordinate\n"
                "Maybe a location has an index but no lat and lon."
            )
        where[:, k] = place.lat, place.lon
    return where
