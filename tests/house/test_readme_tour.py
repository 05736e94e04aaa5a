"""README's tour, run line by line in an empty folder."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

SHELL_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ACTIVATE = ". .venv/bin/activate"
"""The environment is active already where this test runs."""
SHORTER = {"--limit 5s": "--limit 1s", '\\"limit_s\\": 5': '\\"limit_s\\": 1', "--iterations 2000": "--iterations 200"}
"""What becomes of searches whose length makes no difference here."""


def tour_script(readme: str) -> str:
    tour = readme[readme.index("## Tour") : readme.index("## Reading the output")]
    lines = [line for block in SHELL_BLOCK.findall(tour) for line in block.splitlines()]
    lines.remove(ACTIVATE)
    script = "\n".join(lines)
    for long, short in SHORTER.items():
        assert long in script
        script = script.replace(long, short)
    return script


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.mark.slow
def test_every_line_of_the_tour_works(root: Path, tmp_path: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    script = "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n" + tour_script(readme)
    port = free_port()
    done = subprocess.run(
        ["bash", "-c", script.replace("8000", str(port))],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NO_PROXY": "127.0.0.1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok: every rule holds" in done.stdout
    assert "order o-0013" in done.stdout
    assert "identical" in done.stdout
    assert "event: end" in done.stdout
    assert '"state":"published"' in done.stdout
    assert '"dispatch_day":"2026-03-10"' in done.stdout
    assert done.stdout.count('"id":"tour-1"') >= 2
    assert "'receive'" in done.stdout
    assert "'hold'" in done.stdout
