"""Record what real servers answer: `python -m tests.geo.record_answers`, with Python 3.12 or later.

Needs osrm-bindings, pyvalhalla and pyrosm beside httpx and numpy; writes tests/geo/recorded/.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from geo.errors import GeoError
from tests.geo.recorded_answers import (
    FOLDER,
    OSRM_CASES,
    OSRM_OPTIONS,
    VALHALLA_CASES,
    VALHALLA_LIMITS,
    Call,
    Recorder,
)
from tests.geo.routing_servers import attribution, osrm, valhalla


def main() -> None:
    """Start the servers one after the other, call them, and write what they said."""
    limited = {name: case for name, case in VALHALLA_CASES.items() if name.startswith("limited")}
    usual = {name: case for name, case in VALHALLA_CASES.items() if name not in limited}
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch) / name for name in "abc"]
        for folder in folders:
            folder.mkdir()
        with osrm(folders[0], options=OSRM_OPTIONS) as url:
            _write("osrm", attribution("osrm-bindings"), _recorded(OSRM_CASES, url))
        with valhalla(folders[1]) as url:
            cases = _recorded(usual, url)
        with valhalla(folders[2], limits=VALHALLA_LIMITS, search_cutoff_m=300) as url:
            _write("valhalla", attribution("pyvalhalla"), cases | _recorded(limited, url))


def _recorded(calls: Mapping[str, Call], url: str) -> dict[str, list[dict[str, Any]]]:
    cases = {}
    for name, call in calls.items():
        recorder = Recorder()
        with suppress(GeoError):
            call(url, recorder)
        cases[name] = recorder.exchanges
    return cases


def _write(server: str, about: str, cases: Mapping[str, list[dict[str, Any]]]) -> None:
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps({"about": about, "cases": cases}, indent=1, ensure_ascii=False)
    (FOLDER / f"{server}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
