"""Installing a finished model in the checkout: its files, its card, and a manifest of how it came to be."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from card import card

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "src" / "sentijob" / "models" / "mini"
MANIFEST, LOG = HERE / "shipped.json", HERE / "shipped.log"
FILES = ("model.onnx", "tokenizer.json", "emoji.tsv", "config.json", "MODEL_CARD.md")
_OWN_LINE = re.compile(r"\d\d:\d\d:\d\d ")
"""What libraries say beside them names folders of the machine that it ran on."""
_STAGES = ("prepare", "teach", "label", "fit", "export", "quantise", "evaluate", "choose")
_PACKAGES = ("torch", "onnx", "onnxruntime", "numpy", "tokenizers", "safetensors", "transformers")


def write_card(work: Path) -> None:
    """Put the card into the finished model's folder."""
    folder = work / "mini"
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    text = card(read_results(work), config, (folder / "model.onnx").stat().st_size)
    (folder / "MODEL_CARD.md").write_text(text, encoding="utf-8")


def ship(work: Path, *, seed: int, target: Path = TARGET, manifest: Path = MANIFEST) -> None:
    """Copy the finished model to *target*, and write the manifest, with the log beside it."""
    for name in FILES:
        shutil.copyfile(work / "mini" / name, target / name)
    written = json.dumps(describe(work, target, seed), indent=1, ensure_ascii=False)
    manifest.write_text(written + "\n", encoding="utf-8")
    log = (work / "log").read_text(encoding="utf-8").splitlines(keepends=True)
    own = "".join(line for line in log if _OWN_LINE.match(line))
    manifest.with_suffix(".log").write_text(own, encoding="utf-8")


def describe(work: Path, folder: Path, seed: int) -> dict[str, Any]:
    """What the manifest says of the model in *folder*, which the stages in *work* made."""
    results = read_results(work)
    stages = [json.loads(line) for line in (work / "stages.jsonl").read_text().splitlines()]
    return {
        "version": json.loads((folder / "config.json").read_text("utf-8"))["version"],
        "temperature": results["choose"]["temperature"],
        "files": digests(folder),
        "seed": seed,
        "teach": results["teach"],
        "fit": results["fit"],
        "share of what was learnt": results["export"]["share of what was learnt"],
        "form": results["choose"]["form"],
        "versions": {name: version(name) for name in _PACKAGES},
        "stages": {stage["stage"]: stage["seconds"] for stage in stages},
        "data": results["prepare"]["data"],
    }


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each file of a model."""
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}


def read_results(work: Path) -> Mapping[str, Any]:
    """What each stage gave."""
    return {name: json.loads((work / f"{name}.json").read_text("utf-8")) for name in _STAGES}
