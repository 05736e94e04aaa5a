"""Settings of what a service plans by itself: how often it looks."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings


class PlanningPace(BaseSettings):
    """How often a service looks for something to plan.

    Attributes
    ----------
    follow_every_s
        Pause between two looks for news from the field, for new orders, and for plans that are ready.
    look_every_s
        Pause between two looks at clocks: nights of dispatch centres, shifts that begin soon.
    explanations_at_a_time
        Explanations of plans that are worked out side by side; others wait, so that reads are answered meanwhile.
    """

    follow_every_s: float = Field(default=0.2, gt=0, le=60)
    look_every_s: float = Field(default=5.0, gt=0, le=60)
    explanations_at_a_time: int = Field(default=1, ge=1, le=16)
