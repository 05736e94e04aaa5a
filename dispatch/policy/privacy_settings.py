"""Who sees personal data and for how long it is kept, as settings."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

from dispatch.domain.records.access import Role
from dispatch.domain.values import Document


class PrivacySettings(Document):
    """Masks, full views and retention; the meaning of each field stands in `defaults.toml`."""

    hidden_digits: Annotated[int, Strict(), Field(ge=6, le=30)]
    full_view: tuple[Role, ...]
    full_view_after_close_h: Annotated[int, Strict(), Field(ge=0, le=24 * 31)]
    retention_days: Annotated[int, Strict(), Field(ge=1, le=3_650)]
    review_days: Annotated[int, Strict(), Field(ge=1, le=365)]
