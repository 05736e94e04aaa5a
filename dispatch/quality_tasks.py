"""What follows visits without anybody asking, as tasks in the background: reminders, calls, ends of surveys."""

from __future__ import annotations

from functools import partial

from dispatch.background import Task
from dispatch.ports import Clock, Store
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.quality.follow_ups import sweep_follow_ups
from dispatch.usecases.quality.questions import sweep_questions
from dispatch.usecases.quality.surveys import sweep_surveys


def quality_tasks(*, store: Store, clock: Clock, policies: CentrePolicies, every_s: float) -> list[Task]:
    """Return the tasks; each is safe in any number of processes at once: it claims what it changes.

    Parameters
    ----------
    store
        Of all dispatch centres.
    every_s
        Pause between two looks at what is due.
    """
    return [
        Task(
            name="questions", every_s=every_s, run=partial(sweep_questions, store=store, clock=clock, policies=policies)
        ),
        Task(
            name="follow-ups",
            every_s=every_s,
            run=partial(sweep_follow_ups, store=store, clock=clock, policies=policies),
        ),
        Task(name="surveys", every_s=every_s, run=partial(sweep_surveys, store=store, clock=clock)),
    ]
