"""`dispatch replay`: days as they come, under several policies. Everything heavy is imported inside the command."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

if TYPE_CHECKING:
    from benchmarks.replay.spec import PolicyName

DEFAULT_FOLDER: Final = Path("out/replay")


def replay(
    *,
    size: Annotated[Literal["village", "district", "city"], typer.Option(help="Of the synthetic city.")] = "district",
    seeds: Annotated[str, typer.Option(help="A stretch of days for each: 11-15, or 3,7.")] = "11-15",
    days: Annotated[int, typer.Option(help="Days of each stretch; what is left open goes on to the next.")] = 5,
    load: Annotated[float, typer.Option(help="Work that comes in over technician time, on an average day.")] = 0.8,
    policies: Annotated[
        str, typer.Option(help="Of nearest, insertion, periodic, ours; a list.")
    ] = "nearest,insertion,periodic,ours",
    period: Annotated[int, typer.Option(help="Minutes between two searches of the policy periodic.")] = 30,
    settle: Annotated[
        int, typer.Option(help="Least minutes between two changes of the plan of insertion and ours.")
    ] = 5,
    night_iterations: Annotated[int, typer.Option(help="Of each night's search.")] = 30_000,
    live_iterations: Annotated[int, typer.Option(help="Of each search during the day.")] = 2_000,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The operator's policy (TOML), to compare settings by.")
    ] = None,
    checked_every: Annotated[
        int, typer.Option(help="Of so many plans one is checked; 1: all, which takes longer.")
    ] = 20,
    parallel: Annotated[int, typer.Option(help="Replays side by side.")] = 1,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FOLDER", help="For results, event logs and page; made if missing."),
    ] = DEFAULT_FOLDER,
) -> None:
    """Replay days under several policies on the same random numbers; what FOLDER has already is not run again."""
    import sys

    from benchmarks.replay.results import Result
    from benchmarks.replay.run import PAGE, run_all
    from benchmarks.replay.spec import ReplaySpec
    from benchmarks.replay.tables import as_text, difference_rows, policies_of, rows_of

    spec = ReplaySpec(
        size=size,
        days=days,
        load=load,
        night_iterations=night_iterations,
        live_iterations=live_iterations,
        period=timedelta(minutes=period),
        settle=timedelta(minutes=settle),
        policy_path=policy,
        checked_every=checked_every,
    )

    def tell(result: Result) -> None:
        print(f"seed {result.seed}, {result.policy}", file=sys.stderr)

    results = run_all(
        spec,
        seeds=_seeds(seeds),
        policies=_policies(policies),
        folder=output,
        parallel=parallel,
        on_result=tell,
    )
    print(as_text(rows_of(results)))
    if len(policies_of(results)) > 1:
        print(
            f"\nDifferences on the same days; a star: the 95 % interval excludes 0\n{as_text(difference_rows(results))}"
        )
    print(f"\n{output / PAGE}: the same with plots, open it in a browser")


def _seeds(text: str) -> tuple[int, ...]:
    from benchmarks.run import numbers_of
    from dispatch.errors import BadInputError, Problem

    try:
        return numbers_of(text)
    except ValueError:
        problem = Problem(path="seeds", message=f"{text!r} are no numbers", remedy="write them as 11-15 or 3,7")
        raise BadInputError([problem]) from None


def _policies(text: str) -> tuple[PolicyName, ...]:
    from benchmarks.replay.spec import POLICIES
    from dispatch.errors import BadInputError, Problem

    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    unknown = [name for name in names if name not in POLICIES]
    if unknown:
        remedy = f"choose from {', '.join(POLICIES)}"
        raise BadInputError([Problem(path="policies", message=f"{unknown[0]!r} is no policy", remedy=remedy)])
    return tuple(policy for policy in POLICIES if policy in names)
