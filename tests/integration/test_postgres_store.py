"""A store on a real PostgreSQL server: what it shares, what it waits for, what it outlives."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from postgres_server import PostgresServer
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from sentijob.errors import (
    ConflictError,
    NotFoundError,
    StoreBusyError,
    StoreError,
    StoreUnreachableError,
    StoreVersionError,
)
from sentijob.jobs import Counts, Item, Job, Scored, Selector, Sentiment, Terms
from sentijob.store import tables
from sentijob.store.postgres.connections import connect
from sentijob.store.postgres.database import MOVED, WORK
from sentijob.store.postgres.listening import CommitListener
from sentijob.store.postgres.url import parse_postgres_url
from sentijob.store.schema import upgrade
from sentijob.store.sql_store import SqlStore

DEADLINE = 30.0
LEASE = timedelta(seconds=60)
HAPPY = Sentiment.of(0.1, 0.2, 0.7, tokens=3)


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    return postgres.new_url()


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    with SqlStore.open(url) as opened:
        yield opened


def raw(url: str) -> psycopg.Connection:
    return connect(parse_postgres_url(url), patience=timedelta(0))


def fill(store: SqlStore, count: int) -> int:
    batch_id = store.open_batch(Terms(model="fake"), source="-").batch.id
    store.append(batch_id, [Item(f"text {n}") for n in range(count)], first_position=0)
    store.seal(batch_id)
    return batch_id


def test_migrations_arrive_at_the_declared_tables(store: SqlStore, url: str) -> None:
    assert tables.JobRow.metadata is SQLModel.metadata
    engine = create_engine("postgresql+psycopg://", creator=lambda: raw(url))
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    engine.dispose()
    assert store.counts() == Counts()
    assert [one for one in differences if "alembic_version" not in repr(one)] == []


def test_ten_that_open_a_new_store_at_once_make_one(url: str) -> None:
    def open_and_submit(number: int) -> int:
        with SqlStore.open(url) as store:
            return store.submit(Item(f"text {number}"), Terms()).job_id

    with ThreadPoolExecutor(10) as pool:
        job_ids = list(pool.map(open_and_submit, range(10)))
    assert sorted(job_ids) == list(range(1, 11))


def test_a_store_that_must_exist_is_not_made(url: str) -> None:
    with pytest.raises(NotFoundError, match="no store at"):
        SqlStore.open(url, must_exist=True)
    with closing(raw(url)) as driver:
        made = driver.execute(
            "SELECT count(*) FROM pg_namespace WHERE nspname = %s",
            (parse_postgres_url(url).schema,),
        ).fetchone()
    assert made == (0,)


def test_a_newer_store_is_refused_untouched(store: SqlStore, url: str) -> None:
    store.submit(Item("x"), Terms())
    with closing(raw(url)) as driver:
        driver.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(StoreVersionError, match="newer sentijob"):
            SqlStore.open(url)
        assert driver.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_a_migration_that_dies_in_the_middle_leaves_nothing(url: str) -> None:
    schema = parse_postgres_url(url).schema
    with closing(raw(url)) as driver:
        # A table that stands in the way breaks the migration after it has made others.
        driver.execute(f"CREATE SCHEMA {schema}; CREATE TABLE flag (x int)")
        with pytest.raises(StoreError):
            SqlStore.open(url)
        left = driver.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = %s", (schema,)
        ).fetchall()
        assert left == [("flag",)]
        driver.execute("DROP TABLE flag")
    with SqlStore.open(url) as store:
        assert store.counts() == Counts()


OLD_JOB = (
    "INSERT INTO job (job_uuid, model, status, priority, available_at, attempt, max_attempts,"
    " rescues, fence, created_at) VALUES (%s, 'fake', 'pending', 0, 1, 0, 3, 0, 0, 1)"
)


@pytest.fixture
def old_url(url: str) -> str:
    """A store of the first schema, with one job."""

    def connected() -> psycopg.Connection:
        driver = raw(url)
        driver.autocommit = False
        return driver

    engine = create_engine("postgresql+psycopg://", creator=connected)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {parse_postgres_url(url).schema}")
        upgrade(connection, "0001")
        connection.exec_driver_sql(OLD_JOB, (b"1" * 16,))
        connection.exec_driver_sql("INSERT INTO job_text (job_id, text) VALUES (1, 'old')")
        connection.exec_driver_sql("INSERT INTO tally VALUES (0, 0, 1, 0, 0, 0, 0, 0, 0, 0)")
    engine.dispose()
    return url


def test_an_old_store_opens_with_every_job_while_its_old_workers_run_on(old_url: str) -> None:
    with closing(raw(old_url)) as old_program:
        # What an older worker is in the middle of holds the migration up, but not for ever.
        old_program.execute("BEGIN")
        old_program.execute("UPDATE job SET status = 'processing', worker_id = 1, fence = 1")
        with ThreadPoolExecutor(1) as pool:
            opening = pool.submit(SqlStore.open, old_url)
            wait_for_lock(old_url)
            old_program.execute("ROLLBACK")
            with opening.result(DEADLINE) as store:
                assert [job.text for job in store.each_job(Selector())] == ["old"]
                # An older submit knows nothing of newer columns.
                old_program.execute(OLD_JOB, (b"2" * 16,))
                me = store.register_worker(host="h", pid=1).id
                assert len(store.claim(me, limit=9, lease=LEASE)) == 2


def test_an_old_stores_batches_get_uuids(old_url: str) -> None:
    with closing(raw(old_url)) as old_program:
        old_program.execute(
            "INSERT INTO batch (id, source, model, priority, max_attempts, available_at, created_at)"
            " SELECT n, 'old', 'fake', 0, 3, 1, n * 1000 FROM generate_series(1, 3) n"
        )
        old_program.execute("SELECT setval('batch_id_seq', 3)")
    with SqlStore.open(old_url) as store:
        uuids = [batch.batch_uuid for batch in store.batches()]
        assert [int.from_bytes(uuid.bytes[:6], "big") for uuid in uuids] == [3000, 2000, 1000]
        assert {uuid.version for uuid in uuids} == {7}
        assert store.open_batch(Terms(), source="-").batch.id == 4


def wait_for_lock(url: str) -> None:
    """Until somebody waits for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    end = time.monotonic() + DEADLINE
    with closing(raw(url)) as driver:
        while driver.execute(query).fetchone() == (0,):
            assert time.monotonic() < end, "nobody ever waited"
            time.sleep(0.01)


def test_a_migration_killed_on_the_server_changes_nothing_and_the_next_finishes(
    old_url: str,
) -> None:
    with closing(raw(old_url)) as blocker:
        blocker.execute("BEGIN; LOCK TABLE batch IN ACCESS EXCLUSIVE MODE")
        with ThreadPoolExecutor(1) as pool:
            opening = pool.submit(SqlStore.open, old_url)
            wait_for_lock(old_url)
            blocker.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE wait_event_type = 'Lock'"
            )
            assert isinstance(opening.exception(DEADLINE), StoreError)
        blocker.execute("ROLLBACK")
        assert blocker.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        columns = blocker.execute(
            "SELECT count(*) FROM information_schema.columns WHERE column_name = 'store_text'"
            " AND table_schema = %s",
            (parse_postgres_url(old_url).schema,),
        ).fetchone()
        assert columns == (0,)
    with SqlStore.open(old_url) as store:
        assert store.counts() == Counts(pending=1)


def test_jobs_that_another_holds_locked_are_passed_over_without_waiting(
    store: SqlStore, url: str
) -> None:
    fill(store, 6)
    me = store.register_worker(host="h", pid=1).id
    with closing(raw(url)) as driver:
        driver.execute("BEGIN")
        driver.execute("SELECT id FROM job ORDER BY id LIMIT 4 FOR UPDATE")
        started = time.monotonic()
        claimed = store.claim(me, limit=10, lease=LEASE)
        assert time.monotonic() - started < 10
        driver.execute("ROLLBACK")
    assert [one.job_id for one in claimed] == [5, 6]
    assert [one.job_id for one in store.claim(me, limit=10, lease=LEASE)] == [1, 2, 3, 4]


def test_a_rescue_passes_over_what_is_locked_and_its_worker_stays_known(
    store: SqlStore, url: str
) -> None:
    fill(store, 3)
    dead = store.register_worker(host="h", pid=1).id
    store.claim(dead, limit=3, lease=LEASE)
    with closing(raw(url)) as driver:
        driver.execute("BEGIN")
        driver.execute("SELECT id FROM job WHERE id = 2 FOR UPDATE")
        assert store.rescue(dead_workers=[dead]) == 2
        assert [one.id for one in store.workers()] == [dead]
        driver.execute("ROLLBACK")
    assert store.rescue(dead_workers=[dead]) == 1
    assert store.workers() == []
    assert store.counts() == Counts(pending=3)


def test_many_workers_at_once_complete_every_job_once(store: SqlStore, url: str) -> None:
    batch_id = fill(store, 2_000)

    def work(_: int) -> list[int]:
        done: list[int] = []
        with SqlStore.open(url) as mine:
            me = mine.register_worker(host="h", pid=1).id
            while claims := mine.claim(me, limit=37, lease=LEASE):
                lost = mine.complete(me, [Scored(one, HAPPY, "r") for one in claims])
                done += [one.job_id for one in claims if one.job_id not in lost]
        return done

    with ThreadPoolExecutor(6) as pool:
        done = [job_id for part in pool.map(work, range(6)) for job_id in part]
    assert len(done) == len(set(done)) == 2_000
    assert store.counts(batch_id) == Counts(completed=2_000, positive=2_000)
    assert store.check() == []


def test_leases_follow_the_servers_clock(store: SqlStore, url: str) -> None:
    fill(store, 1)
    me = store.register_worker(host="h", pid=1).id
    store.claim(me, limit=1, lease=LEASE)
    with closing(raw(url)) as driver:
        row = driver.execute(
            "SELECT lease_expires_at - extract(epoch FROM clock_timestamp()) * 1000 FROM job"
        ).fetchone()
        assert row is not None
        assert 30_000 < row[0] <= 60_000
        assert store.rescue() == 0
        driver.execute("UPDATE job SET lease_expires_at = lease_expires_at - 60001")
    assert store.rescue() == 1


def test_connections_that_were_cut_off_while_idle_are_replaced(store: SqlStore, url: str) -> None:
    store.submit(Item("before"), Terms())
    with closing(raw(url)) as driver:
        driver.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'sentijob' AND pid <> pg_backend_pid()"
        )
    assert store.submit(Item("after"), Terms()).job_id == 2
    assert store.counts() == Counts(pending=2)


def test_what_is_only_read_outlives_a_restart(own_server: PostgresServer) -> None:
    with SqlStore.open(own_server.new_url()) as store:
        fill(store, 3)
        own_server.stop()
        with ThreadPoolExecutor(1) as pool:
            counted = pool.submit(store.counts)
            listed = [job for job, _ in zip(store_jobs(store, own_server), range(3), strict=True)]
            assert counted.result(DEADLINE) == Counts(pending=3)
        assert [job.position for job in listed] == [0, 1, 2]


def store_jobs(store: SqlStore, server: PostgresServer) -> Iterator[Job]:
    """Begin to read while the server is down; it is started meanwhile."""
    starting = threading.Timer(0.5, server.start)
    starting.start()
    yield from store.each_job(Selector())
    starting.join()


def test_a_server_that_is_not_there_is_said_without_the_password() -> None:
    with pytest.raises(StoreUnreachableError, match="is the server running") as caught:
        SqlStore.open("postgresql://ann:secret@127.0.0.1:1/texts")
    assert "secret" not in str(caught.value)


def test_a_database_that_does_not_exist_is_said_at_once(url: str) -> None:
    started = time.monotonic()
    with pytest.raises(StoreError, match="doesn't let us in"):
        SqlStore.open(url.replace("/postgres?", "/nowhere?"))
    assert time.monotonic() - started < 4


def test_a_statement_that_waits_too_long_is_a_busy_store(store: SqlStore, url: str) -> None:
    fill(store, 1)
    with closing(raw(url)) as driver:
        driver.execute("BEGIN; LOCK TABLE job IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(StoreBusyError, match="too long"):
            lock_a_job(store)
        driver.execute("ROLLBACK")


def lock_a_job(store: SqlStore) -> None:
    """As a claim does, with less patience."""
    with store._db.write() as connection:  # noqa: SLF001  # the timeout is the connection's own
        connection.execute("SET LOCAL lock_timeout = 50")
        connection.execute("SELECT id FROM job FOR UPDATE")


def test_a_backup_is_a_sqlite_store_with_the_same_jobs(store: SqlStore, tmp_path: Path) -> None:
    batch_id = fill(store, 5)
    store.submit(Item("naïve 🙂", key="k", meta={"stars": 5}), Terms(), once="o")
    me = store.register_worker(host="h", pid=1).id
    claims = store.claim(me, limit=3, lease=LEASE)
    store.complete(me, [Scored(one, HAPPY, "r") for one in claims[:2]])
    store.cancel(Selector(job_ids=(5, 6)))
    store.prune(Selector(job_ids=(6,)))
    target = tmp_path / "copy.db"
    store.backup(target)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.db"]
    assert target.stat().st_mode & 0o777 == 0o600
    with SqlStore.open(str(target)) as copy:
        assert list(copy.each_job(Selector())) == list(store.each_job(Selector()))
        assert copy.batch(batch_id) == store.batch(batch_id)
        assert copy.check() == []
        assert copy.submit(Item("next"), Terms()).job_id == 7, "a pruned number came back"
        assert copy.rescue() == 1, "a lease of the old store's clock should have lapsed"
    with pytest.raises(ConflictError, match="exists"):
        store.backup(target)


def test_what_is_durable_waits_for_the_disk_on_a_server_that_by_itself_would_not(
    own_server: PostgresServer,
) -> None:
    url = own_server.new_url()
    with closing(raw(url)) as driver:
        driver.execute("ALTER SYSTEM SET synchronous_commit = off")
        driver.execute("SELECT pg_reload_conf()")
    with SqlStore.open(url) as store:
        for is_durable, waits in ((True, "on"), (False, "off")):
            with store._db.write(durable=is_durable) as connection:  # noqa: SLF001  # nobody else can tell
                assert connection.execute("SHOW synchronous_commit").fetchone() == (waits,)


def test_a_server_that_may_lose_what_it_acknowledged_is_named(own_server: PostgresServer) -> None:
    url = own_server.new_url()
    with SqlStore.open(url) as store:
        assert store.worries() == []
        with closing(raw(url)) as driver:
            driver.execute("ALTER SYSTEM SET fsync = off")
        own_server.restart()
        (worry,) = store.worries()
        assert worry.startswith("fsync is off")


def test_vacuum_leaves_every_job(store: SqlStore) -> None:
    fill(store, 3)
    store.vacuum()
    assert store.counts() == Counts(pending=3)


Listen = Callable[..., CommitListener]


@pytest.fixture
def listen(url: str, store: SqlStore) -> Iterator[Listen]:
    """Makes listeners to the store that have begun to listen."""
    del store
    made: list[CommitListener] = []

    def begin(**options: str) -> CommitListener:
        listener = CommitListener(parse_postgres_url(url), **options)
        made.append(listener)
        assert listener.wait(timedelta(0)), "the first wait says to look"
        return listener

    yield begin
    for listener in made:
        listener.close()
        listener.close()


def test_a_submit_ends_a_wait(store: SqlStore, listen: Listen) -> None:
    worker, watcher = listen(heeds=WORK), listen()
    store.submit(Item("x"), Terms())
    assert worker.wait(timedelta(seconds=DEADLINE))
    assert watcher.wait(timedelta(seconds=DEADLINE))
    assert not worker.wait(timedelta(0))


def test_a_settle_wakes_watchers_and_no_worker(store: SqlStore, listen: Listen) -> None:
    fill(store, 1)
    me = store.register_worker(host="h", pid=1).id
    claims = store.claim(me, limit=1, lease=LEASE)
    worker, watcher, peculiar = listen(heeds=WORK), listen(), listen(heeds=MOVED)
    store.complete(me, [Scored(one, HAPPY, "r") for one in claims])
    assert watcher.wait(timedelta(seconds=DEADLINE))
    assert peculiar.wait(timedelta(seconds=DEADLINE))
    assert not worker.wait(timedelta(0))


def test_a_resumed_store_wakes_its_workers(store: SqlStore, listen: Listen) -> None:
    store.set_paused(paused=True)
    worker = listen(heeds=WORK)
    store.set_paused(paused=False)
    assert worker.wait(timedelta(seconds=DEADLINE))


def test_another_stores_commits_wake_nobody(postgres: PostgresServer, listen: Listen) -> None:
    watcher = listen()
    with SqlStore.open(postgres.new_url()) as other:
        other.submit(Item("x"), Terms())
    assert not watcher.wait(timedelta(0))


def test_a_wait_can_be_ended_from_another_thread(listen: Listen) -> None:
    listener = listen()
    waking = threading.Timer(0.05, listener.wake)
    waking.start()
    assert listener.wait(timedelta(seconds=DEADLINE))
    waking.join()


def test_a_listener_sleeps_through_an_outage_and_then_says_to_look(
    own_server: PostgresServer,
) -> None:
    url = own_server.new_url()
    with (
        SqlStore.open(url) as store,
        closing(CommitListener(parse_postgres_url(url))) as listener,
    ):
        assert listener.wait(timedelta(0))
        own_server.stop()
        assert not listener.wait(timedelta(milliseconds=50))
        own_server.start()
        assert listener.wait(timedelta(seconds=DEADLINE))
        store.submit(Item("x"), Terms())
        assert listener.wait(timedelta(seconds=DEADLINE))
