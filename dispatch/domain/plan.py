"""The plan: what is handed to technicians, what stays undone and why, what it costs."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field, Strict

from dispatch.domain.values import Document, Identifier, Instant, Metres, Seconds

PLAN_FORMAT: Final = "field-dispatch/plan/1"

COST_TERMS: Final[tuple[str, ...]] = (
    "travel",
    "distance",
    "work_time",
    "overtime",
    "shift_used",
    "preference",
    "agreed_buffer",
    "soft_due",
    "tardiness",
    "promise_missed",
    "agreed_broken",
    "unassigned",
    "disruption",
)
"""Every term of the cost table, in the order it is shown."""

VisitStatus = Literal["planned", "en_route", "on_site", "done"]
LockKind = Literal["free", "technician", "technician_and_time"]
ReasonCode = Literal[
    "skill",
    "territory",
    "excluded",
    "window",
    "shift",
    "reach",
    "stock",
    "capacity",
    "locked",
    "horizon",
    "hold",
    "deferred",
]
Amount = Annotated[int, Strict(), Field(ge=0, le=2**53 - 1)]


class StartStop(Document):
    """Departure of a route."""

    kind: Literal["start"] = "start"
    departure: Instant = Field(description="When the technician sets out; as late as delays no visit.")


Probability = Annotated[float, Field(ge=0, le=1)]


class VisitOdds(Document):
    """How likely a visit is to come out as promised, and when the technician will be there."""

    on_time: Probability | None = Field(
        default=None, description="Chance that service starts inside the window told; null = none was told."
    )
    promise_kept: Probability | None = Field(
        default=None, description="Chance that the visit ends by its due time; null = nothing is promised."
    )
    arrival_from: Instant = Field(
        description="With 9 chances in 10 the technician is there later; whole 5 minutes, not before the window opens."
    )
    arrival_to: Instant = Field(description="With 9 chances in 10 the technician is there earlier; whole 5 minutes.")


class VisitStop(Document):
    """One technician serving one order."""

    kind: Literal["visit"] = "visit"
    order: Identifier = Field(description="Id of the order served.")
    arrival: Instant = Field(description="When the technician is there: previous end + travel + breaks in between.")
    start: Instant = Field(description="When service starts; a wait lies between arrival and start.")
    end: Instant = Field(description="When service ends.")
    travel_s: Seconds = Field(description="Seconds of travel on the leg that leads here, access time included.")
    distance_m: Metres = Field(description="Metres of the leg that leads here.")
    wait_s: Seconds = Field(default=0, description="Seconds from arrival to start.")
    due: Instant | None = Field(default=None, description="Earliest due time of the order's promises; null = none.")
    tardiness_s: Seconds = Field(default=0, description="Seconds by which the end lies after `due`.")
    status: VisitStatus = Field(
        default="planned", description="How far the visit is; whatever is not planned is locked to technician and time."
    )
    lock: LockKind = Field(
        default="free",
        description="free: may move; technician: stays with this technician and shift; "
        "technician_and_time: stays as it is.",
    )
    odds: VisitOdds | None = Field(default=None, description="Chances of the visit; null = not counted, or begun.")

    @property
    def effective_lock(self) -> LockKind:
        """The lock that holds: a visit that is under way or done is locked in technician and time."""
        return self.lock if self.status == "planned" else "technician_and_time"


class BreakStop(Document):
    """Time off."""

    kind: Literal["break"] = "break"
    start: Instant = Field(description="When the break starts.")
    end: Instant = Field(description="When the break ends.")


class DepotStop(Document):
    """A stop for parts and tools; at most one a route."""

    kind: Literal["depot"] = "depot"
    depot: Identifier = Field(description="Id of the depot.")
    arrival: Instant = Field(description="When the technician is there.")
    departure: Instant = Field(description="When the technician leaves.")
    travel_s: Seconds = Field(description="Seconds of travel on the leg that leads here.")
    distance_m: Metres = Field(description="Metres of the leg that leads here.")


class EndStop(Document):
    """End of a route."""

    kind: Literal["end"] = "end"
    arrival: Instant = Field(description="When the route is over.")
    travel_s: Seconds = Field(description="Seconds of travel to the end; 0 if it ends at its last visit.")
    distance_m: Metres = Field(description="Metres to the end.")


Stop = Annotated[StartStop | VisitStop | BreakStop | DepotStop | EndStop, Field(discriminator="kind")]


class PlanRoute(Document):
    """The stops of one technician on one shift, in sequence."""

    technician: Identifier = Field(description="Id of the technician.")
    shift: Identifier = Field(description="Id of the technician's shift.")
    stops: tuple[Stop, ...] = Field(description="start, then visits, breaks and at most one depot, then end.")
    overtime_odds: Probability | None = Field(
        default=None, description="Chance that the route ends after its shift; null = not counted."
    )

    @property
    def visits(self) -> tuple[VisitStop, ...]:
        """The visits of the route, in sequence."""
        return tuple(stop for stop in self.stops if isinstance(stop, VisitStop))


class Reason(Document):
    """One proved reason why an order is in no route."""

    code: ReasonCode = Field(description="Kind of the reason.")
    detail: str = Field(default="", description="The reason in words, for a dispatcher.")
    technicians: int = Field(default=0, ge=0, description="How many technicians it rules out.")


class Unassigned(Document):
    """An order that is in no route."""

    order: Identifier = Field(description="Id of the order.")
    reasons: tuple[Reason, ...] = Field(default=(), description="Why; each is proved.")
    remedies: tuple[str, ...] = Field(default=(), description="What would help, in words.")


class Violation(Document):
    """A rule that the plan breaks."""

    rule: str = Field(description="Name of the rule.")
    order: Identifier | None = Field(default=None, description="Id of the order concerned; null = none.")
    technician: Identifier | None = Field(default=None, description="Id of the technician concerned; null = none.")
    shift: Identifier | None = Field(default=None, description="Id of the shift concerned; null = none.")
    expected: str = Field(description="What the rule asks for.")
    found: str = Field(description="What the plan says.")
    detail: str = Field(default="", description="More in words, for a dispatcher.")

    def __str__(self) -> str:
        named = (("order", self.order), ("technician", self.technician), ("shift", self.shift))
        place = "".join(f" {name} {value}" for name, value in named if value is not None)
        return f"{self.rule}:{place} expected {self.expected}, found {self.found}" + (
            f" ({self.detail})" if self.detail else ""
        )


class PlanCost(Document):
    """What the plan costs, in cost units (one second of travel by default)."""

    total: Amount = Field(description="Sum of all terms.")
    terms: dict[str, Amount] = Field(description="Every term of the cost table by name.")


class TrajectoryPoint(Document):
    """A best cost so far of the search, and when it was there."""

    runtime_s: float = Field(ge=0, description="Seconds since the search began.")
    iterations: int = Field(ge=0, description="Iterations until then, all threads together.")
    cost: Amount = Field(description="Cost of the best routes so far.")


class TravelUsed(Document):
    """Another source of travel than the request names, and why."""

    provider: Literal["straight_line"] = Field(description="What the plan's travel comes from.")
    asked: Literal["osrm", "valhalla"] = Field(description="What the request names.")
    reason: str = Field(description="Why that could not be used.")


class RunInfo(Document):
    """How the plan was made."""

    seed: int = Field(description="Seed of the search.")
    limit_s: float | None = Field(default=None, description="Time limit in seconds; null = none.")
    iterations: int = Field(ge=0, description="Iterations of the search, all threads together.")
    stopped_by: str = Field(description="limit, iterations or cancelled.")
    version: str = Field(description="Version of the program.")
    runtime_s: float = Field(ge=0, description="Seconds the search took.")
    digest: str | None = Field(default=None, description="Digest of the integers that the search started from.")
    threads: int | None = Field(default=None, description="Threads of the search.")
    travel: TravelUsed | None = Field(
        default=None, description="Set if the routing server did not answer; null = travel as the request names it."
    )
    trajectory: tuple[TrajectoryPoint, ...] = Field(
        default=(), description="How the best cost fell during the search; about 100 points at most."
    )


class Plan(Document):
    """All routes of the horizon, the orders in none of them, and the cost."""

    format: Literal["field-dispatch/plan/1"] = Field(default=PLAN_FORMAT, description="Name of this format.")
    request_digest: str = Field(description="Digest of the request the plan answers.")
    cost: PlanCost = Field(description="Cost, in all and by term.")
    bound: int | None = Field(default=None, description="Proven lower bound on the total cost; null = none.")
    gap: float | None = Field(
        default=None,
        description="(total - bound) / max(1, total - prices of orders that no shift can serve); null = no bound.",
    )
    routes: tuple[PlanRoute, ...] = Field(default=(), description="One per shift with a visit.")
    unassigned: tuple[Unassigned, ...] = Field(default=(), description="Orders in no route.")
    violations: tuple[Violation, ...] = Field(
        default=(), description="Rules broken because locks or live events force it."
    )
    kpis: dict[str, Any] = Field(default_factory=dict, description="Figures for people; free form.")
    run: RunInfo = Field(description="How the plan was made.")
    extra: dict[str, Any] | None = Field(default=None, description="Free for the caller's own data; ignored.")
