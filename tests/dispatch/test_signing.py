"""The signing secret, and what is signed with it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from dispatch.errors import OutputError
from dispatch.settings import Settings
from dispatch.signing import SECRET_FILE, Signer, signing_secret


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    made = signing_secret(settings)
    assert signing_secret(settings) == made
    assert len(made) == 64
    assert (settings.data_dir / SECRET_FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.data_dir.iterdir()] == [SECRET_FILE]


def test_two_installations_have_different_secrets(tmp_path: Path) -> None:
    assert signing_secret(Settings(data_dir=tmp_path / "a")) != signing_secret(Settings(data_dir=tmp_path / "b"))


def test_processes_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    settings, found = Settings(data_dir=tmp_path), set()
    threads = [threading.Thread(target=lambda: found.add(signing_secret(settings))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1


def test_a_given_secret_is_used_as_it_is(tmp_path: Path) -> None:
    assert signing_secret(Settings(data_dir=tmp_path, signing_secret="given")) == b"given"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_emptied_is_refused(tmp_path: Path) -> None:
    (tmp_path / SECRET_FILE).touch()
    with pytest.raises(OutputError, match="delete it"):
        signing_secret(Settings(data_dir=tmp_path))


def test_what_was_signed_is_read_back() -> None:
    signer = Signer(b"secret")
    assert signer.read(signer.signed("l-1.5f", purpose="link"), purpose="link") == "l-1.5f"


def test_a_signature_is_worth_nothing_elsewhere() -> None:
    token = Signer(b"secret").signed("l-1", purpose="link")
    assert Signer(b"secret").read(token, purpose="feed") is None
    assert Signer(b"another").read(token, purpose="link") is None
    assert Signer(b"secret").read(token.replace("l-1", "l-2"), purpose="link") is None


@pytest.mark.parametrize("token", ["", ".", "l-1", "l-1.", "é.ü", "a.b.c"])
def test_what_is_no_signed_text_is_refused(token: str) -> None:
    assert Signer(b"secret").read(token, purpose="link") is None


def test_marks_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def compare(left: bytes, right: bytes) -> bool:
        compared.append((left, right))
        return left == right

    monkeypatch.setattr("dispatch.signing.hmac.compare_digest", compare)
    signer = Signer(b"secret")
    mark = signer.mark("session-1", purpose="form")
    assert signer.is_mark(mark, "session-1", purpose="form")
    assert not signer.is_mark("é", "session-1", purpose="form")
    assert not signer.is_mark(mark, "session-2", purpose="form")
    assert len(compared) == 3
