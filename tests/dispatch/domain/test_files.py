"""Documents are written whole or not at all, and keep their digest however they are formatted."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from dispatch.domain.files import (
    parse_plan,
    parse_request,
    read_plan,
    read_request,
    request_digest,
    to_json,
    with_map_found,
    write_plan,
    write_request,
    write_text,
)
from dispatch.errors import BadInputError, OutputError
from tests.dispatch.domain.documents import (
    at,
    order_document,
    plan_document,
    request_document,
    request_with,
    shift_document,
    technician_document,
    visit_document,
)


def rich_request() -> dict[str, Any]:
    return request_document(
        orders=[order_document(windows=[{"start": at(10, "08:30"), "end": at(10, "12:00")}], extra={"a": None})],
        technicians=[
            technician_document(
                available={"from": at(9, "21:00")},
                shifts=[
                    shift_document(
                        end_at="last_stop",
                        breaks=[{"earliest": at(10, "11:00"), "latest": at(10, "14:00"), "duration": "PT60M"}],
                    )
                ],
            )
        ],
        current_plan=plan_document(visit_document()),
        policy={"prices": {"travel": 2}},
    )


def test_request_written_is_read_back(tmp_path: Path) -> None:
    request = parse_request(json.dumps(rich_request()))
    write_request(tmp_path / "r.json", request)
    assert read_request(tmp_path / "r.json") == request


def test_plan_written_is_read_back(tmp_path: Path) -> None:
    plan = parse_plan(json.dumps(plan_document(visit_document())))
    write_plan(tmp_path / "p.json", plan)
    assert read_plan(tmp_path / "p.json") == plan


def test_text_of_a_document_puts_innermost_objects_on_one_line() -> None:
    text = to_json(parse_plan(json.dumps(plan_document(visit_document()))))
    assert '\n        {"kind": "start", "departure": "2026-03-10T08:50:00+08:00"},\n' in text
    assert text.endswith("\n}\n")


def test_full_disk_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "p.json"
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match=r"p\.json: cannot be written: No space left on device; nothing was changed"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_missing_folder_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No such file or directory"):
        write_text(tmp_path / "missing" / "p.json", "new")


def test_file_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text("old")
    path.chmod(0o600)
    write_text(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)


def test_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "real.json")
    write_text(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"


def test_device_is_written_to_directly() -> None:
    write_text(Path(os.devnull), "new")
    assert not Path(os.devnull).is_file()


def test_missing_file_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"none\.json: cannot be read: No such file or directory; check the path"):
        read_request(tmp_path / "none.json")


DIGEST = request_digest(request_with())

SAME = {
    "formatting": json.dumps(request_document(), indent=3),
    "order of keys": json.dumps(request_document(), sort_keys=True),
    "defaults spelled out": json.dumps(
        request_document(orders=[order_document(priority=0, windows=[], resource_ready=True, due=None)], policy={})
    ),
    "offset of a moment": json.dumps(request_document(now="2026-03-09T12:00:00Z")),
    "way to write a duration": json.dumps(request_document(orders=[order_document(duration="PT1H15M")])),
    "own data": json.dumps(request_document(extra={"a": 1}, orders=[order_document(extra={"b": 2})])),
    "plan in force": json.dumps(request_document(current_plan=plan_document())),
    "written by us": to_json(request_with()),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME.keys())
def test_digest_does_not_depend_on_form(text: str) -> None:
    assert request_digest(parse_request(text)) == DIGEST


OTHER = {
    "now": request_document(now=at(9, "20:01")),
    "duration": request_document(orders=[order_document(duration="PT76M")]),
    "skill named extra": request_document(orders=[order_document(skills={"extra": 1})]),
    "policy": request_document(policy={"prices": {"travel": 2}}),
}


@pytest.mark.parametrize("document", OTHER.values(), ids=OTHER.keys())
def test_digest_depends_on_content(document: Any) -> None:
    assert request_digest(parse_request(json.dumps(document))) != DIGEST


def test_digest_is_the_one_it_always_was() -> None:
    """Plans on disk name this digest: a change of it must be meant."""
    assert DIGEST == "sha256:a7e6ce1ab506795afc0508b9f67017de19d655e62b850d63166c8ad239071d1c"


def test_a_request_that_moves_to_another_folder_still_finds_its_map(tmp_path: Path) -> None:
    request = request_with(travel={"provider": "road_graph", "path": "roads.npz"})
    found = with_map_found(request, tmp_path)
    assert found.travel.path == str(tmp_path / "roads.npz")
    assert with_map_found(found, tmp_path / "day") == found
    assert with_map_found(request_with(), tmp_path) == request_with()
