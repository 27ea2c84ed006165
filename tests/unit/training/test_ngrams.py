from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from labelled import SOURCES, Example

pytest.importorskip("scipy", reason="it is in the extra `training`")

import ngrams
import prepare

from sentijob.models.ngrams import NgramModel, take_apart

TEXTS = (
    ("a fine film", "positive"),
    ("not a fine film", "negative"),
    ("the film is out", "neutral"),
)


@pytest.fixture
def parts() -> ngrams.Parts:
    examples = [Example.of(text, label) for text, label in TEXTS] * 4
    every: dict[str, tuple[list[Example], list[Example]]] = {
        source.name: ([], []) for source in prepare.ALL_SOURCES
    }
    return every | {SOURCES[0].name: (examples, examples[:3])}


def test_each_text_is_as_long_as_every_other() -> None:
    counted = ngrams.count(["one two", "two two two", ""])
    words = take_apart(["two"]).words[1:]
    column = int(np.searchsorted(counted.hashes, words)[0])
    lines = counted.lines.toarray()
    assert lines[:, column] == pytest.approx([1 / 6**0.5, 3 / 8**0.5, 0])


def test_rare_ngrams_are_left_out() -> None:
    counted = ngrams.frequent(ngrams.count(["one two", "one three", "one four four"]), 3)
    assert counted.lines.shape == (3, len(counted.hashes))
    edge, one = take_apart(["one"]).words.tolist()
    assert {edge, one} < set(counted.hashes.tolist())
    assert len(counted.hashes) == 3


def test_what_was_learned_is_read_again_from_the_files(parts: ngrams.Parts, tmp_path: Path) -> None:
    weights, unit = ngrams.fit(parts, least_texts=1, decay=1e-4)
    said = NgramModel(weights, scale=unit).judge([text for text, _ in TEXTS]).chances
    assert said.argmax(1).tolist() == [2, 0, 1]
    ngrams.write(tmp_path / "cascade", weights, unit)
    hashes = np.load(tmp_path / "cascade" / "hashes.npy", allow_pickle=False)
    assert hashes.tolist() == weights.hashes.tolist()
