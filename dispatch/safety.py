"""Settings under which a service that others can reach must not start."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Final

from dispatch.errors import BadInputError, Problem
from dispatch.settings import PREFIX, Settings

SHORTEST_SECRET: Final = 32
"""Characters."""
FEWEST_LETTERS: Final = 8
"""Different characters of a secret: fewer are no random text."""
LEAST_MEMORY_KIB: Final = 19 * 1024
LEAST_TIME_COST: Final = 2
"""What OWASP's cheat sheet on storing passwords asks of argon2id at least."""
WELL_KNOWN: Final = ("change", "secret", "password", "example", "default", "test", "dev", "insecure", "0123456789")
"""Texts that a random secret does not begin with."""
WIDEST_ALLOWED: Final = {4: 8, 6: 7}
"""Shortest prefix of a network that may be allowed to be called, by version: a whole private network."""
ONLY_HERE: Final = ("localhost",)


def is_local(host: str) -> bool:
    """Tell whether an address to listen on is reached from this machine only."""
    if host in ONLY_HERE:
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def require_safe(settings: Settings, *, host: str | None = None) -> None:
    """Raise if others can reach the service and a setting makes that unsafe; on this machine all is allowed.

    Parameters
    ----------
    host
        Address that is listened on; None = unknown, so that the setting `environment` decides.

    Raises
    ------
    BadInputError
        If something is unsafe; names every such setting with its remedy.
    """
    if settings.environment == "local" and (host is None or is_local(host)):
        return
    problems = list(unsafe_settings(settings))
    if settings.environment == "local":
        problems.insert(
            0, _problem("ENVIRONMENT", f"is local, but {host} is reached by others", "set it to production")
        )
    if problems:
        raise BadInputError(problems)


def unsafe_settings(settings: Settings) -> Iterator[Problem]:
    """Find the settings that are unsafe where others can reach the service."""
    yield from _unsafe_address(settings)
    yield from _unsafe_secret(settings)
    yield from _unsafe_database(settings)
    yield from _unsafe_limits(settings)
    for network in settings.outgoing_allowed:
        if network.prefixlen < WIDEST_ALLOWED[network.version]:
            remedy = "name the networks of your own servers only"
            yield _problem("OUTGOING_ALLOWED", f"{network} holds the addresses of others", remedy)
    if any(ip_network("169.254.169.254/32") == network for network in settings.outgoing_allowed):
        yield _problem("OUTGOING_ALLOWED", "169.254.169.254 tells a machine's secrets to callers", "leave it out")


def _unsafe_address(settings: Settings) -> Iterator[Problem]:
    remedy = "set it to the address that people use, as in https://dispatch.example.org, and end TLS before the service"
    if settings.public_url is None:
        yield _problem("PUBLIC_URL", "is not set", remedy)
    elif not settings.is_public_url_encrypted:
        yield _problem("PUBLIC_URL", f"{settings.public_url} is not encrypted", remedy)


def _unsafe_secret(settings: Settings) -> Iterator[Problem]:
    remedy = "give a random one, such as `openssl rand -hex 32` prints"
    if settings.signing_secret is None:
        if settings.database_url is not None:
            message = "is not set: each machine would sign with a secret of its own"
            yield _problem("SIGNING_SECRET", message, remedy)
        return
    secret = settings.signing_secret.get_secret_value()
    if len(secret) < SHORTEST_SECRET:
        message = f"has {len(secret)} characters, fewer than {SHORTEST_SECRET}"
        yield _problem("SIGNING_SECRET", message, remedy)
    elif len(set(secret)) < FEWEST_LETTERS or secret.lower().startswith(WELL_KNOWN):
        yield _problem("SIGNING_SECRET", "can be guessed", remedy)


def _unsafe_database(settings: Settings) -> Iterator[Problem]:
    if settings.database_url is not None:
        url = settings.url
        password, user = url.password or "", url.username or ""
        is_by_socket = not url.host and "host" not in url.query
        if not is_by_socket and (
            not password or password.lower() in {user.lower(), "postgres", "password", "changeme"}
        ):
            yield _problem(
                "DATABASE_URL", "has no password, or one that can be guessed", "give the database a random one"
            )
        return
    if settings.data_dir.exists() and stat.S_IMODE(settings.data_dir.stat().st_mode) & 0o007:
        message = f"{settings.data_dir} can be entered by every user of this machine"
        yield _problem("DATA_DIR", message, f"run `chmod o-rwx {settings.data_dir}`")


def _unsafe_limits(settings: Settings) -> Iterator[Problem]:
    for name, rate_per_s in (
        ("ADDRESS_RATE_PER_S", settings.address_rate_per_s),
        ("KEY_RATE_PER_S", settings.key_rate_per_s),
    ):
        if rate_per_s == 0:
            yield _problem(name, "is 0: one caller can keep all others out", "give requests per second, like 200")
    if settings.argon2_memory_kib < LEAST_MEMORY_KIB:
        message = f"is {settings.argon2_memory_kib}: stolen passwords are guessed quickly"
        yield _problem("ARGON2_MEMORY_KIB", message, f"give {LEAST_MEMORY_KIB} or more")
    if settings.argon2_time_cost < LEAST_TIME_COST:
        message = f"is {settings.argon2_time_cost}: stolen passwords are guessed quickly"
        yield _problem("ARGON2_TIME_COST", message, f"give {LEAST_TIME_COST} or more")
    if settings.session_absolute_s > 7 * 24 * 3600:
        message = f"is {settings.session_absolute_s}: a session found later still works"
        yield _problem("SESSION_ABSOLUTE_S", message, "give a week or less, like 43200")


def _problem(name: str, message: str, remedy: str) -> Problem:
    return Problem(path=PREFIX + name, message=message, remedy=remedy)
