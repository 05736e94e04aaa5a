"""The documents: links lead somewhere, README's commands exist, every commitment says where it lives."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from dispatch.checker.findings import RULES
from dispatch.cli import build_app

LINK = re.compile(r"\[[^\]]*\]\((?!https?:)(?P<target>[^)#\s]+)(#[^)\s]*)?\)")
SHELL_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMITMENT = re.compile(r"^\| (?P<rule>[RT]\d+) \| (?P<code>[^|]+) \| (?P<tests>[^|]+) \|$", re.MULTILINE)
PATH = re.compile(r"`([^`]+)`")
RULE = re.compile(r"^\| `(\w+)` \| (.+) \|$", re.MULTILINE)


def shell_lines(document: Path) -> list[str]:
    return [line for block in SHELL_BLOCK.findall(document.read_text(encoding="utf-8")) for line in block.splitlines()]


def where_it_stands(root: Path) -> dict[str, tuple[str, str]]:
    text = (root / "docs/commitments.md").read_text(encoding="utf-8")
    section = text[text.index("## 8.") :]
    return {match["rule"]: (match["code"], match["tests"]) for match in COMMITMENT.finditer(section)}


def test_every_link_between_documents_leads_to_a_file(root: Path, tracked_files: tuple[Path, ...]) -> None:
    dead = [
        f"{path}: {match['target']}"
        for path in tracked_files
        if path.suffix == ".md"
        for match in LINK.finditer((root / path).read_text(encoding="utf-8"))
        if not (root / path.parent / match["target"]).exists()
    ]
    assert dead == []


def test_readme_lists_every_document(root: Path, tracked_files: tuple[Path, ...]) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    documents = [path.as_posix() for path in tracked_files if path.parent == Path("docs") and path.suffix == ".md"]
    assert [path for path in documents if f"]({path})" not in readme] == []


def test_every_make_target_that_readme_names_exists(root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(shell_lines(root / "README.md"))))
    assert named
    assert {target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)} == set()


def test_every_dispatch_command_that_readme_names_exists(root: Path) -> None:
    commands = typer.main.get_command(build_app()).commands
    named = set(re.findall(r"\bdispatch ([a-z]+)\b", "\n".join(shell_lines(root / "README.md"))))
    assert named
    assert named - set(commands) == set()


def test_every_commitment_says_where_it_stands(root: Path) -> None:
    expected = [f"T{number}" for number in range(1, 9)] + [f"R{number:02}" for number in range(1, 40)]
    assert list(where_it_stands(root)) == expected


def test_every_path_that_a_commitment_names_exists(root: Path) -> None:
    entries = [text for pair in where_it_stands(root).values() for text in pair]
    missing = [
        name for text in entries for name in PATH.findall(text) if not (root / name.partition("::")[0]).is_file()
    ]
    assert missing == []


def test_every_commitment_names_code_and_tests_that_exist(root: Path) -> None:
    for rule, (code, tests) in where_it_stands(root).items():
        assert PATH.findall(code), rule
        assert PATH.findall(tests), rule
        for name in PATH.findall(tests):
            path, _, test = name.partition("::")
            assert f"def {test}(" in (root / path).read_text(encoding="utf-8"), f"{rule}: no test {test} in {path}"


def test_every_commitment_has_a_test_that_is_named_after_it(root: Path) -> None:
    unnamed = [
        rule
        for rule, (_, tests) in where_it_stands(root).items()
        if not any(rule.lower() in name.partition("::")[2].split("_") for name in PATH.findall(tests))
    ]
    assert unnamed == []


def test_the_model_lists_every_rule_of_the_checker_in_its_words(root: Path) -> None:
    text = (root / "docs/model.md").read_text(encoding="utf-8")
    section = text[text.index("## The rules by name") :].split("\n## ", 1)[0]
    assert RULE.findall(section) == list(RULES.items())


def test_decision_records_are_numbered_without_a_hole_and_listed(root: Path) -> None:
    records = sorted((root / "docs/decisions").glob("*.md"))
    architecture = (root / "docs/architecture.md").read_text(encoding="utf-8")
    for number, record in enumerate(records, 1):
        assert record.name.startswith(f"{number:04}-")
        assert record.read_text(encoding="utf-8").startswith(f"# {number}. ")
        assert f"(decisions/{record.name})" in architecture
