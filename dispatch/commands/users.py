"""`dispatch users`: makes, lists and deactivates the users of the pages, straight in the database."""

from __future__ import annotations

from typing import Annotated

import typer

from dispatch.commands.db import DataDir
from dispatch.commands.keys import CentreOption

Login = Annotated[str, typer.Argument(metavar="LOGIN", help="Login name.")]
Password = Annotated[
    str | None, typer.Option(help="Left out: asked for, without an echo.", envvar="FIELD_DISPATCH_NEW_PASSWORD")
]


def register(app: typer.Typer) -> None:
    """Add `users create`, `users list`, `users password` and `users deactivate` to `app`."""
    users = typer.Typer(help="Make, list and deactivate users of the pages.", no_args_is_help=True)
    users.command("create")(create)
    users.command("list")(list_all)
    users.command("password")(password)
    users.command("deactivate")(deactivate)
    app.add_typer(users, name="users")


def create(
    login: Login,
    *,
    name: Annotated[str, typer.Option(help="For people.")],
    role: Annotated[str, typer.Option(help="integration, dispatcher, technician, supervisor or admin.")],
    centre: CentreOption = "main",
    technician: Annotated[str | None, typer.Option(help="Who it is; with --role technician.")] = None,
    new_password: Password = None,
    data_dir: DataDir = None,
) -> None:
    """Make a user, who can then log in to the pages."""
    from dispatch.bootstrap import open_store
    from dispatch.clock import SystemClock
    from dispatch.passwords import Argon2Passwords
    from dispatch.settings import read_settings
    from dispatch.usecases.access.keys import read_role
    from dispatch.usecases.access.users import create_user

    settings = read_settings(data_dir=data_dir)
    with open_store(settings) as store:
        user = create_user(
            login,
            _asked(new_password),
            name=name,
            role=read_role(role),
            technician=technician,
            store=store.of(centre),
            everywhere=store,
            clock=SystemClock(),
            passwords=Argon2Passwords(settings),
        )
    print(f"user {user.id}: {user.role} of dispatch centre {centre}")


def list_all(centre: CentreOption = "main", data_dir: DataDir = None) -> None:
    """List the users of a dispatch centre."""
    from dispatch.bootstrap import open_store
    from dispatch.settings import read_settings
    from dispatch.usecases.access.users import list_users

    with open_store(read_settings(data_dir=data_dir)) as store:
        for user in list_users(store=store.of(centre)):
            whose = f" {user.technician}" if user.technician else ""
            print(f"{user.id}  {user.role}{whose}  {user.name}  {'active' if user.is_active else 'deactivated'}")


def password(
    login: Login, centre: CentreOption = "main", new_password: Password = None, data_dir: DataDir = None
) -> None:
    """Give a user another password; ends the sessions there are."""
    from dispatch.bootstrap import open_store
    from dispatch.clock import SystemClock
    from dispatch.passwords import Argon2Passwords
    from dispatch.settings import read_settings
    from dispatch.usecases.access.users import set_password

    settings = read_settings(data_dir=data_dir)
    with open_store(settings) as store:
        set_password(
            login,
            _asked(new_password),
            store=store.of(centre),
            clock=SystemClock(),
            passwords=Argon2Passwords(settings),
        )
    print(f"user {login}: has another password")


def deactivate(login: Login, centre: CentreOption = "main", data_dir: DataDir = None) -> None:
    """Let a user not log in any more; ends the sessions there are."""
    from dispatch.bootstrap import open_store
    from dispatch.clock import SystemClock
    from dispatch.settings import read_settings
    from dispatch.usecases.access.users import deactivate_user

    with open_store(read_settings(data_dir=data_dir)) as store:
        deactivate_user(login, store=store.of(centre), clock=SystemClock())
    print(f"user {login}: deactivated")


def _asked(given: str | None) -> str:
    if given is not None:
        return given
    entered: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return entered
