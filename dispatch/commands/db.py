"""`dispatch db`: makes the service's database and brings it up to date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dispatch.settings import Settings

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Folder of the SQLite database; default: FIELD_DISPATCH_DATA_DIR, else data."),
]


def register(app: typer.Typer) -> None:
    """Add `db init` and `db upgrade` to `app`."""
    db = typer.Typer(help="Make the service's database, or bring it up to date.", no_args_is_help=True)
    db.command("init")(init)
    db.command("upgrade")(upgrade)
    app.add_typer(db, name="db")


def init(data_dir: DataDir = None) -> None:
    """Make the database with all its tables; one that exists is left as it is."""
    from dispatch.bootstrap import open_database
    from dispatch.commands.keys import announce_first_key
    from dispatch.settings import read_settings
    from dispatch.store.schema import current_revision

    settings = read_settings(data_dir=data_dir)
    with open_database(settings) as database:
        found = current_revision(database)
    if found is None:
        bring_up_to_date(settings)
        announce_first_key(settings)
    else:
        print(f"database {settings.shown_url}: exists, revision {found}; `dispatch db upgrade` brings it up to date")


def upgrade(data_dir: DataDir = None) -> None:
    """Bring the database to the newest revision; all data stays."""
    from dispatch.settings import read_settings

    bring_up_to_date(read_settings(data_dir=data_dir))


def bring_up_to_date(settings: Settings) -> None:
    """Make or upgrade the database, after saying so."""
    from dispatch.bootstrap import open_database
    from dispatch.store.schema import current_revision, is_newest, newest_revision
    from dispatch.store.schema import upgrade as upgrade_schema

    with open_database(settings) as database:
        found, newest = current_revision(database), newest_revision()
        if is_newest(database):
            print(f"database {settings.shown_url}: up to date, revision {found}")
            return
        doing = "making it" if found is None else f"upgrading it from revision {found}"
        print(f"database {settings.shown_url}: {doing}, to revision {newest}", flush=True)
        upgrade_schema(database)
