"""Personal data of customers, kept apart from everything else: orders, plans and messages hold the id only."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dispatch.domain.records.access import Role
from dispatch.domain.records.record import Moment, Record
from dispatch.domain.values import Document, Identifier

Phone = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ()-]{3,29}$")]
PersonName = Annotated[str, Field(min_length=1, max_length=100)]
AddressText = Annotated[str, Field(min_length=1, max_length=300)]


class CustomerDetails(Document):
    """What is known of a customer; whatever is unknown is null."""

    name: PersonName | None = Field(default=None, description="Name.")
    phone: Phone | None = Field(default=None, description="Phone number to call and to send short messages to.")
    email: Annotated[str, Field(pattern=r"^[^\s@<>]+@[^\s@<>]+$", max_length=254)] | None = Field(
        default=None, description="Mail address."
    )
    wechat: Annotated[str, Field(min_length=1, max_length=128)] | None = Field(
        default=None, description="The customer's id with the operator's WeChat account."
    )
    address: AddressText | None = Field(default=None, description="Street and house, without the unit.")
    unit: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        default=None, description="Building, entrance, floor, door: what leads to the person."
    )
    reference: Identifier | None = Field(
        default=None, description="The customer's number with the program that hands the orders in."
    )


class Customer(Record):
    """A customer, with all that is personal; the id is made here and says nothing.

    What the customer wishes of messages (language, channels) is in the record `MessageWishes` of the same id.
    """

    details: CustomerDetails = Field(description="What is personal; all null once the customer is pseudonymised.")
    review_at: Moment = Field(description="When it is looked at next whether the data may still be kept.")
    pseudonymised_at: Moment | None = Field(default=None, description="When the personal data went; null = it is here.")

    @property
    def reference(self) -> str | None:
        """The customer's number elsewhere."""
        return self.details.reference


class Reveal(Record):
    """Somebody saw personal data in full: who, whose, when, what for. Written once, never changed."""

    customer: Identifier = Field(description="Whose data it was.")
    order: Identifier | None = Field(default=None, description="The order that was the reason; null = none was named.")
    actor: str = Field(description='Who saw it: "technician:t-1".')
    role: Role = Field(description="Their role.")
    purpose: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="What for.")
