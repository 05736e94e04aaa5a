"""What an operator can choose about how the service is run: who executes runs, webhooks, metrics, logs."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings


class OperationsSettings(BaseSettings):
    """The part of the settings that is about operations; see `dispatch.settings.Settings`.

    Attributes
    ----------
    runs
        Who executes queued runs: `embedded` = child processes of each serving process; `threads` = threads of the
        serving process itself; `workers` = `dispatch worker` processes on any machine, over PostgreSQL.
    runs_at_a_time
        Nights that are planned side by side by one process. Each uses all cores unless told otherwise.
    run_niceness
        How much planning gives way to everything else on its machine: 0 = not at all, 19 = most. Urgent runs give way
        only in worker processes.
    max_attempts
        How often a run is begun, if the process dies under it, before it counts as failed.
    heartbeat_every_s
        Pause between two signs of life of a runner, and between two searches for runs of dead ones.
    run_lost_after_s
        A run whose runner has given no sign of life for so long is taken over.
    progress_every_s
        Pause between two looks at the queue, and between two progress reports of a run.
    best_plan_every_s
        Pause between two savings of a run's best plan so far; what a crash can cost.
    timers_every_s
        Pause between two looks at the timers of orders.
    quality_every_s
        Pause between two looks at questions, follow-ups and surveys that are due.
    shutdown_grace_s
        How long a shutdown waits for running runs to hand over their best plan.
    webhook_timeout_s
        How long a webhook call may take.
    webhook_first_pause_s, webhook_longest_pause_s
        Pause after the first failure of a call; it doubles with each further one, up to the longest.
    webhook_give_up_after_h
        An event that could not be delivered for so long is given up.
    webhook_disable_after_days
        A webhook none of whose calls succeeded for so long is disabled.
    webhook_secret_overlap_h
        For so long after a rotation the older secret signs, too.
    webhook_log_days
        How long ended deliveries are kept.
    log_format
        `text` for people, `json` for programs: one object a line, with the request's id.
    metrics_port
        Port on which this process serves its metrics to whoever reaches `metrics_host`; None = none. `/metrics` beside
        the API needs an administrator's key.
    ready_every_s
        The tiny problem of `/readyz` is solved at most so often; in between the last answer holds.
    promise_risk_h
        A promise that runs out within so many hours counts as at risk.
    """

    runs: Literal["embedded", "threads", "workers"] = "embedded"
    runs_at_a_time: int = Field(default=1, ge=1, le=64)
    run_niceness: int = Field(default=10, ge=0, le=19)
    max_attempts: int = Field(default=3, ge=1)
    heartbeat_every_s: float = Field(default=5.0, gt=0, le=60)
    run_lost_after_s: float = Field(default=30.0, gt=0)
    progress_every_s: float = Field(default=1.0, gt=0, le=60)
    best_plan_every_s: float = Field(default=15.0, gt=0)
    timers_every_s: float = Field(default=2.0, gt=0, le=60)
    quality_every_s: float = Field(default=30.0, gt=0, le=3_600)
    shutdown_grace_s: float = Field(default=20.0, ge=0)
    webhook_timeout_s: float = Field(default=10.0, gt=0, le=120)
    webhook_first_pause_s: float = Field(default=5.0, gt=0)
    webhook_longest_pause_s: float = Field(default=3600.0, gt=0)
    webhook_give_up_after_h: float = Field(default=72.0, gt=0)
    webhook_disable_after_days: float = Field(default=5.0, gt=0)
    webhook_secret_overlap_h: float = Field(default=24.0, ge=0)
    webhook_log_days: float = Field(default=30.0, gt=0)
    log_format: Literal["text", "json"] = "text"
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    ready_every_s: float = Field(default=5.0, ge=0)
    promise_risk_h: float = Field(default=2.0, gt=0)

    @model_validator(mode="after")
    def _outlive_a_heartbeat(self) -> Self:
        if self.run_lost_after_s < 2 * self.heartbeat_every_s:
            msg = (
                f"RUN_LOST_AFTER_S is {self.run_lost_after_s:g}, less than two heartbeats of "
                f"{self.heartbeat_every_s:g} s: living runners would lose their runs; make it longer"
            )
            raise ValueError(msg)
        return self
