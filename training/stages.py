"""The stages after training: from weights to a folder that the program can use."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import evaluate
import export
import figures
import labelled
import network
import numpy as np
import quantise
from batches import BEGIN, END, LONGEST
from numpy.typing import NDArray
from prepare import NORMALIZE

from sentijob.ports import SentimentModel

VERSION = "0.3"
FORMS = ("float", "dynamic", "static")
ASSETS = ("tokenizer.json", "emoji.tsv")
LEARNT = 0.8
"""How much of the weights is from this training, and the rest from those it began with: better than either on tweets.

Source: "Robust fine-tuning of zero-shot models", Wortsman et al., CVPR 2022.
"""
MOST_LOST = 0.5
"""Points that static scales may cost against float weights on any set to develop with."""
LARGEST = 25_000_000
_CALIBRATING = 800


def export_float(work: Path, before: Path, assets: Path) -> dict[str, Any]:
    """What was learnt, blended with what there was before, as a model folder of float32."""
    folder = model_folder(work / "float", assets, temperature=1.0)
    model = network.blended(before, work / "student.safetensors", LEARNT).eval()
    return {
        "share of what was learnt": LEARNT,
        "blended with": before.name,
        "most that a logit differs from torch's": export.export(model, folder / "model.onnx"),
    }


def quantise_both(work: Path, assets: Path) -> dict[str, Any]:
    """Model folders of int8 in both ways."""
    evened = work / "evened.onnx"
    rows = calibrating_rows(work)
    quantise.even(work / "float" / "model.onnx", evened, rows)
    paths = {
        form: model_folder(work / form, assets, temperature=1.0) / "model.onnx"
        for form in FORMS[1:]
    }
    quantise.dynamic(evened, paths["dynamic"])
    limits = quantise.static(evened, paths["dynamic"], paths["static"], rows)
    sizes = {form: path.stat().st_size for form, path in paths.items()}
    return {"bytes": sizes, "limits": limits}


def calibrating_rows(work: Path) -> Sequence[NDArray[np.int32]]:
    """Rows of texts to train on, drawn at random."""
    with np.load(work / "train.npz") as arrays:
        ids, ends = arrays["ids"], arrays["ends"]
    chosen = np.random.default_rng(0).choice(len(ends), min(_CALIBRATING, len(ends)), replace=False)
    begins = [int(ends[text - 1]) if text else 0 for text in chosen]
    own = [
        ids[begin : min(int(ends[text]), begin + LONGEST)]
        for begin, text in zip(begins, chosen, strict=True)
    ]
    return [np.array([BEGIN, *each, END], dtype=np.int32) for each in own]


def evaluate_all(work: Path, data: Path, before: Path) -> dict[str, Any]:
    """Figures of every form, of the model *before* and of VADER; keeps what each form said."""
    sets = evaluate.read_sets(data, work / "heldout")
    scorers: dict[str, SentimentModel] = {
        "before": evaluate.model(before),
        **{form: evaluate.model(work / form) for form in FORMS},
        "vader": evaluate.vader(),
    }
    described = {}
    for name, scorer in scorers.items():
        said = evaluate.predict(scorer, sets)
        described[name] = evaluate.describe(said, sets)
        np.savez(work / f"said-{name}.npz", **said)  # type: ignore[arg-type]  # numpy takes the names of arrays for its own options
    return described


def choose(work: Path, data: Path, assets: Path) -> dict[str, Any]:
    """Static scales if they lose little, else dynamic; then the temperature; writes ``mini``."""
    results = json.loads((work / "evaluate.json").read_text(encoding="utf-8"))
    lost = {form: losses(results["float"], results[form]) for form in FORMS[1:]}
    form = "static" if max(lost["static"].values()) <= MOST_LOST else "dynamic"
    sets = evaluate.read_sets(data, work / "heldout")
    with np.load(work / f"said-{form}.npz") as stored:
        said = dict(stored)
    # An earlier mini, whose weights this may have begun with, has seen what is held out, and is too sure of it.
    trusted = [name for name in sets if name.startswith("dev ")]
    temperature = figures.best_temperature([(said[name], sets[name][1]) for name in trusted])
    folder = model_folder(work / "mini", assets, temperature=temperature)
    shutil.copyfile(work / form / "model.onnx", folder / "model.onnx")
    if (folder / "model.onnx").stat().st_size > LARGEST:
        raise ValueError(f"{folder / 'model.onnx'} is larger than {LARGEST} bytes")
    heated = {name: figures.heated(chances, temperature) for name, chances in said.items()}
    return {
        "form": form,
        "lost against float": lost,
        "temperature": temperature,
        "figures": evaluate.describe(heated, sets),
    }


def losses(exact: dict[str, Any], rounded: dict[str, Any]) -> dict[str, float]:
    """Points lost, for each set to develop with: of two-class accuracy or macro-recall, the worse."""
    return {
        name: round(
            max(exact[name][of] - rounded[name][of] for of in ("two-class", "macro-recall")), 2
        )
        for name in exact
        if name.startswith("dev ")
    }


def model_folder(folder: Path, assets: Path, *, temperature: float) -> Path:
    """*folder* with everything but the weights."""
    folder.mkdir(exist_ok=True)
    for name in ASSETS:
        shutil.copyfile(assets / name, folder / name)
    config = {
        "model": "mini",
        "version": VERSION,
        "base": "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0)",
        "id2label": {str(place): label for place, label in enumerate(labelled.LABELS)},
        "max_length": 128,
        "window": LONGEST + 2,
        "pooling": "mean",
        "inputs": dict.fromkeys(("input_ids", "attention_mask"), "int32 [batch, tokens]"),
        "output": "logits float32 [batch, 3]",
        "temperature": temperature,
        "normalize": NORMALIZE,
    }
    text = json.dumps(config, indent=2, ensure_ascii=False) + "\n"
    (folder / "config.json").write_text(text, encoding="utf-8")
    return folder
