"""Plans edited at random: the checker always answers, and never lets an impossible plan pass."""

import random
from copy import deepcopy
from typing import Any

import pytest

from dispatch.check import check
from dispatch.checker.findings import RULES
from dispatch.domain.plan import Plan
from tests.dispatch.check.edits import shift_by, stops
from tests.golden.cases import golden_cases
from tests.seeds import seeds

CASES = [case for case in golden_cases() if case.routes and case.breaks is None]
IDS = ("a", "b", "c", "d", "x", "ann", "bob", "day", "day2", "store", "edge")


@pytest.mark.parametrize("seed", seeds(100, in_all=400))
def test_an_edited_plan_never_raises(seed: int) -> None:
    generator = random.Random(seed)
    case = generator.choice(CASES)
    document = case.plan().model_dump(mode="json")
    for _ in range(generator.randrange(1, 5)):
        generator.choice(EDITS)(document, generator)

    report = check(case.request, Plan.model_validate(document))

    assert all(violation.rule in RULES for violation in report.violations)
    assert sum(report.cost.terms.values()) == report.cost.total


@pytest.mark.parametrize("seed", seeds(50, in_all=200))
def test_any_single_time_that_is_moved_is_noticed(seed: int) -> None:
    generator = random.Random(seed)
    case = generator.choice(CASES)
    document = case.plan().model_dump(mode="json")
    stop = generator.choice([stop for stop in stops(document) if stop["kind"] != "break"])
    field = generator.choice([name for name in ("departure", "arrival", "start", "end") if name in stop])
    shift_by(stop, generator.choice([-3600, -61, -1, 1, 61, 3600]), field)

    assert not check(case.request, Plan.model_validate(document)).ok


def random_stops(document: dict[str, Any], generator: random.Random) -> list[dict[str, Any]]:
    if not document["routes"]:
        document["routes"].append({"technician": "ann", "shift": "day", "stops": []})
    found: list[dict[str, Any]] = generator.choice(document["routes"])["stops"]
    return found


def drop_stop(document: dict[str, Any], generator: random.Random) -> None:
    if found := random_stops(document, generator):
        found.pop(generator.randrange(len(found)))


def repeat_stop(document: dict[str, Any], generator: random.Random) -> None:
    if found := random_stops(document, generator):
        found.insert(generator.randrange(len(found) + 1), deepcopy(generator.choice(found)))


def shuffle_stops(document: dict[str, Any], generator: random.Random) -> None:
    generator.shuffle(random_stops(document, generator))


def move_times(document: dict[str, Any], generator: random.Random) -> None:
    if found := random_stops(document, generator):
        shift_by(generator.choice(found), generator.choice([-(10**8), -86_400, -1, 1, 3600, 10**10]))


def rename(document: dict[str, Any], generator: random.Random) -> None:
    route = generator.choice(document["routes"] or [{}])
    named = [(route, "technician"), (route, "shift"), *((stop, "order") for stop in route.get("stops", []))]
    entry, field = generator.choice(named)
    if field in entry:
        entry[field] = generator.choice(IDS)


def repeat_route(document: dict[str, Any], generator: random.Random) -> None:
    if document["routes"]:
        document["routes"].append(deepcopy(generator.choice(document["routes"])))


def add_depot(document: dict[str, Any], generator: random.Random) -> None:
    found = random_stops(document, generator)
    depot = {"kind": "depot", "depot": generator.choice(IDS), "travel_s": 0, "distance_m": 0}
    times = {"arrival": "2026-03-10T09:00:00Z", "departure": "2026-03-10T09:00:00Z"}
    found.insert(generator.randrange(len(found) + 1), depot | times)


def add_break(document: dict[str, Any], generator: random.Random) -> None:
    found = random_stops(document, generator)
    pause = {
        "kind": "break",
        "start": "2026-03-10T09:00:00Z",
        "end": generator.choice(["2026-03-10T09:15:00Z", "2026-03-10T08:00:00Z"]),
    }
    found.insert(generator.randrange(len(found) + 1), pause)


def leave_out(document: dict[str, Any], generator: random.Random) -> None:
    document["unassigned"].append({"order": generator.choice(IDS), "reasons": []})


def declare(document: dict[str, Any], generator: random.Random) -> None:
    rule = generator.choice([*RULES, "no such rule"])
    document["violations"].append({"rule": rule, "order": generator.choice([None, *IDS]), "expected": "", "found": ""})


def misprice(document: dict[str, Any], generator: random.Random) -> None:
    document["cost"]["terms"].pop(generator.choice([*document["cost"]["terms"]]), None)


EDITS = (
    drop_stop,
    repeat_stop,
    shuffle_stops,
    move_times,
    rename,
    repeat_route,
    add_depot,
    add_break,
    leave_out,
    declare,
    misprice,
)
