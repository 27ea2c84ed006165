"""Labelled texts, read and cleaned: normalised as at run time, each once, none that is evaluated on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sentijob.models.normalize import Normalizer

LABELS = ("negative", "neutral", "positive")
HELD_OUT = 0.05
_LEAST_WORDS = 4
_NOT_COMPARED = re.compile(r"@user|\bhttp\b|[\W_]+")


class Example(NamedTuple):
    text: str
    chances: tuple[float, float, float]
    """Of negative, neutral and positive, before smoothing."""

    @classmethod
    def of(cls, text: str, label: str) -> Example:
        negative, neutral, positive = (float(each == label) for each in LABELS)
        return cls(text, (negative, neutral, positive))

    @property
    def label(self) -> str:
        return LABELS[max(range(3), key=self.chances.__getitem__)]


@dataclass(frozen=True)
class Source:
    """One file of the training data and how much of it a pass over all takes."""

    name: str
    share: float
    """How often a pass takes each text; a fraction is drawn afresh for each pass."""
    smoothing: float
    """How much of a label is spread over all three."""
    weighed: bool = False
    """Whether rarer labels count more for the teacher: where macro-recall is what is asked for."""
    taught: float = 0.75
    """How much of what `mini` learns of a text is the teacher's word; the rest is the label."""


SOURCES = (
    Source("sst_sentences", 2.0, 0.05),
    Source("sst_phrases", 1.0, 0.05),
    Source("semeval", 1.0, 0.10, weighed=True, taught=0.5),
    Source("goemotions", 0.9, 0.10, taught=0.5),
    Source("product_reviews", 1.5, 0.10),
    Source("pros_cons", 0.4, 0.10),
    Source("movie_reviews_long", 1.0, 0.25),
)
"""The most trusted first: of texts that occur twice the first stays."""


def read(path: Path, normalize: Normalizer) -> Iterator[Example]:
    """The examples of a file of text, tab, label."""
    with path.open(encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, start=1):
            text, _, label = line.rstrip("\n").rpartition("\t")
            if label not in LABELS:
                raise ValueError(f"{path}, line {number}: {label!r} is no label")
            yield Example.of(normalize(text), label)


def key(text: str) -> str:
    """What makes two texts the same: their letters and digits, without handles and links."""
    return _NOT_COMPARED.sub("", text.casefold())


def deduplicated(examples: Iterable[Example], seen: set[str]) -> Iterator[Example]:
    """Each text whose key isn't among *seen*, which grows by those given; the empty ones never."""
    for example in examples:
        found = key(example.text)
        if found and found not in seen:
            seen.add(found)
            yield example


def is_held_out(text: str, seed: int) -> bool:
    """Whether a text validates; decided by itself and *seed* alone, so that no order changes it."""
    digest = hashlib.sha256(f"{seed} {key(text)}".encode()).digest()
    return int.from_bytes(digest[:4], "big") < HELD_OUT * 2**32


def split(examples: Iterable[Example], seed: int) -> tuple[list[Example], list[Example]]:
    """The examples to train on and those that are held out."""
    parts: tuple[list[Example], list[Example]] = ([], [])
    for example in examples:
        parts[is_held_out(example.text, seed)].append(example)
    return parts


def spans(texts: Iterable[str]) -> set[str]:
    """The keys of all runs of some words or more in *texts*: what a phrase of theirs may be."""
    found = set()
    for text in texts:
        words = text.split()
        for start in range(len(words)):
            for end in range(start + _LEAST_WORDS, len(words) + 1):
                found.add(key(" ".join(words[start:end])))
    return found


def smoothed(chances: Sequence[float], smoothing: float) -> list[float]:
    return [each * (1 - smoothing) + smoothing / len(chances) for each in chances]
