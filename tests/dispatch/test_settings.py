from pathlib import Path

import pytest

from dispatch.bootstrap import open_database
from dispatch.errors import BadInputError, OutputError, SchemaError
from dispatch.settings import Settings, read_settings
from dispatch.store.schema import current_revision


def test_the_database_is_a_file_in_the_data_directory_unless_a_url_is_given() -> None:
    assert str(Settings(data_dir=Path("/somewhere")).url) == "sqlite:////somewhere/field-dispatch.sqlite3"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_by_psycopg_whatever_the_scheme(scheme: str) -> None:
    settings = Settings.model_validate({"database_url": f"{scheme}://me:hunter2@db:5432/dispatch"})
    assert settings.url.drivername == "postgresql+psycopg"
    assert settings.shown_url == "postgresql+psycopg://me:***@db:5432/dispatch"
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("DATABASE_URL", "mysql://secret@db/dispatch", "is not the URL of a PostgreSQL database"),
        ("DATABASE_URL", "secret", "is no URL"),
        ("RUNS_AT_A_TIME", "0", "greater than or equal to 1"),
        ("PROGRESS_EVERY_S", "fast", "valid number"),
    ],
)
def test_an_impossible_setting_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(f"FIELD_DISPATCH_{name}", value)
    with pytest.raises(BadInputError, match=message) as refused:
        read_settings()
    assert refused.value.problems[0].path == f"FIELD_DISPATCH_{name}"
    assert "secret" not in str(refused.value)


def test_a_given_setting_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELD_DISPATCH_DATA_DIR", "from-environment")
    assert read_settings(data_dir=Path("given")).data_dir == Path("given")
    assert read_settings(data_dir=None).data_dir == Path("from-environment")


def test_a_data_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(OutputError, match="cannot be made"),
        open_database(Settings(data_dir=tmp_path / "file" / "data")),
    ):
        pass


def test_a_database_that_does_not_answer_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    settings = Settings.model_validate({"database_url": f"postgresql://me:hunter2@/dispatch?host={tmp_path}"})
    with open_database(settings) as database, pytest.raises(SchemaError, match="cannot be reached") as refused:
        current_revision(database)
    assert "secret" not in str(refused.value)
