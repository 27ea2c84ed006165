"""What SQLite alone has to answer for: files, permissions, migrations, plans, errors."""

from __future__ import annotations

import re
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from sentijob.errors import (
    ConflictError,
    NotFoundError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreVersionError,
)
from sentijob.jobs import BatchReference, Counts, Item, Scored, Selector, Sentiment, Status, Terms
from sentijob.store import tables
from sentijob.store.claiming import _LANE_SELECT
from sentijob.store.database import SCHEMA_VERSION
from sentijob.store.lanes import _FIRST, _HEAD, _NEXT_MODEL, _NEXT_PRIORITY
from sentijob.store.rescuing import lapsed_select
from sentijob.store.selection import where
from sentijob.store.sql_store import SqlStore
from sentijob.store.sqlite_connecting import pause
from sentijob.store.ways import ways

HAPPY = Sentiment.of(0.1, 0.2, 0.7, tokens=3)
FROZEN = Path(__file__).parents[2] / "data" / "schemas"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "private" / "jobs.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    with SqlStore.open(str(path)) as opened:
        yield opened


def pragma(path: Path, name: str) -> object:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_files_and_their_folder_are_for_the_owner_alone(store: SqlStore, path: Path) -> None:
    store.submit(Item("x"), Terms())
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {"jobs.db": 0o600, "jobs.db-wal": 0o600, "jobs.db-shm": 0o600}


def test_the_file_is_marked_as_ours_and_keeps_a_write_ahead_log(
    store: SqlStore, path: Path
) -> None:
    assert store.location == str(path)
    assert pragma(path, "application_id") == 0x53656E74
    assert pragma(path, "user_version") == SCHEMA_VERSION
    assert pragma(path, "journal_mode") == "wal"


def test_migrations_arrive_at_the_declared_tables(store: SqlStore, path: Path) -> None:
    assert tables.JobRow.metadata is SQLModel.metadata
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    assert store.counts() == Counts()
    assert [one for one in differences if "alembic_version" not in repr(one)] == []


def test_declared_and_migrated_indexes_have_the_same_conditions(
    store: SqlStore, path: Path
) -> None:
    del store
    declared = create_engine("sqlite://")
    with declared.begin() as connection:
        SQLModel.metadata.create_all(connection)
        query = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        expected = {row[0]: row[1] for row in connection.exec_driver_sql(query)}
    declared.dispose()
    with closing(sqlite3.connect(path)) as migrated:
        assert dict(migrated.execute(query)) == expected


@pytest.mark.parametrize("version", [path.name for path in sorted(FROZEN.glob("*.db"))])
def test_a_database_of_every_released_schema_opens_with_all_its_jobs(
    version: str, tmp_path: Path
) -> None:
    copy = tmp_path / version
    shutil.copyfile(FROZEN / version, copy)
    first_release = Counts(pending=1, completed=2, failed=1, cancelled=1, negative=1, positive=1)
    texts = ["I love it", "I hate it", "ünïcode \N{THUMBS UP SIGN}", "waiting", "cancelled"]
    drops_texts = version >= "0002"
    with SqlStore.open(str(copy)) as store:
        assert store.counts() == first_release._replace(
            completed=2 + drops_texts, neutral=int(drops_texts)
        )
        assert [job.text for job in store.each_job(Selector())] == [*texts, *[None] * drops_texts]
        assert store.job(3).status is Status.FAILED
        assert store.batch(1).name == "frozen"
        assert store.check() == []


def test_an_old_stores_texts_stay_when_they_are_scored(tmp_path: Path) -> None:
    copy = tmp_path / "old.db"
    shutil.copyfile(FROZEN / "0001.db", copy)
    with SqlStore.open(str(copy)) as store:
        worker = store.register_worker(host="here", pid=1).id
        claimed = store.claim(worker, limit=9, lease=timedelta(seconds=60))
        store.complete(worker, [Scored(one, HAPPY, "r1") for one in claimed])
        assert store.job(4).status is Status.COMPLETED
        assert store.job(4).text == "waiting"


def test_an_old_stores_batches_get_uuids_of_their_time_and_no_number_comes_twice(
    tmp_path: Path,
) -> None:
    copy = tmp_path / "old.db"
    shutil.copyfile(FROZEN / "0005.db", copy)
    with closing(sqlite3.connect(copy)) as old, old:
        old.execute(
            "INSERT INTO batch SELECT 2, 'second', source, fingerprint, model, priority,"
            " max_attempts, available_at, created_at + 1000, sealed_at, store_text FROM batch"
        )
        old.execute(
            "UPDATE sqlite_sequence SET seq = 7 WHERE name = 'batch'"
        )  # b3 to b7 were pruned
    with SqlStore.open(str(copy)) as store:
        second, first = store.batches()
        for batch in (first, second):
            made_at = int.from_bytes(batch.batch_uuid.bytes[:6], "big")
            assert batch.batch_uuid.version == 7
            assert made_at == batch.created_at.timestamp() * 1000
            assert store.resolve(str(batch.batch_uuid)) == BatchReference(batch.id)
        assert store.open_batch(Terms(), source="-").batch.id == 8


def dropping(store: SqlStore, texts: list[str]) -> None:
    """Submit *texts* to be dropped, beside as many that stay, and have all of them scored."""
    for terms in (Terms(store_text=False), Terms()):
        kept = [text.replace("drop", "keep") if terms.store_text else text for text in texts]
        batch_id = store.open_batch(terms, source="-").batch.id
        store.append(batch_id, [Item(text) for text in kept], first_position=0)
        store.seal(batch_id)
    worker = store.register_worker(host="here", pid=1).id
    while claims := store.claim(worker, limit=64, lease=timedelta(seconds=60)):
        store.complete(worker, [Scored(one, HAPPY, "r1") for one in claims])


def test_no_byte_of_a_dropped_text_stays_in_the_file(store: SqlStore, path: Path) -> None:
    # Short ones share a page with others, long ones fill pages of their own.
    dropping(store, [f"drop{n:04} " * (1 if n % 5 else 900) for n in range(500)])
    store.close()
    (content,) = [file.read_bytes() for file in path.parent.iterdir()]
    assert content.count(b"keep0123 ") == 1
    assert b"drop" not in content


def test_a_journal_that_goes_while_a_store_is_opened_is_no_damage(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exists = Path.exists

    def existed(self: Path) -> bool:
        return self.name.endswith("-journal") or exists(self)

    monkeypatch.setattr(Path, "exists", existed)
    with SqlStore.open(str(path)) as store:
        store.submit(Item("x"), Terms())


def test_ten_threads_that_open_a_new_store_at_once_make_one(path: Path) -> None:
    failures: list[BaseException] = []
    barrier = threading.Barrier(10)

    def open_and_submit() -> None:
        try:
            barrier.wait(10)
            with SqlStore.open(str(path)) as store:
                store.submit(Item("x"), Terms())
        except BaseException as exc:  # noqa: BLE001  # reported below
            failures.append(exc)

    threads = [threading.Thread(target=open_and_submit) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    with SqlStore.open(str(path)) as store:
        assert store.counts() == Counts(pending=10)


def test_a_newer_database_is_refused_untouched(path: Path) -> None:
    SqlStore.open(str(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")
    before = path.read_bytes()
    with pytest.raises(StoreVersionError, match=r"newer sentijob .*nothing was changed"):
        SqlStore.open(str(path))
    assert path.read_bytes() == before


def test_another_programs_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE song (name TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreDamagedError, match="not sentijob's"):
        SqlStore.open(str(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"hello, world\n" * 100, b"\0" * 4096, b"SQLite format 3\0" + b"x" * 5000]
)
def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(StoreDamagedError, match=r"is not a SQLite database|is damaged"):
        SqlStore.open(str(path))
    assert path.read_bytes() == content


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreDamagedError, match="is a folder, not a database"):
        SqlStore.open(str(tmp_path))


def test_a_store_that_must_exist_is_not_made(path: Path) -> None:
    with pytest.raises(NotFoundError, match="no store at"):
        SqlStore.open(str(path), must_exist=True)
    assert not path.parent.exists()


def test_a_path_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="can't be created"):
        SqlStore.open(str(tmp_path / "file" / "jobs.db"))


def test_an_unknown_database_scheme_is_refused() -> None:
    with pytest.raises(StoreError, match="no store speaks mysql://"):
        SqlStore.open("mysql://somewhere/jobs")


def test_a_full_disk_is_said_and_loses_nothing(store: SqlStore, path: Path) -> None:
    store.submit(Item("kept"), Terms())
    pages = store._db._writer.execute("PRAGMA page_count").fetchone()[0]  # type: ignore[attr-defined]  # noqa: SLF001
    store._db._writer.execute(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined]  # noqa: SLF001  # as a full disk does
    with pytest.raises(StoreFullError, match="no room left"):
        store.submit(Item("x" * 100_000), Terms())
    assert store.counts() == Counts(pending=1)
    with SqlStore.open(str(path)) as other:
        assert other.check() == []
        assert other.submit(Item("room again"), Terms()).job_id == 2


def test_a_backup_holds_the_same_jobs_and_spares_what_exists(
    store: SqlStore, tmp_path: Path
) -> None:
    store.submit(Item("x"), Terms())
    target = tmp_path / "copy.db"
    store.backup(target)
    with SqlStore.open(str(target)) as copy:
        assert copy.job(1) == store.job(1)
        assert copy.check() == []
    with pytest.raises(ConflictError, match="exists"):
        store.backup(target)
    with pytest.raises(StoreError, match="can't be written"):
        store.backup(tmp_path / "nowhere" / "copy.db")
    assert sorted(file.name for file in tmp_path.glob("*.db")) == ["copy.db"]


def test_vacuum_gives_room_back(store: SqlStore, path: Path) -> None:
    batch_id = store.open_batch(Terms(), source="-").batch.id
    store.append(batch_id, [Item("x" * 5_000)] * 300, first_position=0)
    store.seal(batch_id)
    store.cancel(Selector())
    store.prune(Selector())
    before = path.stat().st_size
    store.vacuum()
    assert path.stat().st_size < before / 2 or before < 500_000


Plan = Callable[[str], str]


@pytest.fixture
def plan(store: SqlStore) -> Plan:
    def explain(sql: str) -> str:
        with store._db.read() as connection:  # noqa: SLF001  # the plan is SQLite's own affair
            parameters = (1,) * sql.count("?")
            rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()
        return "; ".join(str(row[-1]) for row in rows)

    return explain


@pytest.mark.parametrize(
    "sql",
    [
        _FIRST,
        _NEXT_MODEL,
        _NEXT_PRIORITY,
        _HEAD,
        _LANE_SELECT,
    ],
)
def test_a_claim_seeks_in_the_index_of_pending_jobs_and_sorts_nothing(plan: Plan, sql: str) -> None:
    explained = plan(sql)
    assert "job_pending" in explained
    assert "TEMP B-TREE" not in explained
    assert "(priority,model)<" not in explained  # it looks like a seek and walks the lane
    assert not re.search(r"SCAN job(?! USING (COVERING )?INDEX)", explained)


@pytest.mark.parametrize(
    ("status", "index"),
    [
        (Status.PENDING, "job_pending"),
        (Status.PROCESSING, "job_processing"),
        (Status.FAILED, "job_failed"),
        (Status.CANCELLED, "job_cancelled"),
    ],
)
def test_jobs_of_a_status_are_sought_in_its_own_index(
    store: SqlStore, plan: Plan, status: Status, index: str
) -> None:
    selector = Selector(statuses=(status,), models=("mini",), batch_ids=(1,))
    with store._db.read() as connection:  # noqa: SLF001  # the plan is SQLite's own affair
        (stream,) = next(
            way.streams for way in ways(connection, selector) if way.streams[0].order is None
        )
    veiled = where(selector, veil="+")
    veiled.add(stream.condition)
    explained = plan(f"SELECT id FROM job{veiled.sql} ORDER BY +id DESC LIMIT 20")
    assert f"SEARCH job USING INDEX {index}" in explained.replace("COVERING ", "")


@pytest.mark.parametrize("dead_workers", [0, 2])
def test_a_rescue_looks_at_held_jobs_alone(plan: Plan, dead_workers: int) -> None:
    assert "job USING INDEX job_processing" in plan(lapsed_select(dead_workers))


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ("model = ? AND id > ?", "job_model"),
        ("error_code = ? AND error_code IS NOT NULL", "job_error"),
        ("finished_at < ? AND finished_at IS NOT NULL", "job_finished"),
        ("job_uuid >= ?", "job_job_uuid"),
        ("status = 'failed'", "job_failed"),
        ("status = 'processing' AND worker_id = ?", "job_processing"),
        ("job_uuid BETWEEN ? AND ?", "job_job_uuid"),
        ("batch_id = ? AND position > ?", "job_batch_position"),
        ("key = ?", "job_key"),
    ],
)
def test_what_people_ask_for_has_its_index(plan: Plan, condition: str, index: str) -> None:
    assert index in plan(f"SELECT id FROM job WHERE {condition}")


def test_a_writer_waits_for_another_process_to_finish(store: SqlStore, path: Path) -> None:
    store.submit(Item("x"), Terms())
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, lambda: other.execute("COMMIT"))
        release.start()
        store.submit(Item("y"), Terms(delay=timedelta(0)))
        release.join()
    assert store.counts() == Counts(pending=2)


def test_a_lock_is_asked_for_less_often_by_newcomers_than_by_those_who_wait_for_long() -> None:
    assert pause(0.0) == pause(0.009) == 0.001
    newcomers = [pause(0.011) for _ in range(50)]
    veterans = [pause(20.0) for _ in range(50)]
    assert 0.002 < min(veterans) <= max(veterans) < 0.008 < min(newcomers) <= max(newcomers) < 0.031
