"""Road graphs as files: numpy's npz, the same bytes for the same graph."""

from __future__ import annotations

import hashlib
import io
import stat
from dataclasses import fields
from pathlib import Path
from typing import Final

import numpy as np

from geo.array_file import ArrayFileError, read_arrays, write_arrays
from geo.errors import RoadGraphError
from geo.road_graph import RoadGraph

NPZ_BEGINS: Final = b"PK\x03\x04"
FORMAT: Final = 1
"""Counts up when the arrays of `RoadGraph` change their meaning; stands in the file as `road_graph`."""


def write_road_graph(graph: RoadGraph, path: Path) -> str:
    """Put a graph into a file atomically and return the SHA-256 of the file, in hex.

    Raises
    ------
    RoadGraphError
        If the file cannot be written; what was there before is untouched then.
    """
    arrays = {field.name: getattr(graph, field.name) for field in fields(graph)}
    try:
        write_arrays(path, {"road_graph": np.array(FORMAT), **arrays})
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise RoadGraphError(
            f"{path}: cannot be written: {error.strerror or error}\nMaybe the folder is missing, or the disk is full."
        ) from error


def read_road_graph(path: Path, *, sha256: str | None = None) -> RoadGraph:
    """Return the graph that a file of `write_road_graph` holds; as `load_road_graph` without the digest."""
    return load_road_graph(path, sha256=sha256)[0]


def require_regular_file(path: Path) -> None:
    """Refuse what is no file with an end: reading a pipe waits for a writer, a device may have no end.

    Raises
    ------
    OSError
        If the path leads nowhere, or may not be followed.
    RoadGraphError
        If there is something else than a file.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise RoadGraphError(f"{path}: is no regular file\nMaybe it is a folder, a pipe or a device; name a file.")


def load_road_graph(path: Path, *, sha256: str | None = None) -> tuple[RoadGraph, str]:
    """Return the graph that a file of `write_road_graph` holds, and the SHA-256 of these very bytes in hex.

    Parameters
    ----------
    path
        Its name may be any.
    sha256
        What the file's SHA-256 must be, in hex; `None` = any.

    Raises
    ------
    RoadGraphError
        If the file cannot be read, has another digest, or holds no valid graph.
    """
    try:
        require_regular_file(path)
        content = path.read_bytes()
    except OSError as error:
        raise RoadGraphError(f"{path}: cannot be read: {error.strerror or error}\nMaybe check the path.") from error
    digest = hashlib.sha256(content).hexdigest()
    if sha256 is not None and digest != sha256.lower():
        raise RoadGraphError(
            f"{path}: its SHA-256 is {digest}, must be {sha256}\n"
            "Maybe the file was made again since; then give the new digest, or none."
        )
    if not content.startswith(NPZ_BEGINS):  # numpy would advise to let the file run code
        raise RoadGraphError(
            f"{path}: is no road graph: it begins with {content[:8]!r}, must begin with {NPZ_BEGINS!r}\n"
            "Maybe it is another file, or was not copied whole."
        )
    try:
        arrays = read_arrays(io.BytesIO(content))
    except ArrayFileError as error:
        raise RoadGraphError(
            f"{path}: is no road graph: {error}\nMaybe it is another file, or was not copied whole."
        ) from error
    version = arrays.pop("road_graph", None)
    if version is None or version.shape != () or version != FORMAT:
        raise RoadGraphError(
            f"{path}: holds {'no road graph' if version is None else f'road_graph {version}'}, must be road_graph "
            f"{FORMAT}\nMaybe it was written by another version; then make it again."
        )
    names = [field.name for field in fields(RoadGraph)]
    if set(arrays) != set(names):
        odd = ", ".join(sorted(set(arrays) ^ set(names)))
        raise RoadGraphError(f"{path}: these arrays are missing or too many: {odd}\nMaybe make the file again.")
    try:
        return RoadGraph(**arrays), digest
    except RoadGraphError as error:
        raise RoadGraphError(f"{path}: {error}") from error
