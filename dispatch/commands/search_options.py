"""What steers a search on the command line: options that `plan` and `replan` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Iterations = Annotated[
    int | None,
    typer.Option(
        "--iterations",
        min=0,
        max=2**53,
        help="Iterations of each thread. Without --limit the plan is reproducible.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**62, help="Seed of the search.")]
Threads = Annotated[
    int | None, typer.Option("--threads", min=1, max=256, help="Threads of the search.  [default: all cores]")
]
PolicyFile = Annotated[
    Path | None,
    typer.Option("--policy", metavar="FILE", help="Policy file (TOML).  [default: as `dispatch policy` prints]"),
]
