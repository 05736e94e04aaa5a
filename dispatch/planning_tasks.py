"""What the service plans by itself, as tasks in the background: nights, running days, proposals, visits to hand out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from dispatch.background import Task
from dispatch.ports import Checker
from dispatch.usecases.planning.conclude import conclude_plans
from dispatch.usecases.planning.forget import forget_old
from dispatch.usecases.planning.hand_out import hand_out_visits
from dispatch.usecases.planning.nightly import Office, plan_nights
from dispatch.usecases.planning.order_books import OrderBooks
from dispatch.usecases.planning.proposals import Proposer
from dispatch.usecases.planning.running_day import DayFollower

FORGET_EVERY_S: Final = 3_600.0


def planning_tasks(
    office: Office,
    *,
    books: OrderBooks,
    checker: Checker,
    wake: Callable[[], None],
    follow_every_s: float,
    look_every_s: float,
) -> list[Task]:
    """Return the tasks; each is safe in any number of processes at once.

    Parameters
    ----------
    books
        The order books of this process; those that answer requests, too.
    wake
        Says that a run was queued, so that it need not wait for the next look at the queue.
    follow_every_s
        Pause between two looks for news from the field and for plans that are ready.
    look_every_s
        Pause between two looks at clocks: nights, shifts that begin soon.
    """
    follower, proposer = DayFollower(office), Proposer(books)

    def follow() -> bool:
        if follower.follow():
            wake()
        return False

    def conclude() -> bool:
        conclude_plans(office, checker)
        return False

    def nights() -> bool:
        if plan_nights(office):
            wake()
        return False

    def hand_out() -> bool:
        return hand_out_visits(office)

    def forget() -> bool:
        return forget_old(office)

    return [
        Task(name="running days", every_s=follow_every_s, run=follow),
        Task(name="proposals", every_s=follow_every_s, run=proposer.propose),
        Task(name="finished plans", every_s=follow_every_s, run=conclude),
        Task(name="nights", every_s=look_every_s, run=nights),
        Task(name="visits to hand out", every_s=look_every_s, run=hand_out),
        Task(name="old running days", every_s=FORGET_EVERY_S, run=forget),
    ]
