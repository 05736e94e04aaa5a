"""API keys: shown once, kept as a hash, worth nothing once revoked or expired."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain.records.api_key import ApiKey, KeyText, secret_digest
from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.errors import BadInputError, NotFoundError, UnauthenticatedError
from dispatch.usecases.access import keys
from dispatch.usecases.access.keys import (
    NewKey,
    create_first_key,
    create_key,
    list_keys,
    note_use,
    read_role,
    recognise_key,
    revoke_key,
)
from tests.fakes import FakeClock, FakeStore, counting_ids


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def make(store: FakeStore, clock: FakeClock) -> Callable[..., NewKey]:
    new_id = counting_ids()

    def made(*, centre: str = MAIN_CENTRE, **fields: Any) -> NewKey:
        given: dict[str, Any] = {"name": "crm", "role": "integration"} | fields
        return create_key(**given, store=store.of(centre), clock=clock, new_id=new_id)

    return made


def test_a_key_says_who_asks_and_for_which_centre(
    make: Callable[..., NewKey], store: FakeStore, clock: FakeClock
) -> None:
    made = make(name="phone of ann", role="technician", technician="t-7", centre="east")
    principal = recognise_key(str(made.text), store=store, clock=clock).principal
    assert (principal.role, principal.centre, principal.technician) == ("technician", "east", "t-7")
    assert principal.actor == "technician:t-7"


def test_the_secret_has_256_random_bits_and_is_kept_nowhere(make: Callable[..., NewKey]) -> None:
    first, second = make(), make()
    assert len(first.text.secret) == 43  # 32 bytes = 256 bits, 6 bits a character
    assert first.text.secret != second.text.secret
    assert first.text.secret not in first.key.model_dump_json()
    assert first.key.digest == secret_digest(first.text.secret)
    assert first.text.secret not in repr(first)


@pytest.mark.parametrize("text", ["", "fdk", "fdk_", "fdk_id-1", "fdk_id-1_", "fdk__x", "abc_id-1_x", "fdk_id-1_é"])
def test_what_is_no_key_is_refused(make: Callable[..., NewKey], store: FakeStore, clock: FakeClock, text: str) -> None:
    make()
    with pytest.raises(UnauthenticatedError):
        recognise_key(text, store=store, clock=clock)


def test_another_secret_is_refused(make: Callable[..., NewKey], store: FakeStore, clock: FakeClock) -> None:
    with pytest.raises(UnauthenticatedError):
        recognise_key(str(KeyText(make().key.id, make().text.secret)), store=store, clock=clock)


def test_secrets_are_compared_in_constant_time(
    make: Callable[..., NewKey], store: FakeStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[str, str]] = []

    def compare(left: str, right: str) -> bool:
        compared.append((left, right))
        return left == right

    monkeypatch.setattr("dispatch.domain.records.api_key.hmac.compare_digest", compare)
    made = make()
    recognise_key(str(made.text), store=store, clock=clock)
    assert compared == [(made.key.digest, made.key.digest)]


def test_a_revoked_key_is_worth_nothing(make: Callable[..., NewKey], store: FakeStore, clock: FakeClock) -> None:
    made = make()
    assert revoke_key(made.key.id, store=store.of(MAIN_CENTRE), clock=clock).revoked_at == clock.now()
    with pytest.raises(UnauthenticatedError):
        recognise_key(str(made.text), store=store, clock=clock)
    assert revoke_key(made.key.id, store=store.of(MAIN_CENTRE), clock=clock).version == 2


def test_a_key_of_another_centre_cannot_be_revoked(
    make: Callable[..., NewKey], store: FakeStore, clock: FakeClock
) -> None:
    made = make(centre="east")
    with pytest.raises(NotFoundError):
        revoke_key(made.key.id, store=store.of(MAIN_CENTRE), clock=clock)
    assert list_keys(store=store.of(MAIN_CENTRE)) == ()


def test_a_key_expires(make: Callable[..., NewKey], store: FakeStore, clock: FakeClock) -> None:
    made = make(expires_at=clock.now() + timedelta(hours=1))
    clock.go_on(3599)
    assert recognise_key(str(made.text), store=store, clock=clock).key == made.key
    clock.go_on(1)
    with pytest.raises(UnauthenticatedError):
        recognise_key(str(made.text), store=store, clock=clock)


def test_a_key_that_has_expired_already_is_not_made(make: Callable[..., NewKey], clock: FakeClock) -> None:
    with pytest.raises(BadInputError, match="has passed"):
        make(expires_at=clock.now())


@pytest.mark.parametrize(("role", "technician"), [("technician", None), ("dispatcher", "t-1")])
def test_exactly_a_technicians_key_names_one(make: Callable[..., NewKey], role: str, technician: str | None) -> None:
    with pytest.raises(BadInputError) as refused:
        make(role=role, technician=technician)
    assert refused.value.problems[0].path == "technician"


def test_the_first_start_makes_one_administrators_key(store: FakeStore, clock: FakeClock) -> None:
    first = create_first_key(store=store, clock=clock)
    assert first is not None
    assert recognise_key(str(first.text), store=store, clock=clock).principal.role == "admin"
    assert create_first_key(store=store, clock=clock) is None


def test_processes_that_start_together_make_one_key(
    store: FakeStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, others = keys._added, []

    def after_another_process(draft: Any, *rest: Any) -> NewKey:
        if not others:
            others.append(real(draft, *rest))
        return real(draft, *rest)

    monkeypatch.setattr(keys, "_added", after_another_process)
    assert create_first_key(store=store, clock=clock) is None
    assert len(list_keys(store=store.of(MAIN_CENTRE))) == 1


def test_a_revoked_first_key_is_not_made_again(store: FakeStore, clock: FakeClock) -> None:
    create_first_key(store=store, clock=clock)
    revoke_key(keys.FIRST_KEY, store=store.of(MAIN_CENTRE), clock=clock)
    assert create_first_key(store=store, clock=clock) is None


def test_the_last_use_is_noted_now_and_then(make: Callable[..., NewKey], store: FakeStore, clock: FakeClock) -> None:
    known = recognise_key(str(make().text), store=store, clock=clock)
    clock.go_on(10)
    noted = note_use(known, every_s=60, store=store, clock=clock)
    assert noted.key.last_used_at == clock.now()
    clock.go_on(59)
    assert note_use(noted, every_s=60, store=store, clock=clock) is noted
    with store.of(MAIN_CENTRE).read() as transaction:
        assert transaction.records(ApiKey).get(noted.key.id) == noted.key


def test_roles_are_read_by_name() -> None:
    assert read_role("supervisor") == "supervisor"
    with pytest.raises(BadInputError, match="integration, dispatcher, technician, supervisor, admin"):
        read_role("boss")
