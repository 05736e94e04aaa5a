"""Travel from an OSRM server: its `table` service.

HTTP API: https://project-osrm.org/docs/v26.4.1/api/#table-service. What is said here about limits was tried with
OSRM 26.10.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx

from geo.errors import PlaceError, ServerError, SettingError
from geo.point import Point
from geo.server import Answer, RoutingServer, ServerOptions, Session, quoted
from geo.server_answer import Block, read_block
from geo.server_blocks import BlockLimits
from geo.server_travel import ServerTravel

OSRM_PROFILES: Final[Mapping[str, str]] = {"ebike": "bike", "car": "car", "walk": "foot"}
"""What stands in the address for each of our profiles."""

PLACEHOLDER: Final = "{profile}"

CHARS_OF_PLACE: Final = len("-179.123456,-89.123456;") + len("12345;")
"""A coordinate to six decimals (11 cm) and its index among the sources or destinations."""

CHARS_OF_REST: Final = 200
"""Path, names of the parameters, and whatever key the address carries."""


class OsrmTravel(ServerTravel):
    """Travel provider over OSRM.

    OSRM limits origins x destinations to the square of `--max-table-size`, not the places of a call, so a block may
    have as many origins and as many destinations as that; a longer address than `max_url_chars` makes it smaller.
    Seconds come with a decimal and are rounded up. How far a place may lie from a road is up to the server.

    Parameters
    ----------
    url
        http(s) address below which `/table/v1/...` lies. `{profile}` in it stands for car, bike or foot: a server of
        OSRM has the data of one profile only and does not look at the profile that it is asked for.
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
        self._options = options
        super().__init__(
            {
                ours: RoutingServer(url.replace(PLACEHOLDER, theirs), options=options, transport=transport)
                for ours, theirs in OSRM_PROFILES.items()
            }
        )

    def _limits(self, profile: str) -> BlockLimits:  # noqa: ARG002 - the same for all
        max_places = (self._options.max_url_chars - CHARS_OF_REST) // CHARS_OF_PLACE
        return BlockLimits(max_pairs=self._options.table_size**2, max_places=max_places)

    def _ask(self, session: Session, origins: Sequence[Point], destinations: Sequence[Point], profile: str) -> Block:
        points = [*origins, *destinations]
        first, last = len(origins), len(points)
        coordinates = ";".join(f"{point.lon:.6f},{point.lat:.6f}" for point in points)
        answer = session.ask(
            f"/table/v1/{OSRM_PROFILES[profile]}/{coordinates}",
            query=f"sources={_listed(0, first)}&destinations={_listed(first, last)}"
            "&annotations=duration,distance&generate_hints=false",
        )
        name = self._server_of_profile[profile].name
        body = answer.body if isinstance(answer.body, dict) else {}
        if answer.status != 200:
            raise _refusal(answer, body, points, name)
        if body.get("code") != "Ok":
            raise ServerError(
                f"{name} answers with code {quoted(body.get('code'))}, should be Ok\nMaybe it is no OSRM."
            )
        return read_block(
            body.get("durations"),
            body.get("distances"),
            shape=(len(origins), len(destinations)),
            metres_per_unit=1.0,
            server=name,
        )


def _listed(start: int, stop: int) -> str:
    return ";".join(map(str, range(start, stop)))


def _refusal(answer: Answer, body: dict[str, Any], points: Sequence[Point], name: str) -> PlaceError | SettingError:
    code, message = body.get("code"), quoted(body.get("message", ""))
    if code == "NoSegment":
        number = re.search(r"\d+", message)
        which = f" {points[int(number[0])]}" if number and int(number[0]) < len(points) else ""
        return PlaceError(f"{name} finds no road near a place{which}: {message}\nMaybe the map does not cover it.")
    if code == "TooBig":
        return SettingError(
            f"{name} refuses a table of {len(points)} places: {message}\n"
            "Maybe start it with a larger --max-table-size, or set table_size to the one it has."
        )
    said = f"{quoted(code)}: {message}" if code else "no reason given"
    return SettingError(
        f"{name} refuses a table with HTTP status {answer.status}, {said}\n"
        "Maybe the url lacks a part, or the data of the server lack distances."
    )
