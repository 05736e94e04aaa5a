"""What every source of travel times offers: a full table and single legs.

A provider knows places and profiles, nothing of orders: access time at an order's door or moves inside one community
are added by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.errors import PlaceError, ProfileError
from geo.point import Point

I32 = NDArray[np.int32]

UNREACHABLE: Final = -1
"""Stands in both arrays where there is no way."""

Place: TypeAlias = Point | int
"""A coordinate, or the row of a given matrix."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TravelTable:
    """Travel from every place (row) to every place (column).

    Attributes
    ----------
    duration_s : (n, n) int32, read-only
        Whole seconds, rounded up; `UNREACHABLE` if there is no way.
    distance_m : (n, n) int32, read-only
        Whole metres, rounded to the nearest; `UNREACHABLE` exactly where `duration_s` is.
    """

    duration_s: I32
    distance_m: I32

    def __post_init__(self) -> None:
        self.duration_s.flags.writeable = False
        self.distance_m.flags.writeable = False


@dataclass(frozen=True, kw_only=True, eq=False)
class TravelLegs:
    """Travel from each origin to the destination of the same position.

    Attributes
    ----------
    duration_s, distance_m : (m,) int32, read-only
        As in `TravelTable`.
    """

    duration_s: I32
    distance_m: I32

    def __post_init__(self) -> None:
        self.duration_s.flags.writeable = False
        self.distance_m.flags.writeable = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Spokes:
    """Travel between one place, the hub, and each of many, the rim.

    Attributes
    ----------
    inward, outward
        From the places of the rim to the hub, and back.
    """

    inward: TravelLegs
    outward: TravelLegs


class TravelProvider(Protocol):
    """Source of travel times and distances.

    `table`, `legs` and `spokes` agree to the second and the metre for the same pair of places: a plan made with one is
    checked with the other.
    """

    def table(self, places: Sequence[Place], profile: str) -> TravelTable:
        """Compute travel between all places.

        Raises
        ------
        ProfileError
            If the provider does not know `profile`.
        PlaceError
            If the provider cannot use one of `places`.
        """
        ...

    def legs(self, origins: Sequence[Place], destinations: Sequence[Place], profile: str) -> TravelLegs:
        """Compute travel from `origins[k]` to `destinations[k]` for every k.

        Raises
        ------
        ProfileError
            If the provider does not know `profile`.
        PlaceError
            If the provider cannot use a place, or the two lists differ in length.
        """
        ...

    def spokes(self, hub: Place, rim: Sequence[Place], profile: str) -> Spokes:
        """Compute travel between `hub` and each place of `rim`, there and back.

        Parameters
        ----------
        rim
            A tuple that comes again, the same object, need not be read again.

        Raises
        ------
        ProfileError, PlaceError
            As `legs`.
        """
        ...


def spokes_by_legs(provider: TravelProvider, hub: Place, rim: Sequence[Place], profile: str) -> Spokes:
    """Compute spokes as two lists of legs."""
    hubs = [hub] * len(rim)
    return Spokes(inward=provider.legs(rim, hubs, profile), outward=provider.legs(hubs, rim, profile))


def check_profile(profile: str, known: Sequence[str]) -> None:
    """Raise unless `profile` is one of `known`.

    Raises
    ------
    ProfileError
        If it is not; the message lists the known ones.
    """
    if profile not in known:
        raise ProfileError(f"profile is {profile!r}, known are: {', '.join(sorted(known)) or 'none'}")


def check_paired(origins: Sequence[Place], destinations: Sequence[Place]) -> None:
    """Raise unless there is one destination for each origin.

    Raises
    ------
    PlaceError
        If the lengths differ.
    """
    if len(origins) != len(destinations):
        raise PlaceError(f"{len(origins)} origins but {len(destinations)} destinations, must be as many")
