"""The sets of our own writing that a model is probed with."""

from __future__ import annotations

from collections import Counter

import labelled
import pytest
from evaluate import PROBES

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
