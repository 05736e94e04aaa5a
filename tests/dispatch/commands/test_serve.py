"""`dispatch serve`: what it refuses before it listens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dispatch.bootstrap import only_service
from dispatch.settings import Settings
from tests.dispatch.commands.conftest import Outcome


def test_database_of_a_running_service_is_left_alone(run: Callable[..., Outcome], tmp_path: Path) -> None:
    with only_service(Settings(data_dir=tmp_path)):
        outcome = run("serve", "--data-dir", tmp_path)
    assert outcome.code == 2
    assert "another service is running on it" in outcome.err
    assert not (tmp_path / "field-dispatch.sqlite3").exists()
