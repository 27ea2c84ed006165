"""The sets of our own writing that a model is probed with."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import labelled
import numpy as np
import pytest
from evaluate import OTHER_LANGUAGES, PROBES, describe, read_sets

LEAST = {
    "negation": 60,
    "contrast": 30,
    "sarcasm": 40,
    "neutral": 40,
    "languages": 30,
    "everyday": 30,
}


@pytest.mark.parametrize("name", LEAST)
def test_a_probe_holds_enough_different_texts(name: str) -> None:
    texts = [labelled.key(one.text) for one in labelled.read(PROBES / f"{name}.tsv", str)]
    assert len(set(texts)) == len(texts) >= LEAST[name]
    assert all(texts)


def test_there_is_no_other_probe() -> None:
    assert {path.stem for path in PROBES.iterdir()} == set(LEAST)


@pytest.mark.parametrize("name", ["negation", "contrast", "everyday"])
def test_a_probe_of_judgements_has_both_in_number(name: str) -> None:
    labels = Counter(one.label for one in labelled.read(PROBES / f"{name}.tsv", str))
    assert min(labels["negative"], labels["positive"]) >= 15


def test_other_languages_are_described_by_how_sure_a_model_is_of_them(tmp_path: Path) -> None:
    sets = read_sets(tmp_path, tmp_path)
    _, labels = sets[OTHER_LANGUAGES]
    sure = np.tile([0.1, 0.0, 0.9], (len(labels), 1))
    described = describe({OTHER_LANGUAGES: sure}, sets)[OTHER_LANGUAGES]
    assert described["mean of the likeliest"] == 90
