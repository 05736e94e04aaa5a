from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from geopy.exc import GeocoderUnavailable, GeopyError
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import Nominatim

from geo.datum import from_wgs84
from geo.errors import GeocodingError, SettingError
from geo.geocode import GeopyGeocoder, geopy_service
from geo.geocode_cache import Answer, GeocodeCache
from geo.point import Point

ADDRESS = "徐州市云龙区和平路 1 号"
HERE = Point(34.26, 117.18)


@dataclass
class Found:
    latitude: float
    longitude: float


@dataclass
class FakeService:
    """Stands for a geopy geocoder: answers from a mapping after the given failures, and counts the calls."""

    answers: Mapping[str, Found]
    failures: Sequence[Exception] = ()
    calls: list[str] = field(default_factory=list)

    def geocode(self, query: str, *, exactly_one: bool) -> Found | None:
        assert exactly_one
        self.calls.append(query)
        if len(self.calls) <= len(self.failures):
            raise self.failures[len(self.calls) - 1]
        return self.answers.get(query)


@pytest.fixture
def cache(tmp_path: Path) -> GeocodeCache:
    return GeocodeCache(tmp_path / "new folder" / "geocode.sqlite3")


def geocoder(service: FakeService, cache: GeocodeCache, **options: str) -> GeopyGeocoder:
    given = {"name": "fake", **options}
    return GeopyGeocoder(service, cache=cache, min_delay_s=0, error_wait_s=0, **given)  # type: ignore[arg-type]


def test_an_address_is_located_by_the_service(cache: GeocodeCache) -> None:
    service = FakeService({ADDRESS: Found(34.26, 117.18)})
    assert geocoder(service, cache).locate(ADDRESS) == HERE


def test_the_service_is_asked_once_for_an_address_however_often_it_is_needed(cache: GeocodeCache) -> None:
    service = FakeService({ADDRESS: Found(34.26, 117.18)})
    for _ in range(3):
        assert geocoder(service, cache).locate(ADDRESS) == HERE  # a new object each time: the answer is on disk
    assert service.calls == [ADDRESS]


def test_white_space_does_not_make_another_address(cache: GeocodeCache) -> None:
    service = FakeService({ADDRESS: Found(34.26, 117.18)})
    assert geocoder(service, cache).locate(f"  {ADDRESS.replace(' ', '   ')}\n") == HERE
    assert geocoder(service, cache).locate(ADDRESS) == HERE
    assert service.calls == [ADDRESS]


def test_an_unknown_address_is_remembered_as_unknown(cache: GeocodeCache) -> None:
    service = FakeService({})
    assert geocoder(service, cache).locate("nowhere") is None
    assert geocoder(service, cache).locate("nowhere") is None
    assert service.calls == ["nowhere"]


def test_an_empty_address_is_nowhere_and_asks_nobody(cache: GeocodeCache) -> None:
    service = FakeService({})
    assert geocoder(service, cache).locate("  ") is None
    assert service.calls == []


def test_answers_of_one_service_are_not_those_of_another(cache: GeocodeCache) -> None:
    one, other = FakeService({ADDRESS: Found(34.26, 117.18)}), FakeService({ADDRESS: Found(34.0, 117.0)})
    assert geocoder(one, cache, name="one").locate(ADDRESS) == HERE
    assert geocoder(other, cache, name="other").locate(ADDRESS) == Point(34.0, 117.0)


def test_a_service_that_is_down_for_a_moment_is_asked_again(cache: GeocodeCache) -> None:
    service = FakeService({ADDRESS: Found(34.26, 117.18)}, failures=[GeocoderUnavailable("busy")])
    assert geocoder(service, cache).locate(ADDRESS) == HERE
    assert service.calls == [ADDRESS, ADDRESS]


def test_a_service_that_stays_down_is_an_error_after_three_calls(cache: GeocodeCache) -> None:
    service = FakeService({}, failures=[GeocoderUnavailable("down")] * 9)
    with pytest.raises(GeocodingError, match="fake gave no answer for the address 'x': GeocoderUnavailable: down"):
        geocoder(service, cache).locate("x")
    assert len(service.calls) == 3


def test_an_error_is_no_answer_and_is_not_remembered(cache: GeocodeCache) -> None:
    service = FakeService({ADDRESS: Found(34.26, 117.18)}, failures=[GeopyError("key is wrong")])
    with pytest.raises(GeocodingError, match="key is wrong"):
        geocoder(service, cache).locate(ADDRESS)
    assert geocoder(service, cache).locate(ADDRESS) == HERE


def test_calls_are_kept_apart_by_the_delay(cache: GeocodeCache, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses_s: list[float] = []
    monkeypatch.setattr(RateLimiter, "_clock", lambda _self: 100.0 + sum(pauses_s))
    monkeypatch.setattr(RateLimiter, "_sleep", lambda _self, pause_s: pauses_s.append(pause_s))
    slow = GeopyGeocoder(FakeService({}), name="fake", cache=cache, min_delay_s=7.0)
    for address in ("first", "second", "second", "third"):  # one of them from the cache: three calls, two pauses
        slow.locate(address)
    assert pauses_s == [7.0, 7.0]


def test_answers_in_another_datum_become_wgs84(cache: GeocodeCache) -> None:
    shifted = from_wgs84([HERE.lat], [HERE.lon], "bd09")
    service = FakeService({ADDRESS: Found(float(shifted.lat[0]), float(shifted.lon[0]))})
    located = geocoder(service, cache, datum="bd09").locate(ADDRESS)
    assert located is not None
    assert (located.lat, located.lon) == pytest.approx((HERE.lat, HERE.lon), abs=1e-8)


def test_a_crash_while_writing_loses_that_answer_only(tmp_path: Path) -> None:
    path = tmp_path / "geocode.sqlite3"
    cache = GeocodeCache(path)
    cache.add("fake", ADDRESS, HERE)
    with closing(sqlite3.connect(path)) as connection:  # closed before it commits, like a process that dies
        connection.execute("INSERT INTO answer VALUES ('fake', 'half written', 1.0, 2.0)")
    assert cache.find("fake", ADDRESS) == Answer(HERE)
    assert cache.find("fake", "half written") is None


def test_a_damaged_cache_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "geocode.sqlite3"
    path.write_bytes(b"this is no database, but it is as long as the header of one" * 10)
    with pytest.raises(GeocodingError, match="delete it, it is only a cache"):
        GeocodeCache(path).find("fake", ADDRESS)


def test_a_newer_answer_replaces_an_older_one(cache: GeocodeCache) -> None:
    cache.add("fake", ADDRESS, None)
    assert cache.find("fake", ADDRESS) == Answer(None)
    cache.add("fake", ADDRESS, HERE)
    assert cache.find("fake", ADDRESS) == Answer(HERE)


def test_a_service_is_made_by_its_name_in_geopy() -> None:
    service = geopy_service("nominatim", {"user_agent": "field-dispatch", "timeout": 3.0})
    assert isinstance(service, Nominatim)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("nominatum", {}, "geocoder is 'nominatum', which geopy does not know"),
        ("baiduv3", {"domain": "example.org"}, "geocoder baiduv3 takes no domain, only: api_key"),
        ("baiduv3", {}, "geocoder baiduv3 cannot be used: .*api_key"),
    ],
)
def test_a_service_that_cannot_be_made_says_why(name: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        geopy_service(name, options)
