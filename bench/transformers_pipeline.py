"""``mini`` beside what most people would run: a transformers pipeline with fp32 weights on torch.

The pipeline has a MiniLM of ``mini``'s own shape (6 layers, 384 wide, its tokenizer, 3 labels). Its
weights are drawn by chance: a matrix's values don't change how long it is multiplied. It gets the
texts sorted by length, under inference mode, and is tried with every batch size and number of
threads first; the best of them then takes turns with ``mini`` in memory and with ``sentijob
worker``, both as they come, on the same texts. Two threads of torch wait for each other by spinning,
so whatever else runs on the cores slows them many times: believe a quiet machine alone, or the
best rounds.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from corpus import add_texts_option, take_texts
from draining import fill
from harness import Goal, Table, publish, scratch_store, store_of, wait_until, worker_running

import sentijob.models
from sentijob.jobs import Terms
from sentijob.machine import usable_cores
from sentijob.settings import load_settings
from sentijob.wiring import load_model

TOKENIZER = Path(sentijob.models.__file__).parent / "mini" / "tokenizer.json"
BATCH_SIZES = (1, 2, 4, 8, 16, 32, 64, 128)
CHUNK = 64
LEAST_TIMES = 3


class Setting(NamedTuple):
    """What a pipeline may be set to for speed."""

    threads: int
    batch: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts-each", type=int, default=4_096, help="texts a round [4096]")
    parser.add_argument("--tried", type=int, default=256, help="texts to try a setting with [256]")
    parser.add_argument("--repeats", type=int, default=5, help="rounds, interleaved [5]")
    add_texts_option(parser)
    options = parser.parse_args()
    if find_spec("torch") is None or find_spec("transformers") is None:
        sys.exit("torch and transformers aren't installed; `make bench-torch` sets them up.")
    pipeline = make_pipeline()
    some = sorted(take_texts(options.texts, options.tried), key=len)
    tried = dict.fromkeys(settings(), 0.0)
    for setting in random.sample(2 * list(tried), 2 * len(tried)):
        # The better of two: one that was disturbed should not rule a setting out.
        tried[setting] = max(tried[setting], by_pipeline(pipeline, setting, some))
    best = max(tried, key=lambda setting: tried[setting])
    texts = take_texts(options.texts, options.texts_each)
    rounds = take_turns(
        {
            "pipeline": lambda: by_pipeline(pipeline, best, sorted(texts, key=len)),
            "memory": in_memory(texts),
            "worker": lambda: by_worker(texts),
        },
        options.repeats,
    )
    report(tried, best, rounds, len(texts))


def settings() -> Iterable[Setting]:
    for threads in sorted({1, usable_cores()}):
        for batch in BATCH_SIZES:
            yield Setting(threads, batch)


def make_pipeline() -> Any:  # noqa: ANN401  # torch and transformers are looked at without their types
    """A text-classification pipeline of ``mini``'s shape."""
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        PreTrainedTokenizerFast,
        pipeline,
    )

    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(TOKENIZER), model_max_length=128)
    tokenizer.add_special_tokens({"pad_token": "[PAD]"})
    network = BertForSequenceClassification(
        BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=384,
            num_hidden_layers=6,
            num_attention_heads=12,
            intermediate_size=1536,
            num_labels=3,
        )
    )
    return pipeline("text-classification", model=network.eval(), tokenizer=tokenizer, device="cpu")


def by_pipeline(pipeline: Any, setting: Setting, texts: Sequence[str]) -> float:  # noqa: ANN401
    """Texts a second."""
    import torch

    torch.set_num_threads(setting.threads)
    with torch.inference_mode():
        pipeline(texts[:8], batch_size=8, truncation=True)
        started = perf_counter()
        answers = pipeline(list(texts), batch_size=setting.batch, truncation=True, top_k=None)
        seconds = perf_counter() - started
    if len(answers) != len(texts):
        raise SystemExit(f"The pipeline gave {len(answers)} answers to {len(texts)} texts.")
    return len(texts) / seconds


def in_memory(texts: Sequence[str]) -> Callable[[], float]:
    """Scores the texts, sorted and in chunks, by ``mini`` in this process."""
    model = load_model("mini", load_settings(environ={}))
    ordered = sorted(texts, key=len)

    def score() -> float:
        started = perf_counter()
        for first in range(0, len(ordered), CHUNK):
            model.predict(ordered[first : first + CHUNK])
        return len(ordered) / (perf_counter() - started)

    return score


def by_worker(texts: Sequence[str]) -> float:
    """Texts a second of ``sentijob worker``, from the first look that finds results to the last text."""
    with scratch_store() as env, closing(store_of(env)) as store:
        batch = store.open_batch(Terms(model="mini"), source="bench").batch
        fill(store.append, batch.id, texts)
        store.seal(batch.id)
        with worker_running(env, store):
            wait_until(lambda: store.counts().finished > 0, "a text is scored", seconds=60)
            started, at_first = perf_counter(), store.counts().finished
            wait_until(lambda: store.counts().finished == len(texts), "all are scored", seconds=600)
            seconds = perf_counter() - started
    return (len(texts) - at_first) / seconds


def take_turns(ways: dict[str, Callable[[], float]], repeats: int) -> dict[str, list[float]]:
    """The rounds of each way."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name in random.sample(list(ways), len(ways)):
            taken[name].append(ways[name]())
    return taken


def report(
    tried: dict[Setting, float], best: Setting, rounds: dict[str, list[float]], count: int
) -> None:
    rates = {way: median(given) for way, given in rounds.items()}
    bests = {way: max(given) for way, given in rounds.items()}
    threads = sorted({setting.threads for setting in tried})
    search = Table(
        ("transformers pipeline, texts/s by batch size", *map(str, BATCH_SIZES)),
        [
            (
                f"{number} {'thread' if number == 1 else 'threads'}",
                *(f"{tried[Setting(number, batch)]:.0f}" for batch in BATCH_SIZES),
            )
            for number in threads
        ],
    )
    names = {
        "pipeline": f"transformers on torch, fp32, {best.threads} threads, {best.batch} a batch",
        "memory": f"mini in memory, {CHUNK} a chunk",
        "worker": "sentijob worker",
    }
    speeds = Table(
        (f"{count:,} texts", "texts/s", "times the pipeline", "best round", "times its best"),
        [
            (
                names[way],
                f"{rate:.0f}",
                f"{rate / rates['pipeline']:.2f}",
                f"{bests[way]:.0f}",
                f"{bests[way] / bests['pipeline']:.2f}",
            )
            for way, rate in rates.items()
        ],
    )
    publish(
        "transformers_pipeline",
        {
            "rates": rates,
            "bests": bests,
            "tried": {f"{one.threads} threads, {one.batch}": rate for one, rate in tried.items()},
        },
        [search, speeds],
        [
            Goal(
                "sentijob worker, times a transformers pipeline",
                rates["worker"] / rates["pipeline"],
                least=LEAST_TIMES,
            )
        ],
        packages=("torch", "transformers", "onnxruntime"),
    )


if __name__ == "__main__":
    main()
