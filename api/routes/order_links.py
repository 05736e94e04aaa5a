"""The links that open an order's page to its customer: handed out, revoked.

The answer that holds a link is not remembered for `Idempotency-Key`: asked again, the same link is given anyway.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from api.deps import CentreStoreDep, ServiceDep, allowed
from api.idempotency import OnceRoute
from api.openapi import errors
from api.routes.orders import visible_order
from api.schemas.order_links import OrderLink, RevokedLinks
from dispatch.domain.records.access import Principal
from dispatch.domain.values import Identifier
from dispatch.usecases.access.links import order_link, revoke_links

links = APIRouter(prefix="/v1/orders/{order_id}/links", tags=["orders"])
revocations = APIRouter(prefix="/v1/orders/{order_id}/links", tags=["orders"], route_class=OnceRoute)
Writer = Annotated[Principal, allowed("integration", "dispatcher", "supervisor")]


@links.post(
    "",
    operation_id="get_order_link",
    response_model=OrderLink,
    response_model_exclude_none=True,
    summary="Get the customer's link",
    responses=errors("bad_input", "not_found"),
)
def post_link(principal: Writer, order_id: Identifier, service: ServiceDep) -> OrderLink:
    """Return the link to the order's page that its customer has, or a new one if that is gone or half its time is."""
    settings = service.settings
    token = order_link(
        order_id,
        valid_s=settings.customer_link_valid_s,
        store=service.store.of(principal.centre),
        clock=service.clock,
        signer=service.signer,
    )
    path = f"/c/{token}"
    return OrderLink(path=path, url=None if settings.public_url is None else f"{settings.public_url}{path}")


@revocations.post(
    "/revoke",
    operation_id="revoke_order_links",
    response_model=RevokedLinks,
    summary="Revoke the customer's links",
    responses=errors("bad_input", "not_found"),
)
def post_revocation(
    principal: Writer, order_id: Identifier, service: ServiceDep, store: CentreStoreDep
) -> RevokedLinks:
    """Make all links to the order's page worthless, within some seconds; the next message brings a new one."""
    visible_order(order_id, principal, store)
    return RevokedLinks(revoked=revoke_links("order_page", order_id, store=store, clock=service.clock))
