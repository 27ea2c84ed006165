"""Draining a store by a real worker: what the benchmarks of drains have in common."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from harness import scratch_store

from sentijob.jobs import Item, Sentiment, Terms
from sentijob.models.process import ProcessModel
from sentijob.ports import SentimentModel, Store
from sentijob.settings import Settings, load_settings
from sentijob.wiring import open_store, opened_worker, start_model
from sentijob.worker.config import WorkerConfig

LEASE = timedelta(minutes=1)
TERMS = {"threads": 1, "demo_delay": 0.0}
VERDICT = Sentiment.of(0.1, 0.8, 0.1, tokens=1)


class NullModel:
    """Scores every text alike, at no cost."""

    name = "null"
    revision = "1"

    def predict(self, texts: Sequence[str]) -> Sequence[Sentiment]:
        return [VERDICT] * len(texts)


def load_null(_name: str) -> SentimentModel:
    return NullModel()


@contextmanager
def null_model_installed() -> Iterator[None]:
    """Let every model's process find :class:`NullModel` under the name ``null``."""
    before = os.environ.get("PYTHONPATH")
    with tempfile.TemporaryDirectory(prefix="sentijob-bench-") as folder:
        install_null_model(Path(folder))
        try:
            yield
        finally:
            if before is None:
                del os.environ["PYTHONPATH"]
            else:
                os.environ["PYTHONPATH"] = before


def install_null_model(folder: Path) -> None:
    """Make :class:`NullModel` one of another package's, in *folder*, for all processes from now on."""
    about = folder / "sentijob_null-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: sentijob-null\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[sentijob.models]\nnull = draining:load_null\n")
    os.environ["PYTHONPATH"] = f"{folder}{os.pathsep}{Path(__file__).parent}"


@contextmanager
def filled_store(texts: Sequence[str], *, model: str) -> Iterator[tuple[Store, Settings]]:
    """A store of its own in which every one of *texts* is pending."""
    with scratch_store() as env:
        settings = load_settings(environ=env)
        with closing(open_store(settings)) as store:
            fill(store.append, open_batch(store, model), texts)
            yield store, settings


def open_batch(store: Store, model: str) -> int:
    return store.open_batch(Terms(model), source="bench").batch.id


def fill(append: Callable[..., int], batch_id: int, texts: Sequence[str]) -> None:
    """Put all texts into a batch, 10,000 a transaction."""
    for first in range(0, len(texts), 10_000):
        items = [Item(text) for text in texts[first : first + 10_000]]
        append(batch_id, items, first_position=first)


def drain(
    texts: Sequence[str],
    *,
    model: str,
    processes: int = 1,
    threads: int | None = None,
    load: Callable[[str], SentimentModel] | None = None,
    reuse: bool = False,
) -> float:
    """Seconds from the first claim to the last result, by a real worker whose models are loaded.

    Its models run in processes of their own, unless *load* gives others.
    """
    with filled_store(texts, model=model) as (store, settings):
        terms = settings if threads is None else settings._replace(threads=threads)
        return timed_drain(
            store, terms, model=model, texts=texts, processes=processes, load=load, reuse=reuse
        )


def timed_drain(
    store: Store,
    settings: Settings,
    *,
    model: str,
    texts: Sequence[str],
    processes: int = 1,
    load: Callable[[str], SentimentModel] | None = None,
    reuse: bool = False,
) -> float:
    """The same for a store in which *texts* are pending."""
    with ExitStack() as stack:
        config = WorkerConfig(drain=True, processes=processes, reuse=reuse)
        ready: list[ProcessModel] = []
        if load is None:
            ready += [start_model(model, settings, processes=processes) for _ in range(processes)]
            for one in ready:
                stack.callback(one.close)
                one.await_loaded()
                one.predict(texts[:1])

        def take(_: str) -> SentimentModel:
            return ready.pop()

        with opened_worker(store, settings, config, load=load or take) as worker:
            started = perf_counter()
            summary = worker.run()
            seconds = perf_counter() - started
        expect(summary.completed, len(texts))
        return seconds


def expect(done: int, asked: int) -> None:
    """Ends the benchmark where not all was done."""
    if done != asked:
        raise SystemExit(f"{done:,} of {asked:,} jobs were completed: the figures mean nothing.")


def interleaved(ways: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, float]:
    """The median seconds of each of the *ways*, which take turns."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            seconds[name].append(way())
    return {name: median(taken) for name, taken in seconds.items()}
