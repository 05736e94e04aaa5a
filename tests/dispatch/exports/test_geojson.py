from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dispatch.domain.request import Location
from dispatch.exports.exported_plan import points_of
from dispatch.exports.geojson import geojson_text
from dispatch.travel_sources import TravelSources
from geo.datum import from_wgs84
from geo.point import Point
from geo.provider import Place
from tests.dispatch.domain.documents import shift_document, technician_document
from tests.dispatch.exports.plans import export_of, tiny, tiny_request, village


def features_of(text: str) -> list[dict[str, Any]]:
    document = json.loads(text)
    assert document["type"] == "FeatureCollection"
    features: list[dict[str, Any]] = document["features"]
    return features


def test_a_route_is_a_line_through_its_stops_longitude_first() -> None:
    line = features_of(geojson_text(tiny()))[0]
    assert line["geometry"]["type"] == "LineString"
    assert line["geometry"]["coordinates"] == [[117.0, 34.0], [117.01, 34.01], [117.02, 34.02], [117.0, 34.0]]
    assert line["properties"]["travel_s"] == 600 + 300 + 900
    assert line["properties"]["follows_roads"] is False


def test_every_stop_is_a_point() -> None:
    features = features_of(geojson_text(tiny(unassigned=[{"order": "o-2", "reasons": [{"code": "skill"}]}])))
    assert [one["properties"]["kind"] for one in features] == ["route", "start", "visit", "visit", "end", "unassigned"]
    visit = features[2]
    assert visit["geometry"] == {"type": "Point", "coordinates": [117.01, 34.01]}
    assert visit["properties"]["sequence"] == 1
    assert visit["properties"]["start"] == "2026-03-10T09:00:00+08:00"
    assert visit["properties"]["community_name"] == "桂花园"
    assert features[-1]["properties"]["reasons"] == ["skill"]


def test_the_box_holds_everything() -> None:
    assert json.loads(geojson_text(tiny()))["bbox"] == [117.0, 34.0, 117.02, 34.02]


def test_an_empty_plan_has_no_box() -> None:
    assert json.loads(geojson_text(tiny(routes=[]))) == {"type": "FeatureCollection", "features": []}


def test_a_place_known_as_a_row_only_has_no_geometry() -> None:
    request = tiny_request(technicians=[technician_document(home={"index": 0}, shifts=[shift_document()])])
    features = features_of(geojson_text(export_of(request)))
    assert [one["geometry"] is None for one in features] == [True, True, False, False, True]


def test_coordinates_of_another_datum_are_converted() -> None:
    shifted = from_wgs84([34.26], [117.18], "gcj02")
    (point,) = points_of([Location(lat=float(shifted.lat[0]), lon=float(shifted.lon[0]), datum="gcj02")])
    assert point is not None
    assert (point.lat, point.lon) == pytest.approx((34.26, 117.18), abs=1e-8)


class RoadsByDetour:
    """A source of travel whose every way leads over one corner."""

    def paths(self, origins: Sequence[Place], destinations: Sequence[Place], profile: str) -> tuple[NDArray[Any], ...]:
        ways = []
        for start, end in zip(origins, destinations, strict=True):
            assert isinstance(start, Point)
            assert isinstance(end, Point)
            ways.append(np.array([[start.lat, start.lon], [start.lat, end.lon], [end.lat, end.lon]]))
        return tuple(ways)


class DetourSources(TravelSources):
    def road_travel(self, *arguments: object, **options: object) -> Any:
        return RoadsByDetour()


def test_lines_follow_the_roads_where_they_are_known() -> None:
    line = features_of(geojson_text(replace(tiny(), sources=DetourSources())))[0]
    assert line["properties"]["follows_roads"] is True
    assert line["geometry"]["coordinates"][:3] == [[117.0, 34.0], [117.01, 34.0], [117.01, 34.01]]


def test_a_village_is_sound_geojson() -> None:
    exported = village()
    document = json.loads(geojson_text(exported))
    west, south, east, north = document["bbox"]
    kinds = [one["properties"]["kind"] for one in document["features"]]
    assert kinds.count("visit") == len(exported.visits)
    assert kinds.count("unassigned") == len(exported.plan.unassigned)
    for one in document["features"]:
        geometry = one["geometry"]
        positions = [geometry["coordinates"]] if geometry["type"] == "Point" else geometry["coordinates"]
        assert len(positions) >= (1 if geometry["type"] == "Point" else 2)
        assert all(west <= lon <= east and south <= lat <= north for lon, lat in positions)
