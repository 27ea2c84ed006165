"""Choose when the n-grams of `cascade` answer: ``python training/thresholds.py --data FOLDER --held-out FOLDER``.

On each held-out set the answers as a whole may be worse than those of the `mini` that lies in the
checkout by a bound; within it, as many texts as can be are answered without it. To be run again after
either model has changed: a minute on two free cores, nearly all of it `mini`'s.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import NamedTuple

import evaluate
import figures
import labelled
import numpy as np
import prepare
import shipped_cascade
from evaluate import Floats, Sets
from numpy.typing import NDArray

from sentijob.models.cascade import load_ngrams, sureness
from sentijob.models.cascade_folder import ROUTING, CascadeFolder, Routing
from sentijob.models.ngrams import Judged

LOSS = 0.3
"""Points of accuracy and of macro-recall."""
_FEW = 1_000
"""Texts of a set below which a text more or less says nothing: a single one may be lost, and macro-recall isn't asked."""
WHOLE = ("sst_sentences", "semeval", "goemotions", "product_reviews")
"""The sources of texts as people send them; the others are pieces of such, made up, or long."""
_LIKELY = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.01)
_KNOWN = (0.8, 0.9, 1.0)
_FEWEST, _MOST = 2, 60


class Asked(NamedTuple):
    """A set, with what both models say of it."""

    labels: NDArray[np.intp]
    quick: Judged
    mini: Floats

    def cascade(self, routing: Routing) -> tuple[NDArray[np.bool_], Floats]:
        """Which texts the n-grams answer, and the chances of all."""
        is_sure = sureness(self.quick, routing)
        return is_sure, np.where(is_sure[:, None], self.quick.chances, self.mini)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds dev/")
    parser.add_argument("--held-out", type=Path, required=True, help="WORK/heldout of the training")
    options = parser.parse_args()
    settle(ask(evaluate.read_sets(options.data, options.held_out), shipped_cascade.folder()))


def settle(asked: Mapping[str, Asked]) -> None:
    """Write the routing that held-out sets allow, and what it does to every set."""
    judged_by = {f"held-out {source.name}" for source in (*labelled.SOURCES, prepare.MADE_UP)}
    routing = choose({name: asked[name] for name in judged_by})
    target = shipped_cascade.FOLDER / ROUTING
    target.write_text(json.dumps(asdict(routing), indent=1) + "\n", encoding="utf-8")
    report = {name: compare(one, routing) for name, one in asked.items()}
    for name, said in report.items():
        print(f"{name:35}", "  ".join(f"{key} {value}" for key, value in said.items()))
    print(routing)
    revision = shipped_cascade.folder().rest.revision()
    shipped_cascade.note("thresholds", {"mini": revision, "bound": LOSS, "sets": report})


def ask(sets: Sets, folder: CascadeFolder) -> dict[str, Asked]:
    quick, normalize = load_ngrams(folder), folder.normalizer()
    mini = evaluate.predict(evaluate.model(folder.rest.path), sets)
    return {
        name: Asked(labels, quick.judge([normalize(text) for text in texts]), mini[name])
        for name, (texts, labels) in sets.items()
    }


def choose(held_out: Mapping[str, Asked]) -> Routing:
    """The routing that answers most, as a mean over the sets of whole texts, of those that lose little on each."""
    whole = [held_out[f"held-out {name}"] for name in WHOLE]
    allowed = [
        routing
        for routing in tried()
        if all(is_small_loss(one, routing) for one in held_out.values())
    ]
    return max(allowed, key=lambda routing: answered(whole, routing))


def tried() -> Iterator[Routing]:
    for negative, neutral, positive, known in product(_LIKELY, _LIKELY, _LIKELY, _KNOWN):
        yield Routing(negative, neutral, positive, known, _FEWEST, _MOST)


def answered(sets: Sequence[Asked], routing: Routing) -> float:
    return float(np.mean([sureness(one.quick, routing).mean() for one in sets]))


def loss(asked: Asked, routing: Routing) -> float:
    """By how many points the cascade is worse than `mini`, in whichever figure it is more."""
    _, chances = asked.cascade(routing)
    before, after = goodness(asked.mini, asked.labels), goodness(chances, asked.labels)
    return max(old - new for old, new in zip(before, after, strict=True))


def goodness(chances: Floats, labels: NDArray[np.intp]) -> tuple[float, ...]:
    """Accuracy and macro-recall; of a set without neutrals, accuracy between the two others."""
    if figures.NEUTRAL not in labels:
        return (figures.two_class(chances, labels),)
    return figures.percent(chances.argmax(1) == labels), figures.macro_recall(chances, labels)


def is_small_loss(asked: Asked, routing: Routing) -> bool:
    if len(asked.labels) >= _FEW:
        return loss(asked, routing) <= LOSS
    _, chances = asked.cascade(routing)
    lost = goodness(asked.mini, asked.labels)[0] - goodness(chances, asked.labels)[0]
    return lost <= max(LOSS, 101 / len(asked.labels))


def compare(asked: Asked, routing: Routing) -> dict[str, object]:
    """What a set shows of both."""
    is_sure, chances = asked.cascade(routing)
    return {
        "texts": len(asked.labels),
        "answered": figures.percent(is_sure),
        "mini": goodness(asked.mini, asked.labels),
        "cascade": goodness(chances, asked.labels),
        "loss": round(loss(asked, routing), 2),
        "ece of mini": figures.calibration_error(asked.mini, asked.labels),
        "ece": figures.calibration_error(chances, asked.labels),
    }


if __name__ == "__main__":
    main()
