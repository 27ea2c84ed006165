"""How much quicker `cascade` is than `mini`, which answers what the n-grams are not sure of.

Both in this process, in turns over the same texts, fed from a list in memory, sorted by length and cut into
chunks; and the n-grams alone. What is gained hangs on the texts: ``--texts`` names yours.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from time import perf_counter

from corpus import add_texts_option, take_texts
from draining import interleaved
from harness import Goal, Table, publish
from models import CHUNK, loaded, loop

from sentijob.models.cascade import load_ngrams, sureness
from sentijob.models.registry import bundled_cascade

GOAL = 1.2
"""How many times as quick it is to be: for less, a second model isn't worth its name."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=6_000, help="how many texts [6000]")
    parser.add_argument("--repeats", type=int, default=3, help="rounds, interleaved [3]")
    add_texts_option(parser)
    options = parser.parse_args()
    texts = take_texts(options.texts, options.count)
    models = {name: loaded(name) for name in ("mini", "cascade")}
    ways = {name: partial(loop, model, texts, CHUNK) for name, model in models.items()}
    seconds = interleaved(ways | {"n-grams alone": partial(judge, texts)}, options.repeats)
    rates = {name: len(texts) / taken for name, taken in seconds.items()}
    gain = rates["cascade"] / rates["mini"]
    figures = {"texts": len(texts), "rates": rates, "answered": answered(texts), "gain": gain}
    rows = [(name, f"{rate:,.0f}") for name, rate in rates.items()]
    rows += [("cascade over mini", f"{gain:.2f}")]
    rows += [("answered by n-grams", f"{figures['answered']:.1%}")]
    publish(
        "cascade", figures, [Table(("", "texts/s"), rows)], [Goal("over mini", gain, least=GOAL)]
    )


def judge(texts: Sequence[str]) -> float:
    """Seconds for the n-grams to judge all texts, normalised by them too."""
    folder = bundled_cascade()
    quick, normalize = load_ngrams(folder), folder.normalizer()
    started = perf_counter()
    for first in range(0, len(texts), CHUNK):
        quick.judge([normalize(text) for text in texts[first : first + CHUNK]])
    return perf_counter() - started


def answered(texts: Sequence[str]) -> float:
    """The share of the texts that the n-grams answer."""
    folder = bundled_cascade()
    normalize = folder.normalizer()
    judged = load_ngrams(folder).judge([normalize(text) for text in texts])
    return float(sureness(judged, folder.routing()).mean())


if __name__ == "__main__":
    main()
