"""The `dispatch` command line: the commands of `dispatch.commands` and those that installed packages contribute."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.metadata import entry_points
from typing import Annotated, Final

import typer

COMMANDS: Final = (
    "plan",
    "replan",
    "slots",
    "check",
    "explain",
    "diff",
    "risk",
    "reserve",
    "report",
    "export",
    "schema",
    "policy",
    "serve",
    "worker",
    "backup",
    "db",
    "keys",
    "users",
)
"""Modules of `dispatch.commands` in the order in which the help lists them."""
CONTRIBUTED: Final = "field_dispatch.commands"
"""Entry point group of packages above `dispatch` that add commands: functions `register(app)`."""


def build_app() -> typer.Typer:
    """Return the command line application with every command registered."""
    app = typer.Typer(
        name="dispatch",
        help="Plans field technicians: from a city's open orders to a checked nightly plan.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_options)
    for name in COMMANDS:
        import_module(f"dispatch.commands.{name}").register(app)
    for entry_point in sorted(entry_points(group=CONTRIBUTED), key=lambda e: e.name):
        entry_point.load()(app)
    return app


def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")] = False,
) -> None:
    """Declare the options of every command; `main` reads `--debug`, since it handles what a command raises."""


def main() -> None:
    """Run the command line and exit: 0 done, 1 the check found violations, 2 bad input, 3 anything else."""
    arguments = sys.argv[1:]
    is_debug = "--debug" in arguments
    try:
        build_app()([argument for argument in arguments if argument != "--debug"])
    except Exception as error:
        if is_debug:
            raise
        from dispatch.commands.failures import report_failure

        sys.exit(report_failure(error))
