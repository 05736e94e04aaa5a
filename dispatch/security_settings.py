"""What an operator can choose about who may use the service, how often, and where it may call."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

Environment = Literal["local", "production"]


class SecuritySettings(BaseSettings):
    """The part of the settings that is about security; see `dispatch.settings.Settings`.

    Attributes
    ----------
    environment
        `production` refuses to start unsafe; so does every host but the machine itself.
    public_url
        Where people reach the service, as in `https://dispatch.example.org`; links in messages begin with it. None: on
        this machine only.
    signing_secret
        What links, form tokens and feeds are signed with; None = made at the first start and kept in the data
        directory. Processes on several machines need the same one.
    key_cache_s
        How long a process may take to notice that a key was revoked elsewhere.
    key_used_every_s
        A key's last use is written down at most so often.
    session_idle_s, session_absolute_s
        A session ends after so long without a request; and after so long in any case.
    argon2_time_cost, argon2_memory_kib, argon2_parallelism
        What guessing one password costs.
    login_attempts, login_pause_s, login_pause_longest_s
        After so many wrong passwords in a row a user waits; the pause doubles with each further one, up to the longest.
    login_per_minute
        Login attempts of one address.
    address_rate_per_s, address_burst
        Requests of one address: on average, and at once. 0 = no limit.
    key_rate_per_s, key_burst
        Requests of one API key or session; 0 = no limit.
    form_limit_bytes
        Largest form that is read.
    outgoing_allowed
        Networks that webhooks may call although they are not public.
    outgoing_plain
        True: those may be called by http, too.
    trusted_proxies
        Addresses or networks whose `X-Forwarded-For` is believed: the server that ends TLS. Else all its callers would
        share one limit.
    """

    environment: Environment = "local"
    public_url: str | None = None
    signing_secret: SecretStr | None = None
    key_cache_s: float = Field(default=5.0, ge=0, le=60)
    key_used_every_s: float = Field(default=60.0, ge=0)
    session_idle_s: int = Field(default=30 * 60, ge=60)
    session_absolute_s: int = Field(default=12 * 3600, ge=60)
    argon2_time_cost: int = Field(default=3, ge=1)
    argon2_memory_kib: int = Field(default=64 * 1024, ge=8)
    argon2_parallelism: int = Field(default=2, ge=1)
    login_attempts: int = Field(default=5, ge=1)
    login_pause_s: int = Field(default=30, ge=1)
    login_pause_longest_s: int = Field(default=15 * 60, ge=1)
    login_per_minute: int = Field(default=30, ge=1)
    address_rate_per_s: float = Field(default=200.0, ge=0)
    address_burst: int = Field(default=1_000, ge=1)
    key_rate_per_s: float = Field(default=200.0, ge=0)
    key_burst: int = Field(default=1_000, ge=1)
    form_limit_bytes: int = Field(default=1024 * 1024, ge=1024)
    outgoing_allowed: tuple[Annotated[IPv4Network | IPv6Network, Field(union_mode="left_to_right")], ...] = ()
    outgoing_plain: bool = False
    trusted_proxies: tuple[str, ...] = ("127.0.0.1",)

    @field_validator("public_url")
    @classmethod
    def _is_where_people_come(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            msg = "is not the address of a site; write https://dispatch.example.org"
            raise ValueError(msg)
        return value.rstrip("/")

    @property
    def is_public_url_encrypted(self) -> bool:
        """True if people reach the service by https."""
        return self.public_url is not None and self.public_url.startswith("https://")
