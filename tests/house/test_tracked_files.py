"""What no file of the repository may hold, and how long a file may be."""

from __future__ import annotations

import re
from pathlib import Path

# Written with brackets so that this file does not find itself.
REGISTRY_HOST = re.compile(r"py[p]i\.o[r]g|python[h]osted|npm[j]s\.(org|com)|deb[.]debian", re.IGNORECASE)
MACHINE_PATH = re.compile(r"(?<![A-Za-z0-9_.~-])/(wor[k]|far[m]|roo[t]|hom[e]|User[s])/")
SOURCE_SUFFIXES = {".py", ".h", ".cpp"}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc"}


def lines_matching(pattern: re.Pattern[str], root: Path, files: tuple[Path, ...]) -> list[str]:
    found = []
    for path in files:
        text = (root / path).read_text(encoding="utf-8", errors="replace")
        found += [
            f"{path}:{number}: {line}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)
        ]
    return found


def test_no_file_names_a_package_registry(root: Path, tracked_files: tuple[Path, ...]) -> None:
    assert lines_matching(REGISTRY_HOST, root, tracked_files) == []


def test_no_file_names_a_folder_of_one_machine(root: Path, tracked_files: tuple[Path, ...]) -> None:
    assert lines_matching(MACHINE_PATH, root, tracked_files) == []


def test_no_source_file_is_longer_than_400_lines(root: Path, tracked_files: tuple[Path, ...]) -> None:
    lengths = {
        str(path): len((root / path).read_text(encoding="utf-8").splitlines())
        for path in tracked_files
        if path.suffix in SOURCE_SUFFIXES and "migrations" not in path.parts
    }
    assert {path: length for path, length in lengths.items() if length > 400} == {}


def test_no_module_has_a_name_that_says_nothing(tracked_files: tuple[Path, ...]) -> None:
    assert [path for path in tracked_files if VAGUE_NAMES & {*path.parts[:-1], path.stem}] == []
