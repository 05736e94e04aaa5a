"""Plans to look at and the page they make, taken apart by the parser of the standard library."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.check import check
from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.policy.settings import load_policy
from dispatch.report.build import build_report
from dispatch.report.texts import Language
from dispatch.travel_sources import TravelSources
from tests.dispatch.planner.small import order, request

VOID = {"meta", "link", "br", "hr", "img", "input", "col", "wbr"}
SVG_SHAPES = {"path", "rect", "line", "use", "circle"}


def village(*, days: int = 1, load: float = 1.2) -> tuple[Request, Plan]:
    """Return a village with more orders than it can do, and a plan of it."""
    wanted = generate_city(CitySpec(size="village", seed=7, load=load, days=days))
    options = PlanOptions(limit_s=None, iterations=300, seed=1, threads=1)
    return wanted, make_plan(wanted, policy=load_policy(), options=options, clock=lambda: 0.0)


def two_visits_and_one_left() -> Request:
    """Return three repairs due at noon: two that ann can do, one that needs a skill nobody has."""
    return request(order(1), order(2), order(3, skills={"fiber": 1}))


def page_of(wanted: Request, plan: Plan, *, language: Language = "en", folder: Path | None = None) -> str:
    sources = TravelSources(folder=folder)
    verdict = check(wanted, plan, sources=sources)
    return build_report(wanted, plan, verdict=verdict, policy=load_policy(), sources=sources, language=language)


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text inside, with single spaces."""
        return " ".join(" ".join([*self.texts, *(child.text for child in self.children)]).split())

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements inside with this tag and these attributes; `class_` asks for one of the classes."""
        found = [child for child in self.children if child.tag == tag and child.has(attributes)]
        return found + [one for child in self.children for one in child.all(tag, **attributes)]

    def has(self, attributes: dict[str, str]) -> bool:
        classes = (self.attributes.get("class") or "").split()
        return all(
            value in classes if name == "class_" else self.attributes.get(name) == value
            for name, value in attributes.items()
        )


class Parser(HTMLParser):
    """Builds a tree; every element but the void ones has to be closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SVG_SHAPES, f"<{tag}/> does not end there in HTML"
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].texts.append(data)


def tree_of(page: str) -> Element:
    """Return the root of a page that is well-formed."""
    parser = Parser()
    parser.feed(page)
    parser.close()
    assert parser.open == [parser.root]
    return parser.root


def element(page: str, identifier: str) -> Element:
    """Return the one element with an id."""
    found: list[Element] = []

    def visit(one: Element) -> None:
        if one.attributes.get("id") == identifier:
            found.append(one)
        for child in one.children:
            visit(child)

    visit(tree_of(page))
    assert len(found) == 1
    return found[0]


def data_of(page: str) -> dict[str, Any]:
    """Return what the script gets."""
    text = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert text is not None
    found: dict[str, Any] = json.loads(text[1])
    return found
