"""Texts that are made up for training."""

from __future__ import annotations

from collections import Counter

import labelled
import pytest
import templates
from evaluate import PROBES

EVERYTHING = [*templates.generate(1), *templates.languages()]


def test_the_same_seed_makes_the_same_texts() -> None:
    assert list(templates.generate(1)) == list(templates.generate(1))
    assert list(templates.generate(1)) != list(templates.generate(2))


def test_every_text_is_filled_in_and_its_chances_sum_to_1() -> None:
    for example in EVERYTHING:
        assert "{" not in example.text
        assert "  " not in example.text
        assert sum(example.chances) == pytest.approx(1)


def test_every_kind_makes_hundreds_of_different_texts() -> None:
    per_kind = templates.COUNT
    made = [example.text for example in templates.generate(1)]
    for first in range(0, len(made), per_kind):
        # There are but some dozens of emoji and remarks.
        assert len(set(made[first : first + per_kind])) > 250


def test_negation_turns_a_judgement_around() -> None:
    label = {one.text.casefold().rstrip(".!"): one.label for one in templates.generate(1)}
    turned = Counter(
        (quality in templates.WORDS["good"], found)
        for text, found in label.items()
        if " isn't " in text
        for quality in [text.partition(" isn't ")[2]]
    )
    assert turned[True, "negative"] > 5
    assert turned[False, "positive"] > 5
    assert set(turned) == {(True, "negative"), (False, "positive")}


def test_other_languages_are_labelled_as_unknown() -> None:
    assert {example.chances for example in templates.languages()} == {(1 / 3, 1 / 3, 1 / 3)}


def test_no_probe_is_trained_on() -> None:
    trained = {labelled.key(example.text) for example in EVERYTHING}
    for path in PROBES.glob("*.tsv"):
        assert trained.isdisjoint(labelled.key(one.text) for one in labelled.read(path, str)), path
