import json

import pytest

from dispatch.domain.files import request_digest
from dispatch.errors import BadInputError, BadPolicyError, NotFoundError
from dispatch.usecases.submit_request import get_request
from tests.dispatch.usecases.world import World
from tests.fakes import REQUEST_JSON, a_request


def test_a_submitted_request_is_found_again_with_its_digest(world: World) -> None:
    view = get_request(world.submit(), store=world.store)
    assert view.request == a_request()
    assert view.stored.digest == request_digest(a_request())
    assert view.stored.created_at == world.clock.now()


def test_a_bad_request_is_not_stored(world: World) -> None:
    document = json.loads(REQUEST_JSON)
    document["orders"][1]["colour"] = "red"
    with pytest.raises(BadInputError, match=r"orders\[1\]\.colour: unknown field"):
        world.submit(json.dumps(document).encode())
    with pytest.raises(NotFoundError):
        get_request("id-1", store=world.store)


def test_bad_policy_overrides_are_refused_at_once_rather_than_by_the_run(world: World) -> None:
    document = json.loads(REQUEST_JSON) | {"policy": {"prices": {"no_such_price": 1}}}
    with pytest.raises(BadPolicyError, match="no_such_price"):
        world.submit(json.dumps(document).encode())
