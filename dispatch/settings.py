"""Settings of the service, from the environment or from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import SettingsConfigDict
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from dispatch.errors import BadInputError, Problem
from dispatch.page_settings import PageSettings
from dispatch.security_settings import SecuritySettings

PREFIX: Final = "FIELD_DISPATCH_"
DATABASE_FILE: Final = "field-dispatch.sqlite3"
POSTGRESQL: Final = "postgresql+psycopg"


class Settings(PageSettings, SecuritySettings):
    """Everything an operator can choose; each field is read from `FIELD_DISPATCH_<NAME>` unless given.

    What is about security stands in `SecuritySettings`, what is about pages and messages in `PageSettings`.

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
    runs_at_a_time
        Runs that are planned side by side in this process. Each uses all cores unless told otherwise.
    max_attempts
        How often a run is begun, if the process dies under it, before it counts as failed.
    runs
        Who executes queued runs: `embedded` = threads of each serving process; `workers` = `dispatch worker` processes
        on any machine, over PostgreSQL.
    heartbeat_every_s
        Pause between two signs of life of a runner, and between two searches for runs of dead ones.
    run_lost_after_s
        A run whose runner has given no sign of life for so long is taken over.
    progress_every_s
        Pause between two looks at the queue, and between two progress reports of a run.
    best_plan_every_s
        Pause between two savings of a run's best plan so far; what a crash can cost.
    shutdown_grace_s
        How long a shutdown waits for running runs to hand over their best plan.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data_dir: Path = Path("data")
    database_url: SecretStr | None = None
    policy_path: Path | None = None
    map_dir: Path | None = None
    body_limit_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    idempotency_keep_h: int = Field(default=24, ge=1)
    import_bytes: int = Field(default=16 * 1024 * 1024, ge=1024)
    import_unpacked_bytes: int = Field(default=256 * 1024 * 1024, ge=1024)
    import_rows: int = Field(default=50_000, ge=1)
    import_cells: int = Field(default=1_500_000, ge=1)
    parse_at_a_time: int = Field(default=2, ge=1, le=64)
    runs_at_a_time: int = Field(default=1, ge=1, le=64)
    max_attempts: int = Field(default=3, ge=1)
    runs: Literal["embedded", "workers"] = "embedded"
    heartbeat_every_s: float = Field(default=5.0, gt=0, le=60)
    run_lost_after_s: float = Field(default=30.0, gt=0)
    progress_every_s: float = Field(default=1.0, gt=0, le=60)
    best_plan_every_s: float = Field(default=15.0, gt=0)
    shutdown_grace_s: float = Field(default=20.0, ge=0)

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
        if self.run_lost_after_s < 2 * self.heartbeat_every_s:
            msg = (
                f"{PREFIX}RUN_LOST_AFTER_S is {self.run_lost_after_s:g}, less than two heartbeats of "
                f"{self.heartbeat_every_s:g} s: living runners would lose their runs; make it longer"
            )
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
