"""Rules of conduct, quality and care after the visit, as settings; each field's meaning stands in `defaults.toml`."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, Strict, model_validator

from dispatch.domain.records.convenience import ConvenienceItem, Language
from dispatch.domain.records.work_order import STAGES, Stage
from dispatch.domain.request import OrderKind, Tier
from dispatch.domain.values import Document, Identifier, refusal

Permille = Annotated[int, Strict(), Field(ge=1, le=1_000)]
Days = Annotated[int, Strict(), Field(ge=1, le=3_650)]
Hours = Annotated[int, Strict(), Field(ge=1, le=10_000)]
VisitSeconds = Annotated[int, Strict(), Field(ge=60, le=86_400)]
Text = Annotated[str, Field(min_length=1, max_length=2_000)]


class SpeedTestSettings(Document):
    """When a measured speed passes, and what follows if it does not (R14, R15)."""

    least_tests: Annotated[int, Strict(), Field(ge=1, le=100)]
    least_permille: Permille
    kinds: tuple[OrderKind, ...]
    remedy_priority: Annotated[int, Strict(), Field(ge=0, le=3)]
    remedy_duration_s: VisitSeconds


class ChecklistSettings(Document):
    """The items of each stage (R25); an item stands in one stage only."""

    appointment: tuple[Identifier, ...]
    arrival: tuple[Identifier, ...]
    entry: tuple[Identifier, ...]
    work: tuple[Identifier, ...]
    leaving: tuple[Identifier, ...]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for stage in STAGES:
            if not self.items_of(stage):
                raise refusal(f"{stage} has no item", "name at least one: an empty stage could never be passed")
        items = [item for stage in STAGES for item in self.items_of(stage)]
        twice = next((item for item in items if items.count(item) > 1), None)
        if twice is not None:
            raise refusal(f"item {twice!r} stands in the checklist twice", "give each item a name of its own")
        return self

    def stage_of(self, item: str) -> Stage | None:
        """Return the stage an item belongs to; None = there is no such item."""
        return next((stage for stage in STAGES if item in self.items_of(stage)), None)

    def items_of(self, stage: Stage) -> tuple[str, ...]:
        """Return the items of a stage."""
        items: tuple[str, ...] = getattr(self, stage)
        return items


class RiskText(Document):
    """What a customer is shown before agreeing to a risky item, in each language."""

    version: Identifier
    zh: Text
    en: Text

    def in_language(self, language: Language) -> str:
        """Return the text in a language."""
        text: str = getattr(self, language)
        return text


class RiskTexts(Document):
    """The text of each risky item (R22)."""

    antivirus: RiskText
    software_install: RiskText

    def of(self, item: ConvenienceItem) -> RiskText | None:
        """Return the text of an item; None = it is not risky."""
        text: RiskText | None = getattr(self, item, None)
        return text


class ConvenienceSettings(Document):
    """Small services beside the order (R21, R22)."""

    tiers: tuple[Tier, ...]
    kinds: tuple[OrderKind, ...]
    least_items: Annotated[int, Strict(), Field(ge=0, le=10)]
    most_items: Annotated[int, Strict(), Field(ge=0, le=10)]
    planned_items: Annotated[int, Strict(), Field(ge=0, le=10)]
    item_s: Annotated[int, Strict(), Field(ge=0, le=14_400)]
    risk_texts: RiskTexts

    @model_validator(mode="after")
    def _least_is_below_most(self) -> Self:
        if self.most_items < self.least_items:
            raise refusal(f"most_items {self.most_items} is below least_items {self.least_items}", "raise it")
        return self


class FollowUpSettings(Document):
    """When customers are called again (R23)."""

    tiers: tuple[Tier, ...]
    every_days: Days
    window_days: Days
    visit_s: VisitSeconds
    retry_days: Days
    most_calls: Annotated[int, Strict(), Field(ge=1, le=100)]


class QuestionSettings(Document):
    """When questions and complaints are answered, and who owns them (R28 to R30)."""

    reply_h: Hours
    warn_h: Annotated[int, Strict(), Field(ge=0, le=10_000)]
    desk: Identifier

    @model_validator(mode="after")
    def _warning_comes_before(self) -> Self:
        if self.warn_h >= self.reply_h:
            raise refusal(f"warn_h {self.warn_h} is not below reply_h {self.reply_h}", "warn later")
        return self


class SurveySettings(Document):
    """Which orders are followed by a survey (R37)."""

    kinds: tuple[OrderKind, ...]
    open_days: Days
    asks_about_gifts: Annotated[bool, Field(strict=True)]


class SkillSettings(Document):
    """When the end of a skill is announced (R27)."""

    warn_days: Days


class CoverageSettings(Document):
    """How many communities have to be under promise (R06)."""

    least_permille: Permille


class QualitySettings(Document):
    """Everything about how visits are done and followed up."""

    speed_test: SpeedTestSettings
    checklist: ChecklistSettings
    convenience: ConvenienceSettings
    follow_ups: FollowUpSettings
    questions: QuestionSettings
    surveys: SurveySettings
    skills: SkillSettings
    coverage: CoverageSettings
