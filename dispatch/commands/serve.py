"""`dispatch serve`: the service with its background runner, in one process."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from dispatch.commands.db import DataDir

APPLICATION: Final = "api.main:app_from_environment"
"""By name: the layer above makes the application, this one only starts it."""
CLOSING_TIMEOUT_S: Final = 5
"""How long open connections may take to end when the service stops."""


def register(app: typer.Typer) -> None:
    """Add `serve` to `app`."""
    app.command("serve")(serve)


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than this machine's need production settings.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 = any free one.")] = 8000,
    data_dir: DataDir = None,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty database with a synthetic city first.")] = False,
) -> None:
    """Serve the HTTP interface and plan in the background; makes or upgrades the database first, after saying so."""
    import os

    import uvicorn

    from dispatch.bootstrap import only_service
    from dispatch.commands.db import bring_up_to_date
    from dispatch.commands.keys import announce_first_key
    from dispatch.logs import configure_logging
    from dispatch.safety import require_safe
    from dispatch.settings import read_settings

    settings = read_settings(data_dir=data_dir)
    require_safe(settings, host=host)
    with only_service(settings):
        bring_up_to_date(settings)
        announce_first_key(settings)
        if demo:
            from dispatch.commands.demo_city import fill_demo, print_addresses

            fill_demo(settings)
            print_addresses(host, port)
        os.environ["FIELD_DISPATCH_DATA_DIR"] = str(settings.data_dir)
        configure_logging(settings.log_format)
        uvicorn.run(
            APPLICATION,
            factory=True,
            host=host,
            port=port,
            timeout_graceful_shutdown=CLOSING_TIMEOUT_S,
            server_header=False,
            forwarded_allow_ips=list(settings.trusted_proxies),
            log_config=None,
            access_log=False,  # paths can hold what links are signed with: the routes are logged instead
        )
