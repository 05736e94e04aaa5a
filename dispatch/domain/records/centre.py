"""The dispatch centre: who plans, for which technicians and communities. Several share one installation."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from dispatch.domain.records.record import Record
from dispatch.domain.request import is_zone
from dispatch.domain.values import Identifier


class Centre(Record):
    """A dispatch centre; its record belongs to itself."""

    name: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="For people.")
    time_zone: Annotated[Identifier, AfterValidator(is_zone)] = Field(
        default="Asia/Shanghai", description="IANA name of the zone in which its promises and nights are counted."
    )
