"""Runs the command line in this process and keeps what it prints."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from dispatch.cli import main
from dispatch.domain.files import write_request
from dispatch.domain.request import Request


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Return a function that runs `dispatch` with some arguments."""

    def run_command(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["dispatch", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Outcome(code=code if isinstance(code, int) else 0, out=printed.out, err=printed.err)

    return run_command


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[Request], Path]:
    """Return a function that writes a request and tells where."""

    def save(wanted: Request) -> Path:
        path = tmp_path / "request.json"
        write_request(path, wanted)
        return path

    return save
