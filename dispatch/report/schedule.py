"""The schedule: for each day a chart with a row per technician; every place on it is a percentage of the day's axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from dispatch.domain.plan import BreakStop, DepotStop, EndStop, StartStop, VisitStop
from dispatch.domain.request import Request, Shift, Technician
from dispatch.policy.settings import Policy
from dispatch.policy.windows import start_windows
from dispatch.report.figures import RouteFigures, route_figures
from dispatch.report.reading import IdleShift, ShownPlan, ShownRoute, ShownVisit
from dispatch.report.words import Words

_TICK_HOURS: Final = (1, 2, 3, 6, 12, 24, 168)
_MAX_TICKS: Final = 16


@dataclass(frozen=True, kw_only=True)
class Span:
    """A part of the axis: where it begins and how wide it is, per cent."""

    x: float
    width: float


@dataclass(frozen=True, kw_only=True)
class Tick:
    """An hour on the axis."""

    x: float
    label: str


@dataclass(frozen=True, kw_only=True)
class VisitMark:
    """A visit on the chart.

    Attributes
    ----------
    late
        What lies after the due time; None = in time.
    agreed
        An hour around the time agreed with the customer; None = none was agreed.
    agreed_x
        The agreed time itself.
    """

    visit: ShownVisit
    span: Span
    late: Span | None
    agreed: Span | None
    agreed_x: float | None
    label: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A technician's shift on the chart; `route` is None where it has none.

    Attributes
    ----------
    overtime_allowed
        What follows the shift's end until the route must be over.
    overtime
        The part of the route after the shift's end.
    """

    technician: Technician
    shift: Shift
    route: ShownRoute | None
    figures: RouteFigures
    shift_span: Span
    overtime_allowed: Span | None
    overtime: Span | None
    travel: tuple[Span, ...]
    waits: tuple[Span, ...]
    breaks: tuple[Span, ...]
    visits: tuple[VisitMark, ...]
    depots: tuple[float, ...]
    ends: tuple[float, float] | None
    search: str


@dataclass(frozen=True, kw_only=True)
class DayChart:
    """The chart of one day."""

    day: date
    ticks: tuple[Tick, ...]
    now_x: float | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Axis:
    """The time that a chart shows."""

    start: datetime
    end: datetime

    def x(self, moment: datetime) -> float:
        """Return where a moment lies, per cent; outside the axis at its nearer end."""
        share = (moment - self.start) / (self.end - self.start)
        return round(100 * min(1.0, max(0.0, share)), 3)

    def span(self, start: datetime, end: datetime) -> Span:
        """Return the part of the axis between two moments."""
        x = self.x(start)
        return Span(x=x, width=round(max(0.0, self.x(end) - x), 3))


def day_charts(shown: ShownPlan, policy: Policy, words: Words) -> tuple[DayChart, ...]:
    """Return a chart for each day with shifts; rows in the request's order of technicians."""
    return tuple(_chart(day, shown, policy, words) for day in shown.days)


def axes_of(shown: ShownPlan) -> dict[date, Axis]:
    """Return the axis of each day: whole local hours around every shift and route."""
    return {day: _axis(_rows_of(day, shown), shown.request) for day in shown.days}


def window_spans(visit: ShownVisit, request: Request, policy: Policy, axis: Axis) -> list[Span]:
    """Return when the service of a visit's order may start, as far as the axis shows it."""
    windows = start_windows(visit.order, request, policy)
    return [
        axis.span(window.start, window.end)
        for window in windows
        if window.end >= axis.start and window.start <= axis.end
    ]


def _rows_of(day: date, shown: ShownPlan) -> list[ShownRoute | IdleShift]:
    position = {technician.id: k for k, technician in enumerate(shown.request.technicians)}
    rows: list[ShownRoute | IdleShift] = [route for route in shown.routes if route.day == day]
    rows += [idle for idle in shown.idle if idle.day == day]
    return sorted(rows, key=lambda row: (position[row.technician.id], row.shift.start))


def _axis(rows: Sequence[ShownRoute | IdleShift], request: Request) -> Axis:
    starts = [row.shift.start for row in rows]
    ends = [row.shift.end for row in rows]
    for row in rows:
        if isinstance(row, ShownRoute):
            starts.append(row.departure)
            ends.append(row.arrival)
    first, last = min(starts).astimezone(request.zone), max(ends)
    start = first.replace(minute=0, second=0).astimezone(UTC)
    hours = max(1, -(-(last - start) // timedelta(hours=1)))
    return Axis(start=start, end=start + timedelta(hours=hours))


def _chart(day: date, shown: ShownPlan, policy: Policy, words: Words) -> DayChart:
    rows = _rows_of(day, shown)
    axis, now = _axis(rows, shown.request), shown.request.now
    return DayChart(
        day=day,
        ticks=tuple(_ticks(axis, day, words)),
        now_x=axis.x(now) if axis.start < now < axis.end else None,
        rows=tuple(_row(row, axis, policy, words) for row in rows),
    )


def _ticks(axis: Axis, day: date, words: Words) -> Iterator[Tick]:
    hours = (axis.end - axis.start) // timedelta(hours=1)
    step = next((step for step in _TICK_HOURS if hours <= step * _MAX_TICKS), _TICK_HOURS[-1])
    for hour in range(0, hours + 1, step):
        moment = axis.start + timedelta(hours=hour)
        yield Tick(x=axis.x(moment), label=words.clock(moment, day))


def _row(row: ShownRoute | IdleShift, axis: Axis, policy: Policy, words: Words) -> Row:
    shift, route = row.shift, row if isinstance(row, ShownRoute) else None
    stops = route.route.stops if route else ()
    late_s = timedelta(seconds=policy.appointment.late_s)
    is_over = route is not None and route.arrival > shift.end
    return Row(
        technician=row.technician,
        shift=shift,
        route=route,
        figures=route_figures(route) if route else RouteFigures(),
        shift_span=axis.span(shift.start, shift.end),
        overtime_allowed=axis.span(shift.end, shift.latest_end) if shift.latest_end > shift.end else None,
        overtime=axis.span(max(shift.end, route.departure), route.arrival) if route and is_over else None,
        travel=tuple(_travel(route, axis)) if route else (),
        waits=tuple(axis.span(s.arrival, s.start) for s in stops if isinstance(s, VisitStop) and s.start > s.arrival),
        breaks=tuple(axis.span(stop.start, stop.end) for stop in stops if isinstance(stop, BreakStop)),
        visits=tuple(_visit(visit, axis, late_s, words) for visit in route.visits) if route else (),
        depots=tuple(axis.x(stop.arrival) for stop in stops if isinstance(stop, DepotStop)),
        ends=(axis.x(route.departure), axis.x(route.arrival)) if route else None,
        search=" ".join((row.technician.id, row.technician.name or "", *row.technician.territories)).lower(),
    )


def _travel(route: ShownRoute, axis: Axis) -> Iterator[Span]:
    """Yield the ways between stops, from leaving to arriving; a break on the way lies on top of it."""
    left = route.departure
    for stop in route.route.stops:
        match stop:
            case StartStop() | BreakStop():
                continue
            case VisitStop():
                yield axis.span(left, stop.arrival)
                left = stop.end
            case DepotStop():
                yield axis.span(left, stop.arrival)
                left = stop.departure
            case EndStop():
                if stop.travel_s:
                    yield axis.span(left, stop.arrival)


def _visit(visit: ShownVisit, axis: Axis, agreed_late: timedelta, words: Words) -> VisitMark:
    stop, agreed = visit.stop, visit.order.agreed_start
    late = None
    if visit.due is not None and visit.tardiness_s:
        late = axis.span(max(stop.start, visit.due), stop.end)
    return VisitMark(
        visit=visit,
        span=axis.span(stop.start, stop.end),
        late=late,
        agreed=axis.span(agreed - agreed_late, agreed + agreed_late) if agreed else None,
        agreed_x=axis.x(agreed) if agreed else None,
        label=f"{words.clock(stop.start)}–{words.clock(stop.end)}",
    )
