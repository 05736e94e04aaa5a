"""Keys, users, sessions, links and customers in every kind of store: found without knowing the dispatch centre."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch.domain.records.customer import Customer, CustomerDetails
from dispatch.domain.records.user import Session
from dispatch.errors import AlreadyThereError, NotFoundError, UnauthenticatedError
from dispatch.passwords import Argon2Passwords
from dispatch.policy.settings import load_policy
from dispatch.ports import Store
from dispatch.security_settings import SecuritySettings
from dispatch.signing import Signer
from dispatch.usecases.access.keys import create_first_key, create_key, list_keys, note_use, recognise_key, revoke_key
from dispatch.usecases.access.links import make_link, open_link, revoke_links
from dispatch.usecases.access.sessions import log_in, log_out, open_session, sweep_sessions
from dispatch.usecases.access.users import create_user
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.privacy import customers
from dispatch.usecases.privacy.customers import add_customers, get_customer
from dispatch.usecases.privacy.forgetting import erase_customer, export_customer, sweep_retention
from tests.fakes import FakeClock, counting_ids

CHEAP = SecuritySettings(argon2_time_cost=1, argon2_memory_kib=8, argon2_parallelism=1)
POLICY = load_policy()
PRIVACY = POLICY.privacy
PASSWORD = "the river runs slowly"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def test_a_key_is_recognised_used_and_revoked(everywhere: Store, clock: FakeClock) -> None:
    first = create_first_key(store=everywhere, clock=clock)
    assert first is not None
    assert create_first_key(store=everywhere, clock=clock) is None
    east = everywhere.of("east")
    made = create_key(name="crm", role="integration", store=east, clock=clock, new_id=counting_ids())
    known = recognise_key(str(made.text), store=everywhere, clock=clock)
    assert (known.principal.centre, known.principal.role) == ("east", "integration")
    clock.go_on(60)
    noted = note_use(known, every_s=1, store=everywhere, clock=clock)
    assert [key.last_used_at for key in list_keys(store=east)] == [noted.key.last_used_at]
    revoke_key(made.key.id, store=east, clock=clock)
    with pytest.raises(UnauthenticatedError):
        recognise_key(str(made.text), store=everywhere, clock=clock)


def test_a_user_logs_in_and_out(everywhere: Store, clock: FakeClock) -> None:
    passwords = Argon2Passwords(CHEAP)
    for centre in ("east", "west"):
        make = {"store": everywhere.of(centre), "everywhere": everywhere, "clock": clock, "passwords": passwords}
        if centre == "east":
            create_user("li", PASSWORD, name="Li", role="dispatcher", **make)  # type: ignore[arg-type]
        else:
            with pytest.raises(AlreadyThereError):
                create_user("li", PASSWORD, name="Li", role="dispatcher", **make)  # type: ignore[arg-type]
    opened = log_in("li", PASSWORD, settings=CHEAP, store=everywhere, clock=clock, passwords=passwords)
    clock.go_on(120)
    assert open_session(opened.token, settings=CHEAP, store=everywhere, clock=clock).principal.centre == "east"
    log_out(opened.token, store=everywhere)
    with pytest.raises(UnauthenticatedError):
        open_session(opened.token, settings=CHEAP, store=everywhere, clock=clock)
    log_in("li", PASSWORD, settings=CHEAP, store=everywhere, clock=clock, passwords=passwords)
    clock.go_on(CHEAP.session_absolute_s + 1)
    sweep_sessions(store=everywhere, clock=clock)
    with everywhere.of("east").read() as transaction:
        assert transaction.records(Session).all() == ()


def test_a_link_opens_one_thing_until_it_is_revoked_or_expires(everywhere: Store, clock: FakeClock) -> None:
    signer = Signer(b"secret")
    east = everywhere.of("east")
    token = make_link("order_page", "o-1", valid_s=3600, store=east, clock=clock, signer=signer)
    opened = open_link(token, purpose="order_page", store=everywhere, clock=clock, signer=signer)
    assert (opened.centre, opened.link.subject) == ("east", "o-1")
    with pytest.raises(NotFoundError):
        open_link(token, purpose="survey", store=everywhere, clock=clock, signer=signer)
    with pytest.raises(NotFoundError):
        open_link(token + "x", purpose="order_page", store=everywhere, clock=clock, signer=signer)
    assert revoke_links("order_page", "o-1", store=everywhere.of("west"), clock=clock) == 0
    assert revoke_links("order_page", "o-1", store=east, clock=clock) == 1
    with pytest.raises(NotFoundError):
        open_link(token, purpose="order_page", store=everywhere, clock=clock, signer=signer)
    other = make_link("order_page", "o-1", valid_s=3600, store=east, clock=clock, signer=signer)
    clock.go_on(3600)
    with pytest.raises(NotFoundError, match="opens nothing"):
        open_link(other, purpose="order_page", store=everywhere, clock=clock, signer=signer)


def test_customers_are_kept_in_parts_handed_out_erased_and_forgotten(
    everywhere: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customers, "CUSTOMERS_AT_A_TIME", 10)
    monkeypatch.setattr(customers, "REFERENCES_AT_A_TIME", 4)
    east, new_id = everywhere.of("east"), counting_ids()
    drafts = [CustomerDetails(name="Li", phone="13800000000", reference=f"K-{number}") for number in range(25)]
    keep = {"store": east, "clock": clock, "new_id": new_id, "settings": PRIVACY}
    first = add_customers(drafts, **keep)  # type: ignore[arg-type]
    assert add_customers(drafts, **keep) == first  # type: ignore[arg-type]
    with pytest.raises(NotFoundError):
        get_customer(first[0].id, store=everywhere.of("west"))
    assert export_customer(first[0].id, store=east)["Customer"][0]["details"]["reference"] == "K-0"
    erase_customer(first[0].id, store=east, clock=clock)
    clock.go_on(timedelta(days=PRIVACY.retention_days, seconds=1).total_seconds())
    while sweep_retention(store=everywhere, clock=clock, policies=CentrePolicies(POLICY), limit=10):
        pass
    with east.read() as transaction:
        assert transaction.records(Customer).count({"pseudonymised_at": None}) == 0
        assert {customer.reference for customer in transaction.records(Customer).all()} == {None}
