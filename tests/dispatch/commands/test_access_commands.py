"""`dispatch keys` and `dispatch users`: secrets are shown once, and only where they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.bootstrap import open_store
from dispatch.clock import SystemClock
from dispatch.errors import UnauthenticatedError
from dispatch.settings import read_settings
from dispatch.usecases.access.keys import recognise_key
from tests.dispatch.commands.conftest import Outcome

Run = Callable[..., Outcome]
CHEAP = {"ARGON2_TIME_COST": "1", "ARGON2_MEMORY_KIB": "8", "ARGON2_PARALLELISM": "1"}


@pytest.fixture
def data(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in CHEAP.items():
        monkeypatch.setenv(f"FIELD_DISPATCH_{name}", value)
    outcome = run("db", "init", "--data-dir", tmp_path / "data")
    assert outcome.code == 0, outcome.err
    assert "administrator's API key, shown this once: fdk_first_" in outcome.out
    return tmp_path / "data"


def role_of(key: str, data: Path) -> str:
    with open_store(read_settings(data_dir=data)) as store:
        return recognise_key(key, store=store, clock=SystemClock()).principal.role


def test_the_first_key_is_told_once(run: Run, data: Path) -> None:
    assert "fdk_" not in run("db", "init", "--data-dir", data).out
    assert data.stat().st_mode & 0o777 == 0o700


def test_a_key_that_is_made_goes_alone_to_the_standard_output(run: Run, data: Path) -> None:
    made = run("keys", "create", "--name", "crm", "--role", "integration", "--days", "30", "--data-dir", data)
    assert made.code == 0
    key = made.out.strip()
    assert role_of(key, data) == "integration"
    assert key not in made.err
    listed = run("keys", "list", "--data-dir", data).out
    assert "integration  crm  expires" in listed
    assert key not in listed
    key_id = key.split("_")[1]
    assert "revoked" in run("keys", "revoke", key_id, "--data-dir", data).out
    with pytest.raises(UnauthenticatedError):
        role_of(key, data)


def test_a_role_that_does_not_exist_is_told_in_one_line(run: Run, data: Path) -> None:
    refused = run("keys", "create", "--name", "x", "--role", "boss", "--data-dir", data)
    assert refused.code == 2
    assert "'boss' is no role" in refused.err


def test_a_user_is_made_listed_and_deactivated(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELD_DISPATCH_NEW_PASSWORD", "the river runs slowly")
    made = run("users", "create", "li", "--name", "Li Na", "--role", "dispatcher", "--data-dir", data)
    assert (made.code, made.out) == (0, "user li: dispatcher of dispatch centre main\n")
    assert run("users", "password", "li", "--data-dir", data).code == 0
    assert "active" in run("users", "list", "--data-dir", data).out
    run("users", "deactivate", "li", "--data-dir", data)
    listed = run("users", "list", "--data-dir", data).out
    assert "deactivated" in listed
    assert "river" not in listed


def test_an_unsafe_service_does_not_start(run: Run, tmp_path: Path) -> None:
    refused = run("serve", "--host", "0.0.0.0", "--data-dir", tmp_path / "none")  # noqa: S104 - it is refused
    assert refused.code == 2
    assert "FIELD_DISPATCH_ENVIRONMENT" in refused.err
    assert "FIELD_DISPATCH_PUBLIC_URL" in refused.err
    assert not (tmp_path / "none").exists()
