"""The real service with the settings of a production: it starts, and says what a browser has to know."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.running_service import RunningService

pytestmark = pytest.mark.slow


def test_a_service_with_safe_settings_starts_and_keeps_its_secret_to_itself(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    settings = {"environment": "production", "public_url": "https://dispatch.example.org"}
    service = RunningService(data_dir, **settings)
    with service as client:
        assert client.get("/v1/keys").status_code == 200
        answer = client.get("/login")
        assert "max-age=" in answer.headers["strict-transport-security"]
        assert "Secure" in answer.headers["set-cookie"]
        assert "server" not in answer.headers
    assert data_dir.stat().st_mode & 0o777 == 0o700
    assert (data_dir / "signing-secret").stat().st_mode & 0o777 == 0o600
    assert (data_dir / "signing-secret").read_text() not in service.output
    with RunningService(data_dir, **settings) as again:
        assert again.get("/v1/keys").status_code == 200


def test_a_service_with_unsafe_settings_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="FIELD_DISPATCH_PUBLIC_URL: is not set"):
        RunningService(tmp_path / "data", environment="production").__enter__()
