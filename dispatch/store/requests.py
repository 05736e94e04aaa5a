"""Planning requests in the database."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from dispatch.domain.files import parse_request
from dispatch.domain.plan_version import StoredRequest
from dispatch.domain.request import Request
from dispatch.errors import NotFoundError
from dispatch.store import mapping
from dispatch.store.scope import in_scope
from dispatch.store.tables import RequestRow


class SqlRequests:
    """The stored planning requests, inside one transaction."""

    def __init__(self, session: Session, *, centre: str | None = None) -> None:
        self._session = session
        self._centre = centre

    def add(self, stored: StoredRequest, request: Request) -> None:
        """Store a request."""
        stored = replace(stored, centre=self._centre or stored.centre)
        self._session.add(mapping.request_row(stored, request))
        self._session.flush()

    def get(self, request_id: str) -> StoredRequest:
        """Return what is known of a stored request; raises `NotFoundError` if there is none."""
        query = (
            select(RequestRow)
            .options(defer(RequestRow.document, raiseload=True))  # type: ignore[arg-type] # typed as its value
            .where(col(RequestRow.id) == request_id, in_scope(RequestRow, self._centre))
        )
        row = self._session.exec(query).one_or_none()
        if row is None:
            raise _no_request(request_id)
        return mapping.stored_request(row)

    def document(self, request_id: str) -> Request:
        """Return the request itself; raises `NotFoundError` if there is none."""
        query = select(RequestRow.document).where(col(RequestRow.id) == request_id, in_scope(RequestRow, self._centre))
        found = self._session.exec(query).one_or_none()
        if found is None:
            raise _no_request(request_id)
        return parse_request(found, f"request {request_id}")


def _no_request(request_id: str) -> NotFoundError:
    return NotFoundError(f"there is no request {request_id!r}")
