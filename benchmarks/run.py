"""Makes benchmark runs: `python -m benchmarks.run --suite vrptw --solvers ours,pyvrp --limit 10,60 --seeds 1-3`.

Each run has a process and cores of its own, and becomes a line of the file of results (`benchmarks.results.Run`). A
run that has its line is not made again: whoever stops this, by Ctrl-C or by a kill, continues with the same command.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.instances.instance import InstanceError
from benchmarks.run_board import Board
from benchmarks.run_environment import commit, machine, usable_cores
from benchmarks.run_file import append, drop_torn_line, jobs_left
from benchmarks.run_job import Job, jobs_of
from benchmarks.run_pool import COMMAND, Pool
from benchmarks.solvers.registry import SOLVERS, SolverMissingError, adapter_named
from benchmarks.suites import SUITES, InstanceRef, instances_of
from dispatch.errors import BadInputError


class UsageError(ValueError):
    """An option is not possible; the message names it, its value and a remedy."""


def main(arguments: list[str], *, command: Sequence[str] = COMMAND) -> int:
    """Make the runs that are asked for; return the exit code."""
    chosen = _parser().parse_args(arguments)
    console = Console()
    try:
        core_sets = core_sets_of(usable_cores(), threads=chosen.threads, parallel=chosen.parallel)
        jobs = chosen_jobs(chosen)
        if drop_torn_line(chosen.out):
            console.print(f"{chosen.out}: the last line was torn, its run is made again")
        left = jobs_left(jobs, chosen.out, any_commit=chosen.any_commit)
    except (UsageError, InstanceError, SolverMissingError, BadInputError) as error:
        print(error, file=sys.stderr)
        return 2
    console.print(f"{len(left)} runs to make, {len(jobs) - len(left)} of {len(jobs)} are in {chosen.out} already")
    try:
        make_runs(left, chosen.out, core_sets=core_sets, console=console, command=command)
    except KeyboardInterrupt:
        console.print("stopped; the same command continues")
        return 130
    return 0


def make_runs(
    jobs: Sequence[Job],
    out: Path,
    *,
    core_sets: Sequence[tuple[int, ...]],
    console: Console,
    command: Sequence[str] = COMMAND,
) -> None:
    """Make runs and write each as a line of `out` as soon as it ends."""
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as folder,
        Board(jobs, parallel=len(core_sets), console=console) as board,
    ):
        pool = Pool(core_sets, folder=Path(folder), command=command)
        for ended in pool.results(jobs):
            if ended is not None:
                append(ended.run, out)
                board.note(ended)
            board.show(pool.running)


def chosen_jobs(chosen: argparse.Namespace) -> tuple[Job, ...]:
    """List the runs that the options ask for.

    Raises
    ------
    UsageError, InstanceError
        If there is no such suite, instance or solver.
    SolverMissingError
        If a solver's package is not installed.
    """
    unknown = [name for name in chosen.solvers if name not in SOLVERS]
    if unknown:
        raise UsageError(f"--solvers names {unknown[0]!r}, expected some of {', '.join(SOLVERS)}")
    refs = [ref for suite in chosen.suite for ref in instances_of(suite, chosen.instances)]
    return jobs_of(
        chosen_refs(refs, only=chosen.only, is_claim=chosen.claim),
        instances=chosen.instances.resolve(),
        version_of_solver={name: adapter_named(name).version() for name in chosen.solvers},
        limits_s=chosen.limit,
        seeds=chosen.seeds,
        threads=chosen.threads,
        commit=commit(),
        machine=machine(),
    )


def chosen_refs(refs: Sequence[InstanceRef], *, only: Sequence[str], is_claim: bool) -> tuple[InstanceRef, ...]:
    """Return the instances that are named in `only` (all, if it names none) and in the claim sets, if asked.

    Raises
    ------
    UsageError
        If `only` names an instance that is in none of the suites, or nothing is left.
    """
    for name in only:
        if name not in {ref.name for ref in refs}:
            known = ", ".join(ref.name for ref in refs[:5])
            raise UsageError(f"--only names {name!r}, which is in none of these suites; there are {known}, ...")
    chosen = tuple(
        ref for ref in refs if (not only or ref.name in only) and (not is_claim or ref.name in SUITES[ref.suite].claim)
    )
    if not chosen:
        raise UsageError("--only and --claim leave no instance\nMaybe leave one of them out")
    return chosen


def core_sets_of(cores: Sequence[int], *, threads: int, parallel: int) -> tuple[tuple[int, ...], ...]:
    """Give each of `parallel` runs side by side `threads` cores of its own.

    Raises
    ------
    UsageError
        If there are not so many cores.
    """
    if threads < 1 or parallel < 1 or threads * parallel > len(cores):
        raise UsageError(
            f"--threads {threads} with --parallel {parallel} asks for {threads * parallel} cores, expected 1 to "
            f"{len(cores)}, which this machine has\nMaybe run fewer side by side"
        )
    return tuple(tuple(cores[threads * run : threads * (run + 1)]) for run in range(parallel))


def numbers_of(text: str) -> tuple[int, ...]:
    """Read "1-3,7" as 1, 2, 3, 7.

    Raises
    ------
    ValueError
        If it is not of this form.
    """
    numbers: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return tuple(dict.fromkeys(numbers))


def names_of(text: str) -> tuple[str, ...]:
    """Read "ours,pyvrp" as names, each once."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def limits_of(text: str) -> tuple[float, ...]:
    """Read "10,60" as seconds.

    Raises
    ------
    ValueError
        If one is not a number above 0.
    """
    limits_s = tuple(dict.fromkeys(float(part) for part in text.split(",")))
    if not all(0 < limit_s < float("inf") for limit_s in limits_s):
        raise ValueError(f"{text} is not seconds above 0")
    return limits_s


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__.split("\n")[0])
    parser.add_argument("--suite", type=names_of, required=True, help=f"one or more of {', '.join(SUITES)}")
    parser.add_argument(
        "--instances", type=Path, default=Path("../shared/instances"), help="folder of published instances"
    )
    parser.add_argument("--solvers", type=names_of, default=("ours",), help=f"one or more of {', '.join(SOLVERS)}")
    parser.add_argument("--limit", type=limits_of, default=(60.0,), help="seconds of search, one or more: 10,60")
    parser.add_argument("--seeds", type=numbers_of, default=(1,), help="as in 1-3,7")
    parser.add_argument("--threads", type=int, default=1, help="of each run")
    parser.add_argument("--parallel", type=int, default=1, help="runs side by side, each on cores of its own")
    parser.add_argument("--out", type=Path, default=Path("results.jsonl"), help="file that lines are added to")
    parser.add_argument("--only", type=names_of, default=(), help="only the instances of these names")
    parser.add_argument("--claim", action="store_true", help="only the instances of the claim sets")
    parser.add_argument("--any-commit", action="store_true", help="runs of other commits and versions count as done")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
