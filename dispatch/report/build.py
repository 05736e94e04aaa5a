"""Builds the report: reads request and plan, works out figures, charts and map, and fills the page."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dispatch.check import CheckReport
from dispatch.domain.plan import COST_TERMS, Plan
from dispatch.domain.request import Request
from dispatch.domain.unassigned_kinds import kind_of_unassigned
from dispatch.policy.settings import Policy, effective_policy
from dispatch.report import curve
from dispatch.report.city_map import CityMap, city_map
from dispatch.report.figures import (
    KINDS,
    OUTCOMES,
    missed_unserved,
    plan_figures,
    route_figures,
)
from dispatch.report.reading import ShownPlan, read_for_showing
from dispatch.report.schedule import Span, axes_of, day_charts, window_spans
from dispatch.report.texts import LANG_TAG, Language, Texts
from dispatch.report.words import NOTHING, Words
from dispatch.travel_sources import TravelSources, travel_used

LISTED_VIOLATIONS: Final = 200
"""A plan with more, such as one that was made under another policy, shows the first."""

_STYLES: Final = ("page.css", "schedule.css", "map.css", "print.css")
_SCRIPTS: Final = ("page.js", "schedule.js", "map.js", "start.js")


def build_report(
    request: Request,
    plan: Plan,
    *,
    verdict: CheckReport | None,
    policy: Policy,
    sources: TravelSources,
    language: Language = "en",
) -> str:
    """Return a plan as one self-contained HTML page that needs no network.

    Parameters
    ----------
    verdict
        What the checker says of the plan, shown above everything else if it finds something; None = it could not say.
    policy
        The operator's; the request's own overrides come on top.
    sources
        Where the roads of the map come from.
    language
        `en` or `zh`.

    Raises
    ------
    BadInputError
        If the plan answers another request, or names what the request lacks.
    TravelError
        If the roads that the request names cannot be used.
    """
    policy = effective_policy(request, policy)
    shown = read_for_showing(request, plan, policy)
    texts = Texts(language)
    words = Words(texts, request.zone)
    drawing = city_map(shown, policy, sources)
    style, script = _inlined(_STYLES), _inlined(_SCRIPTS)
    page = _environment().get_template("page.html.j2")
    return page.render(
        t=texts,
        w=words,
        nothing=NOTHING,
        lang=LANG_TAG[language],
        request=request,
        plan=plan,
        shown=shown,
        verdict=verdict,
        declared=plan.violations if verdict is None else verdict.declared,
        listed_violations=LISTED_VIOLATIONS,
        travel=travel_used(request, plan),
        figures=plan_figures(shown),
        missed_unserved=missed_unserved(shown),
        figures_of_route=[route_figures(route) for route in shown.routes],
        kinds=KINDS,
        outcomes=OUTCOMES,
        cost_terms=_cost_terms(plan),
        kind_of_unassigned=kind_of_unassigned,
        charts=day_charts(shown, policy, words),
        has_locks=any(visit.stop.effective_lock != "free" for route in shown.routes for visit in route.visits),
        agreed_s=policy.appointment.late_s,
        curve=curve.progress_curve(plan.run.trajectory),
        curve_size=curve,
        map=drawing,
        style=style,
        script=script,
        data=_script_data(_page_data(shown, drawing, policy, texts)),
        content_policy=_content_policy(style, script),
    )


def _cost_terms(plan: Plan) -> list[tuple[str, int]]:
    """Return the cost terms that are not 0, the dearest first."""
    named = [(name, plan.cost.terms.get(name, 0)) for name in COST_TERMS]
    return sorted((term for term in named if term[1]), key=lambda term: -term[1])


def _page_data(shown: ShownPlan, drawing: CityMap | None, policy: Policy, texts: Texts) -> dict[str, Any]:
    """Return what the script needs beyond the page itself, as short lists: the page has all words in its tables.

    `visits[number]`: windows as [x, width] pairs on the axis of the day, and x of the due time or null.
    `routes[number]`: stops as [visit number or -1, x, y], start and end as [x, y] or null.
    """
    axes = axes_of(shown)
    visits = []
    for route in shown.routes:
        axis = axes[route.day]
        for visit in route.visits:
            is_due_shown = visit.due is not None and axis.start <= visit.due <= axis.end
            due_x = axis.x(visit.due) if visit.due is not None and is_due_shown else None
            visits.append([_pairs(window_spans(visit, shown.request, policy, axis)), due_x])
    data: dict[str, Any] = {"texts": texts.starting_with("js_"), "visits": visits, "map": None}
    if drawing is not None:
        data["map"] = {
            "width": drawing.width,
            "height": drawing.height,
            "unitsPerKm": round(drawing.units_per_km, 3),
            "routes": [
                [[[number, *xy] for number, xy in route.stops], route.start, route.end] for route in drawing.routes
            ],
            "unassigned": [[order, *xy] for order, xy in drawing.unassigned_at.items()],
        }
    return data


def _pairs(spans: Sequence[Span]) -> list[list[float]]:
    return [[span.x, span.width] for span in spans]


def _script_data(data: Mapping[str, Any]) -> Markup:
    """Return JSON that is safe inside a script element: nothing in it can end the element or begin a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - encoded just above


def _content_policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy of a page: nothing but its own style and script, known by their digests."""
    digests = [b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    return (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _inlined(names: tuple[str, ...]) -> Markup:
    """Return some of the package's own style sheets or scripts, one after the other."""
    folder = files("dispatch.report")
    text = "\n".join((folder / name).read_text(encoding="utf-8") for name in names)
    return Markup(text)  # noqa: S704 - the package's own files


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("dispatch.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
