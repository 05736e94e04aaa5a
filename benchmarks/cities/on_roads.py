"""A synthetic city on its own roads: the road graph and the request that names it, side by side."""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from typing import Final

from benchmarks.cities.frontage import along_roads
from benchmarks.cities.generate import generate_city
from benchmarks.cities.geography import draw_geography
from benchmarks.cities.roads import draw_roads
from benchmarks.cities.spec import CitySpec
from benchmarks.cities.streams import Streams
from dispatch.domain.files import write_request
from dispatch.domain.request import Request, Travel
from dispatch.errors import OutputError
from geo.errors import RoadGraphError
from geo.road_file import write_road_graph

SUFFIX: Final = ".roads.npz"


def roads_path(output: Path) -> Path:
    """Return where the roads of the request file `output` go: NAME.roads.npz beside NAME.json."""
    return output.with_name(f"{output.stem if output.suffix == '.json' else output.name}{SUFFIX}")


def write_city_on_roads(output: Path, spec: CitySpec) -> Request:
    """Write the roads of a city, then the request that names them by path and SHA-256; return the request.

    Communities, offices, depots and homes of the same seed lie beside the roads nearest to where they would lie else.

    Raises
    ------
    OutputError
        If one of the files cannot be written; what was there before is untouched then.
    """
    streams, path = Streams(spec.seed), roads_path(output)
    geography = draw_geography(spec, streams)
    graph = draw_roads(spec, geography, streams)
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        digest = write_road_graph(graph, new)
        request = generate_city(
            spec,
            geography=along_roads(geography, graph),
            travel=Travel(provider="road_graph", path=path.name, sha256=digest),
        )
        write_request(output, request)
        new.replace(path)
    except RoadGraphError as error:
        raise OutputError(str(error).replace(str(new), str(path))) from error
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}. Maybe it is a folder.") from error
    finally:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
    return request
