"""`dispatch policy`: the default policy, to copy and edit."""

from __future__ import annotations

from importlib.resources import files

import typer


def register(app: typer.Typer) -> None:
    """Add `policy` to `app`."""
    app.command("policy")(policy)


def policy() -> None:
    """Print the default policy as TOML: save it, change it, pass it with --policy."""
    print((files("dispatch.policy") / "defaults.toml").read_text(encoding="utf-8"), end="")
