"""What a use case needs from the outside world, as protocols: clock, identifiers, store, planner, checker.

`dispatch.bootstrap` builds the real adapters; the tests have fakes that live in memory.
"""

from dispatch.ports.clock import Clock, NewId
from dispatch.ports.documents import Plans, Requests, Runs
from dispatch.ports.planning import Checker, LiveBook, Planner, PlannerProgress, Runners
from dispatch.ports.store import Records, Store, Transaction

__all__ = [
    "Checker",
    "Clock",
    "LiveBook",
    "NewId",
    "Planner",
    "PlannerProgress",
    "Plans",
    "Records",
    "Requests",
    "Runners",
    "Runs",
    "Store",
    "Transaction",
]
