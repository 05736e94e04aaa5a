import pytest

from tests.dispatch.usecases.world import World


@pytest.fixture
def world() -> World:
    return World()
