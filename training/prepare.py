"""Stage 1: from files of labelled texts to token rows to train on and texts that are held out."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import labelled
import numpy as np
import templates
from labelled import Example, Source
from numpy.typing import NDArray
from tokenizers import Tokenizer

from sentijob.models.normalize import Normalizer, read_normalizer

MADE_UP = Source("templates", 1.0, 0.05)
LANGUAGES = Source("languages", 1.0, 0.0)
ALL_SOURCES = (*labelled.SOURCES, MADE_UP, LANGUAGES)
UNLABELLED = Source("movie_sentences", 0.5, smoothing=1.0, taught=1.0)
"""Sentences of the long reviews: of these only the teacher says what they are."""
MIX = (*ALL_SOURCES, UNLABELLED)
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_FEWEST_WORDS, _MOST_WORDS = 4, 40
NORMALIZE = (
    "html unescape; @handle to @user; URL to http; emoji to ' name ' by emoji.tsv;"
    " words in pieces of 100"
)


def prepare(data: Path, assets: Path, work: Path, seed: int) -> dict[str, Any]:
    """Write ``train.npz`` and ``heldout/*.tsv`` into *work*; gives counts and the data's hashes.

    *assets* is the model folder whose tokenizer and table of emoji are used.
    """
    parts = divided(data, assets, seed)
    write_held_out(work / "heldout", {name: part[1] for name, part in parts.items()})
    rows = [(source, example) for source in ALL_SOURCES for example in parts[source.name][0]]
    unlabelled = sentences(parts, evaluation_keys(data / "dev", read_normalizer(NORMALIZE, assets)))
    rows += [(UNLABELLED, example) for example in unlabelled]
    np.savez(work / "train.partial.npz", **arrays(rows, assets / "tokenizer.json"))  # type: ignore[arg-type]  # numpy takes the names of arrays for its own options
    (work / "train.partial.npz").replace(work / "train.npz")
    return {
        "evaluated texts kept away": len(
            evaluation_keys(data / "dev", read_normalizer(NORMALIZE, assets))
        ),
        "train": {name: len(part[0]) for name, part in parts.items()},
        "unlabelled": {UNLABELLED.name: len(unlabelled)},
        "held out": {name: len(part[1]) for name, part in parts.items()},
        "labels": {
            name: dict(Counter(one.label for one in part[0])) for name, part in parts.items()
        },
        "data": hashes(data),
    }


def divided(data: Path, assets: Path, seed: int) -> dict[str, tuple[list[Example], list[Example]]]:
    """Of each source, by its name, the texts to train on and those that are held out."""
    normalize = read_normalizer(NORMALIZE, assets)
    evaluated = evaluation_keys(data / "dev", normalize)
    parts = {
        source.name: labelled.split(examples, seed)
        for source, examples in clean(data / "train", normalize, evaluated, seed).items()
    }
    parts["sst_phrases"] = without_held_out_phrases(parts)
    return parts


def evaluation_keys(folder: Path, normalize: Normalizer) -> set[str]:
    return {
        labelled.key(example.text)
        for path in sorted(folder.glob("*.tsv"))
        for example in labelled.read(path, normalize)
    }


def clean(
    folder: Path, normalize: Normalizer, evaluated: set[str], seed: int
) -> dict[Source, list[Example]]:
    """What is left of each source without doublets and without what is evaluated on."""
    seen = set(evaluated)
    cleaned = {
        source: list(
            labelled.deduplicated(labelled.read(folder / f"{source.name}.tsv", normalize), seen)
        )
        for source in labelled.SOURCES
    }
    made_up = [Example(normalize(text), chances) for text, chances in templates.generate(seed)]
    cleaned[MADE_UP] = list(labelled.deduplicated(made_up, seen))
    cleaned[LANGUAGES] = list(labelled.deduplicated(templates.languages(), seen))
    return cleaned


def without_held_out_phrases(
    parts: Mapping[str, tuple[list[Example], list[Example]]],
) -> tuple[list[Example], list[Example]]:
    """The phrases, less those that are cut from a sentence that is held out."""
    train, held_out = parts["sst_phrases"]
    cut = labelled.spans(example.text for example in parts["sst_sentences"][1])
    return [example for example in train if labelled.key(example.text) not in cut], held_out


def sentences(
    parts: Mapping[str, tuple[list[Example], list[Example]]], evaluated: set[str]
) -> list[Example]:
    """Each sentence of middling length of the reviews to train on, once, labelled as nothing."""
    seen = evaluated | {
        labelled.key(example.text) for part in parts.values() for each in part for example in each
    }
    found = (
        Example(sentence.strip(), (1.0, 0.0, 0.0))
        for review in parts["movie_reviews_long"][0]
        for sentence in _SENTENCE.findall(review.text)
        if _FEWEST_WORDS <= len(sentence.split()) <= _MOST_WORDS
    )
    return list(labelled.deduplicated(found, seen))


def write_held_out(folder: Path, parts: Mapping[str, Sequence[Example]]) -> None:
    folder.mkdir(exist_ok=True)
    for name, examples in parts.items():
        lines = [f"{' '.join(example.text.split())}\t{example.label}\n" for example in examples]
        (folder / f"{name}.tsv").write_text("".join(lines), encoding="utf-8")


def arrays(
    rows: Sequence[tuple[Source, Example]], tokenizer_path: Path
) -> dict[str, NDArray[np.generic]]:
    """Token ids, end to end, and where each text ends; targets, weights and source of each."""
    tokenizer = Tokenizer.from_file(str(tokenizer_path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    texts = [example.text for _, example in rows]
    ids = [each.ids for each in tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
    targets = [labelled.smoothed(example.chances, source.smoothing) for source, example in rows]
    places = {source.name: place for place, source in enumerate(MIX)}
    sources = np.array([places[source.name] for source, _ in rows], dtype=np.uint8)
    labels = np.array([labelled.LABELS.index(example.label) for _, example in rows])
    return {
        "ids": np.concatenate([np.array(each, dtype=np.uint16) for each in ids]),
        "ends": np.cumsum([len(each) for each in ids]),
        "targets": np.array(targets, dtype=np.float32),
        "weights": class_weights(sources, labels),
        "sources": sources,
    }


def class_weights(
    sources: NDArray[np.uint8], labels: NDArray[np.integer[Any]]
) -> NDArray[np.float32]:
    """The rarer a label is within a source that asks for it, the more: by the root, 1 on average."""
    weights = np.ones(len(sources), dtype=np.float32)
    for place, source in enumerate(labelled.SOURCES):
        if not source.weighed:
            continue
        inside = sources == place
        counts = np.bincount(labels[inside], minlength=3)
        raw = (counts.sum() / np.maximum(counts, 1))[labels[inside]] ** 0.5
        weights[inside] = raw / raw.mean() if len(raw) else raw
    return weights


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each file of the data, by its path in *folder*."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in _files(folder)
    }


def _files(folder: Path) -> Iterable[Path]:
    return sorted(folder.glob("*/*.tsv"))
