"""Users, logging in and out, pauses after wrong passwords."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.domain.records.user import Session, User
from dispatch.errors import AlreadyThereError, BadInputError, NotFoundError, ThrottledError, UnauthenticatedError
from dispatch.security_settings import SecuritySettings
from dispatch.usecases.access.sessions import OpenSession, log_in, log_out, open_session, sweep_sessions
from dispatch.usecases.access.users import create_user, deactivate_user, list_users, set_password
from tests.fakes import FakeClock, FakeStore

PASSWORD = "the river runs slowly"
SETTINGS = SecuritySettings(session_idle_s=600, session_absolute_s=3600, login_attempts=3, login_pause_s=30)


class PlainPasswords:
    """Keeps passwords as they are; the cost is 1."""

    cost = 1

    def hashed(self, password: str) -> str:
        return f"{self.cost}:{password}"

    def is_right(self, password: str, hashed: str | None) -> bool:
        return hashed is not None and hashed.partition(":")[2] == password

    def is_outdated(self, hashed: str) -> bool:
        return not hashed.startswith(f"{self.cost}:")


class World:
    def __init__(self) -> None:
        self.store = FakeStore()
        self.clock = FakeClock()
        self.passwords = PlainPasswords()

    def make_user(
        self, login: str = "li", password: str = PASSWORD, *, centre: str = MAIN_CENTRE, **fields: Any
    ) -> User:
        given: dict[str, Any] = {"name": "Li Na", "role": "dispatcher"} | fields
        return create_user(
            login,
            password,
            **given,
            store=self.store.of(centre),
            everywhere=self.store,
            clock=self.clock,
            passwords=self.passwords,
        )

    def log_in(self, login: str = "li", password: str = PASSWORD) -> OpenSession:
        return log_in(login, password, settings=SETTINGS, store=self.store, clock=self.clock, passwords=self.passwords)

    def open(self, opened: OpenSession) -> OpenSession:
        return open_session(opened.token, settings=SETTINGS, store=self.store, clock=self.clock)

    def sessions(self, centre: str = MAIN_CENTRE) -> tuple[Session, ...]:
        with self.store.of(centre).read() as transaction:
            return transaction.records(Session).all()


@pytest.fixture
def world() -> World:
    return World()


def test_a_user_logs_in_and_is_known_by_the_token(world: World) -> None:
    world.make_user("Li", role="technician", technician="t-1", centre="east")
    principal = world.open(world.log_in(" LI ")).principal
    assert (principal.name, principal.role, principal.centre, principal.technician) == (
        "li",
        "technician",
        "east",
        "t-1",
    )


def test_the_token_is_kept_nowhere(world: World) -> None:
    world.make_user()
    opened = world.log_in()
    assert opened.token not in str(world.sessions())
    assert world.sessions()[0].id != opened.token


def test_every_login_begins_a_new_session(world: World) -> None:
    world.make_user()
    assert world.log_in().token != world.log_in().token
    assert len(world.sessions()) == 2


@pytest.mark.parametrize(("login", "password"), [("li", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_are_refused_in_the_same_words(
    world: World, login: str, password: str
) -> None:
    world.make_user()
    with pytest.raises(UnauthenticatedError, match="not the name and the password of a user"):
        world.log_in(login, password)


def test_a_session_ends_when_it_is_idle(world: World) -> None:
    world.make_user()
    opened = world.log_in()
    for _ in range(3):
        world.clock.go_on(599)
        world.open(opened)
    world.clock.go_on(600)
    with pytest.raises(UnauthenticatedError):
        world.open(opened)


def test_a_session_ends_in_any_case(world: World) -> None:
    world.make_user()
    opened = world.log_in()
    for _ in range(6):
        world.clock.go_on(599)
        world.open(opened)  # 6 x 599 = 3594 < 3600
    world.clock.go_on(6)
    with pytest.raises(UnauthenticatedError):
        world.open(opened)


def test_that_a_session_is_in_use_is_not_written_down_every_time(world: World) -> None:
    world.make_user()
    opened = world.log_in()
    world.clock.go_on(59)
    assert world.open(opened).session.version == 1
    world.clock.go_on(1)
    assert world.open(opened).session.version == 2


def test_after_logging_out_the_token_is_worth_nothing(world: World) -> None:
    world.make_user()
    opened, other = world.log_in(), world.log_in()
    log_out(opened.token, store=world.store)
    log_out(opened.token, store=world.store)
    with pytest.raises(UnauthenticatedError):
        world.open(opened)
    world.open(other)


def test_too_many_wrong_passwords_make_a_user_wait_longer_and_longer(world: World) -> None:
    world.make_user()
    pauses = []
    for attempt in range(1, 6):
        with pytest.raises(UnauthenticatedError):
            world.log_in(password="wrong")
        if attempt >= 3:
            with pytest.raises(ThrottledError) as refused:
                world.log_in()  # even with the right one
            pauses.append(refused.value.retry_after_s)
            world.clock.go_on(pauses[-1])
    assert pauses == [30, 60, 120]
    assert world.log_in().user.failures == 0


def test_a_pause_is_never_longer_than_the_longest(world: World) -> None:
    world.make_user()
    for _ in range(20):
        with pytest.raises(UnauthenticatedError):
            world.log_in(password="wrong")
        world.clock.go_on(15 * 60)
    world.log_in()


def test_another_password_ends_all_sessions(world: World) -> None:
    world.make_user()
    opened = world.log_in()
    store = world.store.of(MAIN_CENTRE)
    set_password("li", "another long sentence", store=store, clock=world.clock, passwords=world.passwords)
    with pytest.raises(UnauthenticatedError):
        world.open(opened)
    world.log_in(password="another long sentence")


def test_a_deactivated_user_is_out_and_stays_out(world: World) -> None:
    world.make_user()
    opened = world.log_in()
    deactivate_user("li", store=world.store.of(MAIN_CENTRE), clock=world.clock)
    with pytest.raises(UnauthenticatedError):
        world.open(opened)
    with pytest.raises(UnauthenticatedError):
        world.log_in()
    assert [user.is_active for user in list_users(store=world.store.of(MAIN_CENTRE))] == [False]


def test_a_hash_of_other_costs_is_made_anew_at_the_next_login(world: World) -> None:
    world.make_user()
    world.passwords.cost = 2
    assert world.log_in().user.password_hash == f"2:{PASSWORD}"


def test_sessions_that_have_ended_are_removed(world: World) -> None:
    world.make_user()
    world.log_in()
    world.clock.go_on(1800)
    world.log_in()
    world.clock.go_on(1801)
    assert not sweep_sessions(store=world.store, clock=world.clock)
    assert [session.expires_at - world.clock.now() for session in world.sessions()] == [timedelta(seconds=1799)]


def test_a_login_name_belongs_to_one_user_of_all_centres(world: World) -> None:
    world.make_user()
    with pytest.raises(AlreadyThereError, match="choose another"):
        world.make_user("LI", centre="east")


def test_a_user_of_another_centre_cannot_be_changed(world: World) -> None:
    world.make_user(centre="east")
    with pytest.raises(NotFoundError):
        deactivate_user("li", store=world.store.of(MAIN_CENTRE), clock=world.clock)


@pytest.mark.parametrize(
    ("login", "password", "path"),
    [
        ("li", "short", "password"),
        ("li", "x" * 1001, "password"),
        ("li", "aaaaaaaaaaaaaaaa", "password"),
        ("administrator", "administrator1", "password"),
        ("l i", PASSWORD, "login"),
        ("", PASSWORD, "login"),
        ("李", PASSWORD, "login"),
    ],
)
def test_names_and_passwords_that_cannot_be_used_are_refused(
    world: World, login: str, password: str, path: str
) -> None:
    with pytest.raises(BadInputError) as refused:
        world.make_user(login, password)
    assert refused.value.problems[0].path == path
    assert password not in str(refused.value)
