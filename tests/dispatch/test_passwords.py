"""Passwords as argon2 hashes, at the costs that the settings say."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from dispatch.passwords import Argon2Passwords
from dispatch.security_settings import SecuritySettings

CHEAP = SecuritySettings(argon2_time_cost=1, argon2_memory_kib=8, argon2_parallelism=1)


def test_a_password_is_known_again() -> None:
    passwords = Argon2Passwords(CHEAP)
    hashed = passwords.hashed("correct horse")
    assert passwords.is_right("correct horse", hashed)
    assert not passwords.is_right("correct hors", hashed)


def test_the_hash_carries_the_costs_of_the_settings_and_never_the_password() -> None:
    hashed = Argon2Passwords(SecuritySettings(argon2_time_cost=2, argon2_memory_kib=64, argon2_parallelism=1)).hashed(
        "x y z"
    )
    assert hashed.startswith("$argon2id$v=19$m=64,t=2,p=1$")
    assert "x y z" not in hashed


def test_two_hashes_of_one_password_differ() -> None:
    passwords = Argon2Passwords(CHEAP)
    assert passwords.hashed("same") != passwords.hashed("same")


def test_nobody_has_no_password_and_costs_as_much_to_find_out(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Argon2Passwords(CHEAP)
    verified: list[str] = []
    real = PasswordHasher.verify

    def verify(hasher: PasswordHasher, hashed: str, password: str) -> bool:
        verified.append(hashed)
        return real(hasher, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    assert not passwords.is_right("nobody", None)
    assert len(verified) == 1


def test_what_is_no_hash_is_never_right() -> None:
    assert not Argon2Passwords(CHEAP).is_right("x", "plain text")


def test_a_hash_of_other_costs_is_outdated() -> None:
    hashed = Argon2Passwords(CHEAP).hashed("x")
    assert not Argon2Passwords(CHEAP).is_outdated(hashed)
    assert Argon2Passwords(SecuritySettings(argon2_time_cost=2, argon2_memory_kib=8, argon2_parallelism=1)).is_outdated(
        hashed
    )
