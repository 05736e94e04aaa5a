"""Measures travel along roads against its budgets: a city's table cold and warm, the legs of a plan, their lines.

`python -m benchmarks.profile_roads` prints a table for a city of 50,000 junctions and 2,300 places: 40 s cold and 1 s
warm are allowed.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.cities.on_roads import roads_path, write_city_on_roads
from benchmarks.cities.spec import CitySpec
from dispatch.policy.settings import load_policy
from geo.point import Point
from geo.road_file import read_road_graph
from geo.road_graph import RoadGraph
from geo.road_travel import RoadTravel
from geo.table_cache import TableCache

Result = TypeVar("Result")

NEAREST = 5
"""A leg leads to one of so many places nearest by time, as most legs of a plan do."""


@dataclass(frozen=True, kw_only=True)
class Stopwatch:
    """Seconds by what was done, in the order it was done."""

    spent_s: dict[str, float] = field(default_factory=dict)

    def run(self, name: str, work: Callable[[], Result]) -> Result:
        """Do the work, note how long it took, and return its result."""
        began_s = time.perf_counter()
        result = work()
        self.spent_s[name] = time.perf_counter() - began_s
        return result


def places_near_roads(graph: RoadGraph, count: int, seed: int) -> list[Point]:
    """Draw places up to 100 m off junctions."""
    chance = np.random.default_rng(seed)
    node = chance.integers(0, len(graph.node_lat), count)
    lat = graph.node_lat[node] + chance.uniform(-1e-3, 1e-3, count)
    lon = graph.node_lon[node] + chance.uniform(-1e-3, 1e-3, count)
    return [Point(*place) for place in zip(lat.tolist(), lon.tolist(), strict=True)]


def measure(*, count: int, profile: str, workers: int | None, seed: int) -> dict[str, float]:
    """Return seconds by step, and what the graph and the memory come to."""
    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as folder:
        city = Path(folder) / "city.json"
        watch.run("make the city", lambda: write_city_on_roads(city, CitySpec(size="city", travel="road_graph")))
        graph = watch.run("read the graph", lambda: read_road_graph(roads_path(city)))
        places = places_near_roads(graph, count, seed)
        speeds = load_policy(None).travel.roads.speed_kmh
        speed_kmh = {str(name): {str(kind): kmh for kind, kmh in of.items()} for name, of in speeds.items()}

        def provider() -> RoadTravel:
            cache = TableCache(Path(folder) / "tables")
            return RoadTravel(graph, speed_kmh=speed_kmh, digest="city", cache=cache, workers=workers)

        travel = provider()
        table = watch.run("table, cold", lambda: travel.table(places, profile))
        watch.run("table, warm", lambda: provider().table(places, profile))
        nearest = np.argpartition(table.duration_s, NEAREST, axis=1)[:, : NEAREST + 1]
        chosen = np.random.default_rng(seed).integers(0, NEAREST + 1, count)
        ends = [places[k] for k in nearest[np.arange(count), chosen].tolist()]
        watch.run("legs to near places", lambda: travel.legs(places, ends, profile))
        watch.run("their lines", lambda: travel.paths(places, ends, profile))
        watch.run("legs to any place", lambda: travel.legs(places, places[::-1], profile))
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "junctions": len(graph.node_lat),
        "segments": len(graph.segment_from),
        "places": count,
        "longest way, min": float(table.duration_s.max()) / 60,
        **{f"{name}, s": seconds for name, seconds in watch.spent_s.items()},
        "peak of this process, MiB": peak_mib,
    }


def main(arguments: list[str]) -> None:
    """Measure one city and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--places", type=int, default=2300)
    parser.add_argument("--profile", default="ebike")
    parser.add_argument("--workers", type=int, help="processes for the table; default: one for each core")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args(arguments)
    figures = measure(count=chosen.places, profile=chosen.profile, workers=chosen.workers, seed=chosen.seed)
    table = Table("", "figure")
    for name, figure in figures.items():
        table.add_row(name, f"{figure:,.2f}" if figure != int(figure) else f"{figure:,.0f}")
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
