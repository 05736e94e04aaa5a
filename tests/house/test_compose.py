"""The files for containers name commands and settings that exist; tests/e2e/test_workers.py runs them as processes."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from dispatch.cli import COMMANDS
from dispatch.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
NEEDED = {"FIELD_DISPATCH_RUNS": "workers", "FIELD_DISPATCH_ENVIRONMENT": "production"}


def test_the_api_and_two_workers_share_a_database_and_settings() -> None:
    services = COMPOSE["services"]
    assert services["api"]["command"][:2] == ["dispatch", "serve"]
    assert services["worker"]["command"] == ["dispatch", "worker"]
    assert services["worker"]["deploy"]["replicas"] == 2
    assert services["api"]["environment"] == services["worker"]["environment"]
    assert NEEDED.items() <= services["api"]["environment"].items()


def test_every_command_and_setting_of_the_files_exists() -> None:
    texts = [(ROOT / name).read_text() for name in ("compose.yaml", "Containerfile")]
    settings = {name for text in texts for name in re.findall(rf"{PREFIX}([A-Z_]+)", text)}
    assert settings
    assert {name.lower() for name in settings} <= set(Settings.model_fields)
    commands = {name for text in texts for name in re.findall(r'"dispatch", "(\w+)"', text)}
    assert commands == {"serve", "worker"}
    assert commands <= set(COMMANDS)


def test_no_secret_stands_in_the_files() -> None:
    for service in COMPOSE["services"].values():
        for name, value in (service.get("environment") or {}).items():
            if "PASSWORD" in name or "SECRET" in name:
                assert value.startswith("${"), name
