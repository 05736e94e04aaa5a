from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.domain.request import Travel
from dispatch.policy.travel_access import access_problems

SERVERS = ("http://roads.example:5000",)


def refused(folder: Path | None = None, **travel: str) -> str:
    return "; ".join(map(str, access_problems(Travel.model_validate(travel), servers=SERVERS, folder=folder)))


def test_the_straight_line_needs_no_leave() -> None:
    assert refused() == ""


def test_a_server_must_be_one_that_the_operator_names() -> None:
    assert refused(provider="osrm", url="http://roads.example:5000") == ""
    assert "'http://10.0.0.1' is not a server that may be called" in refused(provider="valhalla", url="http://10.0.0.1")


def test_a_refusal_names_no_server_for_its_url_may_hold_a_key() -> None:
    said = refused(provider="osrm", url="http://roads.example:5000/")
    assert "allowed (the 1 that the operator knows)" in said
    assert said.count("roads.example") == 1


def test_without_a_folder_of_maps_no_file_may_be_named() -> None:
    assert "have the operator set FIELD_DISPATCH_MAP_DIR" in refused(provider="road_graph", path="city.roads.npz")


def test_a_file_of_the_folder_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/city.roads.npz").touch()
    assert refused(tmp_path, provider="osm", path="sub/city.roads.npz") == ""
    assert "is not in the service's folder of maps" in refused(tmp_path, provider="osm", path="other.npz")


OUTSIDE = ["../secret", "/etc/passwd", "sub/../../secret", "C:\\secret", "..\\secret", "\\\\a\\b"]


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leaves_the_folder(tmp_path: Path, path: str) -> None:
    (tmp_path.parent / "secret").touch()
    assert "is not the name of a file inside" in refused(tmp_path, provider="osm", path=path)


def test_a_link_out_of_the_folder_leads_nowhere(tmp_path: Path) -> None:
    folder, secret = tmp_path / "maps", tmp_path / "secret"
    folder.mkdir()
    secret.touch()
    (folder / "link").symlink_to(secret)
    assert "is not in the service's folder of maps" in refused(folder, provider="osm", path="link")


def test_a_name_that_no_file_can_have_is_not_there(tmp_path: Path) -> None:
    assert "is not in the service's folder of maps" in refused(tmp_path, provider="osm", path="x" * 5000)
