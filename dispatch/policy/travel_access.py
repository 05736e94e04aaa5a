"""What a request may name as its source of travel, where whoever sends it is not the one who runs the program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from dispatch.domain.request import Travel
from dispatch.errors import Problem


def access_problems(travel: Travel, *, servers: Sequence[str], folder: Path | None) -> Iterator[Problem]:
    """Find why a service may not use the file or the server that a request names.

    Otherwise whoever may send a request could make the service read any file and call any host.

    Parameters
    ----------
    servers
        Base URLs that may be named (policy `[routing] servers`).
    folder
        Where the files lie that may be named; None = none may.
    """
    if travel.provider in ("osrm", "valhalla") and travel.url is not None and travel.url not in servers:
        # not by name: a server's URL may hold a key
        allowed = f"the {len(servers)} that the operator knows" if servers else "none so far"
        remedy = f"name one that is allowed ({allowed}), or have the operator add it to [routing] servers"
        yield Problem(path="travel.url", message=f"{travel.url!r} is not a server that may be called", remedy=remedy)
    if travel.provider in ("road_graph", "osm") and travel.path is not None:
        if folder is None:
            message, remedy = "no file may be named here", "have the operator set FIELD_DISPATCH_MAP_DIR"
            yield Problem(path="travel.path", message=message, remedy=remedy)
        elif not _is_below(travel.path):
            message = f"{travel.path!r} is not the name of a file inside the service's folder of maps"
            yield Problem(path="travel.path", message=message, remedy="give a relative path without '..'")
        elif not _is_file_in(folder, travel.path):
            message = f"{travel.path!r} is not in the service's folder of maps"
            yield Problem(path="travel.path", message=message, remedy="put it there, or name one that is there")


def _is_below(path: str) -> bool:
    """Tell whether a path stays below where it begins, on any operating system."""
    ways = (PurePosixPath(path), PureWindowsPath(path))
    return not any(way.is_absolute() or way.drive or ".." in way.parts for way in ways)


def _is_file_in(folder: Path, path: str) -> bool:
    """Tell whether a relative path names a file of `folder`, symbolic links followed."""
    try:
        target = (folder / path).resolve()
        return target.is_relative_to(folder.resolve()) and target.is_file()
    except (OSError, ValueError, RuntimeError):  # a name too long, a character 0, links in a circle
        return False
