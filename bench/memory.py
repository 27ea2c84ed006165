"""Whether a worker's memory stays flat: it scores batches for an hour, and is weighed each minute.

The worker and its model's process run as ever; texts come as fast as they are scored, at most
*--pending* at a time, and what is done is pruned. Whether memory grows is judged from the tenth
part of the run on: until then the first of everything is loaded, and the largest chunk was met.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import closing
from itertools import cycle, islice
from time import monotonic, sleep
from typing import NamedTuple

from corpus import add_texts_option, take_texts
from draining import open_batch
from harness import (
    Goal,
    Table,
    publish,
    resident_megabytes,
    scratch_store,
    store_of,
    worker_running,
)

from sentijob.jobs import Item, Selector, Status

MOST_MB = 350.0
MOST_GROWTH_MB = 10.0
TABLE_ROWS = 12


class Weight(NamedTuple):
    """What the worker and its model's process held at one time, and the jobs completed by then."""

    seconds: float
    megabytes: float
    completed: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600, help="how long [3600]")
    parser.add_argument("--every", type=float, default=60, help="seconds between two looks [60]")
    parser.add_argument("--pending", type=int, default=20_000, help="jobs at a time [20000]")
    parser.add_argument("--pause", type=float, default=1, help="seconds between two fillings [1]")
    parser.add_argument("--model", default="mini", help="[mini]")
    add_texts_option(parser)
    options = parser.parse_args()
    texts = take_texts(options.texts, 50_000)
    weights = weigh(texts, options)
    settled = weights[len(weights) // 10 :]
    growth = settled[-1].megabytes - settled[0].megabytes
    goals = [
        Goal(
            "the most memory of worker and model, MB",
            max(one.megabytes for one in weights),
            most=MOST_MB,
        ),
        Goal("growth after the first tenth, MB", growth, most=MOST_GROWTH_MB),
    ]
    rows = [
        (f"{one.seconds / 60:,.0f}", f"{one.completed:,}", f"{one.megabytes:,.1f}")
        for one in weights[:: -(-len(weights) // TABLE_ROWS)]
    ]
    figures = {"model": options.model, "weights": [one._asdict() for one in weights]}
    table = Table(("minute", "jobs completed", "worker and model, MB"), rows)
    publish("memory", figures, [table], goals)


def weigh(texts: Sequence[str], options: argparse.Namespace) -> list[Weight]:
    """Keep a worker busy, and look at it now and then."""
    weights: list[Weight] = []
    items = map(Item, cycle(texts))
    with scratch_store() as env, closing(store_of(env)) as store:
        batch_id = open_batch(store, options.model)
        with worker_running(env, store, reuse=True) as worker:
            started, completed, queued = monotonic(), 0, 0
            while (passed := monotonic() - started) < options.seconds:
                completed += store.prune(Selector(statuses=(Status.COMPLETED,)))
                wanted = options.pending - store.counts().pending
                if wanted >= options.pending // 2:
                    store.append(batch_id, list(islice(items, wanted)), first_position=queued)
                    queued += wanted
                if passed >= options.every * (len(weights) + 1):
                    weights.append(Weight(passed, resident_megabytes(worker.pid), completed))
                sleep(options.pause)
    return weights


if __name__ == "__main__":
    main()
