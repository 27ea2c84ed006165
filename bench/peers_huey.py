"""Huey on SQLite and on Redis, each with the workers that drained fastest here.

Its documentation (consumer, "Options for the consumer") advises processes for what is heavy on the
processor, one or two for each core; ``-q`` against a line of log for each job, ``-n`` and ``-C``
where periodic tasks and health checks aren't needed. SQLite (api, "SqliteHuey") has a write-ahead
log by default, and ``fsync=False`` leaves syncing to the system; more than one worker drained a
file more slowly. With Redis a worker waits in a blocking pop, and ``notify_result`` lets a caller
wait so too.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from huey import RedisHuey, SqliteHuey
from peers_kit import BROKER, FOLDER, Queue, answer, beside_python, null_job

FILES = Path(os.environ[FOLDER])
APPS = {
    "synced": SqliteHuey("synced", filename=str(FILES / "huey.db")),
    "unsynced": SqliteHuey("unsynced", filename=str(FILES / "huey-unsynced.db"), fsync=False),
    "redis": RedisHuey("redis", url=os.environ[BROKER], notify_result=True),
}
JOBS = {name: app.task()(null_job) for name, app in APPS.items()}
synced, unsynced, redis = APPS.values()
LEAN = ("-q", "-n", "-C")
ONE_THREAD = (*LEAN, "-w", "1")
PROCESSES = (*LEAN, "-k", "process", "-w", str(2 * (os.cpu_count() or 1)))
POLLING = ("-d", "0.01", "-b", "1")
"""Each 10 ms rather than 100, growing: a job's latency halves many times, and the idle worker's load is small."""


def queue(name: str, title: str, setting: str, flags: Sequence[str]) -> Queue:
    app, job = APPS[name], JOBS[name]
    return Queue(
        title,
        f"{setting}; {' '.join(flags)}",
        [beside_python("huey_consumer"), f"peers_huey.{name}", *flags],
        clear=app.flush,
        enqueue=lambda texts: [job(text) for text in texts],
        finished=app.result_count,
        ask=lambda text: job(text).get(blocking=True, timeout=30, backoff=1, max_delay=0.001),
    )


QUEUES = {
    "sqlite": lambda: queue("synced", "Huey, SQLite", "as it comes (WAL)", ONE_THREAD + POLLING),
    "sqlite-unsynced": lambda: queue(
        "unsynced", "Huey, SQLite, fsync off", "WAL, fsync=False", ONE_THREAD + POLLING
    ),
    "redis": lambda: queue("redis", "Huey, Redis", "notify_result=True", ONE_THREAD),
    "redis-processes": lambda: queue(
        "redis", "Huey, Redis, processes", "notify_result=True", PROCESSES
    ),
}

if __name__ == "__main__":
    answer(QUEUES)
