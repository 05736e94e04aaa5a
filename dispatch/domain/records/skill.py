"""Which technician has which skill, at which level and how long (R27)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Self

from pydantic import Field, Strict, model_validator

from dispatch.domain.records.record import Record
from dispatch.domain.values import Day, Identifier, refusal


class TechnicianSkill(Record):
    """A skill of a technician: one entry of the skill matrix.

    A technician may have several of one skill: a course that renews it, a higher level for a while.
    """

    technician: Identifier = Field(description="Id of the technician.")
    skill: Identifier = Field(description="Name of the skill, as orders ask for it: wiring, cpe_test, fibre_splice.")
    level: Annotated[int, Strict(), Field(ge=1, le=1_000_000)] = Field(default=1, description="Level held.")
    valid_from: Day | None = Field(default=None, description="First local day it counts on; null = always so far.")
    expires_on: Day | None = Field(default=None, description="Last local day it counts on; null = never expires.")
    proof: Identifier | None = Field(default=None, description="Certificate or course it rests on.")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_from is not None and self.expires_on is not None and self.expires_on < self.valid_from:
            raise refusal(f"expires_on {self.expires_on} lies before valid_from {self.valid_from}", "swap them")
        return self

    def counts_on(self, day: date) -> bool:
        """Tell whether the skill is held on a local day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.expires_on is None or day <= self.expires_on)


def skills_on(day: date, skills: Iterable[TechnicianSkill]) -> dict[str, dict[str, int]]:
    """Return the highest level of each skill that each technician holds on a local day.

    Technicians without any are left out.
    """
    level_of: dict[str, dict[str, int]] = {}
    for entry in skills:
        if entry.counts_on(day):
            held = level_of.setdefault(entry.technician, {})
            held[entry.skill] = max(held.get(entry.skill, 0), entry.level)
    return level_of


def expiring(skills: Iterable[TechnicianSkill], *, today: date, until: date) -> tuple[TechnicianSkill, ...]:
    """Return the skills that are lost on or before a day, soonest first.

    An entry that another one of the same technician and skill outlasts at its level or above is lost to nobody.
    """
    entries = tuple(skills)
    found = [
        entry
        for entry in entries
        if entry.expires_on is not None and today <= entry.expires_on <= until and not _is_outlasted(entry, entries)
    ]
    return tuple(sorted(found, key=lambda entry: (str(entry.expires_on), entry.technician, entry.skill)))


def _is_outlasted(entry: TechnicianSkill, others: Iterable[TechnicianSkill]) -> bool:
    """Tell whether another entry goes on without a day between: it holds on the entry's last day or begins the next."""
    last = entry.expires_on
    if last is None:
        return True
    return any(
        other.technician == entry.technician
        and other.skill == entry.skill
        and other.level >= entry.level
        and (other.valid_from is None or (other.valid_from - last).days <= 1)
        and (other.expires_on is None or other.expires_on > last)
        for other in others
    )
