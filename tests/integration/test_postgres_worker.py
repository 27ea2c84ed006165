"""Workers on a PostgreSQL store whose server is restarted under them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta

from postgres_server import PostgresServer

from sentijob.jobs import Counts, Item, Selector, Sentiment, Terms
from sentijob.store.postgres.database import WORK
from sentijob.store.postgres.listening import CommitListener
from sentijob.store.postgres.url import parse_postgres_url
from sentijob.store.sql_store import SqlStore
from sentijob.worker.config import WorkerConfig
from sentijob.worker.runner import Worker

DEADLINE = 60.0
JOBS = 1_500


class Slow:
    """Takes a millisecond for a text."""

    name = "slow"
    revision = "s1"

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        time.sleep(0.001 * len(texts))
        return [Sentiment.of(0.1, 0.2, 0.7, tokens=1) for _ in texts]


def work(url: str, config: WorkerConfig, working: list[Worker]) -> None:
    with (
        SqlStore.open(url) as store,
        closing(CommitListener(parse_postgres_url(url), heeds=WORK)) as waker,
    ):
        worker = Worker(store, lambda _: Slow(), config, waker=waker)
        working.append(worker)
        worker.run()


def eventually(
    condition: Callable[[Counts], bool], store: SqlStore, within: float = DEADLINE
) -> None:
    end = time.monotonic() + within
    while not condition(store.counts()):
        assert time.monotonic() < end, f"never came: {store.counts()}"
        time.sleep(0.01)


def has_completed(count: int) -> Callable[[Counts], bool]:
    return lambda counts: counts.completed >= count


def test_restarts_and_a_crash_of_the_server_lose_and_double_nothing(
    own_server: PostgresServer,
) -> None:
    url = own_server.new_url()
    with SqlStore.open(url) as store:
        batch_id = store.open_batch(Terms(model="slow"), source="-").batch.id
        items = [Item(f"text {number}") for number in range(JOBS)]
        store.append(batch_id, items, first_position=0)
        store.seal(batch_id)
        # No drain: a crash may undo the last results, and then they are scored again.
        config = WorkerConfig(lease=timedelta(seconds=5), sweep=timedelta(seconds=1))
        working: list[Worker] = []
        threads = [threading.Thread(target=work, args=(url, config, working)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for mode, done in (("fast", 50), ("immediate", 300), ("fast", 600)):
            eventually(has_completed(done), store)
            own_server.restart(mode)
        eventually(lambda counts: counts.is_final, store)
        for worker in working:
            worker.request_stop()
        for thread in threads:
            thread.join(DEADLINE)
        assert not any(thread.is_alive() for thread in threads)
        assert store.counts(batch_id) == Counts(completed=JOBS, positive=JOBS)
        assert store.check() == []
        jobs = list(store.each_job(Selector(batch_ids=(batch_id,))))
        assert [job.position for job in jobs] == list(range(JOBS))
        assert all(job.sentiment is not None and job.attempt == 1 for job in jobs)


def test_an_idle_worker_finds_what_came_while_it_could_not_listen(
    own_server: PostgresServer,
) -> None:
    url = own_server.new_url()
    config = WorkerConfig(poll=timedelta(minutes=10), sweep=timedelta(minutes=10))
    with SqlStore.open(url) as store:
        waker = CommitListener(parse_postgres_url(url), heeds=WORK)
        worker = Worker(store, lambda _: Slow(), config, waker=waker)
        running = threading.Thread(target=worker.run)
        running.start()
        try:
            store.submit(Item("first"), Terms(model="slow"))
            eventually(lambda counts: counts.completed == 1, store)
            own_server.restart()
            store.submit(Item("second"), Terms(model="slow"))
            eventually(lambda counts: counts.completed == 2, store)
        finally:
            worker.request_stop()
            running.join(DEADLINE)
            waker.close()
        assert not running.is_alive()
