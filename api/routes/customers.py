"""Customers: personal data, masked by default; shown in full, handed out and erased where the rules allow it.

No answer of these routes is remembered for `Idempotency-Key`: personal data must not lie in another table.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from api.body import json_body, read_as
from api.deps import ServiceDep, allowed
from api.openapi import BODY_ERRORS, errors
from api.preconditions import SeenVersion, against, tagged
from api.schemas.customers import (
    CustomerBody,
    CustomerDocument,
    CustomerExport,
    CustomerIds,
    CustomersBody,
    RevealBody,
    RevealDocument,
    RevealList,
)
from dispatch.bootstrap import Service
from dispatch.domain.records.access import Principal
from dispatch.domain.records.customer import Customer, CustomerDetails
from dispatch.domain.values import Identifier
from dispatch.ports import Store
from dispatch.usecases.privacy.customers import (
    add_customer,
    add_customers,
    change_customer,
    get_customer,
    list_reveals,
    note_reveal,
    reveal_customer,
)
from dispatch.usecases.privacy.forgetting import erase_customer, export_customer

router = APIRouter(prefix="/v1/customers", tags=["customers"])

Reader = Annotated[Principal, allowed("integration", "dispatcher", "supervisor")]
Writer = Annotated[Principal, allowed("integration", "dispatcher")]
Revealer = Annotated[Principal, allowed("technician", "dispatcher", "supervisor")]
Guardian = Annotated[Principal, allowed("supervisor")]
EXAMPLE = {
    "name": "张伟",
    "phone": "13800005678",
    "address": "中山北路12号",
    "unit": "3幢2单元501室",
    "reference": "K-1001",
}


def _store(service: Service, principal: Principal) -> Store:
    return service.store.of(principal.centre)


def _shown(customer: Customer, response: Response, service: Service) -> CustomerDocument:
    tagged(response, customer)
    return CustomerDocument.of(customer, settings=service.policy.privacy)


@router.post(
    "",
    status_code=201,
    response_model=CustomerDocument,
    summary="Keep a customer",
    responses=errors(*BODY_ERRORS),
    openapi_extra=json_body(CustomerBody, example=EXAMPLE),
)
def post_customer(
    principal: Writer, response: Response, service: ServiceDep, body: Annotated[CustomerBody, read_as(CustomerBody)]
) -> CustomerDocument:
    """Store a customer's data; orders name the customer by the `id` in the answer.

    A customer with the same `reference` is changed instead of doubled, so sending it again does no harm.
    """
    customer = add_customer(
        _details(body),
        store=_store(service, principal),
        clock=service.clock,
        new_id=service.new_id,
        settings=service.policy.privacy,
    )
    response.headers["Location"] = f"/v1/customers/{customer.id}"
    return _shown(customer, response, service)


@router.post(
    "/bulk",
    status_code=200,
    response_model=CustomerIds,
    summary="Keep many customers",
    responses=errors(*BODY_ERRORS),
    openapi_extra=json_body(CustomersBody, example={"customers": [EXAMPLE]}),
)
def post_customers(
    principal: Writer, service: ServiceDep, body: Annotated[CustomersBody, read_as(CustomersBody)]
) -> CustomerIds:
    """Store up to 10,000 customers, ahead of the orders that name them; sending them again doubles nobody.

    If one of them cannot be right, none is stored.
    """
    customers = add_customers(
        [_details(customer) for customer in body.customers],
        store=_store(service, principal),
        clock=service.clock,
        new_id=service.new_id,
        settings=service.policy.privacy,
    )
    return CustomerIds(ids=[customer.id for customer in customers])


@router.get(
    "/{customer_id}",
    response_model=CustomerDocument,
    summary="Get a customer, masked",
    responses=errors("bad_input", "not_found"),
)
def read_customer(
    customer_id: Identifier, principal: Reader, response: Response, service: ServiceDep
) -> CustomerDocument:
    """Return a customer of whom six digits of the phone number, the unit and most letters are hidden."""
    return _shown(get_customer(customer_id, store=_store(service, principal)), response, service)


@router.put(
    "/{customer_id}",
    response_model=CustomerDocument,
    summary="Replace a customer's data",
    responses=errors("not_found", "precondition_required", "stale_record", *BODY_ERRORS),
    openapi_extra=json_body(CustomerBody, example=EXAMPLE),
)
def put_customer(
    customer_id: Identifier,
    principal: Writer,
    response: Response,
    service: ServiceDep,
    seen: SeenVersion,
    body: Annotated[CustomerBody, read_as(CustomerBody)],
) -> CustomerDocument:
    """Replace all that is known of a customer."""
    store = against(_store(service, principal), Customer, customer_id, seen)
    settings = service.policy.privacy
    customer = change_customer(customer_id, _details(body), store=store, clock=service.clock, settings=settings)
    return _shown(customer, response, service)


@router.post(
    "/{customer_id}/reveal",
    response_model=CustomerDocument,
    summary="See a customer's data in full",
    responses=errors("not_found", *BODY_ERRORS),
    openapi_extra=json_body(RevealBody, example={"purpose": "call about the appointment", "order": "o-1"}),
)
def post_reveal(
    customer_id: Identifier,
    principal: Revealer,
    service: ServiceDep,
    body: Annotated[RevealBody, read_as(RevealBody)],
) -> CustomerDocument:
    """Return a customer's data in full, and write down who saw it and what for.

    Dispatchers and supervisors may; a technician with an order of this customer in hand may, from its acceptance until
    24 hours after its close.
    """
    customer = reveal_customer(
        customer_id,
        purpose=body.purpose,
        order=body.order,
        principal=principal,
        store=_store(service, principal),
        clock=service.clock,
        new_id=service.new_id,
        settings=service.policy.privacy,
    )
    return CustomerDocument.of(customer, settings=None)


@router.get(
    "/{customer_id}/reveals",
    response_model=RevealList,
    summary="List who saw a customer's data",
    responses=errors("bad_input", "not_found"),
)
def read_reveals(customer_id: Identifier, principal: Guardian, service: ServiceDep) -> RevealList:
    """Return who saw a customer's data in full and what for, the latest first."""
    reveals = list_reveals(customer_id, store=_store(service, principal))
    return RevealList(items=[RevealDocument.of(reveal) for reveal in reveals])


@router.get(
    "/{customer_id}/export",
    response_model=CustomerExport,
    summary="Hand out everything about a customer",
    responses=errors("bad_input", "not_found"),
)
def read_export(customer_id: Identifier, principal: Guardian, service: ServiceDep) -> CustomerExport:
    """Return everything that is kept about a customer, for the customer; counts as a reveal."""
    store = _store(service, principal)
    records = export_customer(customer_id, store=store)
    note_reveal(
        customer_id, purpose="export", principal=principal, store=store, clock=service.clock, new_id=service.new_id
    )
    return CustomerExport(records={kind: list(found) for kind, found in records.items()})


@router.post(
    "/{customer_id}/erase",
    response_model=CustomerDocument,
    summary="Erase a customer's data",
    responses=errors("bad_input", "not_found"),
)
def post_erase(customer_id: Identifier, principal: Guardian, service: ServiceDep) -> CustomerDocument:
    """Erase a customer's personal data; orders stay, and what people wrote into them goes. It cannot be undone."""
    customer = erase_customer(customer_id, store=_store(service, principal), clock=service.clock)
    return CustomerDocument.of(customer, settings=service.policy.privacy)


def _details(body: CustomerBody) -> CustomerDetails:
    return CustomerDetails.model_construct(**dict(body))
