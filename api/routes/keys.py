"""API keys of a dispatch centre; for administrators.

No answer of these routes is remembered for `Idempotency-Key`: a key must lie in no table.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from api.body import json_body, read_as
from api.deps import KeyRingDep, ServiceDep, allowed
from api.openapi import BODY_ERRORS, errors
from api.schemas.keys import KeyBody, KeyDocument, KeyList, NewKeyDocument
from dispatch.domain.records.access import Principal
from dispatch.domain.values import Identifier
from dispatch.usecases.access.keys import create_key, list_keys, revoke_key

router = APIRouter(prefix="/v1/keys", tags=["keys"])

Admin = Annotated[Principal, allowed("admin")]


@router.post(
    "",
    status_code=201,
    response_model=NewKeyDocument,
    summary="Make an API key",
    responses=errors(*BODY_ERRORS),
    openapi_extra=json_body(KeyBody, example={"name": "crm", "role": "integration"}),
)
def post_key(principal: Admin, service: ServiceDep, body: Annotated[KeyBody, read_as(KeyBody)]) -> NewKeyDocument:
    """Make an API key for the dispatch centre; the answer shows it, this once."""
    made = create_key(
        name=body.name,
        role=body.role,
        technician=body.technician,
        expires_at=body.expires_at,
        store=service.store.of(principal.centre),
        clock=service.clock,
        new_id=service.new_id,
    )
    return NewKeyDocument(**KeyDocument.model_validate(made.key).model_dump(), key=str(made.text))


@router.get("", response_model=KeyList, summary="List API keys", responses=errors())
def read_keys(principal: Admin, service: ServiceDep) -> KeyList:
    """Return the API keys of the dispatch centre, the youngest first."""
    keys = list_keys(store=service.store.of(principal.centre))
    return KeyList(items=[KeyDocument.model_validate(key) for key in keys])


@router.delete(
    "/{key_id}", response_model=KeyDocument, summary="Revoke an API key", responses=errors("bad_input", "not_found")
)
def delete_key(key_id: Identifier, principal: Admin, service: ServiceDep, key_ring: KeyRingDep) -> KeyDocument:
    """Make an API key worthless; other processes notice within seconds."""
    key = revoke_key(key_id, store=service.store.of(principal.centre), clock=service.clock)
    key_ring.forget()
    return KeyDocument.model_validate(key)
