"""Technicians as bodies: where they stand, what they carry, how long a way is expected to take them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from dispatch.domain.live_day import service_time
from dispatch.domain.request import Break, Location, Order, Request, Shift, Technician
from dispatch.policy.settings import Policy
from dispatch.travel import places_of
from dispatch.travel_sources import TravelSources

State = Literal["free", "travelling", "visiting", "resting", "away"]


@dataclass
class Person:
    """A technician on one day.

    Attributes
    ----------
    location, community
        Where the technician is, and in which order's community; None = at no order.
    stock, is_restocked
        Parts left; whether a depot was visited, so that nothing lacks any more.
    breaks
        Those not taken yet.
    waits_for
        The order that the last decision was about; None = nothing to do.
    travel_s, service_s
        Spent so far, really.
    set_out_at, home_at
        When the first way began and the last one ended; None = not yet.
    """

    technician: Technician
    shift: Shift
    location: Location
    state: State = "free"
    community: str | None = None
    stock: dict[str, int] = field(default_factory=dict)
    is_restocked: bool = False
    breaks: list[Break] = field(default_factory=list)
    waits_for: str | None = None
    visits: int = 0
    travel_s: int = 0
    service_s: int = 0
    set_out_at: datetime | None = None
    home_at: datetime | None = None

    @classmethod
    def of(cls, technician: Technician) -> Person:
        """Return a technician with one shift as the day begins."""
        shift = technician.shifts[0]
        return cls(
            technician=technician,
            shift=shift,
            location=technician.start_of(shift),
            stock=dict(technician.stock),
            breaks=list(shift.breaks),
        )

    @property
    def id(self) -> str:
        """Id of the technician."""
        return self.technician.id

    def service_s_of(self, order: Order) -> int:
        """Return how long an order takes by plan."""
        return int(service_time(order, self.technician).total_seconds())

    def lacks_something(self, order: Order) -> bool:
        """Tell whether a depot has to be visited first."""
        if self.is_restocked:
            return False
        lacks_tool = any(tool not in self.technician.tools for tool in order.tools)
        return lacks_tool or any(self.stock.get(part, 0) < count for part, count in order.parts.items())

    def use_parts(self, order: Order) -> None:
        """Take on board what the depot has if it was visited, and use up what the order needs."""
        self.is_restocked = self.is_restocked or self.lacks_something(order)
        for part, count in order.parts.items():
            self.stock[part] = self.stock.get(part, 0) - count


class Ways:
    """Expected travel, as the planner knows it.

    Parameters
    ----------
    request, policy
        The town's, with coordinates everywhere.
    """

    def __init__(self, request: Request, policy: Policy) -> None:
        self._request = request
        self._access_s = policy.travel.access_s
        self._same_community_s = policy.travel.same_community_s
        self._provider = TravelSources().provider(request, policy)

    def to_order(self, person: Person, order: Order) -> int:
        """Return the seconds to an order's door, by the depot that is least out of the way if something lacks."""
        return self.to_order_of([person], order)[0]

    def to_order_of(self, persons: list[Person], order: Order) -> list[int]:
        """Return the seconds to an order's door for each of several technicians."""
        there = self._request.location_of(order)
        found = [0] * len(persons)
        for profile in {person.technician.profile for person in persons}:
            chosen = [k for k, person in enumerate(persons) if person.technician.profile == profile]
            seconds = self._between([persons[k].location for k in chosen], [there] * len(chosen), profile)
            for k, second in zip(chosen, seconds, strict=True):
                found[k] = self._door_to_door(persons[k], order, second)
        return found

    def home(self, person: Person) -> int:
        """Return the seconds to where the shift ends."""
        end = person.technician.end_of(person.shift)
        if end == "last_stop":
            return 0
        return self._between([person.location], [end], person.technician.profile)[0]

    def _door_to_door(self, person: Person, order: Order, direct_s: int) -> int:
        if self._request.depots and person.lacks_something(order):
            return self._by_depot(person, order)
        if person.community == order.community:
            return self._same_community_s
        return direct_s + self._access_s

    def _by_depot(self, person: Person, order: Order) -> int:
        depots = [depot.location for depot in self._request.depots]
        profile, count = person.technician.profile, len(depots)
        there = self._request.location_of(order)
        to_depot = self._between([person.location] * count, depots, profile)
        on = self._between(depots, [there] * count, profile)
        return min(first + second for first, second in zip(to_depot, on, strict=True)) + self._access_s

    def _between(self, origins: list[Location], destinations: list[Location], profile: str) -> list[int]:
        seconds: list[int] = self._provider.legs(
            places_of(origins), places_of(destinations), profile
        ).duration_s.tolist()
        return seconds
