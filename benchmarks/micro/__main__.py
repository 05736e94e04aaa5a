"""Times single evaluations and slices of the search, one thread, in processor time, and prints a table.

`python -m benchmarks.micro -o new.json` keeps the figures; `pytest-benchmark compare old.json new.json --between
median` lays those of two commits side by side. All else on the command line goes to pytest, as `-k route`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
_FILES: Final = ("routes.py", "search.py", "planning.py")
_OPTIONS: Final = (
    *("-p", "no:xdist", "-o", "python_functions=measure_*", "--quiet"),
    *("--benchmark-columns=min,median,iqr,rounds", "--benchmark-sort=fullname", "--benchmark-disable-gc"),
    "--benchmark-timer=time.process_time",
)


def main(arguments: list[str]) -> int:
    """Run the measurements in a process of their own; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.micro", description=__doc__)
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="JSON file for the figures")
    chosen, others = parser.parse_known_args(arguments)
    kept = [] if chosen.output is None else [f"--benchmark-json={chosen.output}"]
    files = [str(FOLDER / name) for name in _FILES]
    command = [sys.executable, "-m", "pytest", *files, *_OPTIONS, *kept, *others]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own command


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
