"""Where orders are: their own location, else their geocoded address, else their community's location."""

from __future__ import annotations

import os
from typing import Final

import numpy as np

from dispatch.domain.request import Location, Order, Request
from dispatch.errors import TravelError
from dispatch.policy.settings import Policy
from dispatch.travel_sources import user_cache_folder
from geo.datum import to_wgs84
from geo.errors import GeoError
from geo.geocode import DATUM_OF_SERVICE, Geocoder, GeopyGeocoder, geopy_service
from geo.geocode_cache import GeocodeCache
from geo.geodesic import distance_m, unit_vectors
from geo.point import Point

CACHE_FILE: Final = "geocode.sqlite3"
"""In the user's cache folder."""
FARTHEST_FROM_COMMUNITY_M: Final = 50_000
"""An address found farther from its community is another place of the same name."""


def geocoder_for(policy: Policy) -> Geocoder | None:
    """Make the geocoder that the policy asks for, with its cache in the user's cache folder; None if it is off.

    Raises
    ------
    TravelError
        If geopy does not know the service, it cannot be used with these settings, or there is no cache folder.
    """
    settings = policy.geocoding
    if not settings.enabled:
        return None
    options = {"user_agent": settings.user_agent, "timeout": settings.timeout_s}
    if settings.domain:
        options["domain"] = settings.domain
    folder = user_cache_folder(os.environ)
    if folder is None:  # nobody may be asked the same address every night
        raise TravelError(
            "policy.geocoding: there is no folder to keep the answers in\n"
            "Maybe the user has no home: set XDG_CACHE_HOME to a folder, or turn policy.geocoding.enabled off."
        )
    try:
        service = geopy_service(settings.provider, options)
    except GeoError as error:
        raise TravelError(f"policy.geocoding: {error}") from error
    return GeopyGeocoder(
        service,
        name=settings.provider,
        cache=GeocodeCache(folder / CACHE_FILE),
        min_delay_s=settings.min_delay_s,
        datum=DATUM_OF_SERVICE.get(settings.provider, "wgs84"),
    )


def locations_of_orders(request: Request, geocoder: Geocoder | None) -> tuple[Location, ...]:
    """Return where each order of a request is served, in the request's order; may ask the geocoder.

    An order's own location comes first. Without one, its address is looked up if there is a geocoder. Where that
    finds nothing, or a place more than 50 km from the community, the community's location stands.

    Raises
    ------
    TravelError
        If the geocoder does not answer: a plan must not depend on whether a server was up.
    """
    return tuple(location_of(order, request, geocoder) for order in request.orders)


def location_of(order: Order, request: Request, geocoder: Geocoder | None) -> Location:
    """Return where one order is served, as `locations_of_orders`; it need not be one of the request.

    Raises
    ------
    TravelError
        If the geocoder does not answer.
    """
    if order.location is not None or order.address is None or geocoder is None:
        return request.location_of(order)
    try:
        point = geocoder.locate(order.address)
    except GeoError as error:
        raise TravelError(f"order {order.id}: {error}\nMaybe turn policy.geocoding.enabled off.") from error
    community = request.community_of(order).location
    if point is None or not _is_near(point, community):
        return community
    return Location(lat=point.lat, lon=point.lon)


def _is_near(point: Point, community: Location) -> bool:
    if community.lat is None or community.lon is None:
        return True
    centre = to_wgs84([community.lat], [community.lon], community.datum)
    found = unit_vectors(np.array([point.lat]), np.array([point.lon]))
    return float(distance_m(found, unit_vectors(centre.lat, centre.lon))[0]) <= FARTHEST_FROM_COMMUNITY_M
