from datetime import date

import pytest

from dispatch.domain.plan_version import PlanVersion
from dispatch.errors import CheckFailedError, NotFoundError, StalePlanError
from dispatch.usecases.plans import get_plan, publish_plan, schedule
from tests.dispatch.usecases.world import World
from tests.fakes import A_VIOLATION, FakeChecker


def publish(world: World, plan_id: str, *, replaces: int | None) -> PlanVersion:
    return publish_plan(
        plan_id,
        replaces=replaces,
        store=world.store.of("main"),
        checker=world.checker,
        clock=world.clock,
        new_id=world.new_id,
    )


def states(world: World, *plan_ids: str) -> list[str]:
    return [get_plan(plan_id, store=world.store).version.state for plan_id in plan_ids]


def test_the_first_plan_of_a_day_replaces_nothing(world: World) -> None:
    plan_id = world.draft()
    version = publish(world, plan_id, replaces=None)
    assert (version.state, version.version, version.published_at) == ("published", 1, world.clock.now())
    assert get_plan(plan_id, store=world.store).published_version == 1


def test_a_published_plan_supersedes_the_one_it_replaces(world: World) -> None:
    first, second = world.draft(), world.draft()
    publish(world, first, replaces=None)
    publish(world, second, replaces=1)
    assert states(world, first, second) == ["superseded", "published"]


@pytest.mark.parametrize("replaces", [None, 2, 3])
def test_publishing_against_another_version_than_the_one_in_force_is_refused(
    world: World, replaces: int | None
) -> None:
    first, second = world.draft(), world.draft()
    publish(world, first, replaces=None)
    with pytest.raises(StalePlanError, match="but version 1 is in force"):
        publish(world, second, replaces=replaces)
    assert states(world, first, second) == ["published", "draft"]


def test_publishing_against_a_version_where_none_is_in_force_is_refused(world: World) -> None:
    with pytest.raises(StalePlanError, match="replace version 1 of 2026-03-10, but no plan is in force"):
        publish(world, world.draft(), replaces=1)


def test_publishing_the_plan_in_force_again_changes_nothing(world: World) -> None:
    plan_id = world.draft()
    once = publish(world, plan_id, replaces=None)
    world.clock.go_on(60)
    assert publish(world, plan_id, replaces=None) == once


def test_a_superseded_plan_is_not_published_again(world: World) -> None:
    first, second = world.draft(), world.draft()
    publish(world, first, replaces=None)
    publish(world, second, replaces=1)
    with pytest.raises(StalePlanError, match="was superseded"):
        publish(world, first, replaces=2)


def test_a_plan_that_fails_the_check_is_not_published(world: World) -> None:
    plan_id = world.draft()
    world.checker = FakeChecker(A_VIOLATION)
    with pytest.raises(CheckFailedError, match="fiber 2"):
        publish(world, plan_id, replaces=None)
    assert states(world, plan_id) == ["draft"]


def test_an_unknown_plan_is_not_found(world: World) -> None:
    with pytest.raises(NotFoundError, match="no plan 'nothing'"):
        publish(world, "nothing", replaces=None)


def test_the_schedule_is_that_of_the_published_plan(world: World) -> None:
    plan_id = world.draft()
    with pytest.raises(NotFoundError, match="2026-03-10"):
        schedule(date(2026, 3, 10), store=world.store)
    publish(world, plan_id, replaces=None)
    found = schedule(date(2026, 3, 10), store=world.store)
    assert (found.plan_id, found.version) == (plan_id, 1)
    assert [route.technician for route in found.routes] == ["t-1"]
