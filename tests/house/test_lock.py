"""The locks: exact versions with hashes, no index, and in step with pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

LOCKS = ("requirements.lock", "requirements-uv.txt")
PINNED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>\S+)(?P<marker> ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def pinned_versions(lock: Path) -> dict[str, set[Version]]:
    versions: dict[str, set[Version]] = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        if match := PINNED.match(line):
            versions.setdefault(canonicalize_name(match["name"]), set()).add(Version(match["version"]))
    return versions


def declared_requirements(root: Path) -> list[Requirement]:
    document = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [entry for group in document["dependency-groups"].values() for entry in group if isinstance(entry, str)]
    return [
        Requirement(text)
        for text in [*document["project"]["dependencies"], *groups, *document["build-system"]["requires"]]
    ]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_only_pinned_requirements_and_their_hashes(root: Path, name: str) -> None:
    lines = (root / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not (PINNED.match(line) or HASH.match(line))] == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_pinned_requirement_has_a_hash(root: Path, name: str) -> None:
    lines = (root / name).read_text(encoding="utf-8").splitlines()
    bare = [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if PINNED.match(line) and not HASH.match(after)
    ]
    assert bare == []


def test_lock_satisfies_every_requirement_of_pyproject(root: Path) -> None:
    pinned = pinned_versions(root / "requirements.lock")
    unsatisfied = [
        str(requirement)
        for requirement in declared_requirements(root)
        if not pinned.get(canonicalize_name(requirement.name))
        or not all(version in requirement.specifier for version in pinned[canonicalize_name(requirement.name)])
    ]
    assert unsatisfied == [], "requirements.lock is out of step with pyproject.toml. Maybe run `make lock`"


def test_makefile_locks_the_uv_that_it_installs(root: Path) -> None:
    named = re.search(r"^UV_VERSION := (\S+)$", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert named is not None
    assert pinned_versions(root / "requirements-uv.txt") == {"uv": {Version(named[1])}}
