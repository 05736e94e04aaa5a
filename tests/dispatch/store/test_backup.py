"""Backups of both databases: made while others write, and put back."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL

from dispatch.domain.plan_version import StoredRequest
from dispatch.errors import BackupError
from dispatch.store.backup import make_backup, read_manifest, restore_backup, rows_of
from dispatch.store.database import Database, open_engine
from dispatch.store.schema import is_newest, upgrade
from tests.fakes import a_request

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)


def fill(url: URL, *names: str) -> None:
    with Database(open_engine(url)) as database, database.write() as transaction:
        for name in names:
            transaction.requests.add(StoredRequest(id=name, digest="sha256:0", created_at=NOW), a_request())


def back_up(url: URL, folder: Path) -> None:
    engine = open_engine(url)
    try:
        manifest = make_backup(engine, folder, now=NOW)
    finally:
        engine.dispose()
    assert manifest == read_manifest(folder)


def test_what_was_backed_up_comes_back_and_what_came_later_does_not(url: URL, empty_url: URL, tmp_path: Path) -> None:
    if url.get_backend_name() != empty_url.get_backend_name():
        pytest.skip("a backup goes back to its own kind of database")
    fill(url, "a", "b")
    back_up(url, tmp_path / "backup")
    fill(url, "c")
    target = empty_url
    if url.get_backend_name() == "sqlite":
        target = URL.create("sqlite", database=str(tmp_path / "new" / "restored.sqlite3"))
    restore_backup(tmp_path / "backup", target, is_replacing=False)
    engine = open_engine(target)
    upgrade(engine)
    assert is_newest(engine)
    with Database(engine) as database, database.read() as transaction:
        assert transaction.requests.document("b") == a_request()
        assert transaction.requests.get("a").id == "a"
    assert rows_of(target)["requests"] == 2
    assert rows_of(url)["requests"] == 3


def test_a_database_with_rows_is_replaced_only_when_told(url: URL, tmp_path: Path) -> None:
    fill(url, "a")
    back_up(url, tmp_path / "backup")
    fill(url, "b")
    with pytest.raises(BackupError, match=r"is not empty: \d+ rows in .*\nMaybe give --replace"):
        restore_backup(tmp_path / "backup", url, is_replacing=False)
    assert rows_of(url)["requests"] == 2
    restore_backup(tmp_path / "backup", url, is_replacing=True)
    assert rows_of(url)["requests"] == 1


def test_a_backup_that_was_changed_or_is_none_is_refused(url: URL, tmp_path: Path) -> None:
    fill(url, "a")
    folder = tmp_path / "backup"
    back_up(url, folder)
    with pytest.raises(BackupError, match="exists already"):
        back_up(url, folder)
    data = next(path for path in folder.iterdir() if path.name != "backup.json")
    data.write_bytes(data.read_bytes() + b"x")
    with pytest.raises(BackupError, match="has changed since the backup was made"):
        restore_backup(folder, url, is_replacing=True)
    with pytest.raises(BackupError, match="is no backup"):
        restore_backup(tmp_path, url, is_replacing=True)
    assert rows_of(url)["requests"] == 1


def test_a_backup_of_the_other_kind_of_database_is_refused(url: URL, tmp_path: Path) -> None:
    fill(url, "a")
    folder = tmp_path / "backup"
    back_up(url, folder)
    manifest = json.loads((folder / "backup.json").read_text())
    manifest["database"] = "postgresql" if manifest["database"] == "sqlite" else "sqlite"
    (folder / "backup.json").write_text(json.dumps(manifest))
    with pytest.raises(BackupError, match="the settings name"):
        restore_backup(folder, url, is_replacing=True)


def test_missing_tools_of_postgresql_are_named(url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if url.get_backend_name() == "sqlite":
        pytest.skip("needs no tools")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(BackupError, match="pg_dump is not on the PATH\nMaybe install"):
        back_up(url, tmp_path / "backup")
