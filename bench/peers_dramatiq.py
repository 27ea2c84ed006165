"""Dramatiq on Redis, with the results middleware.

Its guide ("Workers") starts a process for each core with eight threads each; a job that holds the
interpreter gains nothing by more threads than one, so that is shown too. ``dramatiq_queue_prefetch``
(reference, "Environment Variables") raises what a process takes at once. A caller waits in a
blocking pop of the result.
"""

from __future__ import annotations

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.results import Results
from dramatiq.results.backends import RedisBackend
from peers_kit import BROKER, Queue, answer, beside_python, null_job
from redis import Redis

CONNECTION = Redis.from_url(os.environ[BROKER], db=0)
RESULTS = Redis.from_url(os.environ[BROKER], db=1)
broker = RedisBroker(url=f"{os.environ[BROKER]}/0")
broker.add_middleware(Results(backend=RedisBackend(url=f"{os.environ[BROKER]}/1")))
dramatiq.set_broker(broker)
JOB = dramatiq.actor(store_results=True)(null_job)
CORES = os.cpu_count() or 1


def queue(title: str, processes: int, threads: int) -> Queue:
    os.environ["dramatiq_queue_prefetch"] = "256"  # noqa: SIM112  # as it is called
    return Queue(
        title,
        f"-p {processes} -t {threads}, prefetch 256, results kept",
        [
            beside_python("dramatiq"),
            *("peers_dramatiq", "-p", str(processes), "-t", str(threads), "--skip-logging"),
        ],
        clear=CONNECTION.flushall,
        enqueue=lambda texts: [JOB.send(text) for text in texts],
        finished=RESULTS.dbsize,
        ask=lambda text: JOB.send(text).get_result(block=True, timeout=30_000),
    )


QUEUES = {
    "default": lambda: queue("Dramatiq", CORES, 8),
    "thread": lambda: queue("Dramatiq, one thread", 1, 1),
}

if __name__ == "__main__":
    answer(QUEUES)
