"""Settings of the service, from the environment or from the command line."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url

DATABASE_FILE = "field-dispatch.sqlite3"


class Settings(BaseSettings):
    """Everything an operator can choose; each field is read from `FIELD_DISPATCH_<NAME>` unless given.

    Attributes
    ----------
    data_dir
        Folder of the SQLite database; made if it does not exist.
    database_url
        URL of a PostgreSQL database; None = SQLite in `data_dir`.
    policy_path
        A policy file that replaces defaults; None = the packaged defaults.
    body_limit_bytes
        Largest request body that is read.
    parse_at_a_time
        Planning requests that are parsed side by side; others wait, so that memory stays bounded.
    runs_at_a_time
        Runs that are planned side by side in this process. Each uses all cores unless told otherwise.
    max_attempts
        How often a run is begun, if the process dies under it, before it counts as failed.
    progress_every_s
        Pause between two looks at the queue, and between two progress reports of a run.
    best_plan_every_s
        Pause between two savings of a run's best plan so far; what a crash can cost.
    shutdown_grace_s
        How long a shutdown waits for running runs to hand over their best plan.
    """

    model_config = SettingsConfigDict(env_prefix="FIELD_DISPATCH_", frozen=True, extra="forbid")

    data_dir: Path = Path("data")
    database_url: SecretStr | None = None
    policy_path: Path | None = None
    body_limit_bytes: int = Field(default=64 * 1024 * 1024, ge=1024)
    parse_at_a_time: int = Field(default=2, ge=1, le=64)
    runs_at_a_time: int = Field(default=1, ge=1, le=64)
    max_attempts: int = Field(default=3, ge=1)
    progress_every_s: float = Field(default=1.0, gt=0, le=60)
    best_plan_every_s: float = Field(default=15.0, gt=0)
    shutdown_grace_s: float = Field(default=20.0, ge=0)

    @property
    def url(self) -> URL:
        """The database's URL with its driver; contains the password, if any."""
        if self.database_url is None:
            return URL.create("sqlite", database=str(self.data_dir / DATABASE_FILE))
        url = make_url(self.database_url.get_secret_value())
        if url.drivername in {"postgres", "postgresql"}:
            url = url.set(drivername="postgresql+psycopg")
        return url

    @property
    def shown_url(self) -> str:
        """The database's URL for people, without the password."""
        return self.url.render_as_string(hide_password=True)
