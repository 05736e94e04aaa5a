"""Roads by their tags: class, permissions in both directions, posted limit."""

from __future__ import annotations

import pytest

from geo.osm_access import barrier_bits
from geo.osm_rules import HIGHWAYS, way_rule
from geo.osm_speed import posted_limit_kmh
from geo.road_graph import PROFILE_BITS, ROAD_CLASSES

ALL = frozenset(PROFILE_BITS)
NOBODY: frozenset[str] = frozenset()


def shown(value: object) -> str:
    """Name a test's value; a set by its sorted members, whose own order differs between processes."""
    return ", ".join(sorted(value)) or "nobody" if isinstance(value, (set, frozenset)) else str(value)


def names(bits: int) -> frozenset[str]:
    return frozenset(name for name, bit in PROFILE_BITS.items() if bits & bit)


def may_go(**tags: str) -> tuple[frozenset[str], frozenset[str]]:
    """Who may go forward and backward; colons in keys are written as two underscores."""
    rule = way_rule({key.replace("__", ":"): value for key, value in tags.items()})
    return (NOBODY, NOBODY) if rule is None else (names(rule.forward), names(rule.backward))


def road_class(**tags: str) -> str:
    rule = way_rule(tags)
    assert rule is not None
    return ROAD_CLASSES[rule.road_class]


def test_every_kind_of_highway_has_a_class_and_somebody_who_may_use_it() -> None:
    for highway, kind in HIGHWAYS.items():
        rule = way_rule({"highway": highway})
        assert rule is not None
        assert ROAD_CLASSES[rule.road_class] == kind.road_class
        assert rule.forward == kind.bits


@pytest.mark.parametrize(
    ("highway", "who"),
    [
        ("motorway", {"car"}),
        ("trunk", ALL),
        ("residential", ALL),
        ("cycleway", {"ebike", "walk"}),
        ("path", {"ebike", "walk"}),
        ("footway", {"walk"}),
        ("pedestrian", {"walk"}),
        ("steps", {"walk"}),
    ],
)
def test_a_way_without_further_tags_is_open_to_whom_its_class_is_for(highway: str, who: set[str]) -> None:
    assert may_go(highway=highway)[0] == who


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"railway": "rail"},
        {"highway": "construction"},
        {"highway": "platform"},
        {"highway": "elevator"},
        {"highway": "pedestrian", "area": "yes"},
        {"highway": "service", "route": "ferry"},
        {"highway": "residential", "access": "no"},
    ],
    ids=shown,
)
def test_what_is_no_road_is_left_out(tags: dict[str, str]) -> None:
    assert way_rule(tags) is None


def test_links_have_the_class_of_their_road() -> None:
    assert road_class(highway="primary_link") == road_class(highway="primary") == "primary"


def test_a_footway_for_bicycles_is_a_cycleway() -> None:
    assert road_class(highway="footway", bicycle="designated") == "cycleway"
    assert road_class(highway="footway") == "footway"
    assert may_go(highway="footway", bicycle="designated")[0] == {"ebike", "walk"}


def test_the_more_specific_key_decides() -> None:
    assert may_go(highway="service", access="private") == (NOBODY, NOBODY)
    assert may_go(highway="service", access="no", foot="yes")[0] == {"walk"}
    assert may_go(highway="service", access="no", vehicle="yes")[0] == {"car", "ebike"}
    assert may_go(highway="service", vehicle="no", bicycle="yes")[0] == {"ebike", "walk"}
    assert may_go(highway="service", motor_vehicle="no", motorcar="destination")[0] == ALL
    assert may_go(highway="service", motor_vehicle="private")[0] == {"ebike", "walk"}


def test_a_visit_is_a_destination() -> None:
    for value in ("destination", "customers", "delivery", "permissive"):
        assert may_go(highway="service", access=value)[0] == ALL


def test_a_value_that_says_nothing_leaves_the_question_to_the_next_key() -> None:
    assert may_go(highway="service", motorcar="unknown", access="no") == (NOBODY, NOBODY)
    assert may_go(highway="service", access="conditional=yes @ (Mo-Fr 08:00-20:00)")[0] == ALL


def test_a_footway_open_to_the_public_is_not_open_to_cars() -> None:
    assert may_go(highway="footway", access="permissive")[0] == {"walk"}
    assert may_go(highway="pedestrian", motor_vehicle="destination")[0] == {"car", "walk"}


def test_bicycles_that_must_use_the_path_beside_stay_off_the_road() -> None:
    assert may_go(highway="primary", bicycle="use_sidepath")[0] == {"car", "walk"}


def test_motorroads_are_for_cars() -> None:
    assert may_go(highway="trunk", motorroad="yes")[0] == {"car"}


def test_nothing_rides_on_steps() -> None:
    assert may_go(highway="steps", bicycle="yes", motor_vehicle="yes")[0] == {"walk"}


@pytest.mark.parametrize(
    ("tags", "against"),
    [
        ({"oneway": "yes"}, {"walk"}),
        ({"oneway": "true"}, {"walk"}),
        ({"oneway": "1"}, {"walk"}),
        ({"oneway": "no"}, ALL),
        ({"oneway": "alternating"}, ALL),
        ({"junction": "roundabout"}, {"walk"}),
        ({"junction": "circular"}, {"walk"}),
        ({"junction": "roundabout", "oneway": "no"}, ALL),
        ({"oneway": "yes", "oneway:bicycle": "no"}, {"walk", "ebike"}),
        ({"oneway": "yes", "cycleway": "opposite"}, {"walk", "ebike"}),
        ({"oneway": "yes", "cycleway:left": "opposite_lane"}, {"walk", "ebike"}),
        ({"oneway": "yes", "cycleway:left": "lane"}, {"walk"}),
        ({"oneway": "yes", "cycleway:left": "lane", "cycleway:left:oneway": "-1"}, {"walk", "ebike"}),
        ({"oneway": "yes", "oneway:bicycle": "yes", "cycleway": "opposite"}, {"walk"}),
        ({"oneway": "yes", "oneway:foot": "yes"}, set()),
        ({"oneway": "yes", "oneway:motor_vehicle": "no"}, {"walk", "car"}),
        ({"vehicle:backward": "no"}, {"walk"}),
    ],
    ids=shown,
)
def test_who_may_go_against_the_direction_of_a_street(tags: dict[str, str], against: set[str]) -> None:
    rule = way_rule({"highway": "residential", **tags})
    assert rule is not None
    assert names(rule.forward) == ALL
    assert names(rule.backward) == against


def test_minus_one_turns_the_street_round() -> None:
    assert may_go(highway="residential", oneway="-1") == ({"walk"}, ALL)


def test_a_reversible_street_is_for_walkers() -> None:
    assert may_go(highway="primary", oneway="reversible") == ({"walk"}, {"walk"})


def test_a_motorway_is_one_way_and_its_link_is_not() -> None:
    assert may_go(highway="motorway") == ({"car"}, NOBODY)
    assert may_go(highway="motorway_link") == ({"car"}, {"car"})


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ({}, ALL),
        ({"highway": "crossing"}, ALL),
        ({"barrier": "bollard"}, {"ebike", "walk"}),
        ({"barrier": "bollard", "bollard": "rising"}, ALL),
        ({"barrier": "gate"}, {"ebike", "walk"}),
        ({"barrier": "gate", "access": "yes"}, ALL),
        ({"barrier": "gate", "motorcar": "private"}, {"ebike", "walk"}),
        ({"barrier": "gate", "motor_vehicle": "yes"}, ALL),
        ({"barrier": "gate", "access": "private"}, set()),
        ({"barrier": "gate", "locked": "yes"}, set()),
        ({"barrier": "gate", "locked": "yes", "foot": "yes"}, {"walk"}),
        ({"barrier": "lift_gate"}, ALL),
        ({"barrier": "toll_booth"}, ALL),
        ({"barrier": "stile"}, {"walk"}),
        ({"barrier": "fence"}, set()),
        ({"barrier": "something_new"}, {"ebike", "walk"}),
    ],
    ids=shown,
)
def test_who_gets_past_a_barrier(tags: dict[str, str], who: set[str]) -> None:
    assert names(barrier_bits(tags)) == who


@pytest.mark.parametrize(
    ("value", "limit_kmh"),
    [
        ("50", 50),
        ("50 km/h", 50),
        ("30 mph", 48),  # 30 x 1.609344 = 48.28
        ("20mph", 32),  # 32.19
        ("10 knots", 19),  # 18.52
        ("7.5", 8),
        ("60;40", 40),
        ("60; signals", 60),
        ("FI:urban", 50),
        ("FI:rural", 80),
        ("CN:rural", 70),
        ("RU:urban", 60),
        ("DE:motorway", 0),
        ("DE:zone:30", 30),
        ("FI:30", 30),
        ("BE:zone30", 30),
        ("XX:urban", 50),
        ("walk", 6),
        ("none", 0),
        ("signals", 0),
        ("fast", 0),
        ("-5", 0),
        ("0", 0),
        ("999", 255),
        ("", 0),
    ],
)
def test_posted_limits(value: str, limit_kmh: int) -> None:
    assert posted_limit_kmh({"maxspeed": value}) == limit_kmh


def test_the_zone_counts_where_no_number_is_given() -> None:
    assert posted_limit_kmh({"source:maxspeed": "FI:urban"}) == 50
    assert posted_limit_kmh({"maxspeed": "signals", "zone:maxspeed": "DE:30"}) == 30
    assert posted_limit_kmh({"maxspeed": "40", "maxspeed:type": "FI:urban"}) == 40
    assert posted_limit_kmh({}) == 0
