import pytest

from dispatch.errors import NotFoundError, RunStateError
from dispatch.policy.settings import load_policy
from dispatch.usecases.execute_run import claim_run
from dispatch.usecases.plans import get_plan
from dispatch.usecases.runs import cancel_run, list_runs
from tests.dispatch.usecases.world import World
from tests.fakes import a_plan


def cancel(world: World, run_id: str):
    return cancel_run(run_id, store=world.store, clock=world.clock, new_id=world.new_id)


def test_a_started_run_waits_with_all_that_reproduces_it(world: World) -> None:
    run = world.start()
    assert (run.state, run.attempt, run.parameters.seed, run.code_version) == ("queued", 1, 7, "test")
    assert run.request_digest.startswith("sha256:")
    assert run.policy == load_policy().model_dump(mode="json")
    assert world.run(run.id) == run


def test_a_run_of_an_unknown_request_is_refused(world: World) -> None:
    with pytest.raises(NotFoundError, match="no request 'nothing'"):
        world.start("nothing")


def test_runs_are_listed_youngest_first(world: World) -> None:
    first = world.start()
    world.clock.go_on(1)
    second = world.start()
    assert [run.id for run in list_runs(store=world.store, limit=10)] == [second.id, first.id]
    assert list_runs(store=world.store, limit=10, state="done") == ()


def test_cancelling_a_queued_run_ends_it_at_once(world: World) -> None:
    run = cancel(world, world.start().id)
    assert (run.state, run.finished_at, run.plan_id) == ("cancelled", world.clock.now(), None)
    assert claim_run(world.runner()) is None


def test_cancelling_a_queued_run_keeps_the_best_plan_of_its_earlier_attempt(world: World) -> None:
    run = world.start()
    with world.store.write() as transaction:
        transaction.runs.save_best_plan(run.id, a_plan(cost=321))
    run = cancel(world, run.id)
    assert run.plan_id is not None
    assert (get_plan(run.plan_id, store=world.store).plan.cost.total, run.cost) == (321, 321)


def test_cancelling_a_running_run_only_asks_it_to_stop(world: World) -> None:
    world.start()
    claimed = claim_run(world.runner())
    assert claimed is not None
    run = cancel(world, claimed.id)
    assert (run.state, run.is_cancel_requested) == ("running", True)


def test_cancelling_twice_changes_nothing(world: World) -> None:
    run = cancel(world, world.start().id)
    world.clock.go_on(60)
    assert cancel(world, run.id) == run


def test_a_done_run_cannot_be_cancelled(world: World) -> None:
    world.start()
    run = world.execute()
    with pytest.raises(RunStateError, match="it is done already"):
        cancel(world, run.id)
