"""What of a model's own speed is left once its texts are jobs: the worker beside a bare loop over a list.

For each model, in turns over the same texts: the model in this process, fed
from a list in memory, sorted by length and cut into chunks; and the real worker, with one model
process and with several. The chunks' size is varied too, for the curve.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from time import perf_counter

from corpus import add_texts_option, take_texts
from draining import drain, interleaved
from harness import Goal, Table, publish

from sentijob.machine import usable_cores
from sentijob.models.registry import load
from sentijob.ports import SentimentModel
from sentijob.settings import load_settings

TEXTS = {"mini": 12_000, "vader": 160_000}
"""Enough for some ten seconds, so that the first claims and the end of a process are next to nothing."""
GOALS = {"mini": 0.97, "vader": 0.9}
"""What share of the bare loop's rate the worker is to reach."""
BARE = "the model, from a list"
WORKER = "the worker, as it comes"
CHUNK = 256
CHUNKS = (1, 4, 16, 64, 256, 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=list(TEXTS), help="[mini vader]")
    parser.add_argument("--scale", type=float, default=1.0, help="so many times the texts [1]")
    parser.add_argument("--repeats", type=int, default=3, help="rounds, interleaved [3]")
    add_texts_option(parser)
    options = parser.parse_args()
    figures: dict[str, object] = {}
    tables: list[Table] = []
    goals: list[Goal] = []
    for name in options.models:
        texts = take_texts(options.texts, int(TEXTS.get(name, 1_000) * options.scale))
        rates, by_chunk = (
            compare(name, texts, options.repeats),
            curve(name, texts[: len(texts) // 6], options.repeats),
        )
        figures[name] = {"texts": len(texts), "drain": rates, "chunks": by_chunk}
        tables += [drain_table(name, rates), chunk_table(name, by_chunk)]
        if name in GOALS:
            share = rates[WORKER] / rates[BARE]
            goals.append(Goal(f"{name}, of the bare loop's rate", share, least=GOALS[name]))
    publish("models", figures, tables, goals)


def compare(name: str, texts: Sequence[str], repeats: int) -> dict[str, float]:
    """Texts a second in a bare loop, and by workers with ever more processes."""
    model, cores = loaded(name), usable_cores()
    ways: dict[str, Callable[[], float]] = {
        BARE: partial(loop, model, texts, CHUNK),
        WORKER: partial(drain, texts, model=name),
        "1 process of 1 thread": partial(drain, texts, model=name, threads=1),
        f"{cores} processes of 1 thread": partial(
            drain, texts, model=name, processes=cores, threads=1
        ),
    }
    return {way: len(texts) / taken for way, taken in interleaved(ways, repeats).items()}


def curve(name: str, texts: Sequence[str], repeats: int) -> dict[int, float]:
    """Texts a second over the texts of a call."""
    model = loaded(name)
    ways = {str(chunk): partial(loop, model, texts, chunk) for chunk in CHUNKS}
    seconds = interleaved(ways, repeats)
    return {chunk: len(texts) / seconds[str(chunk)] for chunk in CHUNKS}


def drain_table(name: str, rates: Mapping[str, float]) -> Table:
    return Table(
        (name, "texts/s", "of the bare loop's"),
        [(way, f"{rate:,.0f}", f"{rate / rates[BARE]:.3f}") for way, rate in rates.items()],
    )


def chunk_table(name: str, rates: Mapping[int, float]) -> Table:
    best = max(rates.values())
    return Table(
        (f"{name}, texts of a call", "texts/s", "of the best"),
        [(f"{chunk:,}", f"{rate:,.0f}", f"{rate / best:.2f}") for chunk, rate in rates.items()],
    )


def loaded(name: str) -> SentimentModel:
    settings = load_settings(environ={})
    return load(name, threads=settings.threads, demo_delay=settings.demo_delay)


def loop(model: SentimentModel, texts: Sequence[str], chunk: int) -> float:
    """Seconds for all texts, sorted by length, *chunk* a call."""
    started = perf_counter()
    ordered = sorted(texts, key=len)
    for first in range(0, len(ordered), chunk):
        model.predict(ordered[first : first + chunk])
    return perf_counter() - started


if __name__ == "__main__":
    main()
