"""Who sees personal data and for how long it is kept, as settings."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, Strict, model_validator

from dispatch.domain.records.access import Role
from dispatch.domain.values import Document, refusal

SHORTEST_HISTORY_DAYS: Final = 90


class PrivacySettings(Document):
    """Masks, full views and retention; the meaning of each field stands in `defaults.toml`."""

    hidden_digits: Annotated[int, Strict(), Field(ge=6, le=30)]
    full_view: tuple[Role, ...]
    full_view_after_close_h: Annotated[int, Strict(), Field(ge=0, le=24 * 31)]
    retention_days: Annotated[int, Strict(), Field(ge=1, le=3_650)]
    review_days: Annotated[int, Strict(), Field(ge=1, le=365)]
    history_days: Annotated[int, Strict(), Field(ge=0, le=36_500)]

    @model_validator(mode="after")
    def _keeps_what_orders_live_on(self) -> Self:
        if 0 < self.history_days < SHORTEST_HISTORY_DAYS:
            raise refusal(
                f"history_days {self.history_days} would remove the audit of orders that are still open",
                f"give {SHORTEST_HISTORY_DAYS} or more, or 0 to keep it for ever",
            )
        return self
