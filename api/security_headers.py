"""What every answer tells the browser not to do."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Content security policy of pages: everything from this service, nothing inline, no frames."""
DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""Of everything that is no page: should a browser ever show it, it can do nothing."""
HSTS: Final = "max-age=31536000; includeSubDomains"

_ALWAYS: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    # A customer's link is a secret: no other site may learn it.
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    # Technicians prove their arrival by their position.
    ("Permissions-Policy", "geolocation=(self), camera=(), microphone=(), payment=(), usb=()"),
)


class SecurityHeaders:
    """ASGI middleware: adds the headers that an answer does not have already.

    There is no CORS: pages of other sites may not use this service from within a browser.

    Parameters
    ----------
    is_encrypted
        True if people reach the service by https; then browsers are told never to come by http again.
    """

    def __init__(self, app: ASGIApp, *, is_encrypted: bool) -> None:
        self._app = app
        self._always = (*_ALWAYS, ("Strict-Transport-Security", HSTS)) if is_encrypted else _ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on; add the headers when the answer begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._always:
                    headers.setdefault(name, value)
                is_page = headers.get("content-type", "").startswith("text/html")
                headers.setdefault("Content-Security-Policy", PAGE_POLICY if is_page else DATA_POLICY)
                # What one person may see must stay in no cache; what may stay says so by itself.
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)
