"""Settings of the service, from the environment or from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from dispatch.errors import BadInputError, Problem
from dispatch.operations_settings import OperationsSettings
from dispatch.page_settings import PageSettings
from dispatch.planning_settings import PlanningPace
from dispatch.security_settings import SecuritySettings

PREFIX: Final = "FIELD_DISPATCH_"
DATABASE_FILE: Final = "field-dispatch.sqlite3"
POSTGRESQL: Final = "postgresql+psycopg"


class Settings(PageSettings, SecuritySettings, OperationsSettings, PlanningPace):
    """Everything an operator can choose; each field is read from `FIELD_DISPATCH_<NAME>` unless given.

    What is about security stands in `SecuritySettings`, what is about pages and
    messages in `PageSettings`, what is about operations in `OperationsSettings`.

    Attributes
    ----------
    data_dir
        Folder of the SQLite database; made if it does not exist.
    database_url
        URL of a PostgreSQL database; None = SQLite in `data_dir`.
    policy_path
        A policy file that replaces defaults; None = the packaged defaults.
    map_dir
        Folder of the road graphs and OpenStreetMap extracts that requests may name; None = they may name none.
    body_limit_bytes
        Largest request body that is read.
    idempotency_keep_h
        How long the answers to requests with an `Idempotency-Key` are kept.
    bulk_orders
        Most orders of one request to take them in.
    import_bytes
        Largest CSV or XLSX file that is imported; also bounded by `body_limit_bytes`.
    import_unpacked_bytes
        Largest XLSX file once it is unpacked.
    import_rows
        Most rows of an imported file.
    import_cells
        Most cells of an imported file.
    parse_at_a_time
        Planning requests that are parsed side by side; others wait, so that memory stays bounded.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data_dir: Path = Path("data")
    database_url: SecretStr | None = None
    policy_path: Path | None = None
    map_dir: Path | None = None
    body_limit_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    idempotency_keep_h: int = Field(default=24, ge=1)
    bulk_orders: int = Field(default=10_000, ge=1)
    import_bytes: int = Field(default=16 * 1024 * 1024, ge=1024)
    import_unpacked_bytes: int = Field(default=256 * 1024 * 1024, ge=1024)
    import_rows: int = Field(default=50_000, ge=1)
    import_cells: int = Field(default=1_500_000, ge=1)
    parse_at_a_time: int = Field(default=2, ge=1, le=64)

    @field_validator("database_url")
    @classmethod
    def _is_a_database_we_know(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and _url_of(value).drivername != POSTGRESQL:
            msg = "is not the URL of a PostgreSQL database; write postgresql://user:password@host:5432/name"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.runs == "workers" and self.database_url is None:
            msg = f"{PREFIX}RUNS is 'workers', which needs PostgreSQL; set {PREFIX}DATABASE_URL, or let it be embedded"
            raise ValueError(msg)
        return self

    @property
    def url(self) -> URL:
        """The database's URL with its driver; contains the password, if any."""
        if self.database_url is None:
            return URL.create("sqlite", database=str(self.data_dir / DATABASE_FILE))
        return _url_of(self.database_url)

    @property
    def shown_url(self) -> str:
        """The database's URL for people, without the password."""
        return self.url.render_as_string(hide_password=True)


def read_settings(**given: Any) -> Settings:
    """Return the settings: those given, else from the environment, else the defaults.

    Parameters
    ----------
    **given
        Settings from the command line; None = not given.

    Raises
    ------
    BadInputError
        If a setting is impossible; names its environment variable.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        problems = [
            Problem(
                path=PREFIX + "_".join(str(step) for step in detail["loc"]).upper(),
                message=detail["msg"],
                remedy="correct the environment variable or the option",
            )
            for detail in error.errors(include_input=False)  # an input may be a password
        ]
        raise BadInputError(problems) from None


def _url_of(database_url: SecretStr) -> URL:
    """Return a database's URL with the driver that we use."""
    try:
        url = make_url(database_url.get_secret_value())
    except ArgumentError:
        msg = "is no URL; write postgresql://user:password@host:5432/name"
        raise ValueError(msg) from None
    return url.set(drivername=POSTGRESQL) if url.drivername in {"postgres", "postgresql"} else url
