"""Texts to measure with: lines of files that are named, else the project's own examples."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "examples" / "reviews.csv"


def add_texts_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--texts",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="a text a line, up to a tab if there is one [examples/reviews.csv, over and over]",
    )


def take_texts(files: Sequence[Path], count: int) -> list[str]:
    """*count* texts, in order; from the start again where there are fewer."""
    own = [text for file in files for text in _lines(file)] or _examples()
    return list(islice(cycle(own), count))


def _lines(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="\n") as lines:
        texts = (line.partition("\t")[0].strip() for line in lines)
        return [text for text in texts if text]


def _examples() -> list[str]:
    with EXAMPLES.open(encoding="utf-8", newline="") as rows:
        return [row["text"] for row in csv.DictReader(rows)]
