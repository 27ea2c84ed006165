"""Which way of running ``mini`` costs least: session options, padding, threads, I/O binding, and the tokenizer.

Each way runs the same rows of tokens, in turns with the others. Compared is the processor time
a text, which other work on the machine changes little; and the rate, where a way uses more than one core.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import median
from time import perf_counter, process_time
from typing import NamedTuple

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it ships no types
from corpus import add_texts_option, take_texts
from harness import Table, publish
from numpy.typing import NDArray
from tokenizers import Tokenizer

from sentijob.machine import usable_cores
from sentijob.models.folder import ModelFolder
from sentijob.models.onnx import new_session, session_options
from sentijob.models.registry import bundled_mini

Row = Sequence[int]
Rows = Sequence[Row]
Array = NDArray[np.int32]


class Cost(NamedTuple):
    """Milliseconds a text."""

    wall: float
    cpu: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=400, help="texts [400]")
    parser.add_argument("--repeats", type=int, default=5, help="rounds, interleaved [5]")
    add_texts_option(parser)
    options = parser.parse_args()
    texts = take_texts(options.texts, options.count)
    folder = bundled_mini()
    tokenizer = Tokenizer.from_file(str(folder.tokenizer))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    rows = sorted((each.ids for each in tokenizer.encode_batch(texts)), key=len)
    ways = {**network_ways(folder, rows), **tokenizer_ways(tokenizer, texts)}
    costs = interleave(ways, len(texts), options.repeats)
    report(costs, sum(map(len, rows)) / len(rows))


def network_ways(folder: ModelFolder, rows: Rows) -> dict[str, Callable[[], None]]:
    """Ways to run all rows; the first is how the program does it."""
    cores = usable_cores()
    usual = session(folder)
    ways: dict[str, Callable[[], None]] = {
        "one row a run, one thread (as built)": partial(run_alone, usual, rows),
        f"the same in {cores} threads of ours (as built)": partial(
            run_in_threads, usual, rows, cores
        ),
        f"{cores} threads of the session's own": partial(
            run_alone, session(folder, intra_op_num_threads=cores), rows
        ),
        "onnxruntime's fusions allowed": partial(run_alone, fusing_session(folder), rows),
        "inputs and outputs bound": partial(run_bound, usual, rows),
        "no memory pattern": partial(run_alone, session(folder, enable_mem_pattern=False), rows),
        "no arena": partial(run_alone, session(folder, enable_cpu_mem_arena=False), rows),
        "denormals to zero": partial(
            run_alone, session(folder, {"session.set_denormal_as_zero": "1"}), rows
        ),
        "weights not prepacked": partial(
            run_alone, session(folder, {"session.disable_prepacking": "1"}), rows
        ),
        "rows padded to a multiple of 8": partial(run_alone, usual, rows, 8),
        "rows padded to a multiple of 16": partial(run_alone, usual, rows, 16),
    }
    for level in ("ORT_DISABLE_ALL", "ORT_ENABLE_BASIC"):
        options = session(
            folder,
            graph_optimization_level=getattr(onnxruntime.GraphOptimizationLevel, level),
        )
        ways[f"graph optimisation {level}"] = partial(run_alone, options, rows)
    for most in (64, 128, 256, 512, 1024, 4096):
        ways[f"rows packed into runs of {most} tokens"] = partial(run_packed, usual, rows, most)
    return ways


def session(
    folder: ModelFolder, entries: Mapping[str, str] | None = None, **settings: object
) -> onnxruntime.InferenceSession:
    """A session as the program makes it, but for what is given."""
    options = session_options()
    for name, value in settings.items():
        setattr(options, name, value)
    for name, value in (entries or {}).items():
        options.add_session_config_entry(name, value)
    return new_session(folder.weights, options)


def fusing_session(folder: ModelFolder) -> onnxruntime.InferenceSession:
    """A session that fuses whatever onnxruntime would."""
    return onnxruntime.InferenceSession(
        folder.weights, session_options(), providers=["CPUExecutionProvider"]
    )


def fed(rows: Rows, multiple: int = 1) -> dict[str, Array]:
    """The inputs of a run: padded to the longest row, or further to a *multiple*."""
    width = -(-max(map(len, rows)) // multiple) * multiple
    ids = np.zeros((len(rows), width), dtype=np.int32)
    mask = np.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
        mask[place, : len(row)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def run_alone(running: onnxruntime.InferenceSession, rows: Rows, multiple: int = 1) -> None:
    for row in rows:
        running.run(None, fed([row], multiple))


def run_in_threads(running: onnxruntime.InferenceSession, rows: Rows, threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda row: running.run(None, fed([row])), rows))


def run_packed(running: onnxruntime.InferenceSession, rows: Rows, most: int) -> None:
    for run in packed(rows, most):
        running.run(None, fed(run))


def packed(rows: Rows, most: int) -> Iterator[Rows]:
    """Rows of like length together, at most so many tokens a run."""
    run: list[Row] = []
    for row in reversed(rows):
        if run and (len(run) + 1) * len(run[0]) > most:
            yield run
            run = []
        run.append(row)
    yield run


def run_bound(running: onnxruntime.InferenceSession, rows: Rows) -> None:
    binding = running.io_binding()
    for row in rows:
        for name, array in fed([row]).items():
            binding.bind_cpu_input(name, array)
        binding.bind_output("logits")
        running.run_with_iobinding(binding)
        binding.copy_outputs_to_cpu()


def tokenizer_ways(tokenizer: Tokenizer, texts: Sequence[str]) -> dict[str, Callable[[], None]]:
    return {
        "tokenizer alone, one text a call": partial(encode_alone, tokenizer, texts),
        "tokenizer alone, all texts, one thread": partial(encode_all, tokenizer, texts, "false"),
        "tokenizer alone, all texts, its threads (as built)": partial(
            encode_all, tokenizer, texts, "true"
        ),
    }


def encode_alone(tokenizer: Tokenizer, texts: Sequence[str]) -> None:
    for text in texts:
        tokenizer.encode(text)


def encode_all(tokenizer: Tokenizer, texts: Sequence[str], is_parallel: str) -> None:
    os.environ["TOKENIZERS_PARALLELISM"] = is_parallel
    tokenizer.encode_batch_fast(texts)


def interleave(ways: Mapping[str, Callable[[], None]], texts: int, repeats: int) -> dict[str, Cost]:
    """The medians of each way, which take turns, after one round that only warms up."""
    taken: dict[str, list[Cost]] = {name: [] for name in ways}
    for repeat in range(repeats + 1):
        for name, way in ways.items():
            wall, cpu = perf_counter(), process_time()
            way()
            cost = Cost(
                (perf_counter() - wall) * 1000 / texts, (process_time() - cpu) * 1000 / texts
            )
            if repeat:
                taken[name].append(cost)
    return {
        name: Cost(median(one.wall for one in costs), median(one.cpu for one in costs))
        for name, costs in taken.items()
    }


def report(costs: Mapping[str, Cost], tokens: float) -> None:
    usual = next(iter(costs.values()))
    table = Table(
        (f"mini, {tokens:.0f} tokens a text", "CPU ms a text", "times as built", "texts/s"),
        [
            (name, f"{cost.cpu:.3f}", f"{cost.cpu / usual.cpu:.2f}", f"{1000 / cost.wall:,.0f}")
            for name, cost in costs.items()
        ],
    )
    publish("tuning", {name: cost._asdict() for name, cost in costs.items()}, [table])


if __name__ == "__main__":
    main()
