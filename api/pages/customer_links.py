"""The order behind a customer's link: which one it is, in which dispatch centre, and nothing beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from dispatch.bootstrap import Service
from dispatch.domain.records.centre import Centre
from dispatch.policy.settings import Policy
from dispatch.ports import Store
from dispatch.usecases.access.links import open_link
from dispatch.usecases.planning.snapshot import centre_policy

ACTOR: Final = "customer"


@dataclass(frozen=True, kw_only=True)
class CustomersOrder:
    """What a link opens.

    Attributes
    ----------
    store
        Of the order's dispatch centre.
    """

    order: str
    customer: str | None
    centre: str
    store: Store
    policy: Policy
    zone: ZoneInfo
    brand: str


def open_order(token: str, *, service: Service) -> CustomersOrder:
    """Return the order that a link opens.

    Raises
    ------
    NotFoundError
        If the link is not ours, has expired or was revoked.
    """
    opened = open_link(token, purpose="order_page", store=service.store, clock=service.clock, signer=service.signer)
    store = service.store.of(opened.centre)
    with store.read() as transaction:
        centre = transaction.records(Centre).find(opened.centre)
    return CustomersOrder(
        order=opened.link.subject,
        customer=opened.link.customer,
        centre=opened.centre,
        store=store,
        policy=service.policy if centre is None or not centre.policy else centre_policy(centre, service.policy),
        zone=ZoneInfo(centre.time_zone if centre is not None else "Asia/Shanghai"),
        brand=service.settings.brand if centre is None else centre.name,
    )
