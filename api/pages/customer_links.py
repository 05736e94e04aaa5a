"""The order behind a customer's link: which one it is, in which dispatch centre, and nothing beside it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from starlette.responses import Response

from api.pages.page_cache import SecondsCache
from dispatch.bootstrap import Service
from dispatch.domain.customer_status import CustomerStatus, TechnicianCard
from dispatch.domain.records.centre import Centre
from dispatch.policy.settings import Policy
from dispatch.ports import Store, Transaction
from dispatch.translations.catalogue import LANGUAGES, Language
from dispatch.usecases.access.links import all_linked, linked
from dispatch.usecases.customer_status import customer_statuses, technician_card

ACTOR: Final = "customer"
DEFAULT_ZONE: Final = str(Centre.model_fields["time_zone"].default)
STALE_S: Final = 5.0
"""No customer sees a state that is older."""
Variant = Language | Literal["json"]
"""In which the state of an order is kept: a page in each language, and the data."""
VARIANTS: Final[tuple[Variant, ...]] = (*LANGUAGES, "json")
MOST_PAGES: Final = 6_000
"""Kept at most: some 30 MB."""
MOST_PARTS: Final = 2_000


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


@dataclass(frozen=True, kw_only=True)
class CentresManner:
    """What the pages of a dispatch centre's customers have in common."""

    policy: Policy
    zone: ZoneInfo
    brand: str


class CustomersOffice:
    """What the pages of all customers are made from; what is the same on many is kept in memory for seconds.

    A page is kept for `status_cache_s`, and what goes into it for what is left of `STALE_S`: both together are the
    oldest that a customer may see.
    """

    def __init__(self, service: Service) -> None:
        kept_s = service.settings.status_cache_s
        self.pages: SecondsCache[tuple[str, Variant], Response] = SecondsCache(keep_s=kept_s, most=MOST_PAGES)
        parts_s = min(kept_s, STALE_S - kept_s)
        self._manners: SecondsCache[str, CentresManner] = SecondsCache(keep_s=parts_s, most=MOST_PARTS)
        self._cards: SecondsCache[tuple[str, str], tuple[TechnicianCard | None]] = SecondsCache(
            keep_s=parts_s, most=MOST_PARTS
        )
        self._service = service

    def forget(self, token: str) -> None:
        """Drop the kept pages of a link: its order has just changed."""
        for variant in VARIANTS:
            self.pages.forget((token, variant))

    def statuses(self, tokens: Collection[str]) -> dict[str, tuple[CentresManner, CustomerStatus]]:
        """Return the states of the orders behind links, and how to show each; all from one transaction.

        Links that are not ours, have expired or were revoked are left out.
        """
        now = self._service.clock.now()
        found: dict[str, tuple[CentresManner, CustomerStatus]] = {}
        with self._service.store.read() as everywhere:
            opened = all_linked(everywhere, tokens, purpose="order_page", now=now, signer=self._service.signer)
            for centre in {one.centre for one in opened.values()}:
                order_of = {token: one.link.subject for token, one in opened.items() if one.centre == centre}
                manner, statuses = self._of_centre(everywhere.of(centre), centre, set(order_of.values()), now=now)
                found |= {token: (manner, statuses[order]) for token, order in order_of.items() if order in statuses}
        return found

    def _of_centre(
        self, own: Transaction, centre: str, orders: Collection[str], *, now: datetime
    ) -> tuple[CentresManner, dict[str, CustomerStatus]]:
        manner = self._manners.get(centre, lambda: manner_of(own, centre, self._service))
        statuses = customer_statuses(
            own,
            orders,
            policy=manner.policy,
            now=now,
            card_of=lambda transaction, technician: self._cards.get(
                (centre, technician), lambda: (technician_card(transaction, technician),)
            )[0],
        )
        return manner, statuses


def manner_of(transaction: Transaction, centre_id: str, service: Service) -> CentresManner:
    """Return how the pages of a dispatch centre are."""
    centre = transaction.records(Centre).find(centre_id)
    return CentresManner(
        policy=service.policies.of(centre),
        zone=ZoneInfo(DEFAULT_ZONE if centre is None else centre.time_zone),
        brand=service.settings.brand if centre is None else centre.name,
    )


def open_order(token: str, *, service: Service) -> CustomersOrder:
    """Return the order that a link opens.

    Raises
    ------
    NotFoundError
        If the link is not ours, has expired or was revoked.
    """
    with service.store.read() as everywhere:
        now = service.clock.now()
        opened = linked(everywhere, token, purpose="order_page", now=now, signer=service.signer)
        manner = manner_of(everywhere.of(opened.centre), opened.centre, service)
    return CustomersOrder(
        order=opened.link.subject,
        customer=opened.link.customer,
        centre=opened.centre,
        store=service.store.of(opened.centre),
        policy=manner.policy,
        zone=manner.zone,
        brand=manner.brand,
    )
