"""The Makefile on machines that lack something: one clear line with a remedy, before anything is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TARGETS = ("help", "demo", "test", "quick", "check", "serve", "bench", "screenshots", "sanitize", "lock", "clean")
WORKING_COMPILER = "#!/bin/sh\nexit 0\n"
MISSING_COMPILER = "#!/bin/sh\nexit 127\n"


@pytest.fixture
def bare_clone(root: Path, tmp_path: Path) -> Path:
    """A folder with the Makefile and what it reads, without an environment, and an empty `bin` for the PATH."""
    clone = tmp_path / "clone"
    (clone / "bin").mkdir(parents=True)
    for name in ("Makefile", "requirements-uv.txt", "requirements.lock", "pyproject.toml", "CMakeLists.txt"):
        shutil.copy(root / name, clone / name)
    return clone


def put(clone: Path, name: str, script: str) -> None:
    command = clone / "bin" / name
    command.write_text(script, encoding="utf-8")
    command.chmod(0o755)


def python_script(*, without: str = "nothing is missing") -> str:
    """A `python3` that fails for every program that mentions `without`."""
    return f'#!/bin/sh\ncase "$*" in *{without}*) exit 1;; esac\nexec {sys.executable} "$@"\n'


def make_demo(clone: Path) -> subprocess.CompletedProcess[str]:
    make = shutil.which("make")
    assert make is not None
    return subprocess.run(
        [make, "demo"], cwd=clone, env={"PATH": str(clone / "bin")}, capture_output=True, text=True, check=False
    )


def test_help_lists_every_target(root: Path) -> None:
    # Without the variables by which a make around this test would make this one talk about folders.
    environment = {"PATH": os.environ["PATH"]}
    listing = subprocess.run(["make"], cwd=root, env=environment, check=True, capture_output=True, text=True).stdout
    assert [line.split()[1] for line in listing.splitlines()] == list(TARGETS)


def test_no_compiler_is_one_line_with_the_package_to_install(bare_clone: Path) -> None:
    put(bare_clone, "python3", python_script())
    done = make_demo(bare_clone)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "No C++20 compiler found" in done.stderr
    assert "apt-get install g++" in done.stderr


def test_a_compiler_that_cannot_compile_counts_as_none(bare_clone: Path) -> None:
    put(bare_clone, "python3", python_script())
    put(bare_clone, "c++", MISSING_COMPILER)
    assert "No C++20 compiler found" in make_demo(bare_clone).stderr


def test_no_recent_python_is_one_line_with_the_package_to_install(bare_clone: Path) -> None:
    put(bare_clone, "c++", WORKING_COMPILER)
    put(bare_clone, "python3", python_script(without="version_info"))
    done = make_demo(bare_clone)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "No Python 3.11 or newer found" in done.stderr


@pytest.mark.parametrize(
    ("without", "message"),
    [
        ("ensurepip", "no venv module: install it, e.g. `apt-get install python3-venv`"),
        ("Python.h", "no C headers (Python.h): install them, e.g. `apt-get install python3-dev`"),
    ],
)
def test_a_python_that_lacks_a_part_is_one_line_with_the_package(bare_clone: Path, without: str, message: str) -> None:
    put(bare_clone, "c++", WORKING_COMPILER)
    put(bare_clone, "python3.12", python_script(without=without))
    done = make_demo(bare_clone)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert message in done.stderr


def test_nothing_is_installed_when_something_is_missing(bare_clone: Path) -> None:
    make_demo(bare_clone)
    assert not (bare_clone / ".venv").exists()
