"""What must not start where others can reach it."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from dispatch.errors import BadInputError
from dispatch.safety import is_local, require_safe
from dispatch.settings import Settings

A_SECRET = "9f2c1e7ab04d5836c1d90e5f7a3b2468ef01"


def production(data_dir: Path, **changes: Any) -> Settings:
    given: dict[str, Any] = {
        "data_dir": data_dir,
        "environment": "production",
        "public_url": "https://dispatch.example.org",
        "signing_secret": A_SECRET,
    }
    return Settings(**given | changes)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


def test_safe_settings_start(data_dir: Path) -> None:
    require_safe(production(data_dir), host="0.0.0.0")  # noqa: S104 - nothing is bound here


def test_a_service_of_this_machine_may_be_as_it_likes(tmp_path: Path) -> None:
    require_safe(Settings(data_dir=tmp_path, address_rate_per_s=0, argon2_memory_kib=8), host="127.0.0.1")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "dispatch.inside"])  # noqa: S104
def test_a_host_that_others_reach_needs_production_settings(tmp_path: Path, host: str) -> None:
    with pytest.raises(BadInputError, match="FIELD_DISPATCH_ENVIRONMENT: is local") as refused:
        require_safe(Settings(data_dir=tmp_path), host=host)
    assert all(problem.remedy for problem in refused.value.problems)
    assert not is_local(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "[::1]", "localhost", "127.3.4.5"])
def test_hosts_of_this_machine_are_known(host: str) -> None:
    assert is_local(host)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"public_url": None}, "PUBLIC_URL"),
        ({"public_url": "http://dispatch.example.org"}, "PUBLIC_URL"),
        ({"signing_secret": "short"}, "SIGNING_SECRET"),
        ({"signing_secret": "a" * 64}, "SIGNING_SECRET"),
        ({"signing_secret": "change-me-please-0123456789abcdef"}, "SIGNING_SECRET"),
        ({"database_url": "postgresql://db/field", "signing_secret": None}, "SIGNING_SECRET"),
        ({"database_url": "postgresql://postgres:postgres@db/field"}, "DATABASE_URL"),
        ({"database_url": "postgresql://field@db/field"}, "DATABASE_URL"),
        ({"address_rate_per_s": 0}, "ADDRESS_RATE_PER_S"),
        ({"key_rate_per_s": 0}, "KEY_RATE_PER_S"),
        ({"argon2_memory_kib": 1024}, "ARGON2_MEMORY_KIB"),
        ({"argon2_time_cost": 1}, "ARGON2_TIME_COST"),
        ({"session_absolute_s": 30 * 86_400}, "SESSION_ABSOLUTE_S"),
        ({"outgoing_allowed": (ip_network("0.0.0.0/0"),)}, "OUTGOING_ALLOWED"),
        ({"outgoing_allowed": (ip_network("169.254.169.254/32"),)}, "OUTGOING_ALLOWED"),
    ],
)
def test_an_unsafe_setting_is_refused_with_its_name_and_remedy(
    data_dir: Path, changes: dict[str, Any], name: str
) -> None:
    with pytest.raises(BadInputError) as refused:
        require_safe(production(data_dir, **changes))
    assert f"FIELD_DISPATCH_{name}" in [problem.path for problem in refused.value.problems]
    assert all(problem.remedy for problem in refused.value.problems)


def test_a_database_by_its_socket_needs_no_password(data_dir: Path) -> None:
    require_safe(production(data_dir, database_url="postgresql:///field"))


def test_a_data_directory_that_everybody_may_enter_is_refused(data_dir: Path) -> None:
    data_dir.chmod(0o755)
    with pytest.raises(BadInputError, match="chmod o-rwx"):
        require_safe(production(data_dir))


def test_no_message_shows_a_secret(data_dir: Path) -> None:
    settings = production(data_dir, signing_secret="hunter2", database_url="postgresql://u:u@db/field")
    with pytest.raises(BadInputError) as refused:
        require_safe(settings)
    assert "hunter2" not in str(refused.value)
    assert isinstance(settings.signing_secret, SecretStr)
