"""What a model says of labelled sets, by the program's own code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import figures
import labelled
import numpy as np
from numpy.typing import NDArray

from sentijob.models.folder import ModelFolder
from sentijob.models.onnx import OnnxModel
from sentijob.models.vader import VaderModel
from sentijob.ports import SentimentModel

PROBES = Path(__file__).parent / "probes"
OTHER_LANGUAGES = "probe languages"
_AT_ONCE = 256
Floats = NDArray[np.floating[Any]]
Sets = Mapping[str, tuple[list[str], NDArray[np.intp]]]


def read_sets(data: Path, held_out: Path) -> Sets:
    """Texts and labels by the set's name: those to develop with, held out ones, and probes."""
    files = {
        **{f"dev {path.stem}": path for path in sorted((data / "dev").glob("*.tsv"))},
        **{f"held-out {path.stem}": path for path in sorted(held_out.glob("*.tsv"))},
        **{f"probe {path.stem}": path for path in sorted(PROBES.glob("*.tsv"))},
    }
    return {name: _read(path) for name, path in files.items()}


def _read(path: Path) -> tuple[list[str], NDArray[np.intp]]:
    examples = [one for one in labelled.read(path, str) if one.text.strip()]
    labels = [labelled.LABELS.index(example.label) for example in examples]
    return [example.text for example in examples], np.array(labels)


def model(folder: Path) -> OnnxModel:
    return OnnxModel(folder.name, ModelFolder(folder), threads=2)


def vader() -> VaderModel:
    return VaderModel()


def predict(scorer: SentimentModel, sets: Sets) -> dict[str, Floats]:
    """For each set chances of shape (texts, 3)."""
    return {name: _chances(scorer, texts) for name, (texts, _) in sets.items()}


def _chances(scorer: SentimentModel, texts: list[str]) -> Floats:
    said = [
        one
        for first in range(0, len(texts), _AT_ONCE)
        for one in scorer.predict(texts[first : first + _AT_ONCE])
    ]
    return np.array([(one.negative, one.neutral, one.positive) for one in said])


def describe(predictions: Mapping[str, Floats], sets: Sets) -> dict[str, dict[str, float | int]]:
    """The figures of each set."""
    return {
        name: surety(chances)
        if name == OTHER_LANGUAGES
        else figures.describe(chances, sets[name][1])
        for name, chances in predictions.items()
    }


def surety(chances: Floats) -> dict[str, float | int]:
    """How sure a model is of texts that it can't read."""
    most = chances.max(1)
    return {
        "texts": len(most),
        "mean of the likeliest": round(100 * float(most.mean()), 2),
        "share above 80 %": figures.percent(most > 0.8),
    }
