"""The body of every error: a problem detail (RFC 9457) with a stable code."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from dispatch.domain.plan import Violation

ProblemCode = Literal[
    "already_there",
    "bad_input",
    "bad_policy",
    "body_too_large",
    "check_failed",
    "forbidden",
    "idempotency_in_progress",
    "idempotency_key_reused",
    "internal",
    "method_not_allowed",
    "not_allowed",
    "not_found",
    "not_ready",
    "precondition_required",
    "request_refused",
    "run_state",
    "stale_offer",
    "stale_plan",
    "stale_record",
    "store_unavailable",
    "too_many_requests",
    "travel_unavailable",
    "unauthenticated",
    "unsupported_media_type",
]
"""Codes that a program can rely on; they never change their meaning."""


class FieldProblem(BaseModel):
    """One fault of the input."""

    path: str = Field(description="The field, as in `orders[17].windows[0].end`; for broken JSON its line and column.")
    message: str = Field(description="What is wrong, with the value.")
    remedy: str = Field(default="", description="What to do about it.")


class ProblemDocument(BaseModel):
    """An error: what happened, under a stable code."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "The input cannot be used",
                    "status": 422,
                    "code": "bad_input",
                    "detail": "orders[17].windows[0].end: lies before start; swap them",
                    "problems": [
                        {"path": "orders[17].windows[0].end", "message": "lies before start", "remedy": "swap them"}
                    ],
                    "left_out": 0,
                    "violations": [],
                }
            ]
        }
    )

    type: str = Field(default="about:blank", description="Always about:blank: the code says it all.")
    title: str = Field(description="The code in words.")
    status: int = Field(description="HTTP status.")
    code: ProblemCode = Field(description="Stable code for programs.")
    detail: str = Field(description="What happened, for people.")
    problems: list[FieldProblem] = Field(default=[], description="Codes bad_input, bad_policy: all faults found.")
    left_out: int = Field(default=0, description="How many further faults are not listed.")
    violations: list[Violation] = Field(default=[], description="Code check_failed: the rules that are broken.")
