"""Travel from a Valhalla server: its `sources_to_targets` service.

HTTP API: https://valhalla.github.io/valhalla/api/matrix/api-reference/. What is said here about algorithms and limits
was tried with Valhalla 3.9.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import numpy as np

from geo.errors import PlaceError, SettingError
from geo.point import Point
from geo.provider import UNREACHABLE
from geo.server import Answer, RoutingServer, ServerOptions, Session, quoted
from geo.server_answer import Block, read_block
from geo.server_blocks import BlockLimits
from geo.server_travel import ServerTravel

EXACT_ORIGINS: Final = 5
"""Origins of a call with costing bicycle or pedestrian.

With more than five of either kind Valhalla goes over to a search from both sides that gives up early: seconds differ
by some percent with what else is in the call (6 of 150 pairs on foot in Helsinki, up to 7 %). With up to five origins
and at least as many destinations it searches from each origin in full, and a pair has the same figures in every call
(0 of 720 pairs differed); 2,500 pairs then took 61 ms and 67 ms against 151 ms and 251 ms. By car a pair has the same
figures in blocks of all sizes tried.
"""

TOO_MANY_PAIRS: Final = 150
TOO_FAR_APART: Final = 154
UNCONNECTED: Final = 170
NO_ROAD_NEAR: Final = 171
"""Valhalla's error codes. It answers 170 too if a place lies where its map has nothing."""


@dataclass(frozen=True, kw_only=True)
class _Costing:
    """How Valhalla is to travel: the name of the costing, its options, and the origins of one call."""

    name: str
    options: Mapping[str, object] = field(default_factory=dict)
    max_origins: int | None = None


COSTINGS: Final[Mapping[str, _Costing]] = {
    "car": _Costing(name="auto"),
    # An e-bike that counts as a bicycle may use cycleways and paths; costing motor_scooter keeps to the roads and
    # travels at up to 45 km/h. 20 km/h on the flat; hills hardly matter with a motor.
    "ebike": _Costing(
        name="bicycle",
        options={"bicycle_type": "City", "cycling_speed": 20, "use_hills": 1.0},
        max_origins=EXACT_ORIGINS,
    ),
    "walk": _Costing(name="pedestrian", max_origins=EXACT_ORIGINS),
}


class ValhallaTravel(ServerTravel):
    """Travel provider over Valhalla.

    One server answers all profiles. Valhalla refuses a whole call for the sake of a place that is off its map or not
    connected with the others; such a call is halved until the pair is found. The pair is unreachable if both places
    have a road.

    Parameters
    ----------
    url
        http(s) address below which `/sources_to_targets` lies.
    options
        How the server is asked.
    transport
        What carries the calls; default: the network.

    Raises
    ------
    SettingError
        If the address is not one.
    """

    def __init__(self, url: str, *, options: ServerOptions, transport: httpx.BaseTransport | None = None) -> None:
        self._server = RoutingServer(url, options=options, transport=transport)
        super().__init__(dict.fromkeys(COSTINGS, self._server))

    def _limits(self, profile: str) -> BlockLimits:
        size, max_origins = self._server.options.table_size, COSTINGS[profile].max_origins
        max_pairs = (size // 2) ** 2
        # Costing auto searches from every place of a call: 2,500 pairs take 0.09 s as 50 x 50, but 5 s as 1 x 2,500.
        max_places = size if max_origins is None else max_pairs + 1
        return BlockLimits(max_pairs=max_pairs, max_places=max_places, max_origins=max_origins)

    def _ask(self, session: Session, origins: Sequence[Point], destinations: Sequence[Point], profile: str) -> Block:
        costing = COSTINGS[profile]
        # with fewer destinations than origins it would search backwards, and find slightly different figures
        padding = [destinations[-1]] * max(0, len(origins) - len(destinations))
        answer = session.ask(
            "/sources_to_targets",
            body={
                "sources": _locations(origins),
                "targets": _locations([*destinations, *padding]),
                "costing": costing.name,
                "costing_options": {costing.name: dict(costing.options)},
                "units": "kilometers",
                "verbose": False,
            },
        )
        body = answer.body if isinstance(answer.body, dict) else {}
        if answer.status != 200:
            if body.get("error_code") in (UNCONNECTED, NO_ROAD_NEAR):
                return self._ask_in_parts(session, origins, destinations, profile)
            raise self._refusal(answer, body)
        seconds, kilometres = _matrices(body.get("sources_to_targets"))
        whole = read_block(
            seconds,
            kilometres,
            shape=(len(origins), len(destinations) + len(padding)),
            metres_per_unit=1000.0,
            server=self._server.name,
        )
        columns = slice(len(destinations))
        return Block(duration_s=whole.duration_s[:, columns], distance_m=whole.distance_m[:, columns])

    def _ask_in_parts(
        self, session: Session, origins: Sequence[Point], destinations: Sequence[Point], profile: str
    ) -> Block:
        """Ask for a block that was refused because of some of its places."""
        if len(origins) == len(destinations) == 1:
            if origins == destinations:
                raise PlaceError(
                    f"{self._server.name} finds no road near {origins[0]} to travel on by {COSTINGS[profile].name}\n"
                    "Maybe its map does not cover the place."
                )
            for place in (*origins, *destinations):
                self._ask(session, [place], [place], profile)
            nowhere = np.full((1, 1), UNREACHABLE, dtype=np.int32)
            return Block(duration_s=nowhere, distance_m=nowhere)
        if len(origins) >= len(destinations):
            middle, axis = len(origins) // 2, 0
            halves = [(origins[:middle], destinations), (origins[middle:], destinations)]
        else:
            middle, axis = len(destinations) // 2, 1
            halves = [(origins, destinations[:middle]), (origins, destinations[middle:])]
        blocks = [self._ask(session, some, others, profile) for some, others in halves]
        return Block(
            duration_s=np.concatenate([block.duration_s for block in blocks], axis=axis),
            distance_m=np.concatenate([block.distance_m for block in blocks], axis=axis),
        )

    def _refusal(self, answer: Answer, body: dict[str, Any]) -> SettingError:
        said = f"{self._server.name} refuses a table: {quoted(body.get('error', f'HTTP status {answer.status}'))}\n"
        if body.get("error_code") == TOO_MANY_PAIRS:
            remedy = "raise max_matrix_location_pairs in its service_limits, or lower table_size to twice its root"
        elif body.get("error_code") == TOO_FAR_APART:
            remedy = "raise max_matrix_distance in its service_limits"
        else:
            remedy = "the url lacks a part, or is not that of a Valhalla"
        return SettingError(f"{said}Maybe {remedy}.")


def _locations(points: Sequence[Point]) -> list[dict[str, float]]:
    return [{"lat": round(point.lat, 6), "lon": round(point.lon, 6)} for point in points]


def _matrices(answer: Any) -> tuple[Any, Any]:
    """Return durations and distances from the concise form, or from the verbose one that older versions always use."""
    if isinstance(answer, dict):
        return answer.get("durations"), answer.get("distances")
    if isinstance(answer, list) and all(
        isinstance(row, list) and all(isinstance(cell, dict) for cell in row) for row in answer
    ):
        return _column(answer, "time"), _column(answer, "distance")
    return None, None


def _column(rows: list[list[dict[str, Any]]], key: str) -> list[list[Any]]:
    return [[cell.get(key) for cell in row] for row in rows]
