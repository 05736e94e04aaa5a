"""What can go wrong in geo; every class is a `GeoError`."""

from __future__ import annotations


class GeoError(Exception):
    """Root of geo's own exceptions."""


class PlaceError(GeoError):
    """A place that the provider cannot use: a coordinate out of range, an index where a point is needed.

    Attributes
    ----------
    places
        Positions of the places of a table that are at fault, as far as they are known.
    """

    def __init__(self, message: str, *, places: tuple[int, ...] = ()) -> None:
        super().__init__(message)
        self.places = places


class ProfileError(GeoError):
    """A travel profile that the provider does not know."""


class SettingError(GeoError):
    """A setting of a provider or geocoder that cannot work."""


class MatrixError(GeoError):
    """A given matrix that is not square, not whole, negative or too large."""


class GeocodingError(GeoError):
    """The geocoding service or its cache failed; the address itself may be good."""


class RoadGraphError(GeoError):
    """A road graph, or the file it comes from, that cannot be used."""


class ServerError(GeoError):
    """A routing server that cannot be reached, or fails however often it is asked."""
