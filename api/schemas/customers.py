"""Customers over the wire: masked, unless somebody says what the data is needed for."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from dispatch.domain.records.access import Role
from dispatch.domain.records.customer import Customer, CustomerDetails, Reveal
from dispatch.domain.records.record import Moment
from dispatch.domain.values import Document, Identifier
from dispatch.policy.privacy import masked
from dispatch.policy.privacy_settings import PrivacySettings


class ShownDetails(BaseModel):
    """What is known of a customer, as far as it is shown."""

    name: str | None = Field(description="Name.")
    phone: str | None = Field(description="Phone number.")
    email: str | None = Field(description="Mail address.")
    wechat: str | None = Field(description="Id with the operator's WeChat account.")
    address: str | None = Field(description="Street and house.")
    unit: str | None = Field(description="Building, entrance, floor, door.")
    reference: str | None = Field(description="Number with the program that hands the orders in.")


class CustomerDocument(BaseModel):
    """A customer."""

    id: str = Field(description="Its id, to be named in orders; says nothing about the person.")
    version: int = Field(description="Counts changes; the ETag.")
    created_at: Moment = Field(description="When it was made.")
    changed_at: Moment = Field(description="When it was changed last.")
    is_masked: bool = Field(description="true: letters and digits are hidden.")
    pseudonymised_at: Moment | None = Field(description="When the personal data went; null = it is here.")
    details: ShownDetails = Field(description="What is known of the customer.")

    @classmethod
    def of(cls, customer: Customer, *, settings: PrivacySettings | None) -> CustomerDocument:
        """Return a customer as it is shown: masked by some settings; None = in full."""
        details = customer.details if settings is None else masked(customer.details, settings=settings)
        return cls(
            id=customer.id,
            version=customer.version,
            created_at=customer.created_at,
            changed_at=customer.changed_at,
            is_masked=settings is not None,
            pseudonymised_at=customer.pseudonymised_at,
            details=ShownDetails.model_construct(**dict(details)),
        )


class CustomerBody(CustomerDetails):
    """What is known of a customer. One with the same `reference` as another one is that one."""


class CustomersBody(Document):
    """Many customers."""

    customers: Annotated[tuple[CustomerBody, ...], Field(min_length=1, max_length=10_000)] = Field(
        description="The customers."
    )


class CustomerIds(BaseModel):
    """Which ids customers have, to be named in orders."""

    ids: list[str] = Field(description="One for each customer that was sent, in the same order.")


class RevealBody(Document):
    """Why somebody needs a customer's data in full."""

    purpose: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="What for; is written down.")
    order: Identifier | None = Field(default=None, description="The order that is the reason.")


class RevealDocument(BaseModel):
    """Somebody saw a customer's data in full."""

    at: Moment = Field(description="When.")
    actor: str = Field(description="Who.")
    role: Role = Field(description="In which role.")
    purpose: str = Field(description="What for.")
    order: str | None = Field(description="The order that was the reason.")

    @classmethod
    def of(cls, reveal: Reveal) -> RevealDocument:
        """Return a reveal as it is shown."""
        return cls(
            at=reveal.created_at, actor=reveal.actor, role=reveal.role, purpose=reveal.purpose, order=reveal.order
        )


class RevealList(BaseModel):
    """Who saw a customer's data in full, the latest first."""

    items: list[RevealDocument] = Field(description="The reveals.")


class CustomerExport(BaseModel):
    """Everything that is kept about a customer."""

    records: dict[str, list[dict[str, Any]]] = Field(description="By kind of record.")
