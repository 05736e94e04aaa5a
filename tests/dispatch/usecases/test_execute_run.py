from dataclasses import replace

import pytest

from dispatch.errors import CheckFailedError, RunStateError, TravelError
from dispatch.policy.settings import load_policy
from dispatch.usecases.execute_run import claim_run, execute_run, recover_runs
from dispatch.usecases.plans import get_plan
from dispatch.usecases.runs import cancel_run
from tests.dispatch.usecases.world import World
from tests.fakes import A_VIOLATION, FakePlanner, a_plan


def test_a_done_run_leaves_a_draft_with_its_cost(world: World) -> None:
    run = world.start()
    done = world.execute(FakePlanner(plan=a_plan(cost=4321)))
    assert (done.id, done.state, done.claimed_by, done.code_version) == (run.id, "done", None, "fake")
    assert (done.cost, done.cost_terms["travel"]) == (4321, 4321)
    assert done.plan_id is not None
    view = get_plan(done.plan_id, store=world.store)
    assert (view.version.state, view.version.version, view.version.dispatch_day.isoformat()) == (
        "draft",
        1,
        "2026-03-10",
    )
    assert view.version.last_day.isoformat() == "2026-03-11"  # the horizon ends at midnight of the 12th
    assert view.plan == a_plan(cost=4321)


def test_versions_count_up_per_dispatch_day(world: World) -> None:
    plans = [get_plan(world.draft(), store=world.store) for _ in range(2)]
    assert [plan.version.version for plan in plans] == [1, 2]


def test_runs_are_claimed_in_the_order_they_were_asked_for_and_only_once(world: World) -> None:
    first = world.start()
    world.clock.go_on(1)
    second = world.start()
    claimed = [claim_run(world.runner(runner_id=name)) for name in ("a", "b", "c")]
    assert [run.id if run else None for run in claimed] == [first.id, second.id, None]


def test_progress_is_stored_once_a_second(world: World) -> None:
    run = world.start()
    seen = []

    def half_a_second_later() -> None:
        world.clock.go_on(0.5)
        progress = world.run(run.id).progress
        seen.append(progress.cost if progress else None)

    world.execute(FakePlanner(reports=5, between=half_a_second_later))
    # Reports at 0.0, 0.5, ... s cost 999, 998, ...; at 1.0 and 2.0 s the one before is stored.
    assert seen == [None, None, 998, 998, 996]


def test_the_best_plan_is_stored_every_15_seconds(world: World) -> None:
    run = world.start()
    seen = []

    def ten_seconds_later() -> None:
        world.clock.go_on(10)
        with world.store.read() as transaction:
            seen.append(transaction.runs.best_plan(run.id) is not None)

    world.execute(FakePlanner(reports=3, between=ten_seconds_later))
    assert seen == [False, False, True]  # reports at 0, 10 and 20 s


def test_a_finished_run_keeps_no_best_plan_beside_its_plan(world: World) -> None:
    run = world.start()
    world.execute(FakePlanner(reports=3, between=lambda: world.clock.go_on(20)))
    with world.store.read() as transaction:
        assert transaction.runs.best_plan(run.id) is None


def test_a_cancelled_run_stops_and_keeps_its_plan(world: World) -> None:
    run = world.start()

    def cancel() -> None:
        world.clock.go_on(1)
        cancel_run(run.id, store=world.store, clock=world.clock, new_id=world.new_id)

    cancelled = world.execute(FakePlanner(reports=10, between=cancel))
    assert cancelled.state == "cancelled"
    assert cancelled.progress is not None
    assert cancelled.progress.cost == 999  # it stopped after the first report
    assert cancelled.plan_id is not None
    assert get_plan(cancelled.plan_id, store=world.store).version.state == "draft"


def test_a_run_that_the_end_of_the_process_interrupts_goes_back_to_the_queue_with_its_plan(world: World) -> None:
    run = world.start()
    interrupted = world.execute(FakePlanner(plan=a_plan(cost=777), reports=1), is_stopping=True)
    assert (interrupted.state, interrupted.attempt, interrupted.claimed_by) == ("queued", 1, None)
    planner = FakePlanner()
    assert world.execute(planner).state == "done"
    (best_plan,) = planner.best_plans
    assert best_plan is not None
    assert best_plan.cost.total == 777
    assert world.run(run.id).state == "done"


def test_a_run_that_is_finished_when_the_process_ends_is_done(world: World) -> None:
    world.start()
    assert world.execute(FakePlanner(), is_stopping=True).state == "done"


def test_a_plan_that_fails_the_check_is_not_stored(world: World) -> None:
    world.start()
    failed = world.execute(FakePlanner(error=CheckFailedError([A_VIOLATION])))
    assert (failed.state, failed.plan_id) == ("failed", None)
    assert failed.failure is not None
    assert failed.failure.code == "check_failed"
    assert "fiber 2" in failed.failure.detail


def test_a_failed_run_tells_why_and_keeps_the_best_plan_so_far(world: World) -> None:
    world.start()
    planner = FakePlanner(reports=2, between=lambda: world.clock.go_on(20), error=TravelError("server away"))
    failed = world.execute(planner)
    assert failed.failure is not None
    assert (failed.state, failed.failure.code, failed.failure.detail) == ("failed", "travel", "server away")
    assert failed.plan_id is not None


def test_a_run_of_an_earlier_version_is_planned_with_the_defaults_of_newer_settings(world: World) -> None:
    run = world.start()
    earlier = {name: section for name, section in run.policy.items() if name != "routing"}
    with world.store.write() as transaction:
        transaction.runs.save(replace(run, policy=earlier))
    planner = FakePlanner()
    assert world.execute(planner).state == "done"
    assert planner.policies == [load_policy()]


def test_a_policy_that_this_program_does_not_understand_fails_the_run(world: World) -> None:
    run = world.start()
    with world.store.write() as transaction:
        transaction.runs.save(replace(run, policy={"unknown": 1}))
    failed = world.execute()
    assert failed.failure is not None
    assert failed.failure.code == "bad_policy"


def test_an_unexpected_error_is_left_to_the_caller(world: World) -> None:
    world.start()
    with pytest.raises(ZeroDivisionError):
        world.execute(FakePlanner(error=ZeroDivisionError()))


def test_the_result_of_a_runner_that_was_thought_dead_is_dropped(world: World) -> None:
    run = world.start()

    def somebody_takes_over() -> None:
        recover_runs(store=world.store, clock=world.clock, new_id=world.new_id, max_attempts=3)
        assert claim_run(world.runner(runner_id="runner-2")) is not None

    with pytest.raises(RunStateError, match="held by 'runner-2', not by 'runner-1'"):
        world.execute(FakePlanner(reports=1, between=somebody_takes_over))
    assert (world.run(run.id).state, world.run(run.id).plan_id) == ("running", None)


def recover(world: World, **options):
    return recover_runs(store=world.store, clock=world.clock, new_id=world.new_id, max_attempts=3, **options)


def test_a_run_whose_process_died_is_tried_three_times(world: World) -> None:
    run = world.start()
    attempts = []
    for _ in range(3):
        claimed = claim_run(world.runner())
        assert claimed is not None
        attempts.append(claimed.attempt)
        recover(world)
    failed = world.run(run.id)
    assert attempts == [1, 2, 3]
    assert failed.state == "failed"
    assert failed.failure is not None
    assert failed.failure.code == "attempts_exhausted"


def test_a_run_that_fails_after_three_attempts_keeps_its_best_plan(world: World) -> None:
    run = world.start()
    with world.store.write() as transaction:
        transaction.runs.save(replace(run, state="running", attempt=3, claimed_by="dead"))
        transaction.runs.save_best_plan(run.id, a_plan())
    (failed,) = recover(world)
    assert failed.plan_id is not None


def test_a_run_that_was_to_be_cancelled_when_its_process_died_ends_cancelled(world: World) -> None:
    world.start()
    claimed = claim_run(world.runner())
    assert claimed is not None
    cancel_run(claimed.id, store=world.store, clock=world.clock, new_id=world.new_id)
    (cancelled,) = recover(world)
    assert cancelled.state == "cancelled"


def test_only_the_runs_of_the_runner_that_lost_hold_are_brought_back(world: World) -> None:
    world.start()
    claim_run(world.runner(runner_id="alive"))
    assert recover(world, held_by="other") == ()
    assert len(recover(world, held_by="alive")) == 1


def test_a_run_with_a_best_plan_starts_from_it(
    world: World,
) -> None:
    run = world.start()
    with world.store.write() as transaction:
        transaction.runs.save_best_plan(run.id, a_plan(cost=5))
    runner = world.runner(planner := FakePlanner())
    claimed = claim_run(runner)
    assert claimed is not None
    execute_run(claimed, runner=runner, is_stopping=lambda: False)
    assert planner.best_plans == [a_plan(cost=5)]
    assert planner.requests[0].current_plan is None  # the locks are those of the request


def test_a_run_is_claimed_by_its_id_only_while_it_waits(world: World) -> None:
    world.start()
    second = world.start()
    claimed = [claim_run(world.runner(runner_id=name), run_id=second.id) for name in ("a", "b")]
    assert [run.claimed_by if run else None for run in claimed] == ["a", None]


def test_only_runs_of_silent_runners_are_brought_back(world: World) -> None:
    silent, living = world.start(), world.start()
    for run, name in ((silent, "dead"), (living, "alive")):
        claim_run(world.runner(runner_id=name), run_id=run.id)
    world.clock.go_on(31)
    with world.store.write() as transaction:
        transaction.runs.beat(["alive"], at=world.clock.now())
    recovered = recover_runs(store=world.store, clock=world.clock, new_id=world.new_id, max_attempts=3, silent_for_s=30)
    assert [(run.id, run.state, run.attempt) for run in recovered] == [(silent.id, "queued", 2)]
    assert world.run(living.id).state == "running"
