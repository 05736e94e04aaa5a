"""The command line as a whole: it answers fast because it imports late, and there is one version."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

HEAVY = ("numpy", "scipy", "ortools", "pydantic", "sqlalchemy", "fastapi", "uvicorn", "geopy", "httpx", "solver")

IMPORTED_BY_HELP = """
import json, sys
sys.argv = ["dispatch", "--help"]
from dispatch.cli import main
try:
    main()
except SystemExit as stop:
    print(json.dumps({"code": stop.code, "modules": sorted(sys.modules)}))
"""


def test_help_imports_no_heavy_module() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTED_BY_HELP], check=True, capture_output=True, text=True)
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["code"] in {0, None}
    assert [name for name in HEAVY if name in answer["modules"]] == []


def test_version_is_written_once(root: Path, tracked_files: tuple[Path, ...]) -> None:
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version("field-dispatch") == declared
    repeated = [
        path
        for path in tracked_files
        if path.suffix in {".py", ".cpp", ".h"}
        and path.parts[0] != "tests"
        and f'"{declared}"' in (root / path).read_text(encoding="utf-8")
    ]
    assert repeated == []


def test_changelog_begins_with_the_present_version(root: Path) -> None:
    headings = [
        line for line in (root / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line.startswith("## ")
    ]
    assert headings[0].split()[1] == version("field-dispatch")
