"""Technician routing and scheduling: Pillac, Guéret, Medaglia (2013), "A parallel matheuristic for the technician
routing and scheduling problem", Optimization Letters 7.

The published problem is real-valued: travel time = Euclidean distance. Here a unit of time is a thousandth and travel
is rounded up, so that every route that is feasible here is feasible there and its working time is no longer there; it
is at most a thousandth longer here for each leg, less than 0.01 % of a plan. The cost is the total working time, with
each departure as late as keeps the route's end. All requests must be served.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.instances.instance import Instance, InstanceError
from benchmarks.instances.plain import PlainOrders, PlainShifts, plain_problem
from benchmarks.instances.tuning import may_tune
from benchmarks.instances.vrplib_file import euclidean
from solver.problem import I32, U8, Bool, Prices

SCALE: Final = 1_000
_CREW = re.compile(r"CREW COUNT.*\n(.*)\n")
_ROW = re.compile(r"(\d+)((?:\s+\d+){5})\s+\[(.*?)\]\s+\[(.*?)\]\s+\[(.*?)\]\s*")


@dataclass(frozen=True, kw_only=True)
class _Node:
    """The depot, a technician's home or a request; `parts` are numbers of pieces by kind."""

    x: int
    y: int
    open_s: int
    close_s: int
    service_s: int
    skills: tuple[int, ...]
    tools: tuple[int, ...]
    parts: tuple[int, ...]


def name_of(path: Path) -> str:
    """Return the name of an instance: "C101.100_25-5-5-5.txt" -> "C101"."""
    return path.name.partition(".")[0]


def group_of(name: str) -> str:
    """Return the class of an instance: "RC203" -> "RC2"."""
    return name[:-2]


def read_trsp(path: Path) -> Instance:
    """Read an instance, and its published working time from `best_known.csv` in the folder above.

    Raises
    ------
    InstanceError
        If there is no such file or it is not in the format.
    """
    if not path.is_file():
        raise InstanceError(f"path is {path}, expected a file\nMaybe --instances names another folder")
    crew, n_tools, n_parts, nodes = _parse(path)
    homes, requests = nodes[1 : crew + 1], nodes[crew + 1 :]
    places = np.array([(node.x, node.y) for node in nodes])
    first = crew + 1
    orders = PlainOrders(
        location=np.arange(first, len(nodes), dtype=np.int32),
        service_s=np.array([SCALE * node.service_s for node in requests], np.int32),
        open_s=np.array([SCALE * node.open_s for node in requests], np.int64),
        close_s=np.array([SCALE * node.close_s for node in requests], np.int64),
        parts=_parts(requests, n_parts),
        tools=_tools(requests, n_tools),
    )
    shifts = PlainShifts(
        location=np.arange(1, first, dtype=np.int32),
        open_s=np.array([SCALE * node.open_s for node in homes], np.int64),
        close_s=np.array([SCALE * node.close_s for node in homes], np.int64),
        parts=_parts(homes, n_parts),
        tools=_tools(homes, n_tools),
    )
    name = name_of(path)
    return Instance(
        suite="trsp",
        name=name,
        group=group_of(name),
        problem=plain_problem(
            legs=np.ceil(SCALE * euclidean(places)).astype(np.int32),
            orders=orders,
            shifts=shifts,
            eligibility=_eligibility(requests, homes),
            prices=Prices(travel=0, work_time=1),
            depot_location=np.zeros(1, np.int32),
            departure_keeps_end=True,
        ),
        scale=SCALE,
        best_known=_published(path.parent.parent / "best_known.csv", name),
        may_tune=may_tune("trsp", name),
        must_serve_all=True,
    )


def _parse(path: Path) -> tuple[int, int, int, list[_Node]]:
    """Return numbers of technicians, tools and parts, and the nodes by their number."""
    text = path.read_text(encoding="utf-8")
    head = _CREW.search(text)
    if head is None:
        raise InstanceError(f"{path}: no line begins with 'CREW COUNT', expected the numbers below it")
    crew, _, n_tools, n_parts = map(int, head[1].split())
    nodes = []
    rows = [line for line in text.splitlines() if "[" in line]
    for number, row in enumerate(rows):
        found = _ROW.fullmatch(row)
        if found is None or int(found[1]) != number:
            raise InstanceError(f"{path}: {row!r}, expected node {number}: ID X Y TWS TWE Serv [] [] []")
        x, y, opens, closes, service = map(int, found[2].split())
        skills, tools, parts = (tuple(map(int, filter(None, listed.split(",")))) for listed in found.groups()[2:])
        nodes.append(
            _Node(x=x, y=y, open_s=opens, close_s=closes, service_s=service, skills=skills, tools=tools, parts=parts)
        )
    if len(nodes) <= crew + 1:
        raise InstanceError(f"{path}: {len(nodes)} nodes, expected the depot, {crew} technicians and requests")
    return crew, n_tools, n_parts, nodes


def _parts(nodes: Sequence[_Node], n_parts: int) -> I32:
    return np.array([node.parts or (0,) * n_parts for node in nodes], np.int32)


def _tools(nodes: Sequence[_Node], n_tools: int) -> Bool:
    return np.array([[tool in node.tools for tool in range(n_tools)] for node in nodes], np.bool_)


def _eligibility(requests: Sequence[_Node], homes: Sequence[_Node]) -> U8:
    return np.array([[set(request.skills) <= set(home.skills) for home in homes] for request in requests], np.uint8)


def _published(path: Path, name: str) -> float | None:
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["instance"]: float(row["working_time"]) for row in csv.DictReader(lines)}.get(name)
