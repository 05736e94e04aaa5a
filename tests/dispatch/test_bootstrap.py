"""One service to a data directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.bootstrap import only_service
from dispatch.errors import InUseError, OutputError
from dispatch.settings import Settings


def test_second_service_on_a_data_directory_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new")
    refused = pytest.raises(InUseError, match="another service is running on it\nMaybe stop it")
    with only_service(settings), refused, only_service(settings):
        pass
    with only_service(settings):
        assert not (tmp_path / "new" / "field-dispatch.sqlite3").exists()


def test_services_on_other_data_directories_and_on_postgresql_are_let_in(tmp_path: Path) -> None:
    server = Settings(data_dir=tmp_path, database_url="postgresql://nobody@localhost/none")
    other = Settings(data_dir=tmp_path / "b")
    with only_service(Settings(data_dir=tmp_path)), only_service(other), only_service(server), only_service(server):
        pass


def test_data_directory_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "field-dispatch.lock").mkdir()
    with (
        pytest.raises(OutputError, match="cannot be written: Is a directory"),
        only_service(Settings(data_dir=tmp_path)),
    ):
        pass
