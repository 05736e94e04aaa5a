"""Tables of how visits are done and followed up: tests, checklists, skills, questions, surveys, follow-ups."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Index
from sqlmodel import Field

from dispatch.domain.records.checklist import Checklist
from dispatch.domain.records.convenience import Convenience
from dispatch.domain.records.follow_up import FollowUp
from dispatch.domain.records.question import Question
from dispatch.domain.records.record import Record
from dispatch.domain.records.skill import TechnicianSkill
from dispatch.domain.records.speed_test import SpeedTest
from dispatch.domain.records.survey import Survey
from dispatch.store.record_row import RecordRow
from dispatch.store.tables import UtcDateTime


class SpeedTestRow(RecordRow, table=True):
    """A series of speed tests."""

    __tablename__ = "speed_tests"
    __table_args__: ClassVar[Any] = (
        Index("ix_speed_tests_centre_order", "centre", "order"),
        Index("ix_speed_tests_centre_tested_at", "centre", "tested_at"),
    )

    order: str
    tested_at: datetime = Field(sa_type=UtcDateTime)
    passed: bool | None


class ChecklistRow(RecordRow, table=True):
    """The checklist of an order."""

    __tablename__ = "checklists"


class ConvenienceRow(RecordRow, table=True):
    """A convenience item that was offered."""

    __tablename__ = "conveniences"
    __table_args__: ClassVar[Any] = (Index("ix_conveniences_centre_order", "centre", "order"),)

    order: str
    item: str
    result: str


class TechnicianSkillRow(RecordRow, table=True):
    """A skill of a technician."""

    __tablename__ = "technician_skills"
    __table_args__: ClassVar[Any] = (
        Index("ix_technician_skills_centre_technician", "centre", "technician"),
        Index("ix_technician_skills_centre_expires_on", "centre", "expires_on"),
    )

    technician: str
    skill: str
    level: int
    expires_on: date | None


class QuestionRow(RecordRow, table=True):
    """A question or complaint."""

    __tablename__ = "questions"
    __table_args__: ClassVar[Any] = (
        Index("ix_questions_state_due", "state", "due"),
        Index("ix_questions_centre_owner_state", "centre", "owner", "state"),
        Index("ix_questions_centre_customer", "centre", "customer"),
        Index("ix_questions_centre_order", "centre", "order"),
    )

    kind: str
    category: str
    channel: str
    customer: str | None
    order: str | None
    owner: str
    state: str
    due: datetime = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(sa_type=UtcDateTime)
    warned_at: datetime | None = Field(sa_type=UtcDateTime)
    escalated_at: datetime | None = Field(sa_type=UtcDateTime)


class SurveyRow(RecordRow, table=True):
    """A survey after a visit."""

    __tablename__ = "surveys"
    __table_args__: ClassVar[Any] = (
        Index("ix_surveys_state_open_until", "state", "open_until"),
        Index("ix_surveys_centre_answered_at", "centre", "answered_at"),
        Index("ix_surveys_centre_customer", "centre", "customer"),
    )

    order: str
    kind: str
    customer: str | None
    technician: str | None
    state: str
    channel: str | None
    source: str | None
    score: int | None
    open_until: datetime = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(sa_type=UtcDateTime)


class FollowUpRow(RecordRow, table=True):
    """A cycle of keeping in touch with a premium customer."""

    __tablename__ = "follow_ups"
    __table_args__: ClassVar[Any] = (
        Index("ix_follow_ups_state_due", "state", "due"),
        Index("ix_follow_ups_centre_customer", "centre", "customer"),
        Index("ix_follow_ups_centre_order", "centre", "order"),
    )

    customer: str
    community: str
    cycle: int
    state: str
    due: datetime = Field(sa_type=UtcDateTime)
    order: str | None


QUALITY_ROWS: Final[Mapping[type[Record], type[RecordRow]]] = {
    SpeedTest: SpeedTestRow,
    Checklist: ChecklistRow,
    Convenience: ConvenienceRow,
    TechnicianSkill: TechnicianSkillRow,
    Question: QuestionRow,
    Survey: SurveyRow,
    FollowUp: FollowUpRow,
}
"""The row of each kind of record of this part."""
