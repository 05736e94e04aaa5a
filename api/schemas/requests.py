"""Planning requests as the service answers them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from dispatch.domain.request import Request


class WarningDocument(BaseModel):
    """Something odd that is planned all the same."""

    model_config = ConfigDict(from_attributes=True)

    path: str = Field(description="The field, as in `technicians[3].shifts[0]`.")
    message: str = Field(description="What is odd.")


class RequestReceipt(BaseModel):
    """A planning request was stored."""

    id: str = Field(description="Id to plan it by.")
    digest: str = Field(description="Digest of its content: equal requests have equal digests.")
    created_at: datetime = Field(description="When it was stored.")
    warnings: list[WarningDocument] = Field(description="Odd but possible values.")


class RequestDocument(BaseModel):
    """A stored planning request."""

    id: str = Field(description="Its id.")
    digest: str = Field(description="Digest of its content.")
    created_at: datetime = Field(description="When it was stored.")
    request: Request = Field(description="The request as it was understood.")
