"""Coordinates of addresses: a geopy geocoder, called slowly and never twice for the same address."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from geopy.exc import GeocoderNotFound, GeopyError
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import get_geocoder_for_service

from geo.datum import Datum, to_wgs84
from geo.errors import GeocodingError, SettingError
from geo.geocode_cache import GeocodeCache
from geo.point import Point

DATUM_OF_SERVICE: Final[Mapping[str, Datum]] = {"baidu": "bd09", "baiduv3": "bd09"}
"""What services answer in, where it is not WGS-84."""

ERROR_WAIT_S: Final = 5.0
MAX_RETRIES: Final = 2
"""geopy's own defaults."""


class Geocoder(Protocol):
    """Finds the coordinates of addresses."""

    def locate(self, address: str) -> Point | None:
        """Return where an address is; None if the service does not know it.

        Raises
        ------
        GeocodingError
            If the service does not answer; the address may be good.
        """
        ...


class GeopyService(Protocol):
    """What is used of a geopy geocoder."""

    def geocode(self, query: str, *, exactly_one: bool) -> Any:
        """Return a `geopy.Location`, or None if the address is unknown."""
        ...


class GeopyGeocoder:
    """Geocoder over geopy: asks a service, at most one call per `min_delay_s`, and keeps every answer.

    "Unknown" is an answer and is kept too; an error is none and is not.

    Parameters
    ----------
    service
        A geopy geocoder; `geopy_service` makes one by name.
    name
        Its name in the cache.
    cache
        Answers so far; may be shared by processes.
    min_delay_s
        Seconds between two calls.
    error_wait_s
        Seconds before a call that failed is tried again, at least `min_delay_s`.
    datum
        What the service's coordinates refer to.
    """

    def __init__(
        self,
        service: GeopyService,
        *,
        name: str,
        cache: GeocodeCache,
        min_delay_s: float,
        error_wait_s: float = ERROR_WAIT_S,
        datum: Datum = "wgs84",
    ) -> None:
        self._ask: Callable[..., Any] = RateLimiter(
            service.geocode,
            min_delay_seconds=min_delay_s,
            max_retries=MAX_RETRIES,
            error_wait_seconds=max(min_delay_s, error_wait_s),
            swallow_exceptions=False,
        )
        self._name = name
        self._cache = cache
        self._datum: Datum = datum

    def locate(self, address: str) -> Point | None:
        """Return where an address is; None if the service does not know it. Adds the answer to the cache.

        White space at the ends and runs of it do not matter.

        Raises
        ------
        GeocodingError
            If the service does not answer after two more tries, refuses, or the cache cannot be used.
        """
        address = " ".join(address.split())
        if not address:
            return None
        known = self._cache.find(self._name, address)
        if known is not None:
            return known.point
        point = self._locate_by_service(address)
        self._cache.add(self._name, address, point)
        return point

    def _locate_by_service(self, address: str) -> Point | None:
        try:
            found = self._ask(address, exactly_one=True)
        except GeopyError as error:
            raise GeocodingError(
                f"{self._name} gave no answer for the address {address!r}: {type(error).__name__}: {error}\n"
                "Maybe it cannot be reached from here, or wants an API key."
            ) from error
        if found is None:
            return None
        wgs84 = to_wgs84([found.latitude], [found.longitude], self._datum)
        return Point(float(wgs84.lat[0]), float(wgs84.lon[0]))


def geopy_service(name: str, options: Mapping[str, object]) -> GeopyService:
    """Make the geopy geocoder of that name.

    Parameters
    ----------
    name
        As `geopy.geocoders.get_geocoder_for_service` knows it, e.g. "nominatim".
    options
        What its constructor takes, e.g. user_agent, domain, timeout, api_key.

    Raises
    ------
    SettingError
        If geopy knows no such geocoder, or it takes no such option or lacks one.
    """
    try:
        service_class = get_geocoder_for_service(name)
    except GeocoderNotFound:
        raise SettingError(
            f"geocoder is {name!r}, which geopy does not know\nMaybe it is misspelt: nominatim, photon, baiduv3 ..."
        ) from None
    parameters = inspect.signature(service_class).parameters
    unknown = [option for option in options if option not in parameters]
    if unknown:
        raise SettingError(f"geocoder {name} takes no {unknown[0]}, only: {', '.join(parameters)}")
    try:
        service: GeopyService = service_class(**options)
    except (TypeError, GeopyError) as error:  # TypeError: a required option is missing, geopy's own: it cannot be used
        raise SettingError(f"geocoder {name} cannot be used: {error}\nMaybe it needs an API key.") from error
    return service
