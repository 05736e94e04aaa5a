"""What a dispatcher could change in a request so that an order is served, or in time; each change is made by steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Protocol

from dispatch.domain.plan import ReasonCode
from dispatch.domain.request import Order, Request, Shift, Technician, Window
from dispatch.policy.eligibility import exclusions

ShiftChange = Literal["overtime", "earlier_start", "more_visits"]
TechnicianChange = Literal["stock", "skill", "territory", "equipment"]
OrderChange = Literal[
    "window_later", "window_earlier", "agreed_later", "agreed_earlier", "not_required", "not_excluded"
]
RemedyKind = ShiftChange | TechnicianChange | OrderChange

_SHIFT_STEP: Final = timedelta(minutes=5)
_WINDOW_STEP: Final = timedelta(minutes=15)
_MOST_SHIFT_STEPS: Final = 24
_MOST_WINDOW_STEPS: Final = 16
"""A shift may become two hours longer; a window, or an agreed time, may move by four hours."""
_CHANGE_OF_RULE: Final[dict[ReasonCode, TechnicianChange]] = {
    "skill": "skill",
    "territory": "territory",
    "stock": "equipment",
}


class Lever(Protocol):
    """One thing that can be changed; `most` = so many steps at most, the least is 1."""

    @property
    def kind(self) -> RemedyKind:
        """What is changed."""

    @property
    def most(self) -> int:
        """So many steps at most; the least is 1."""

    def applied(self, request: Request, steps: int) -> Request:
        """Return a request in which so many steps are made."""

    def text(self, request: Request, steps: int) -> str:
        """Return so many steps in words; `request` is the unchanged one."""


@dataclass(frozen=True, kw_only=True)
class ShiftLever:
    """Steps of 5 minutes at either end of a shift, or visits more."""

    kind: ShiftChange
    technician: str
    shift: Shift
    most: int = 1

    def applied(self, request: Request, steps: int) -> Request:
        """Return a request in which so many steps are made."""
        match self.kind:
            case "overtime":
                changes: dict[str, Any] = {"overtime_until": self.shift.latest_end + steps * _SHIFT_STEP}
            case "earlier_start":
                changes = {"start": self.shift.start - steps * _SHIFT_STEP}
            case "more_visits":
                changes = {"max_visits": (self.shift.max_visits or 0) + steps}
        changed = self.shift.model_copy(update=changes)
        shifts = request.technicians_by_id[self.technician].shifts
        own = tuple(changed if one.id == self.shift.id else one for one in shifts)
        return _with_technician(request, self.technician, shifts=own)

    def text(self, request: Request, steps: int) -> str:  # noqa: ARG002 -- the protocol's signature
        """Return so many steps in words."""
        minutes = steps * _SHIFT_STEP // timedelta(minutes=1)
        match self.kind:
            case "overtime":
                return f"+{minutes} min overtime for {self.technician}"
            case "earlier_start":
                return f"{self.technician} starts {minutes} min earlier"
            case "more_visits":
                return f"+{steps} visit for {self.technician}"


@dataclass(frozen=True, kw_only=True)
class TechnicianLever:
    """Something that an order asks for and a technician lacks; `stock`: one `part` more a step."""

    kind: TechnicianChange
    technician: str
    order: Order
    most: int = 1
    part: str = ""

    def applied(self, request: Request, steps: int) -> Request:
        """Return a request in which so many steps are made."""
        technician, order = request.technicians_by_id[self.technician], self.order
        match self.kind:
            case "stock":
                has = technician.stock.get(self.part, 0)
                changes: dict[str, Any] = {"stock": technician.stock | {self.part: has + steps}}
            case "skill":
                changes = {"skills": _at_least(technician.skills, order.skills)}
            case "territory":
                territory = request.community_of(order).territory
                changes = {"territories": (*technician.territories, territory)}
            case "equipment":
                stock = _at_least(technician.stock, order.parts)
                changes = {"stock": stock, "tools": (*technician.tools, *order.tools)}
        return _with_technician(request, self.technician, **changes)

    def text(self, request: Request, steps: int) -> str:
        """Return so many steps in words; `request` is the unchanged one."""
        technician, order = request.technicians_by_id[self.technician], self.order
        match self.kind:
            case "stock":
                what = f"{steps} more {self.part}"
            case "skill":
                lacking = _lacking(technician.skills, order.skills)
                what = "skill " + " and ".join(f"{name}-{order.skills[name]}" for name in lacking)
            case "territory":
                what = f"territory {request.community_of(order).territory}"
            case "equipment":
                missing = _lacking(technician.stock, order.parts).items()
                tools = [tool for tool in sorted(set(order.tools)) if tool not in technician.tools]
                what = " and ".join([*(f"{amount} more {part}" for part, amount in missing), *tools])
        return f"{what} for {self.technician}"


@dataclass(frozen=True, kw_only=True)
class OrderLever:
    """Steps of 15 minutes by which a window or the agreed time moves, or a demand by name that is dropped.

    Attributes
    ----------
    window
        Number of the window that becomes longer.
    technician
        Who is excluded no longer.
    """

    kind: OrderChange
    order: Order
    most: int = 1
    window: int = 0
    technician: str = ""

    def applied(self, request: Request, steps: int) -> Request:
        """Return a request in which so many steps are made."""
        match self.kind:
            case "window_later" | "window_earlier":
                changes: dict[str, Any] = {"windows": self._windows(steps)}
            case "agreed_later" | "agreed_earlier":
                changes = {"agreed_start": self._agreed_start(steps)}
            case "not_required":
                changes = {"required_technician": None}
            case "not_excluded":
                left = (one for one in self.order.excluded_technicians if one != self.technician)
                changes = {"excluded_technicians": tuple(left)}
        changed = self.order.model_copy(update=changes)
        orders = (changed if one.id == self.order.id else one for one in request.orders)
        return request.model_copy(update={"orders": tuple(orders)})

    def text(self, request: Request, steps: int) -> str:
        """Return so many steps in words; `request` is the unchanged one."""
        match self.kind:
            case "window_later":
                return f"window until {_moment_text(self._windows(steps)[self.window].end, request)}"
            case "window_earlier":
                return f"window from {_moment_text(self._windows(steps)[self.window].start, request)}"
            case "agreed_later" | "agreed_earlier":
                return f"agreed time {_moment_text(self._agreed_start(steps), request)}"
            case "not_required":
                return f"technician {self.order.required_technician} no longer required"
            case "not_excluded":
                return f"technician {self.technician} no longer excluded"

    def _windows(self, steps: int) -> tuple[Window, ...]:
        windows, by = list(self.order.windows), steps * _WINDOW_STEP
        window = windows[self.window]
        moved = {"end": window.end + by} if self.kind == "window_later" else {"start": window.start - by}
        windows[self.window] = window.model_copy(update=moved)
        return tuple(windows)

    def _agreed_start(self, steps: int) -> datetime:
        if self.order.agreed_start is None:
            raise ValueError(f"order {self.order.id} has no agreed time to move")
        return self.order.agreed_start + (steps if self.kind == "agreed_later" else -steps) * _WINDOW_STEP


def levers_of_order(order: Order, request: Request) -> Iterator[Lever]:
    """Yield what the customer could agree to, and what the order demands by name."""
    if order.agreed_start is not None:
        yield OrderLever(kind="agreed_later", order=order, most=_MOST_WINDOW_STEPS)
        yield OrderLever(kind="agreed_earlier", order=order, most=_MOST_WINDOW_STEPS)
    else:
        for number, window in enumerate(order.windows):
            if window.end + _MOST_WINDOW_STEPS * _WINDOW_STEP >= request.now and window.start <= request.horizon.end:
                yield OrderLever(kind="window_later", order=order, most=_MOST_WINDOW_STEPS, window=number)
                yield OrderLever(kind="window_earlier", order=order, most=_MOST_WINDOW_STEPS, window=number)
    if order.required_technician is not None:
        yield OrderLever(kind="not_required", order=order)


def levers_of_able(order: Order, technician: Technician, shift: Shift, request: Request) -> Iterator[Lever]:
    """Yield what could be changed about a shift whose technician may serve the order."""
    yield ShiftLever(kind="overtime", technician=technician.id, shift=shift, most=_MOST_SHIFT_STEPS)
    free = request.now if technician.available is None else max(request.now, technician.available.from_)
    earlier = min(_MOST_SHIFT_STEPS, (shift.start - free) // _SHIFT_STEP)
    if earlier > 0:
        yield ShiftLever(kind="earlier_start", technician=technician.id, shift=shift, most=earlier)
    if shift.max_visits is not None:
        yield ShiftLever(kind="more_visits", technician=technician.id, shift=shift)
    for part, amount in sorted(order.parts.items()):
        if amount:
            yield TechnicianLever(kind="stock", technician=technician.id, order=order, most=amount, part=part)


def lever_of_excluded(order: Order, technician: Technician, request: Request) -> Lever | None:
    """Return what would let a technician serve the order whom one rule keeps from it; None = none does, or several."""
    codes = exclusions(order, technician, request)
    if len(codes) != 1:
        return None
    if codes[0] in _CHANGE_OF_RULE:
        return TechnicianLever(kind=_CHANGE_OF_RULE[codes[0]], technician=technician.id, order=order)
    if order.required_technician in (None, technician.id):
        return OrderLever(kind="not_excluded", order=order, technician=technician.id)
    return None


def _with_technician(request: Request, name: str, **changes: Any) -> Request:
    technicians = (one.model_copy(update=changes) if one.id == name else one for one in request.technicians)
    return request.model_copy(update={"technicians": tuple(technicians)})


def _at_least(held: dict[str, int], needed: dict[str, int]) -> dict[str, int]:
    return held | {name: max(held.get(name, 0), level) for name, level in needed.items()}


def _lacking(held: dict[str, int], needed: dict[str, int]) -> dict[str, int]:
    """Return how much is lacking of what is needed, by name."""
    return {name: level - held.get(name, 0) for name, level in sorted(needed.items()) if held.get(name, 0) < level}


def _moment_text(moment: datetime, request: Request) -> str:
    """Return a local moment; the day only if the horizon is longer than one."""
    local = moment.astimezone(request.zone)
    is_one_day = request.horizon.end - request.horizon.start <= timedelta(days=1)
    return f"{local:%H:%M}" if is_one_day else f"{local:%Y-%m-%d %H:%M}"
