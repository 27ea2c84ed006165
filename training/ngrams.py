"""Make the quick half of `cascade`: ``python training/ngrams.py --data FOLDER``; then run ``thresholds.py``.

A softmax over words and pairs of words, fitted to the texts that `mini` is fitted to, with the same ones held out.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import figures
import labelled
import numpy as np
import prepare
import shipped_cascade
from labelled import Example, Source
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from sentijob.models.cascade_folder import CONFIG, HASHES, VALUES
from sentijob.models.ngrams import NgramModel, Weights, take_apart

Floats = NDArray[np.float64]
Parts = Mapping[str, tuple[list[Example], list[Example]]]
_STEPS = 60
_COLUMNS = [figures.NEGATIVE, figures.POSITIVE]


class Counted(NamedTuple):
    """Texts as the n-grams in them; *lines* has a row for each text, a column for each of the rising *hashes*."""

    hashes: NDArray[np.uint32]
    lines: sparse.csr_array


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds train/ and dev/")
    parser.add_argument("--target", type=Path, default=shipped_cascade.FOLDER)
    parser.add_argument("--assets", type=Path, default=shipped_cascade.MINI, help="has emoji.tsv")
    parser.add_argument("--seed", type=int, default=11, help="as that of mini: what is held out")
    parser.add_argument("--least-texts", type=int, default=3, help="in which an n-gram occurs [3]")
    parser.add_argument("--decay", type=float, default=2e-6, help="[2e-6]")
    options = parser.parse_args()
    parts = prepare.divided(options.data, options.assets, options.seed)
    weights, unit = fit(parts, options.least_texts, options.decay)
    scale = unit / temperature(weights, unit, parts)
    write(options.target, weights, scale)
    said = {"seed": options.seed, "least texts": options.least_texts, "decay": options.decay}
    model = NgramModel(weights, scale=scale)
    held_out = {name: describe(model, part[1]) for name, part in parts.items() if part[1]}
    shipped_cascade.note("ngrams", said | {"n-grams": len(weights.hashes), "held out": held_out})


def fit(parts: Parts, least_texts: int, decay: float) -> tuple[Weights, float]:
    """Weights in whole numbers, and what their unit stands for."""
    rows = [(source, one) for source in prepare.ALL_SOURCES for one in parts[source.name][0]]
    counted = frequent(count([one.text for _, one in rows]), least_texts)
    targets = [labelled.smoothed(one.chances, source.smoothing) for source, one in rows]
    found = minimise(counted.lines, np.array(targets), shares(rows), decay)
    unit = float(np.abs(found).max()) / 127
    return Weights(counted.hashes, np.round(found / unit).astype(np.int8)), unit


def count(texts: Sequence[str]) -> Counted:
    ngrams = take_apart(texts)
    owners = np.tile(np.repeat(np.arange(len(texts)), ngrams.lengths), 2)
    found = np.concatenate([ngrams.words, ngrams.pairs])
    hashes, places = np.unique(found, return_inverse=True)
    each = (1 / np.sqrt(2 * ngrams.lengths))[owners]
    shape = (len(texts), len(hashes))
    return Counted(hashes, sparse.csr_array((each, (owners, places)), shape=shape))


def frequent(counted: Counted, least_texts: int) -> Counted:
    """Only the n-grams that occur in so many texts; the others say too little for their room."""
    is_kept = np.bincount(counted.lines.indices, minlength=len(counted.hashes)) >= least_texts
    return Counted(counted.hashes[is_kept], counted.lines[:, np.flatnonzero(is_kept)])


def shares(rows: Sequence[tuple[Source, Example]]) -> Floats:
    """How much each text counts, of 1 in all: by its source and by how rare its label is there."""
    sources = np.array([prepare.ALL_SOURCES.index(source) for source, _ in rows], dtype=np.uint8)
    labels = np.array([labelled.LABELS.index(one.label) for _, one in rows])
    raw = prepare.class_weights(sources, labels) * np.array([source.share for source, _ in rows])
    return np.asarray(raw / raw.sum())


def minimise(lines: sparse.csr_array, targets: Floats, share: Floats, decay: float) -> Floats:
    """The advantages of negative and positive over neutral, shape (n-grams, 2), of the best likelihood."""
    turned = lines.T.tocsr()

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(-1, 2)
        logits = np.insert(lines @ weights, 1, 0.0, axis=1)
        logits -= logits.max(1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(1, keepdims=True))
        slope = ((np.exp(logs) - targets) * share[:, None])[:, _COLUMNS]
        likelihood = float((share[:, None] * logs * targets).sum())
        gradient = turned @ slope + decay * weights
        return decay * float((weights**2).sum()) / 2 - likelihood, gradient.ravel()

    begin = np.zeros(2 * lines.shape[1])
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    return np.asarray(found.x).reshape(-1, 2)


def temperature(weights: Weights, unit: float, parts: Parts) -> float:
    """By which the logits are best divided, as the held-out texts show."""
    model = NgramModel(weights, scale=unit)
    real = [parts[source.name][1] for source in labelled.SOURCES]
    return figures.best_temperature([judge(model, examples) for examples in real])


def judge(model: NgramModel, examples: Sequence[Example]) -> tuple[Floats, NDArray[np.intp]]:
    labels = np.array([labelled.LABELS.index(one.label) for one in examples])
    return model.judge([one.text for one in examples]).chances, labels


def describe(model: NgramModel, examples: Sequence[Example]) -> dict[str, Any]:
    return figures.describe(*judge(model, examples))


def write(folder: Path, weights: Weights, scale: float) -> None:
    folder.mkdir(exist_ok=True)
    np.save(folder / HASHES, weights.hashes, allow_pickle=False)
    np.save(folder / VALUES, weights.values, allow_pickle=False)
    config = {"model": "cascade", "scale": scale, "normalize": prepare.NORMALIZE}
    (folder / CONFIG).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
