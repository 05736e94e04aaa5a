"""Roads as a graph: junctions and ends as nodes, and between them segments of one class and one set of permissions."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import RoadGraphError

F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]

ROAD_CLASSES: Final = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "residential",
    "living_street",
    "service",
    "track",
    "cycleway",
    "footway",
    "steps",
)
"""Names of `RoadGraph.road_class`, by its code; OpenStreetMap's words, links counted with their road."""

PROFILE_BITS: Final = {"ebike": 1, "car": 2, "walk": 4}
"""Bits of `RoadGraph.forward` and `RoadGraph.backward`."""

LENGTH_LIMIT_DM: Final = 2**25
"""No segment, and no way that is looked for, is as long as that (3,355 km)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class RoadGraph:
    """Road segments between nodes, each stored once with what may go along it in either direction.

    A segment may begin and end at one node, and several may join the same two nodes. Longitudes may run across the
    date line: the next point is always taken the short way round.

    Attributes
    ----------
    node_lat, node_lon : (n,) float64
        Degrees, WGS-84.
    segment_from, segment_to : (m,) int32
        Nodes at the two ends of a segment; forward is from the first to the second. At least one segment.
    length_dm : (m,) int32
        Decimetres along the segment, 1 to 2**25 - 1.
    road_class : (m,) uint8
        Position in `ROAD_CLASSES`.
    forward, backward : (m,) uint8
        Sums of `PROFILE_BITS`: the profiles that may go that way.
    max_kmh : (m,) uint8
        Posted limit, km/h; 0 = none.
    shape_start : (m + 1,) int32
        The points of segment k between its ends are `shape_lat[shape_start[k]:shape_start[k + 1]]`, from the first end
        to the second; there may be none.
    shape_lat, shape_lon : (p,) float64
        Degrees, WGS-84.

    All arrays are made read-only.

    Raises
    ------
    RoadGraphError
        If an array has another type or size, or a value out of its limits.
    """

    node_lat: F64
    node_lon: F64
    segment_from: I32
    segment_to: I32
    length_dm: I32
    road_class: U8
    forward: U8
    backward: U8
    max_kmh: U8
    shape_start: I32
    shape_lat: F64
    shape_lon: F64

    def __post_init__(self) -> None:
        n, m, points = len(self.node_lat), len(self.segment_from), len(self.shape_lat)
        if not m:
            raise RoadGraphError("segment_from is empty, must hold at least one road\nMaybe the map shows no roads.")
        for field in fields(self):
            name = field.name
            if name.startswith("node"):
                _check_array(name, getattr(self, name), np.float64, n)
            elif name in {"shape_lat", "shape_lon"}:
                _check_array(name, getattr(self, name), np.float64, points)
            elif name in {"segment_from", "segment_to", "length_dm", "shape_start"}:
                _check_array(name, getattr(self, name), np.int32, m + (name == "shape_start"))
            else:
                _check_array(name, getattr(self, name), np.uint8, m)
        for name, limit in {"node_lat": 90, "shape_lat": 90, "node_lon": 180, "shape_lon": 180}.items():
            _check_limits(name, getattr(self, name), -limit, limit)
        _check_limits("segment_from", self.segment_from, 0, n - 1)
        _check_limits("segment_to", self.segment_to, 0, n - 1)
        _check_limits("length_dm", self.length_dm, 1, LENGTH_LIMIT_DM - 1)
        _check_limits("road_class", self.road_class, 0, len(ROAD_CLASSES) - 1)
        _check_limits("forward", self.forward, 0, sum(PROFILE_BITS.values()))
        _check_limits("backward", self.backward, 0, sum(PROFILE_BITS.values()))
        if self.shape_start[0] != 0 or self.shape_start[-1] != points or (np.diff(self.shape_start) < 0).any():
            raise RoadGraphError(
                f"shape_start runs from {self.shape_start[0]} to {self.shape_start[-1]}, must grow from 0 to the "
                f"{points} points of shape_lat\nMaybe its last entry, the end of the last segment, is missing."
            )


def _check_array(name: str, array: NDArray[Any], dtype: type[np.generic], size: int) -> None:
    if array.dtype != dtype or array.shape != (size,):
        raise RoadGraphError(
            f"{name} is {array.dtype} of shape {array.shape}, must be {np.dtype(dtype)} of shape {(size,)}\n"
            "Maybe an array was made without its dtype, or belongs to other nodes, segments or points."
        )
    array.flags.writeable = False


def _check_limits(name: str, array: NDArray[Any], low: int, high: int) -> None:
    wrong = ~((array >= low) & (array <= high))  # not a number is wrong, too
    if wrong.any():
        k = int(np.argmax(wrong))
        raise RoadGraphError(
            f"{name}[{k}] is {array[k]}, must lie in {low}..{high}\nMaybe the map or what reads it is at fault."
        )
