"""What reuse saves where texts repeat, and what it costs where none does.

Real workers drain the same texts in turns, with reuse and without: texts that are all different, by a model that costs
nothing, by vader and by mini; and a file of which 60 % are repeats. Then mini drains a file that
another worker has scored before, which the store alone can know.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import median

from corpus import add_texts_option, take_texts
from draining import drain, fill, filled_store, null_model_installed, open_batch, timed_drain
from harness import Goal, Table, publish

TEXTS = {"null": 100_000, "vader": 60_000, "mini": 4_000}
"""Enough for two seconds or more."""
REPEATS = 0.6
MOST_COST = 0.03
"""Share of the time, where nothing repeats."""
LEAST_GAIN = {"mini": 2.2}
"""How many times as fast a file with 60 % repeats is to be; 2.5 would be all that the model's calls can give."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=list(TEXTS), help="[null vader mini]")
    parser.add_argument("--scale", type=float, default=1.0, help="so many times the texts [1]")
    parser.add_argument("--repeats", type=int, default=7, help="rounds, interleaved [7]")
    add_texts_option(parser)
    options = parser.parse_args()
    figures: dict[str, object] = {}
    rows: list[Sequence[str]] = []
    goals: list[Goal] = []
    with null_model_installed():
        for model in options.models:
            count = int(TEXTS[model] * options.scale)
            own = distinct(take_texts(options.texts, count))
            for what, texts in (("no repeats", own), ("60 % repeats", repeating(own))):
                ways = {
                    "with": partial(drain, texts, model=model, reuse=True),
                    "without": partial(drain, texts, model=model),
                }
                taken = rounds(ways, options.repeats)
                with_it, without = (len(texts) / median(taken[way]) for way in ways)
                # Of neighbours, which the machine treats alike.
                gain = median(b / a for a, b in zip(taken["with"], taken["without"], strict=True))
                figures[f"{model}, {what}"] = {"with": with_it, "without": without, "gain": gain}
                rows.append((model, what, f"{without:,.0f}", f"{with_it:,.0f}", f"{gain:.3f}"))
                if texts is own:
                    goals.append(Goal(f"{model}, {what}: cost", 1 - gain, most=MOST_COST))
                elif model in LEAST_GAIN:
                    goals.append(
                        Goal(f"{model}, {what}: times as fast", gain, least=LEAST_GAIN[model])
                    )
        if "mini" in options.models:
            own = distinct(take_texts(options.texts, int(TEXTS["mini"] * options.scale)))
            first, again = drained_twice(own)
            figures["mini, scored before"] = {"first": first, "again": again}
            rows.append(
                (
                    "mini",
                    "scored by a worker before",
                    f"{first:,.0f}",
                    f"{again:,.0f}",
                    f"{again / first:.3f}",
                )
            )
    headings = ("model", "texts", "without, texts/s", "with", "times as fast")
    publish("reuse", figures, [Table(headings, rows)], goals)


def distinct(texts: Sequence[str]) -> list[str]:
    """All different, and hardly longer."""
    return [f"{text} {number}" for number, text in enumerate(texts)]


def repeating(texts: Sequence[str]) -> list[str]:
    """As many, of which 60 % occurred before, at any distance."""
    draw = random.Random(1)
    kept = round(len(texts) * (1 - REPEATS))
    repeated = [draw.choice(texts[:kept]) for _ in range(len(texts) - kept)]
    mixed = [*texts[:kept], *repeated]
    draw.shuffle(mixed)
    return mixed


def rounds(ways: Mapping[str, Callable[[], float]], repeats: int) -> dict[str, list[float]]:
    """Seconds of each of the *ways*, which take turns, each as often first."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(repeats):
        for name in list(ways)[:: -1 if number % 2 else 1]:
            taken[name].append(ways[name]())
    return taken


def drained_twice(texts: Sequence[str]) -> tuple[float, float]:
    """Texts a second by mini, and by another worker once they come again."""
    with filled_store(texts, model="mini") as (store, settings):
        first = timed_drain(store, settings, model="mini", texts=texts, reuse=True)
        fill(store.append, open_batch(store, "mini"), texts)
        again = timed_drain(store, settings, model="mini", texts=texts, reuse=True)
    return len(texts) / first, len(texts) / again


if __name__ == "__main__":
    main()
