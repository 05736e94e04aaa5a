"""What is answered about the links to a customer's page."""

from __future__ import annotations

from pydantic import BaseModel, Field


class OrderLink(BaseModel):
    """A customer's link to the page of one order; whoever has it may open the page."""

    path: str = Field(description="Of the page, at this service.")
    url: str | None = Field(default=None, description="The whole address; left out if PUBLIC_URL is not set.")


class RevokedLinks(BaseModel):
    """What was revoked."""

    revoked: int = Field(description="So many links opened the page until now.")
