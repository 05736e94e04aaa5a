import json

import pytest

from dispatch.domain.files import request_digest
from dispatch.errors import BadInputError, BadPolicyError, NotFoundError
from dispatch.policy.settings import load_policy
from dispatch.usecases.submit_request import get_request, submit_request
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


@pytest.mark.parametrize(
    ("is_geocoded", "location", "kept"),
    [(False, None, None), (True, None, "翠屏路8号 *栋*室"), (True, {"lat": 34.26, "lon": 117.18}, None)],
)
def test_a_planning_request_is_kept_without_personal_data(
    world: World, is_geocoded: bool, location: dict[str, float] | None, kept: str | None
) -> None:
    document = json.loads(REQUEST_JSON)
    own = {"phone": "13812345678"}
    for part in (document, *document["communities"], *document["technicians"], document["orders"][0]):
        part["extra"] = own
    document["technicians"][0]["shifts"][0]["extra"] = own
    document["orders"][0] |= {"address": "翠屏路8号 3栋502室", "location": location}
    policy = load_policy().overridden({"geocoding": {"enabled": is_geocoded}})
    receipt = submit_request(
        json.dumps(document).encode(),
        name="body",
        store=world.store,
        policy=policy,
        clock=world.clock,
        new_id=world.new_id,
    )
    request = get_request(receipt.stored.id, store=world.store).request
    assert request.orders[0].address == kept
    assert not any(text in request.model_dump_json() for text in ("13812345678", "502"))
    assert receipt.stored.digest == request_digest(request)
    assert any("not kept" in warning.message for warning in receipt.warnings)
