"""API keys for tests."""

from __future__ import annotations

from datetime import datetime

import httpx

from dispatch.bootstrap import Service
from dispatch.domain.records.access import Role
from dispatch.domain.records.centre import Centre
from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.usecases.access.keys import create_key
from tests.api.server import NO_CERTIFICATES


def make_centre(service: Service, centre: str) -> None:
    """Make a dispatch centre, unless there is one."""
    now = service.clock.now()
    with service.store.of(centre).write() as transaction:
        centres = transaction.records(Centre)
        if centres.find(centre) is None:
            centres.add(Centre(id=centre, created_at=now, changed_at=now, name=centre))


def make_key(
    service: Service,
    role: Role = "admin",
    *,
    centre: str = MAIN_CENTRE,
    technician: str | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Make an API key; return its text. A technician's key without a name is of t-1."""
    named = technician or ("t-1" if role == "technician" else None)
    made = create_key(
        name=f"{role}-of-{centre}",
        role=role,
        technician=named,
        expires_at=expires_at,
        store=service.store.of(centre),
        clock=service.clock,
        new_id=service.new_id,
    )
    return str(made.text)


def as_key(client: httpx.Client, key: str | None) -> httpx.Client:
    """Return another client of the same service, which sends another key; None = none."""
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    return httpx.Client(base_url=client.base_url, timeout=client.timeout, headers=headers, verify=NO_CERTIFICATES)
