"""What stands before every route: who asks, how often, how much, and what the answer forbids the browser."""

from __future__ import annotations

from fastapi import FastAPI

from api.body_limit import BodyLimit
from api.key_ring import KeyRing
from api.pages import login
from api.rate_limit import AddressLimit, RateLimit
from api.security_headers import SecurityHeaders
from api.sessions import LoginNeededError, on_login_needed
from api.unexpected import UnexpectedErrors
from dispatch.bootstrap import Service


def install_access(app: FastAPI, service: Service) -> None:
    """Give an application its key ring, its login, its limits and the headers of its answers."""
    settings = service.settings
    app.state.key_ring = KeyRing(store=service.store, clock=service.clock, settings=settings)
    app.state.key_limit = RateLimit(rate_per_s=settings.key_rate_per_s, burst=settings.key_burst)
    app.state.login_limit = RateLimit(rate_per_s=settings.login_per_minute / 60, burst=settings.login_per_minute)
    app.add_exception_handler(LoginNeededError, on_login_needed)
    app.include_router(login.router)
    address_limit = RateLimit(rate_per_s=settings.address_rate_per_s, burst=settings.address_burst)
    # The one added last meets the request first: even an answer of the limits has the headers.
    app.add_middleware(BodyLimit, limit_bytes=settings.body_limit_bytes, form_limit_bytes=settings.form_limit_bytes)
    app.add_middleware(UnexpectedErrors)
    app.add_middleware(AddressLimit, limit=address_limit)
    app.add_middleware(SecurityHeaders, is_encrypted=settings.is_public_url_encrypted)
