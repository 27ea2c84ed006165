"""What becomes of labelled texts before anything is trained on them."""

from __future__ import annotations

from pathlib import Path

import labelled
import pytest
from labelled import Example


def test_the_same_words_under_another_handle_and_link_are_the_same_text() -> None:
    assert labelled.key("@user Great, GAME! http") == labelled.key("great game")


def test_a_text_that_was_seen_is_dropped_and_what_is_empty_too() -> None:
    seen = {labelled.key("Good one.")}
    texts = ["good one", "New", "new!", "...", "Other"]
    kept = labelled.deduplicated([Example.of(text, "neutral") for text in texts], seen)
    assert [example.text for example in kept] == ["New", "Other"]


def test_texts_are_normalised_when_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "some.tsv"
    path.write_text("Fine\tpositive\n")
    assert list(labelled.read(path, str.upper)) == [Example("FINE", (0.0, 0.0, 1.0))]


def test_a_line_without_a_label_is_named(tmp_path: Path) -> None:
    path = tmp_path / "some.tsv"
    path.write_text("fine\tpositive\nwhat\tgreat\n")
    with pytest.raises(ValueError, match=r"line 2: 'great'"):
        list(labelled.read(path, str))


def test_what_is_held_out_is_decided_by_the_text_alone() -> None:
    examples = [Example.of(f"text number {number}", "neutral") for number in range(2_000)]
    train, held_out = labelled.split(examples, seed=1)
    assert labelled.split(reversed(examples), seed=1)[1] == held_out[::-1]
    assert 60 <= len(held_out) <= 140
    assert len(train) + len(held_out) == len(examples)
    assert labelled.split(examples, seed=2)[1] != held_out


def test_spans_are_the_runs_of_four_words_or_more() -> None:
    assert labelled.spans(["a b c d e"]) == {"abcd", "bcde", "abcde"}


def test_smoothing_keeps_the_sum() -> None:
    assert labelled.smoothed((0.0, 0.0, 1.0), 0.3) == pytest.approx([0.1, 0.1, 0.8])
