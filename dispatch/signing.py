"""The secret that links and forms are signed with, and the signatures."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from itsdangerous import BadSignature
from itsdangerous import Signer as ItsSigner

from dispatch.errors import OutputError
from dispatch.settings import Settings

SECRET_FILE: Final = "signing-secret"  # noqa: S105 - the name of a file
"""In the data directory, readable by its owner only."""
SECRET_BYTES: Final = 32


def signing_secret(settings: Settings) -> bytes:
    """Return the secret that was given, or the one of the data directory, which is made if there is none yet.

    Raises
    ------
    OutputError
        If it can be neither read nor made.
    """
    if settings.signing_secret is not None:
        return settings.signing_secret.get_secret_value().encode()
    path = settings.data_dir / SECRET_FILE
    try:
        found = _read_or_make(path)
    except OSError as error:
        msg = f"{path}: cannot be made or read: {error.strerror}\nMaybe set FIELD_DISPATCH_SIGNING_SECRET instead"
        raise OutputError(msg) from error
    if len(found) < SECRET_BYTES:
        msg = f"{path}: holds {len(found)} characters, fewer than {SECRET_BYTES}\nMaybe delete it: a new one is made"
        raise OutputError(msg)
    return found


def _read_or_make(path: Path) -> bytes:
    """Return the content of the file; make it whole or not at all, and only if no other process was faster."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes().strip()


class Signer:
    """Signs texts, each for one purpose: what was signed for one is worth nothing for another."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def signed(self, text: str, *, purpose: str) -> str:
        """Return a text with its signature, safe inside a URL if the text is."""
        return self._signer(purpose).sign(text).decode("ascii")

    def read(self, token: str, *, purpose: str) -> str | None:
        """Return the text of a signed one; None if the signature is not ours, or for another purpose."""
        try:
            return self._signer(purpose).unsign(token).decode("ascii")
        except (BadSignature, UnicodeError):
            return None

    def mark(self, text: str, *, purpose: str) -> str:
        """Return a signature alone, as 64 hexadecimal digits: the same for the same text and purpose."""
        return hmac.new(self._secret, f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()

    def is_mark(self, mark: str, text: str, *, purpose: str) -> bool:
        """Tell whether a signature belongs to a text, in a time that tells nothing about the right one."""
        return hmac.compare_digest(mark.encode(), self.mark(text, purpose=purpose).encode())

    def _signer(self, purpose: str) -> ItsSigner:
        return ItsSigner(self._secret, salt=f"field-dispatch/{purpose}", digest_method=hashlib.sha256)
