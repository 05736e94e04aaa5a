"""The nearest place on a road: not the nearest junction, which may be hundreds of metres along."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from geo.geodesic import FLATTENING, SEMI_MAJOR_AXIS_M
from geo.road_graph import F64, I32
from geo.road_lines import RoadLines, earth_centred_m, short_way_round
from geo.road_network import I64, RoadNetwork

SPACING_M: Final = 100.0
"""Roads are looked up by marks in the middle of stretches of at most this length."""

SLACK: Final = 1.001
SLACK_M: Final = 1.0
"""What flat maths around a place may be off by when candidates are chosen; those are then all measured."""

FARTHEST_M: Final = 100_000.0
"""A place that is moved farther than this cannot be meant; flat maths would not hold either."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SnappedPlaces:
    """Where places stand on the roads.

    Attributes
    ----------
    segment : (k,) int32
        Segment of the graph.
    position_dm : (k,) int64
        Along the segment from its first end, 0 to its length.
    point : (k,) int64
        Last point of the segment's line at or before the place, never the line's last.
    lat, lon : (k,) float64
        Degrees, WGS-84, on the road.
    off_road_m : (k,) float64
        From the place to the road in a straight line, metres.
    """

    segment: I32
    position_dm: I64
    point: I64
    lat: F64
    lon: F64
    off_road_m: F64

    def take(self, index: I64) -> SnappedPlaces:
        """Return the places at these positions, in this order."""
        return SnappedPlaces(**{field.name: getattr(self, field.name)[index] for field in fields(self)})


class RoadSnapper:
    """Finds the nearest place on the roads of one profile.

    Parameters
    ----------
    lines
        All segments of the graph.
    network
        The profile's part; places are put on its segments only.
    """

    def __init__(self, lines: RoadLines, network: RoadNetwork) -> None:
        self._lines = lines
        self._network = network
        counts = lines.start[network.segments + 1] - lines.start[network.segments] - 1
        self._segment = np.repeat(network.segments, counts)
        first_piece = np.cumsum(counts) - counts
        within = np.arange(len(self._segment)) - np.repeat(first_piece, counts)
        self._point = lines.start[self._segment] + within
        self._d_lat = lines.lat[self._point + 1] - lines.lat[self._point]
        self._d_lon = short_way_round(lines.lon[self._point + 1] - lines.lon[self._point])
        position = earth_centred_m(lines.lat, lines.lon)
        self._length_m = np.sqrt(((position[:, self._point + 1] - position[:, self._point]) ** 2).sum(axis=0))
        so_far = np.cumsum(self._length_m) - self._length_m
        self._before_m = so_far - np.repeat(so_far[first_piece], counts)
        total_m = np.add.reduceat(self._length_m, first_piece)
        self._segment_m = np.repeat(np.maximum(total_m, np.finfo(np.float64).tiny), counts)
        n_marks = np.maximum(1, np.ceil(self._length_m / SPACING_M)).astype(np.int64)
        self._piece_of_mark = np.repeat(np.arange(len(n_marks)), n_marks)
        nth = np.arange(len(self._piece_of_mark)) - np.repeat(np.cumsum(n_marks) - n_marks, n_marks)
        share = (nth + 0.5) / n_marks[self._piece_of_mark]
        lat, lon = self._along(self._piece_of_mark, share)
        self._marks = KDTree(earth_centred_m(lat, lon).T)

    def snap(self, lat: F64, lon: F64, *, within_m: float) -> SnappedPlaces:
        """Put each place on the nearest road within `within_m`, or on some road farther away than that.

        Any place within x metres of a road is within x + half the spacing of a mark of it. So with the nearest mark
        d metres away, the marks within d + half the spacing lead to every road that can be the nearest. The outcome
        depends on the place alone, not on what else is asked. O(log marks) for a place.

        Parameters
        ----------
        lat, lon : (k,) float64
            Degrees, WGS-84.
        within_m
            At most `FARTHEST_M`. For a place beyond it the nearest mark is enough: seen from far away all marks are
            about as near, and to measure them all for every place would take more memory than there is.
        """
        places_m = earth_centred_m(lat, lon).T
        nearest_m, nearest = map(np.asarray, self._marks.query(places_m))
        near = np.flatnonzero(nearest_m <= (within_m + SPACING_M / 2) * SLACK + SLACK_M)
        radius_m = (nearest_m[near] + SPACING_M / 2) * SLACK + SLACK_M
        found: NDArray[np.object_] = np.asarray(
            self._marks.query_ball_point(places_m[near], radius_m), dtype=np.object_
        )
        counts = [len(marks) for marks in found]
        others = np.fromiter((mark for marks in found for mark in marks), dtype=np.int64, count=sum(counts))
        place = np.concatenate((np.arange(len(lat)), np.repeat(near, counts)))
        mark = np.concatenate((nearest, others))
        piece = self._piece_of_mark[mark]
        share, off_m2 = self._nearest_on_piece(lat, lon, place, piece)
        order = np.lexsort((piece, off_m2, place))
        best = order[np.searchsorted(place[order], np.arange(len(lat)))]
        piece, share = piece[best], share[best]
        fraction = (self._before_m[piece] + share * self._length_m[piece]) / self._segment_m[piece]
        segment = self._segment[piece]
        length_dm = self._network.length_dm[segment]
        on_lat, on_lon = self._along(piece, share)
        return SnappedPlaces(
            segment=segment,
            position_dm=np.clip(np.rint(fraction * length_dm), 0, length_dm).astype(np.int64),
            point=self._point[piece],
            lat=on_lat,
            lon=on_lon,
            off_road_m=np.sqrt(off_m2[best]),
        )

    def _nearest_on_piece(self, lat: F64, lon: F64, place: I64, piece: I64) -> tuple[F64, F64]:
        """Return how far along its piece each place comes nearest, 0..1, and the squared metres to there.

        On the plane that touches the ellipsoid at the place: right to one part in 10,000 within a kilometre.
        """
        metres = np.array([_metres_per_degree(degrees) for degrees in lat.tolist()]).reshape(-1, 2)
        north_m, east_m = metres[place, 0], metres[place, 1]
        point = self._point[piece]
        y = (self._lines.lat[point] - lat[place]) * north_m
        x = short_way_round(self._lines.lon[point] - lon[place]) * east_m
        dy, dx = self._d_lat[piece] * north_m, self._d_lon[piece] * east_m
        squared = np.maximum(dx * dx + dy * dy, np.finfo(np.float64).tiny)
        share = np.clip(-(x * dx + y * dy) / squared, 0.0, 1.0)
        return share, (x + share * dx) ** 2 + (y + share * dy) ** 2

    def _along(self, piece: I64, share: F64) -> tuple[F64, F64]:
        point = self._point[piece]
        lat = self._lines.lat[point] + share * self._d_lat[piece]
        return lat, short_way_round(self._lines.lon[point] + share * self._d_lon[piece])


def _metres_per_degree(lat: float) -> tuple[float, float]:
    """Return the metres of one degree north and east: pi / 180 times the radii of curvature at `lat`.

    By the standard library, one number at a time: numpy may take another formula for the last few of an array, and the
    outcome must not depend on the place's position in a list.
    """
    squared_eccentricity = FLATTENING * (2 - FLATTENING)
    sine = math.sin(math.radians(lat))
    w = 1 - squared_eccentricity * sine * sine
    east = SEMI_MAJOR_AXIS_M / math.sqrt(w)
    north = east * (1 - squared_eccentricity) / w
    return math.radians(north), math.radians(east * math.cos(math.radians(lat)))
