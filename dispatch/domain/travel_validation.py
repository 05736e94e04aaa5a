"""What must hold between a request's source of travel and its locations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dispatch.domain.request import Location, Request, TravelMatrix
from dispatch.errors import Problem

_NEEDED_FIELD: Final = {"road_graph": "path", "osm": "path", "osrm": "url", "valhalla": "url"}


def travel_problems(request: Request) -> Iterator[Problem]:
    """Find what is wrong with the source of travel, and locations that it cannot place."""
    travel = request.travel
    if travel.provider == "matrix":
        yield from _matrix_problems(request)
        return
    needed = _NEEDED_FIELD.get(travel.provider)
    if needed is not None and getattr(travel, needed) is None:
        message = f"missing, but provider {travel.provider} needs it"
        yield Problem(path=f"travel.{needed}", message=message, remedy="add it, or choose another provider")
    for path, location in request_locations(request):
        yield from location_problems(path, location, request)


def location_problems(path: str, location: Location, request: Request) -> Iterator[Problem]:
    """Find why a request's source of travel cannot place a location, which need not be one of the request."""
    travel = request.travel
    if travel.provider != "matrix":
        if location.lat is None:
            message = f"has no coordinates, which provider {travel.provider} needs"
            yield Problem(path=path, message=message, remedy='give lat and lon, or use provider "matrix"')
        return
    size = _rows_of_matrix(request)
    if location.index is None:
        message, remedy = "has no index, which provider matrix needs", "give the location's row in the matrix"
        yield Problem(path=path, message=message, remedy=remedy)
    elif location.index >= size:
        message = f"{location.index} lies outside the matrix of {size} rows"
        remedy = f"give an index from 0 to {size - 1}" if size else "add rows to the matrix"
        yield Problem(path=f"{path}.index", message=message, remedy=remedy)


def _rows_of_matrix(request: Request) -> int:
    profiles = request.travel.profiles
    return len(next(iter(profiles.values())).durations_s) if profiles else 0


def request_locations(request: Request) -> Iterator[tuple[str, Location]]:
    """Find every location that a request names, with its path."""
    for number, depot in enumerate(request.depots):
        yield f"depots[{number}].location", depot.location
    for number, community in enumerate(request.communities):
        yield f"communities[{number}].location", community.location
    for number, technician in enumerate(request.technicians):
        path = f"technicians[{number}]"
        yield f"{path}.home", technician.home
        if technician.available is not None and technician.available.location is not None:
            yield f"{path}.available.location", technician.available.location
        for shift_number, shift in enumerate(technician.shifts):
            if shift.start_at is not None:
                yield f"{path}.shifts[{shift_number}].start_at", shift.start_at
            if isinstance(shift.end_at, Location):
                yield f"{path}.shifts[{shift_number}].end_at", shift.end_at
    for number, order in enumerate(request.orders):
        if order.location is not None:
            yield f"orders[{number}].location", order.location


def _matrix_problems(request: Request) -> Iterator[Problem]:
    profiles = request.travel.profiles
    if not profiles:
        yield Problem(path="travel.profiles", message="missing, but provider matrix needs it", remedy="add it")
        return
    size = _rows_of_matrix(request)
    for profile, matrix in profiles.items():
        yield from _shape_problems(f"travel.profiles.{profile}", matrix, size)
    for number, technician in enumerate(request.technicians):
        if technician.profile not in profiles:
            message = f"the matrix has no profile {technician.profile!r}"
            remedy = f"add travel.profiles.{technician.profile}, or use one of {', '.join(profiles)}"
            yield Problem(path=f"technicians[{number}].profile", message=message, remedy=remedy)
    for path, location in request_locations(request):
        yield from location_problems(path, location, request)


def _shape_problems(path: str, matrix: TravelMatrix, size: int) -> Iterator[Problem]:
    """Find tables that are not `size` x `size`; of one table's rows the first wrong one stands for all."""
    remedy = "give every profile the same number of rows, and every row as many columns"
    for name, rows in (("durations_s", matrix.durations_s), ("distances_m", matrix.distances_m)):
        if len(rows) != size:
            message = f"has {len(rows)} rows where the first table has {size}"
            yield Problem(path=f"{path}.{name}", message=message, remedy=remedy)
            continue
        for number, row in enumerate(rows):
            if len(row) != size:
                message = f"has {len(row)} columns, but the table has {size} rows"
                yield Problem(path=f"{path}.{name}[{number}]", message=message, remedy=remedy)
                break
