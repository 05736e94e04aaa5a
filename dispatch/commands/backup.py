"""`dispatch backup` and `dispatch restore`: the whole database, into a folder and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dispatch.commands.db import DataDir


def register(app: typer.Typer) -> None:
    """Add `backup` and `restore` to `app`."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    folder: Annotated[Path, typer.Argument(help="Folder to make; must not exist.")], data_dir: DataDir = None
) -> None:
    """Write the whole database into a new folder while the service goes on; verified by its own count and digest."""
    from dispatch.bootstrap import open_database
    from dispatch.clock import SystemClock
    from dispatch.settings import read_settings
    from dispatch.store.backup import make_backup

    settings = read_settings(data_dir=data_dir)
    with open_database(settings) as engine:
        manifest = make_backup(engine, folder, now=SystemClock().now())
    print(f"{folder}: {manifest.rows_in_all} rows in {len(manifest.rows)} tables, revision {manifest.revision}")


def restore(
    folder: Annotated[Path, typer.Argument(help="Folder that `dispatch backup` made.")],
    data_dir: DataDir = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace a database that holds rows; they are lost.")
    ] = False,
) -> None:
    """Fill the database from a backup, then bring its tables to the newest revision; stop the service first."""
    from dispatch.bootstrap import only_service
    from dispatch.commands.db import bring_up_to_date
    from dispatch.settings import read_settings
    from dispatch.store.backup import restore_backup

    settings = read_settings(data_dir=data_dir)
    with only_service(settings):
        manifest = restore_backup(folder, settings.url, is_replacing=replace)
        print(f"{settings.shown_url}: {manifest.rows_in_all} rows restored, as of {manifest.made_at}")
        bring_up_to_date(settings)
