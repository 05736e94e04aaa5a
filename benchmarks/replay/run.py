"""Runs replays: each seed under each policy, side by side, into a folder that a later run can add to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks.replay.days import play
from benchmarks.replay.foresight import predictions_text, read_predictions
from benchmarks.replay.kpis import kpis_of
from benchmarks.replay.page import build_page
from benchmarks.replay.results import Result, line_of, read_results, setting_of
from benchmarks.replay.spec import PolicyName, ReplaySpec
from benchmarks.replay.tables import policies_of
from dispatch.domain.event_log import events_text
from dispatch.domain.files import write_text
from dispatch.errors import OutputError

RESULTS: Final = "results.jsonl"
PAGE: Final = "report.html"


def run_all(
    spec: ReplaySpec,
    *,
    seeds: Sequence[int],
    policies: Sequence[PolicyName],
    folder: Path,
    parallel: int = 1,
    on_result: Callable[[Result], None] = lambda _: None,
) -> tuple[Result, ...]:
    """Replay what the folder does not have yet, and write results, event logs and the page there.

    Parameters
    ----------
    spec
        Its seed is replaced by each of `seeds`.
    parallel
        Replays side by side, each in a process of its own.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    BadInputError
        If the folder holds results of another setting.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror or error}") from error
    results = list(read_results(folder / RESULTS))
    done = {(result.setting, result.seed, result.policy) for result in results}
    jobs = [
        (replace(spec, seed=seed), policy)
        for seed in seeds
        for policy in policies
        if (setting_of(spec), seed, policy) not in done
    ]
    with ProcessPoolExecutor(max_workers=parallel) as pool:
        for future in as_completed([pool.submit(run_one, job, policy, folder) for job, policy in jobs]):
            results.append(future.result())
            write_text(folder / RESULTS, "".join(line_of(result) + "\n" for result in results))
            on_result(results[-1])
    predictions = {
        policy: read_predictions(sorted(folder.glob(f"odds-*-{policy}.jsonl"))) for policy in policies_of(results)
    }
    write_text(folder / PAGE, build_page(results, predictions))
    return tuple(results)


def run_one(spec: ReplaySpec, policy: PolicyName, folder: Path) -> Result:
    """Replay one stretch of days under one policy, and write its events."""
    played = play(spec, policy)
    write_text(folder / f"events-{spec.seed}-{policy}.jsonl", events_text(played.events))
    if played.predictions:
        write_text(folder / f"odds-{spec.seed}-{policy}.jsonl", predictions_text(played.predictions))
    return Result(setting=setting_of(spec), seed=spec.seed, policy=policy, kpis=kpis_of(played))
