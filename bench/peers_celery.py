"""Celery on Redis: with a pool of processes, of threads, and with none; results kept, or ignored.

Its guide (userguide, "Optimizing") advises for many short tasks a prefetch multiplier of 50 to 150;
events, gossip and mingling are turned off, and the log is of errors alone. The pool of processes
and threads is of as many as there are cores, its default. A caller waits by ``get``, which
subscribes to the result.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from celery import Celery
from peers_kit import BROKER, Queue, answer, beside_python, null_job
from redis import Redis

CONNECTION = Redis.from_url(os.environ[BROKER], db=0)
RESULTS = Redis.from_url(os.environ[BROKER], db=1)
app = Celery(broker=f"{os.environ[BROKER]}/0", backend=f"{os.environ[BROKER]}/1")
app.conf.update(worker_prefetch_multiplier=128, worker_hijack_root_logger=False)
KEEPING = app.task(name="keeping")(null_job)
IGNORING = app.task(name="ignoring", ignore_result=True)(null_job)
LEAN = ("--without-gossip", "--without-mingle", "--without-heartbeat")
WORKER = ("-A", "peers_celery", "worker", "-l", "ERROR", *LEAN)


def keeping(title: str, *flags: str) -> Queue:
    return Queue(
        title,
        setting(flags),
        [beside_python("celery"), *WORKER, *flags],
        clear=CONNECTION.flushall,
        enqueue=lambda texts: [KEEPING.delay(text) for text in texts],
        finished=RESULTS.dbsize,
        ask=lambda text: KEEPING.delay(text).get(timeout=30),
    )


def ignoring(title: str, *flags: str) -> Queue:
    queued = 0

    def enqueue(texts: Sequence[str]) -> None:
        nonlocal queued
        queued = len(texts)
        for text in texts:
            IGNORING.delay(text)

    def finished() -> int:
        return queued - int(CONNECTION.llen("celery")) - int(CONNECTION.hlen("unacked"))

    return keeping(title, *flags)._replace(enqueue=enqueue, finished=finished)


def setting(flags: Sequence[str]) -> str:
    return f"{' '.join(flags)}; prefetch multiplier 128, no events, gossip or mingling"


QUEUES = {
    "processes": lambda: keeping("Celery", "-P", "prefork"),
    "threads": lambda: keeping("Celery, threads", "-P", "threads"),
    "solo": lambda: keeping("Celery, solo", "-P", "solo"),
    "solo-ignoring": lambda: ignoring("Celery, solo, results ignored", "-P", "solo"),
}

if __name__ == "__main__":
    answer(QUEUES)
