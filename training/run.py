"""Make `mini`: ``python training/run.py --data FOLDER --folder WORK [--ship]``; see ``docs/training.md``.

Each stage keeps its result in WORK; run again, it goes on where it was ended.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).resolve().parent.parent / "src" / "sentijob" / "models" / "mini"


@dataclass(frozen=True)
class Options:
    data: Path
    folder: Path
    start: Path
    blended: Path
    teacher: Path | None
    assets: Path
    before: Path
    passes: float
    rate: float
    seed: int


def main() -> None:
    options, ship = read_options()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, stage in STAGES.items():
        carry_out(name, stage, options)
    shipping = importlib.import_module("ship")
    shipping.write_card(options.folder)
    if ship:
        shipping.ship(options.folder, seed=options.seed)


def read_options() -> tuple[Options, bool]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds train/ and dev/")
    parser.add_argument("--folder", type=Path, required=True, help="keeps the results of stages")
    parser.add_argument("--start", type=Path, required=True, help="weights to train on from")
    parser.add_argument(
        "--blended", type=Path, help="weights to blend what was learnt with; --start by default"
    )
    parser.add_argument(
        "--teacher", type=Path, help="all-mpnet-base-v2, to learn from; else from labels alone"
    )
    parser.add_argument("--assets", type=Path, default=SHIPPED, help="has tokenizer and emoji.tsv")
    parser.add_argument("--before", type=Path, default=SHIPPED, help="the model to compare with")
    parser.add_argument("--passes", type=float, default=3.25)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--ship", action="store_true", help="install the result in this checkout")
    read = vars(parser.parse_args())
    ship = read.pop("ship")
    read["blended"] = read["blended"] or read["start"]
    return Options(**read), ship


def carry_out(name: str, stage: Callable[[Options], dict[str, Any]], options: Options) -> None:
    """Run the stage unless its result is there; note what it gave and how long it took."""
    done = options.folder / f"{name}.json"
    if done.exists():
        return
    say(f"{name} begins")
    begun = time.monotonic()
    result = stage(options)
    seconds = round(time.monotonic() - begun, 1)
    with (options.folder / "stages.jsonl").open("a") as file:
        file.write(json.dumps({"stage": name, "seconds": seconds}) + "\n")
    partial = done.with_suffix(".partial")
    partial.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    partial.replace(done)
    say(f"{name} took {seconds} s")


def carried_out(module: str, function: str, *arguments: object) -> dict[str, Any]:
    """What a function of a module gave, which is imported when it is needed: torch takes seconds."""
    result: dict[str, Any] = getattr(importlib.import_module(module), function)(*arguments)
    return result


def prepare(options: Options) -> dict[str, Any]:
    return carried_out(
        "prepare", "prepare", options.data, options.assets, options.folder, options.seed
    )


def teach(options: Options) -> dict[str, Any]:
    if options.teacher is None:
        return {}
    return carried_out("teacher", "teach", options.folder, options.teacher, options.seed)


def label(options: Options) -> dict[str, Any]:
    if options.teacher is None:
        return {}
    return carried_out("asking", "label", options.folder, options.teacher)


def judge(options: Options) -> dict[str, Any]:
    if options.teacher is None:
        return {}
    return carried_out(
        "asking", "judge", options.folder, options.teacher, options.data, options.assets
    )


def fit(options: Options) -> dict[str, Any]:
    plan = importlib.import_module("fit").Plan(
        options.folder, options.start, options.passes, options.rate, options.seed
    )
    return carried_out("fit", "fit", plan)


def export(options: Options) -> dict[str, Any]:
    return carried_out("stages", "export_float", options.folder, options.blended, options.assets)


def quantise(options: Options) -> dict[str, Any]:
    return carried_out("stages", "quantise_both", options.folder, options.assets)


def evaluate(options: Options) -> dict[str, Any]:
    return carried_out("stages", "evaluate_all", options.folder, options.data, options.before)


def choose(options: Options) -> dict[str, Any]:
    return carried_out("stages", "choose", options.folder, options.data, options.assets)


STAGES: dict[str, Callable[[Options], dict[str, Any]]] = {
    "prepare": prepare,
    "teach": teach,
    "label": label,
    "fit": fit,
    "export": export,
    "quantise": quantise,
    "evaluate": evaluate,
    "choose": choose,
    "judge": judge,
}


def say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


if __name__ == "__main__":
    main()
