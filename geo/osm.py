"""Road graphs from OpenStreetMap extracts, read through osmium (optional: `pip install 'field-dispatch[osm]'`).

What the tags mean is in `geo.osm_rules`, how ways become segments in `geo.osm_segments`; docs/osm.md has both in words.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from array import array
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

import numpy as np

from geo.cache_limit import MAX_BYTES, delete_oldest
from geo.errors import RoadGraphError
from geo.osm_access import EVERYBODY, barrier_bits
from geo.osm_rules import way_rule
from geo.osm_segments import MappedWays, cut_into_segments
from geo.road_file import read_road_graph, require_regular_file, write_road_graph
from geo.road_graph import RoadGraph

KEPT_SUFFIX: Final = ".osm.npz"
READER_VERSION: Final = 1
"""Counts up when the same extract would give another graph: graphs kept by older readers are not used then."""


def load_osm(path: Path, *, cache_folder: Path | None) -> tuple[RoadGraph, str]:
    """Return the road graph of an extract and the SHA-256 of the extract in hex; keeps the graph in `cache_folder`.

    Parameters
    ----------
    path
        An `.osm.pbf` file, or `.osm` in XML.
    cache_folder
        Where graphs are kept, by the extract's digest and `READER_VERSION`; made if missing. A kept graph that cannot
        be read is replaced; where none can be written, none is kept. Above `MAX_BYTES` of `geo.cache_limit` those used
        least lately are deleted. None = nothing is kept.

    Raises
    ------
    RoadGraphError
        If the extract cannot be used (see `read_osm`), or is replaced by another one meanwhile.
    """
    digest = _digest(path)
    kept = None if cache_folder is None else cache_folder / f"{digest}-{READER_VERSION}{KEPT_SUFFIX}"
    if kept is not None:
        with contextlib.suppress(RoadGraphError):  # absent or damaged
            graph = read_road_graph(kept)
            with contextlib.suppress(OSError):
                os.utime(kept)  # used now
            return graph, digest
    graph = read_osm(path)
    if _digest(path) != digest:
        raise RoadGraphError(f"{path}: has changed while it was read\nMaybe it is being downloaded: wait, then repeat.")
    if kept is not None:
        with contextlib.suppress(OSError, RoadGraphError):
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_road_graph(graph, kept)
            delete_oldest(kept.parent, suffix=KEPT_SUFFIX, max_bytes=MAX_BYTES)
    return graph, digest


def read_osm(path: Path) -> RoadGraph:
    """Read the road graph of an OpenStreetMap extract.

    Every way with a `highway` that somebody may use, whole or as far as the extract holds its points. Takes 5 seconds
    and 200 MB a million points of roads.

    Parameters
    ----------
    path
        An `.osm.pbf` file, or `.osm` in XML; nodes stand before ways, as is usual.

    Raises
    ------
    RoadGraphError
        If osmium is not installed, or the file is missing, damaged, in another format, or holds no roads.
    """
    osmium = _osmium()
    try:
        require_regular_file(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        ways = _ways(osmium, path)
    except RuntimeError as error:  # all that osmium raises for files
        raise RoadGraphError(
            f"{path}: is no OpenStreetMap extract that can be read: {error}\n"
            "Maybe it was not downloaded whole, or does not end in .osm.pbf or .osm."
        ) from error
    if np.isnan(ways.lat).all():
        raise RoadGraphError(
            f"{path}: holds no roads: {len(ways.road_class)} ways that may be used, and the place of none of their "
            "points\nMaybe it shows another layer or an empty region, or its ways stand before its nodes: then sort it "
            "with `osmium sort`."
        )
    try:
        return cut_into_segments(ways)
    except RoadGraphError as error:
        raise RoadGraphError(f"{path}: {error}") from error


def _ways(osmium: ModuleType, path: Path) -> MappedWays:
    way, ref, lat, lon = array("i"), array("q"), array("d"), array("d")
    rules: list[tuple[int, int, int, int]] = []
    barriers: dict[int, int] = {}
    objects = (
        osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.KeyFilter("highway", "barrier"))
    )
    for item in objects:
        tags = dict(item.tags)
        if item.is_node():
            bits = barrier_bits(tags)
            if bits != EVERYBODY:
                barriers[item.id] = bits
            continue
        rule = way_rule(tags)
        if rule is None:
            continue
        for point in item.nodes:
            is_known = point.location.valid()
            way.append(len(rules))
            ref.append(point.ref)
            lat.append(point.location.lat if is_known else np.nan)
            lon.append(point.location.lon if is_known else np.nan)
        rules.append((rule.road_class, rule.forward, rule.backward, rule.max_kmh))
    columns = np.array(rules, dtype=np.uint8).reshape(-1, 4).T
    return MappedWays(
        way=np.array(way, dtype=np.int32),
        ref=np.array(ref, dtype=np.int64),
        lat=np.array(lat, dtype=np.float64),
        lon=np.array(lon, dtype=np.float64),
        road_class=columns[0],
        forward=columns[1],
        backward=columns[2],
        max_kmh=columns[3],
        barrier_bits=barriers,
    )


def _osmium() -> ModuleType:
    try:
        return import_module("osmium")
    except ModuleNotFoundError as error:
        raise RoadGraphError(
            "the package osmium, which reads OpenStreetMap, is not installed\n"
            "Maybe install it with: pip install 'field-dispatch[osm]'"
        ) from error


def _digest(path: Path) -> str:
    try:
        require_regular_file(path)
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> RoadGraphError:
    return RoadGraphError(f"{path}: cannot be read: {error.strerror or error}\nMaybe check the path.")
