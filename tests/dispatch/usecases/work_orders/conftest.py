import pytest

from tests.dispatch.usecases.work_orders.life import Life


@pytest.fixture
def life() -> Life:
    return Life()
