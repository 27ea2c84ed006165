"""The linear model on a few n-grams whose weights are written here."""

from __future__ import annotations

from math import exp, sqrt
from zlib import crc32

import numpy as np
import pytest

from sentijob.models.ngrams import NgramModel, Weights, take_apart

VALUES = {
    "good": (0, 40),
    "bad": (60, 0),
    "not good": (50, -40),
    "but": (0, 0),
    "bad bad": (100, 0),
    "the edge": (0, 0),
}


def pair(first: str, second: str) -> int:
    return (crc32(first.encode()) * 0x9E3779B1 + crc32(second.encode())) % 2**32


@pytest.fixture
def model() -> NgramModel:
    hashed = {name: crc32(name.encode()) for name in ("good", "bad", "but")}
    hashed["not good"] = pair("not", "good")
    hashed |= {"bad bad": pair("bad", "bad"), "the edge": 1}

    names = sorted(VALUES, key=hashed.__getitem__)
    hashes = np.array([hashed[name] for name in names], dtype=np.uint32)
    return NgramModel(
        Weights(hashes, np.array([VALUES[name] for name in names], np.int8)), scale=0.1
    )


def expected(negative: float, positive: float, words: int) -> list[float]:
    length = sqrt(2 * (words + 1))
    raised = [exp(0.1 * negative / length), 1.0, exp(0.1 * positive / length)]
    return [each / sum(raised) for each in raised]


@pytest.mark.parametrize(
    ("text", "negative", "positive", "words"),
    [
        ("good", 0, 40, 1),
        ("Bad", 60, 0, 1),
        ("good, GOOD!", 0, 80, 3),
        ("not good", 50, 0, 2),
        ("bad bad", 220, 0, 2),
        ("nothing of it known", 0, 0, 4),
        ("", 0, 0, 0),
    ],
)
def test_chances_are_those_of_the_weights_added_up(
    model: NgramModel, text: str, negative: float, positive: float, words: int
) -> None:
    judged = model.judge([text])
    assert judged.chances[0].tolist() == pytest.approx(expected(negative, positive, words))
    assert judged.words.tolist() == [words]


def test_the_share_of_known_words_counts_neither_pairs_nor_edges(model: NgramModel) -> None:
    texts = ["good", "not good", "not a word", "", "\u200b", "bad good bad then"]
    assert model.judge(texts).known.tolist() == [1.0, 0.5, 0.0, 0.0, 0.0, 0.75]


def test_words_of_contrast_are_told_where_they_are_known(model: NgramModel) -> None:
    judged = model.judge(["bad", "good but bad", "butter", "But", "", "unknown"])
    assert judged.is_turned.tolist() == [False, True, False, True, False, False]


def test_company_changes_no_bit(model: NgramModel) -> None:
    texts = ["good", "", "bad and not good", "what of it", "not good " * 30]
    together = model.judge(texts * 3).chances
    assert together.tolist() == [model.judge([text]).chances[0].tolist() for text in texts] * 3


def test_no_texts_are_judged_to_nothing(model: NgramModel) -> None:
    judged = model.judge([])
    assert judged.chances.shape == (0, 3)
    assert len(judged.words) == len(judged.known) == 0


def test_hashes_are_the_same_on_every_machine() -> None:
    ngrams = take_apart(["It\N{RIGHT SINGLE QUOTATION MARK}s Good", "ok"])
    words = [1, crc32(b"it's"), crc32(b"good"), 1, crc32(b"ok")]
    assert ngrams.words.tolist() == words
    assert ngrams.pairs[1] == pair("it's", "good")
    assert ngrams.pairs[2] == (crc32(b"good") * 0x9E3779B1 + 1) % 2**32
    assert ngrams.starts.tolist() == [0, 3]
    assert ngrams.lengths.tolist() == [3, 2]
