"""Records: versions, pages, dispatch centres, in every kind of store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict
from sqlalchemy import URL, text

from dispatch.domain.plan_version import StoredRequest
from dispatch.domain.records.centre import Centre
from dispatch.domain.records.record import Below, Between, From
from dispatch.errors import AlreadyThereError, BadInputError, NotFoundError, StaleRecordError
from dispatch.ports import Store
from dispatch.store.database import Database, open_engine
from dispatch.store.schema import downgrade, upgrade
from tests.fakes import a_plan, a_request

NOON = datetime(2026, 3, 9, 12, 0, 0, 250_000, tzinfo=UTC)


def a_centre(name: str, *, minutes: int = 0) -> Centre:
    made = NOON + timedelta(minutes=minutes)
    return Centre(id=name, created_at=made, changed_at=made, name=f"Centre {name}")


def add(store: Store, *centres: Centre) -> None:
    with store.write() as transaction:
        transaction.records(Centre).add_all(centres)


def ids(records: tuple[Centre, ...]) -> list[str]:
    return [record.id for record in records]


def test_a_record_comes_back_as_it_was(store: Store) -> None:
    add(store, a_centre("a"))
    with store.read() as transaction:
        assert transaction.records(Centre).get("a") == a_centre("a")
        assert transaction.records(Centre).find("b") is None
        with pytest.raises(NotFoundError, match="there is no"):
            transaction.records(Centre).get("b")


def test_a_change_counts_the_version_up_and_is_refused_if_made_to_another_version(store: Store) -> None:
    add(store, a_centre("a"))
    with store.write() as transaction:
        read = transaction.records(Centre).get("a")
        saved = transaction.records(Centre).save(read.changed(NOON + timedelta(hours=1), name="Other"))
        assert saved.version == 2
    with pytest.raises(StaleRecordError, match="is at version 2"), store.write() as transaction:
        transaction.records(Centre).save(read.changed(NOON, name="Lost"))
    with store.read() as transaction:
        assert transaction.records(Centre).get("a") == saved


def test_many_changes_are_stored_at_once_or_none_of_them(store: Store) -> None:
    add(store, *(a_centre(name) for name in "abc"))
    with store.write() as transaction:
        read = transaction.records(Centre).find_all(["c", "a", "b"])
        assert sorted(read) == ["a", "b", "c"]
        changed = [centre.changed(NOON + timedelta(hours=1), name=f"Other {name}") for name, centre in read.items()]
        saved = transaction.records(Centre).save_all(changed)
        assert [centre.version for centre in saved] == [2, 2, 2]
        assert transaction.records(Centre).save_all([]) == ()
    with store.write() as transaction:
        centres = transaction.records(Centre)
        assert centres.all() == tuple(sorted(saved, key=lambda centre: centre.id))
        stale = [centres.get("a").changed(NOON, name="Lost"), read["b"].changed(NOON, name="Lost")]
        with pytest.raises(StaleRecordError, match="'b' is at version 2"):
            centres.save_all(stale)
        with pytest.raises(NotFoundError, match="'z'"):
            centres.save_all([stale[0], a_centre("z")])
        with pytest.raises(StaleRecordError):
            centres.save_all([stale[0], stale[0]])
        assert list(centres.find_all(["a", "z"])) == ["a"]
        assert centres.all() == tuple(sorted(saved, key=lambda centre: centre.id))


def test_many_changes_of_one_centre_leave_the_records_of_others(database: Database) -> None:
    for name in ("north", "south"):
        add(database.of(name), a_centre("a"), a_centre("b"))
    with database.of("north").write() as transaction:
        read = transaction.records(Centre).find_all(["a", "b"])
        transaction.records(Centre).save_all([centre.changed(NOON, name="Mine") for centre in read.values()])
    with database.of("south").read() as transaction:
        assert {centre.name for centre in transaction.records(Centre).all()} == {"Centre a", "Centre b"}


def test_an_id_is_taken_once_and_a_bulk_with_it_stores_nothing(store: Store) -> None:
    add(store, a_centre("a"))
    with store.write() as transaction:
        with pytest.raises(AlreadyThereError, match="'a'"):
            transaction.records(Centre).add_all([a_centre("b"), a_centre("a")])
        with pytest.raises(AlreadyThereError):
            transaction.records(Centre).add_all([a_centre("c"), a_centre("c")])
        assert ids(transaction.records(Centre).all()) == ["a"]


def test_conditions_and_order(store: Store) -> None:
    add(store, *(a_centre(name, minutes=minute) for minute, name in enumerate("cabd")))
    with store.read() as transaction:
        centres = transaction.records(Centre)
        assert ids(centres.all(sort="created_at")) == ["c", "a", "b", "d"]
        assert ids(centres.all(sort="-created_at", limit=2)) == ["d", "b"]
        middle = NOON + timedelta(minutes=1)
        assert ids(centres.all(where={"created_at": From(middle)})) == ["a", "b", "d"]
        assert ids(centres.all(where={"created_at": Below(middle)})) == ["c"]
        later = NOON + timedelta(minutes=3)
        assert ids(centres.all(where={"created_at": Between(middle, later)})) == ["a", "b"]
        assert ids(centres.all(where={"id": ("a", "d", "z")})) == ["a", "d"]
        assert centres.all(where={"id": ()}) == ()
        assert centres.count({"created_at": middle}) == 1


class NameOnly(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: str


def test_records_are_read_as_a_smaller_model(store: Store) -> None:
    add(store, *(a_centre(name) for name in "ab"))
    with store.read() as transaction:
        views = transaction.records(Centre).views(NameOnly, where={"id": ("b",)})
        assert [view.name for view in views] == ["Centre b"]
        assert transaction.records(Centre).all_views(NameOnly, where={"id": "a"}) == (NameOnly(name="Centre a"),)
        assert transaction.records(Centre).all_views(NameOnly, where={"id": ("z",)}) == ()


@pytest.mark.parametrize("sort", ["id", "-id", "created_at", "-created_at", "version", "-version"])
def test_pages_together_are_the_whole_list(store: Store, sort: str) -> None:
    add(store, *(a_centre(f"{number:02}", minutes=number // 3) for number in range(10)))
    with store.read() as transaction:
        centres = transaction.records(Centre)
        found: list[str] = []
        cursor = None
        while True:
            page = centres.page(sort=sort, after=cursor, limit=3)
            found += ids(page.records)
            cursor = page.next_cursor
            if cursor is None:
                break
        assert found == ids(centres.all(sort=sort))
        assert len(found) == 10


@pytest.mark.parametrize("cursor", ["", "x", "W10", "bm90IGpzb24", "WyJpZCIsMSwyXQ", "é", "[[[["])
def test_a_cursor_of_another_list_is_refused(database: Database, cursor: str) -> None:
    with database.read() as transaction, pytest.raises(BadInputError, match="is no place in this list"):
        transaction.records(Centre).page(sort="created_at", after=cursor, limit=3)


def test_a_dispatch_centre_sees_its_own_rows_only(store: Store) -> None:
    add(store, a_centre("a"))
    other = store.of("elsewhere")
    add(other, a_centre("a"), a_centre("b"))
    with other.write() as transaction:
        transaction.records(Centre).save(transaction.records(Centre).get("a").changed(NOON, name="Theirs"))
        transaction.records(Centre).delete("b")
    with store.read() as transaction:
        assert transaction.records(Centre).get("a").name == "Centre a"
        with pytest.raises(NotFoundError):
            transaction.records(Centre).get("b")
        assert transaction.records(Centre).count() == 1
        assert ids(transaction.of("elsewhere").records(Centre).all()) == ["a"]
        with pytest.raises(ValueError, match="sees no others"):
            transaction.records(Centre).across()


def test_requests_of_another_dispatch_centre_are_not_there(store: Store) -> None:
    stored = StoredRequest(id="r", digest="sha256:0", created_at=NOON)
    with store.write() as transaction:
        transaction.requests.add(stored, a_request())
    with store.of("elsewhere").read() as transaction:
        with pytest.raises(NotFoundError):
            transaction.requests.get("r")
        with pytest.raises(NotFoundError):
            transaction.requests.document("r")


def test_the_service_itself_sees_all_dispatch_centres(url: URL) -> None:
    with Database(open_engine(url)) as database:
        add(database.of("x"), a_centre("a"))
        add(database.of("y"), a_centre("a", minutes=-1))
        with database.write() as transaction:
            found = transaction.records(Centre).across(sort="created_at", skip_locked=True)
            assert [centre for centre, _ in found] == ["y", "x"]
            with pytest.raises(ValueError, match="no dispatch centre is given"):
                transaction.records(Centre).get("a")


def test_an_older_database_is_taken_along_with_its_plans(tmp_path: Path) -> None:
    engine = open_engine(URL.create("sqlite", database=str(tmp_path / "old.sqlite3")))
    upgrade(engine)
    downgrade(engine, "0002")
    plan = a_plan()
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO requests (id, digest, created_at, now, horizon_start, horizon_end, time_zone, document)"
                " VALUES ('r', 'd', :t, :t, :t, :t, 'Asia/Shanghai', '{}')"
            ),
            {"t": "2026-03-09 12:00:00"},
        )
        connection.execute(
            text(
                "INSERT INTO runs (id, request_id, request_digest, kind, state, seed, policy, code_version, attempt,"
                " is_cancel_requested, created_at, cost_terms) VALUES ('u', 'r', 'd', 'nightly', 'done', 1, '{}', '1',"
                " 1, 0, :t, '{}')"
            ),
            {"t": "2026-03-09 12:00:00"},
        )
        connection.execute(
            text(
                "INSERT INTO plans (id, request_id, run_id, dispatch_day, last_day, version, state, created_at, cost,"
                " cost_terms, unassigned, document) VALUES ('p', 'r', 'u', '2026-03-10', '2026-03-11', 1, 'published',"
                " :t, 600, '{}', 0, :d)"
            ),
            {"t": "2026-03-09 12:00:00", "d": plan.model_dump_json(by_alias=True, exclude_none=True)},
        )
        connection.execute(
            text(
                "INSERT INTO plan_routes (plan_id, technician_id, shift_id, day) VALUES ('p', 't-1', 's-1',"
                " '2026-03-10')"
            )
        )
    upgrade(engine)
    for _ in range(2):
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM plan_routes")).scalar() == 1
            assert connection.execute(text("SELECT centre FROM plans")).scalar() == "main"
        downgrade(engine, "0002")
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM plan_routes")).scalar() == 1
        upgrade(engine)
    with Database(engine) as database, database.of("main").read() as transaction:
        assert transaction.plans.get("p").centre == "main"
