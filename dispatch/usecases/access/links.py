"""Links for people without a login: signed, so that guesses cost no look-up; kept, so that they can be revoked."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from dispatch.domain.records.link import Link, LinkPurpose
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import NotFoundError
from dispatch.ports import Clock, Store, Transaction

ID_BYTES: Final = 12
"""Random bytes of a link's id: 16 characters, which fit into a short message beside the signature."""


class TokenSigner(Protocol):
    """Signs texts, each for one purpose."""

    def signed(self, text: str, *, purpose: str) -> str:
        """Return a text with its signature."""
        ...

    def read(self, token: str, *, purpose: str) -> str | None:
        """Return the text of a signed one; None if the signature is not ours, or for another purpose."""
        ...


@dataclass(frozen=True, kw_only=True)
class OpenedLink:
    """A link that somebody came with, and the dispatch centre it belongs to."""

    link: Link
    centre: str


def make_link(
    purpose: LinkPurpose,
    subject: str,
    *,
    customer: str | None = None,
    valid_s: int | None,
    store: Store,
    clock: Clock,
    signer: TokenSigner,
) -> str:
    """Make a link; return its token, the last part of its URL.

    Parameters
    ----------
    purpose, subject
        What it opens.
    customer
        Whom it is for, so that it goes when all about the customer is erased.
    valid_s
        How long it opens it; None = until it is revoked.
    store
        Of the dispatch centre.
    """
    now = clock.now()
    link = _new_link(purpose, subject, customer=customer, valid_s=valid_s, now=now)
    with store.write() as transaction:
        transaction.records(Link).add(link)
    return signer.signed(link.id, purpose=purpose)


def link_token(
    transaction: Transaction,
    purpose: LinkPurpose,
    subject: str,
    *,
    customer: str | None,
    valid_s: int,
    now: datetime,
    signer: TokenSigner,
) -> str:
    """Return the token of the youngest link to something that was given to a customer and has half its time left.

    A new one is made if there is none, so that each message about an order need not make its own.
    """
    links = transaction.records(Link)
    given = links.all(where={"purpose": purpose, "subject": subject, "revoked_at": None}, sort="-created_at")
    least = now + timedelta(seconds=valid_s / 2)
    for link in given:
        if link.customer == customer and link.is_valid(least):
            return signer.signed(link.id, purpose=purpose)
    link = _new_link(purpose, subject, customer=customer, valid_s=valid_s, now=now)
    links.add(link)
    return signer.signed(link.id, purpose=purpose)


def order_link(order_id: str, *, valid_s: int, store: Store, clock: Clock, signer: TokenSigner) -> str:
    """Return the token of the link to an order's page that its customer has, or of a new one; see `link_token`.

    Parameters
    ----------
    store
        Of the dispatch centre.

    Raises
    ------
    NotFoundError
        If there is no such order.
    """
    with store.write() as transaction:
        order = transaction.records(WorkOrder).get(order_id)
        return link_token(
            transaction,
            "order_page",
            order_id,
            customer=order.customer,
            valid_s=valid_s,
            now=clock.now(),
            signer=signer,
        )


def _new_link(purpose: LinkPurpose, subject: str, *, customer: str | None, valid_s: int | None, now: datetime) -> Link:
    return Link(
        id=secrets.token_urlsafe(ID_BYTES),
        created_at=now,
        changed_at=now,
        purpose=purpose,
        subject=subject,
        customer=customer,
        expires_at=None if valid_s is None else now + timedelta(seconds=valid_s),
    )


def open_link(token: str, *, purpose: LinkPurpose, store: Store, clock: Clock, signer: TokenSigner) -> OpenedLink:
    """Return what a token opens, in a transaction of its own; see `linked`."""
    with store.read() as transaction:
        return linked(transaction, token, purpose=purpose, now=clock.now(), signer=signer)


def linked(
    transaction: Transaction, token: str, *, purpose: LinkPurpose, now: datetime, signer: TokenSigner
) -> OpenedLink:
    """Return what a token opens.

    Parameters
    ----------
    transaction
        Of no dispatch centre.
    purpose
        What it must open: a link for one purpose is worth nothing for another.

    Raises
    ------
    NotFoundError
        If it is no link of ours, has expired or was revoked; does not tell which.
    """
    found = all_linked(transaction, [token], purpose=purpose, now=now, signer=signer)
    if token not in found:
        raise nothing_linked()
    return found[token]


def all_linked(
    transaction: Transaction, tokens: Iterable[str], *, purpose: LinkPurpose, now: datetime, signer: TokenSigner
) -> dict[str, OpenedLink]:
    """Return what each of several tokens opens, by token, as `linked` does; those that open nothing are left out."""
    id_of = {token: link_id for token in tokens if (link_id := signer.read(token, purpose=purpose)) is not None}
    links = transaction.records(Link).across(where={"id": tuple(id_of.values())}) if id_of else ()
    opened = {
        link.id: OpenedLink(link=link, centre=centre)
        for centre, link in links
        if link.purpose == purpose and link.is_valid(now)
    }
    return {token: opened[link_id] for token, link_id in id_of.items() if link_id in opened}


def nothing_linked() -> NotFoundError:
    """Return the refusal of a token that opens nothing."""
    return NotFoundError("this link opens nothing, or no longer\nMaybe ask for a new one")


def revoke_links(purpose: LinkPurpose, subject: str, *, store: Store, clock: Clock) -> int:
    """Make all links to one thing worthless; return how many there were.

    Parameters
    ----------
    store
        Of the dispatch centre.
    """
    now = clock.now()
    with store.write() as transaction:
        links = transaction.records(Link)
        valid = links.all(where={"purpose": purpose, "subject": subject, "revoked_at": None})
        for link in valid:
            links.save(link.changed(now, revoked_at=now))
    return len(valid)
