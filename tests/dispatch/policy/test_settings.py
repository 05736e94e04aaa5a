"""The policy: defaults, a user's file over them, a request's section over both."""

from __future__ import annotations

from datetime import time
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import pytest

from dispatch.domain.request import Profile
from dispatch.errors import BadInputError, BadPolicyError
from dispatch.policy.settings import RoadClass, effective_policy, load_policy
from dispatch.travel_sources import TravelSources
from geo.road_graph import PROFILE_BITS, ROAD_CLASSES
from tests.dispatch.domain.documents import request_with


def test_copy_of_the_default_file_changes_nothing(tmp_path: Path) -> None:
    copy = tmp_path / "mine.toml"
    copy.write_text(files("dispatch.policy").joinpath("defaults.toml").read_text())
    assert load_policy(copy) == load_policy()


def test_file_may_hold_only_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[prices.promise_missed]\nstandard = 90_000\n[promise]\npremium_cut_off = 16:30:00\n")
    policy = load_policy(path)
    assert policy.prices.promise_missed.standard == 90_000
    assert policy.prices.promise_missed.fast24 == 500_000
    assert policy.promise.premium_cut_off == time(16, 30)


def test_request_overrides_the_file() -> None:
    base = load_policy().overridden({"prices": {"travel": 3, "overtime": 4}})
    policy = effective_policy(request_with(policy={"prices": {"travel": 5, "overtime": None}}), base)
    assert (policy.prices.travel, policy.prices.overtime) == (5, 4)


def test_the_policy_gives_speeds_for_the_classes_that_roads_have() -> None:
    assert get_args(RoadClass) == ROAD_CLASSES
    assert get_args(Profile) == tuple(PROFILE_BITS)
    for speed_of_class in load_policy().travel.roads.speed_kmh.values():
        assert set(speed_of_class) <= set(ROAD_CLASSES)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "unknown": ({"prices": {"travl": 1}}, r'^policy\.prices\.travl: unknown field; did you mean "travel"\?$'),
    "unknown section": ({"price": {}}, r'^policy\.price: unknown field; did you mean "prices"\?$'),
    "negative": ({"prices": {"travel": -1}}, r"^policy\.prices\.travel: -1: .*greater than or equal to 0"),
    "fraction": ({"prices": {"travel": 0.5}}, r"^policy\.prices\.travel: 0\.5: .*; write a whole number"),
    "text": ({"prices": {"travel": "1"}}, r"^policy\.prices\.travel: '1': .*; write a whole number, without quotes$"),
    "enormous": ({"prices": {"agreed_broken": 10**12}}, r"^policy\.prices\.agreed_broken: 1000000000000: .*less than"),
    "section as number": ({"prices": 3}, r"^policy\.prices: 3 is no object; write an object"),
    "nothing like it": ({"zzz": 1}, r"^policy\.zzz: unknown field; remove it$"),
    "switch": (
        {"promise": {"premium_install_before_cutoff": "TODAY"}},
        r"^policy\.promise\.premium_install_before_cutoff: 'TODAY': .*'PLUS_24H'",
    ),
    "time": ({"promise": {"premium_cut_off": "25:00"}}, r"^policy\.promise\.premium_cut_off: '25:00' is no time of"),
    "time as number": ({"promise": {"premium_cut_off": 17}}, r"^policy\.promise\.premium_cut_off: 17 is no time of"),
    "evening before cut-off": (
        {"promise": {"evening_shift_end": "16:00"}},
        r"^policy\.promise: evening_shift_end 16:00:00 is not after premium_cut_off 17:00:00",
    ),
    "half-day reversed": (
        {"appointment": {"half_days": {"morning": {"start": "12:00"}}}},
        r"^policy\.appointment\.half_days\.morning: end 12:00:00 is not after start 12:00:00",
    ),
    "no speed": (
        {"travel": {"speed_kmh": {"ebike": 0.9}}},
        r"^policy\.travel\.speed_kmh\.ebike: 0\.9 is slower than 1 km/h; give kilometres per hour, like 18\.0$",
    ),
    "short cut": ({"travel": {"detour": {"car": 0.9}}}, r"^policy\.travel\.detour\.car: 0\.9: .*greater than or equal"),
    "other vehicle": ({"travel": {"speed_kmh": {"boat": 9.0}}}, r"^policy\.travel\.speed_kmh\.boat: .*'ebike'"),
}


@pytest.mark.parametrize("speed_kmh", [1, 1_000])
def test_speed_that_the_policy_accepts_is_one_that_travel_accepts(speed_kmh: float) -> None:
    wanted = request_with(policy={"travel": {"speed_kmh": dict.fromkeys(("ebike", "car", "walk"), speed_kmh)}})
    TravelSources().provider(wanted, effective_policy(wanted))


@pytest.mark.parametrize("section", [{"enabled": True}, {"domain": "example.org"}, {}])
def test_request_may_not_say_which_geocoder_is_called(section: dict[str, Any]) -> None:
    with pytest.raises(BadPolicyError, match=r"^policy\.geocoding: cannot be set by a request; leave it out; .*file"):
        effective_policy(request_with(policy={"geocoding": section, "prices": {"travel": 5}}))


def test_operators_geocoding_stays_under_a_request_that_says_nothing_of_it() -> None:
    base = load_policy().overridden({"geocoding": {"enabled": True, "domain": "maps.operator.example"}})
    policy = effective_policy(request_with(policy={"geocoding": None, "prices": {"travel": 5}}), base)
    assert policy.geocoding == base.geocoding


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_setting_is_refused_by_name(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BadPolicyError, match=message):
        effective_policy(request_with(policy=changes))


def test_all_bad_settings_are_told() -> None:
    with pytest.raises(BadPolicyError) as caught:
        load_policy().overridden({"prices": {"travel": -1, "overtime": -1}})
    assert [problem.path for problem in caught.value.problems] == ["prices.travel", "prices.overtime"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[prices\n", r"is not TOML: .*line 1"),
        (b"name = '\xb5\xd8'", r"is not UTF-8 \(byte 8\); save it as UTF-8"),
        (b"[prices]\ntravel = -1\n", r"prices\.travel: -1"),
    ],
)
def test_bad_file_is_refused_by_its_name(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(BadPolicyError, match=rf"mine\.toml: {message}"):
        load_policy(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"none\.toml: cannot be read: No such file"):
        load_policy(tmp_path / "none.toml")


def test_every_default_is_explained() -> None:
    text = files("dispatch.policy").joinpath("defaults.toml").read_text(encoding="utf-8")
    unexplained = [line for line in text.splitlines() if line.startswith(("premium", "defer")) and "#" not in line]
    assert [line for line in unexplained if not line.startswith(("defer_share", "premium = "))] == []
