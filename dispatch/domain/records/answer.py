"""What was answered to a request that may be sent again, under the key that its sender chose."""

from __future__ import annotations

from pydantic import Field

from dispatch.domain.records.record import Record


class RememberedAnswer(Record):
    """A request that was carried out, and its answer; `id` is made of who asked, what, and their key.

    It is stored in the transaction that carried the request out, so that nothing is ever done twice; the answer follows
    once it is known.
    """

    body_digest: str = Field(description="SHA-256 of the body that came.")
    status: int | None = Field(default=None, description="HTTP status of the answer; null = not known (yet).")
    headers: dict[str, str] = Field(default_factory=dict, description="Headers that belong to it.")
    body: str = Field(default="", description="The answer's body.")
