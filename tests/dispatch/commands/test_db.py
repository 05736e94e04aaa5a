from pathlib import Path

import pytest
from typer.testing import CliRunner

from dispatch.cli import build_app
from dispatch.store.schema import newest_revision


def run(*arguments: str) -> str:
    result = CliRunner().invoke(build_app(), arguments)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("command", ["init", "upgrade"])
def test_a_database_is_made_where_there_is_none(tmp_path: Path, command: str) -> None:
    output = run("db", command, "--data-dir", str(tmp_path / "deep" / "data"))
    assert f"making it, to revision {newest_revision()}" in output
    assert (tmp_path / "deep" / "data" / "field-dispatch.sqlite3").exists()


def test_a_database_that_exists_is_left_alone(tmp_path: Path) -> None:
    run("db", "init", "--data-dir", str(tmp_path))
    assert f"exists, revision {newest_revision()}" in run("db", "init", "--data-dir", str(tmp_path))
    assert f"up to date, revision {newest_revision()}" in run("db", "upgrade", "--data-dir", str(tmp_path))


def test_the_data_directory_comes_from_the_environment_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELD_DISPATCH_DATA_DIR", str(tmp_path / "elsewhere"))
    assert "elsewhere" in run("db", "init")
