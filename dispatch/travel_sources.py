"""Where travel comes from: providers made from what a request names, with their files, servers and caches.

One `TravelSources` serves one command or one run: it keeps the road graph and the provider that it made, so that the
planner and the checker load a map once and ask a server once, and nothing from yesterday is used today.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from dispatch.domain.plan import Plan
from dispatch.domain.request import Request, Travel, TravelSource
from dispatch.errors import BadInputError, RoutingServerError, TravelError
from dispatch.policy.settings import Policy
from dispatch.policy.travel_access import access_problems
from geo.errors import GeoError, ServerError
from geo.given_matrix import GivenMatrix, MatrixProfile
from geo.provider import TravelProvider
from geo.straight_line import StraightLine

if TYPE_CHECKING:
    from geo.road_graph import RoadGraph
    from geo.road_travel import RoadTravel

CACHE_NAME: Final = "field-dispatch"


class TravelSources:
    """Providers of travel for one command or one run.

    Parameters
    ----------
    folder
        Where a request's relative `travel.path` begins; default: the working directory.
    cache_folder
        Where travel tables and parsed maps are kept; default: the user's cache folder, if the user has one.
    confined
        Whether a request may name only files inside `folder` and servers of the policy, as in a service.
    """

    def __init__(self, *, folder: Path | None = None, cache_folder: Path | None = None, confined: bool = False) -> None:
        self._folder = folder
        self._cache_folder = cache_folder
        self._confined = confined
        self._lock = Lock()
        self._graphs: dict[tuple[str | None, ...], tuple[RoadGraph, str]] = {}
        self._providers: dict[tuple[str | None, ...], TravelProvider] = {}

    def provider(self, request: Request, policy: Policy, *, used: TravelSource | None = None) -> TravelProvider:
        """Return the travel provider of a request.

        Parameters
        ----------
        policy
            The effective one.
        used
            The provider to use instead of the one that the request names; see `travel_used`.

        Raises
        ------
        TravelError
            If its settings, matrices, file or server cannot be used.
        """
        travel, used = request.travel, used or request.travel.provider
        settings = policy.travel.model_dump_json() + policy.routing.model_dump_json()
        key = (used, travel.path, travel.sha256, travel.url, settings)
        with self._lock, travel_errors():
            if used == "matrix":
                return _given_matrix(travel)
            if key not in self._providers:
                self._providers[key] = self._make(travel, used, policy)
            return self._providers[key]

    def road_graph(self, request: Request, policy: Policy) -> RoadGraph | None:
        """Return the roads of a request; None if its travel does not follow any that are known here.

        Raises
        ------
        TravelError
            If the file cannot be used.
        """
        if request.travel.provider not in ("road_graph", "osm"):
            return None
        with self._lock, travel_errors():
            return self._roads(request.travel, policy)[0]

    def road_travel(self, request: Request, policy: Policy, *, used: TravelSource) -> RoadTravel | None:
        """Return the provider `used` if it can draw its ways along the roads; None if it cannot.

        Raises
        ------
        TravelError
            If it cannot be used.
        """
        if used not in ("road_graph", "osm"):
            return None
        from geo.road_travel import RoadTravel

        provider = self.provider(request, policy, used=used)
        return provider if isinstance(provider, RoadTravel) else None

    def _make(self, travel: Travel, used: TravelSource, policy: Policy) -> TravelProvider:
        if used == "straight_line":
            return StraightLine(dict(policy.travel.speed_kmh.items()), dict(policy.travel.detour.items()))
        if used in ("road_graph", "osm"):
            return self._on_roads(travel, policy)
        return self._on_server(travel, policy)

    def _on_roads(self, travel: Travel, policy: Policy) -> TravelProvider:
        from geo.road_travel import RoadTravel
        from geo.table_cache import TableCache

        graph, digest = self._roads(travel, policy)
        tables = self._cache("travel")
        return RoadTravel(
            graph,
            speed_kmh={profile: dict(speeds.items()) for profile, speeds in policy.travel.roads.speed_kmh.items()},
            digest=digest,
            max_snap_m=policy.travel.roads.snap_m,
            cache=None if tables is None else TableCache(tables),
        )

    def _on_server(self, travel: Travel, policy: Policy) -> TravelProvider:
        from geo.osrm import OsrmTravel
        from geo.server import ServerOptions
        from geo.valhalla import ValhallaTravel

        self._require_access(travel, policy)
        if travel.url is None:
            raise TravelError(f"travel.url is missing, but provider {travel.provider} needs it\nMaybe add it.")
        settings = policy.routing
        options = ServerOptions(timeout_s=settings.timeout_s, retries=settings.retries, table_size=settings.table_size)
        make: Callable[..., TravelProvider] = OsrmTravel if travel.provider == "osrm" else ValhallaTravel
        return make(travel.url, options=options)

    def _roads(self, travel: Travel, policy: Policy) -> tuple[RoadGraph, str]:
        """Return the road graph that a request names and what tells it from every other one."""
        key = (travel.provider, travel.path, travel.sha256)
        if key not in self._graphs:
            self._require_access(travel, policy)
            self._graphs[key] = self._read_roads(travel)
        return self._graphs[key]

    def _read_roads(self, travel: Travel) -> tuple[RoadGraph, str]:
        if travel.path is None:
            raise TravelError(f"travel.path is missing, but provider {travel.provider} needs it\nMaybe add it.")
        path = (self._folder or Path()) / travel.path
        if travel.provider == "road_graph":
            from geo.road_file import load_road_graph

            return load_road_graph(path, sha256=travel.sha256)
        from geo.osm import READER_VERSION, load_osm

        graph, digest = load_osm(path, cache_folder=self._cache("maps"))
        if travel.sha256 is not None and digest != travel.sha256.lower():
            raise TravelError(
                f"{path}: its SHA-256 is {digest}, but travel.sha256 is {travel.sha256}\n"
                "Maybe it is another extract: name that one, or leave travel.sha256 out."
            )
        return graph, f"{digest}-{READER_VERSION}"

    def _cache(self, name: str) -> Path | None:
        """Return where things of a kind are kept; None where there is no folder, as for a user without a home."""
        folder = self._cache_folder or user_cache_folder(os.environ)
        return None if folder is None else folder / name

    def _require_access(self, travel: Travel, policy: Policy) -> None:
        if not self._confined:
            return
        problems = list(access_problems(travel, servers=policy.routing.servers, folder=self._folder))
        if problems:
            raise BadInputError(problems)


def _given_matrix(travel: Travel) -> GivenMatrix:
    profiles = travel.profiles or {}
    return GivenMatrix({name: MatrixProfile.from_rows(m.durations_s, m.distances_m) for name, m in profiles.items()})


def travel_used(request: Request, plan: Plan) -> TravelSource:
    """Return the provider that a plan's travel comes from: the request's, unless the plan says otherwise."""
    return request.travel.provider if plan.run.travel is None else plan.run.travel.provider


def user_cache_folder(environment: Mapping[str, str]) -> Path | None:
    """Return the program's folder below XDG_CACHE_HOME, by default ~/.cache (XDG Base Directory).

    None if the user has no home, as in a container that runs under a number without an entry.
    """
    folder = environment.get("XDG_CACHE_HOME", "")
    try:
        return (Path(folder) if folder else Path.home() / ".cache") / CACHE_NAME
    except RuntimeError:
        return None


@contextmanager
def travel_errors() -> Iterator[None]:
    """Raise what goes wrong in `geo` as `TravelError`."""
    try:
        yield
    except ServerError as error:
        raise RoutingServerError(str(error)) from error
    except GeoError as error:
        raise TravelError(str(error)) from error
