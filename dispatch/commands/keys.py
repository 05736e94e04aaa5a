"""`dispatch keys`: makes, lists and revokes API keys, straight in the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from dispatch.commands.db import DataDir

if TYPE_CHECKING:
    from dispatch.settings import Settings

CentreOption = Annotated[str, typer.Option("--centre", help="Dispatch centre that the key belongs to.")]


def register(app: typer.Typer) -> None:
    """Add `keys create`, `keys list` and `keys revoke` to `app`."""
    keys = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)
    keys.command("create")(create)
    keys.command("list")(list_all)
    keys.command("revoke")(revoke)
    app.add_typer(keys, name="keys")


def create(
    *,
    name: Annotated[str, typer.Option(help="Who uses the key; appears in audits.")],
    role: Annotated[str, typer.Option(help="integration, dispatcher, technician, supervisor or admin.")],
    centre: CentreOption = "main",
    technician: Annotated[str | None, typer.Option(help="Whose key it is; with --role technician.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Days until it expires; default: never.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Make an API key and print it, this once; nothing else goes to the standard output."""
    import sys

    from dispatch.bootstrap import new_id, open_store
    from dispatch.clock import SystemClock
    from dispatch.settings import read_settings
    from dispatch.usecases.access.keys import create_key, read_role

    clock = SystemClock()
    expires_at = None if days is None else clock.now() + timedelta(days=days)
    with open_store(read_settings(data_dir=data_dir)) as store:
        made = create_key(
            name=name,
            role=read_role(role),
            technician=technician,
            expires_at=expires_at,
            store=store.of(centre),
            clock=clock,
            new_id=new_id,
        )
    print(made.text)
    print(f"key {made.key.id}: {role} of dispatch centre {centre}; it cannot be shown again", file=sys.stderr)


def list_all(centre: CentreOption = "main", data_dir: DataDir = None) -> None:
    """List the API keys of a dispatch centre, the youngest first."""
    from dispatch.bootstrap import open_store
    from dispatch.settings import read_settings
    from dispatch.usecases.access.keys import list_keys

    with open_store(read_settings(data_dir=data_dir)) as store:
        for key in list_keys(store=store.of(centre)):
            whose = f" {key.technician}" if key.technician else ""
            print(f"{key.id}  {key.role}{whose}  {key.name}  {_state(key.revoked_at, key.expires_at)}", end="")
            print(f"  last used {_shown(key.last_used_at)}")


def revoke(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="Id of the key, as `dispatch keys list` shows it.")],
    centre: CentreOption = "main",
    data_dir: DataDir = None,
) -> None:
    """Make an API key worthless; running services notice within seconds."""
    from dispatch.bootstrap import open_store
    from dispatch.clock import SystemClock
    from dispatch.settings import read_settings
    from dispatch.usecases.access.keys import revoke_key

    with open_store(read_settings(data_dir=data_dir)) as store:
        key = revoke_key(key_id, store=store.of(centre), clock=SystemClock())
    print(f"key {key.id}: revoked {_shown(key.revoked_at)}")


def announce_first_key(settings: Settings) -> None:
    """Make the administrator's key if there never was one, and print it, this once."""
    from dispatch.bootstrap import open_store
    from dispatch.clock import SystemClock
    from dispatch.usecases.access.keys import create_first_key

    with open_store(settings) as store:
        made = create_first_key(store=store, clock=SystemClock())
    if made is not None:
        print(f"administrator's API key, shown this once: {made.text}", flush=True)


def _state(revoked_at: datetime | None, expires_at: datetime | None) -> str:
    if revoked_at is not None:
        return f"revoked {_shown(revoked_at)}"
    return "never expires" if expires_at is None else f"expires {_shown(expires_at)}"


def _shown(moment: datetime | None) -> str:
    return "never" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
