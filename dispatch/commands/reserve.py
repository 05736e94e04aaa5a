"""`dispatch reserve`: what earlier days say about urgent orders, as policy settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo


def register(app: typer.Typer) -> None:
    """Add `reserve` to `app`."""
    app.command("reserve")(reserve)


def reserve(
    events: Annotated[list[Path], typer.Argument(help="Event logs of whole days.", metavar="EVENTS...")],
    *,
    time_zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Whose days count; default: the offsets in the logs.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Policy file (TOML) with half-days and promises.")
    ] = None,
) -> None:
    """Count the urgent orders of earlier days by half-day and place; print them as section `reserve` of a policy."""
    from dispatch.domain.event_log import read_events
    from dispatch.policy.reserve import learned_reserve
    from dispatch.policy.settings import load_policy

    base, zone = load_policy(policy), _zone(time_zone)
    learned = learned_reserve([read_events(path) for path in events], base, zone=zone)
    settings = {"share": 1.0, "worth": base.reserve.worth, **learned}
    for line in _lines("reserve", settings):
        print(line)


def _zone(name: str | None) -> ZoneInfo | None:
    from zoneinfo import ZoneInfo

    from dispatch.errors import BadInputError, Problem

    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        remedy = 'give an IANA name, like "Asia/Shanghai"'
        raise BadInputError([Problem(path="time_zone", message=f"{name!r} is no time zone", remedy=remedy)]) from None


def _key(key: str) -> str:
    """Return a key of TOML, between quotes where it needs them."""
    import json

    is_bare = key.isascii() and key.replace("-", "").replace("_", "").isalnum()
    return key if is_bare else json.dumps(key, ensure_ascii=False)


def _lines(name: str, settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield a section as TOML: its values, then its sections."""
    import json

    yield f"[{name}]"
    sections = {key: value for key, value in settings.items() if isinstance(value, dict)}
    for key, value in settings.items():
        if key not in sections:
            yield f"{_key(key)} = {json.dumps(value)}"
    for key, section in sections.items():
        yield ""
        yield from _lines(f"{name}.{key}", section)
