"""A PostgreSQL server of our own for the tests: started from the machine's binaries in a temporary folder."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, text

_INSTALLED = Path("/usr/lib/postgresql")
_MEMORY = Path("/dev/shm")  # noqa: S108 - the name of the folder is made up anew each time


def postgres_or_skip() -> Iterator[PostgresServer]:
    """Give a running server, for a fixture; skip the test where there is none to be had."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's server is not installed (no initdb on PATH, none in /usr/lib/postgresql)")
    if find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed (dependency group postgres)")
    with running_postgres(binaries) as server:
        yield server


def find_binaries() -> Path | None:
    """Return the folder of `initdb` and `postgres`; None if PostgreSQL is not installed."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(_INSTALLED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


class PostgresServer:
    """A running server that listens on a socket in its own folder only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    def url(self, database: str = "postgres") -> URL:
        return URL.create(
            "postgresql+psycopg", username="dispatch", database=database, query={"host": str(self._folder)}
        )

    def new_database(self, *, template: str = "template0") -> URL:
        """Make a database and return its URL."""
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    @contextmanager
    def database(self, *, template: str = "template0") -> Iterator[URL]:
        """Give a database for a while; hundreds that are left to the end take minutes to remove."""
        url = self.new_database(template=template)
        try:
            yield url
        finally:
            self._execute(f"DROP DATABASE {url.database} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        engine = create_engine(self.url(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def running_postgres(binaries: Path) -> Iterator[PostgresServer]:
    """Start a server; it is gone with all its data at the end."""
    account = _unprivileged_account()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=_quick_folder()))
    run_as: dict[str, Any] = {}
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
        run_as = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data = folder / "data"
    initdb = [binaries / "initdb", "-D", data, "-U", "dispatch", "-A", "trust", "-E", "UTF8", "--no-sync"]
    options = f"-c listen_addresses='' -k {folder} -c fsync=off -c max_wal_size=64MB"
    start = [binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"]
    stop = [binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"]
    try:
        for command in (initdb, start):
            subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, **run_as)
        yield PostgresServer(folder)
    finally:
        if data.exists():
            subprocess.run(stop, check=False, cwd=folder, stdout=subprocess.DEVNULL, **run_as)
        shutil.rmtree(folder, ignore_errors=True)


def _quick_folder() -> Path | None:
    """Return a folder in memory, if there is one with room; None = where temporary files are."""
    return _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > 4 << 30 else None


def _unprivileged_account() -> pwd.struct_passwd | None:
    """Return whom to run the server as; None = ourselves. The server refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None
