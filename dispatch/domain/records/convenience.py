"""Convenience items at a visit, and the consent that risky ones need (R21, R22)."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self, get_args

from pydantic import Field, Strict, model_validator

from dispatch.domain.records.record import Moment, Record
from dispatch.domain.values import Document, Identifier, refusal

ConvenienceItem = Literal["gateway_setup", "screen_cleaning", "antivirus", "software_install"]
RiskyItem = Literal["antivirus", "software_install"]
RISKY_ITEMS: Final[frozenset[str]] = frozenset(get_args(RiskyItem))
"""Items that are not carried out before the customer knows the risk and agrees."""
ConvenienceResult = Literal["done", "declined"]
Language = Literal["zh", "en"]


class Consent(Document):
    """A customer's agreement to a risky item: who, when, and to which text."""

    given_by: Identifier = Field(description="Who agreed: the customer's id, or `household of` it.")
    given_at: Moment = Field(description="When.")
    text_version: Identifier = Field(description="Version of the risk text that was shown.")
    language: Language = Field(default="zh", description="Language in which it was shown.")
    text: Annotated[str, Field(min_length=1, max_length=2_000)] = Field(description="The text as it was shown.")


class Convenience(Record):
    """An item that was offered at a visit, and what became of it.

    A risky item that was done cannot be written down without consent: no such record can be made.
    """

    order: Identifier = Field(description="The order at whose visit it was offered.")
    visit: Annotated[int, Strict(), Field(ge=1)] = Field(default=1, description="Its visit; counts reopenings.")
    item: ConvenienceItem = Field(description="What was offered.")
    result: ConvenienceResult = Field(description="Whether the customer wanted it and it was done.")
    recorded_by: Identifier = Field(description="Who offered it: `technician:t-1`.")
    consent: Consent | None = Field(default=None, description="Needed for a risky item that was done.")

    @model_validator(mode="after")
    def _has_consent(self) -> Self:
        if self.item in RISKY_ITEMS and self.result == "done" and self.consent is None:
            raise refusal(
                f"{self.item} was done without consent",
                "show the risk text first, and send `consent` with who agreed, when and to which text version",
            )
        if self.consent is not None and self.consent.given_at > self.created_at:
            raise refusal(
                f"consent given_at {self.consent.given_at.isoformat()} lies after the record itself",
                "correct the clock of the device: consent comes before the work",
            )
        return self
