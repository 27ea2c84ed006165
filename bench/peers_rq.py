"""RQ: its simple worker, and the one that it advises.

Its notes on performance (docs/benchmark.md) say that ``SimpleWorker``, which runs jobs in its own
process, is the fast one for jobs of milliseconds, and ``Worker``, which forks for each job, the one
for production. ``-q`` and no descriptions spare the log; jobs are queued by ``enqueue_many`` in one
pipeline; a caller waits in a blocking read of the job's result. A pool of two simple workers drained
no faster than one on two cores.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from peers_kit import BROKER, Queue, answer, beside_python, null_job
from redis import Redis
from rq import Queue as RqQueue

CONNECTION = Redis.from_url(os.environ[BROKER])
JOBS = RqQueue(connection=CONNECTION)


def enqueue(texts: Sequence[str]) -> None:
    for first in range(0, len(texts), 1_000):
        part = texts[first : first + 1_000]
        JOBS.enqueue_many([RqQueue.prepare_data(null_job, args=(text,)) for text in part])


def ask(text: str) -> str:
    result = JOBS.enqueue(null_job, text).latest_result(timeout=30)
    return str(result and result.return_value)


def queue(title: str, worker: str, *flags: str) -> Queue:
    return Queue(
        title,
        f"{worker}; {' '.join(QUIET)}",
        [beside_python("rq"), "worker", *flags, "--url", os.environ[BROKER]],
        clear=CONNECTION.flushall,
        enqueue=enqueue,
        finished=lambda: CONNECTION.zcard(JOBS.finished_job_registry.key),
        ask=ask,
    )


QUIET = ("-q", "--disable-job-desc-logging")
QUEUES = {
    "simple": lambda: queue("RQ", "SimpleWorker", *QUIET, "-w", "rq.worker.SimpleWorker"),
    "forking": lambda: queue("RQ, forking", "Worker", *QUIET),
}

if __name__ == "__main__":
    answer(QUEUES)
